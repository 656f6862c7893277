"""``cleaner explain``: in sentences, why each cut of one document happened."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.commands.options import FILE, options
from cleaner.commands.stored import Stored, files, find, lines_with
from cleaner.files import DUPLICATES
from cleaner.terminal import Paint, count

if TYPE_CHECKING:
    from cleaner.document import Edit

WIDTH = 76
"""Characters quoted of a text."""
QUOTED = 6
"""Texts quoted of one group of cuts."""


@click.command("explain")
@click.argument("clean", type=FILE)
@click.argument("doc")
@click.option("--line", type=click.IntRange(min=1), metavar="N", help="Only what happened to this line of the input.")
@click.option(
    "--block",
    type=click.IntRange(min=0),
    metavar="N",
    help="Only the block of this number in duplicates.jsonl: what it repeats, or what repeats it.",
)
@options("verbose")
def command(clean: Path, doc: str, line: int | None, block: int | None) -> None:
    """Say why each cut and edit of one document happened.

    CLEAN is a folder that `cleaner run` wrote; DOC is the id of a document in its documents.jsonl.
    """
    paint = Paint(sys.stdout)
    if block is not None:
        said = list(_block(clean, doc, block, paint))
    else:
        stored = find(clean, doc)
        said = list(_document(clean, stored, line, paint))
    click.echo("\n".join(said).strip("\n"))


def _document(clean: Path, stored: Stored, line: int | None, paint: Paint) -> Iterator[str]:
    record, facts = stored.record, stored.record["metadata"]
    edits = [edit for edit in stored.edits if edit.stage != "write"]
    if line is not None:
        if facts["format"] == "html":
            raise click.UsageError(f"{record['id']!r} was a page of HTML: its ledger has no lines. Leave out --line.")
        edits = [edit for edit in edits if edit.first_line <= line <= edit.last_line]
    else:
        title = f" ({facts['title']})" if facts["title"] else ""
        yield paint(f"{record['id']}{title}", bold=True)
        gone = sum(edit.action != "replace" for edit in edits)
        yield (
            f"{count(facts['raw_char_count'], 'character')} came in, {facts['char_count']:,} stay: "
            f"{count(gone, 'block')} removed, {count(len(edits) - gone, 'edit')}."
        )
    if not edits:
        yield "Nothing was cut or changed" + (" here." if line is not None else ".")
    for _, group in groupby(_in_order(edits), key=_alike):
        yield ""
        yield from _sentence(clean, list(group), paint)
    written = len(stored.edits) - len(edits)
    if line is None and written:
        yield f"\nBetween blocks the writer set {count(written, 'mark or space', 'marks and spaces')} of Markdown."


def _in_order(edits: Iterable[Edit]) -> list[Edit]:
    """By position; rows without one stay in the order of the ledger."""
    return sorted(edits, key=lambda edit: edit.start)


def _alike(edit: Edit) -> tuple[Any, ...]:
    """What rows have in common that one sentence can tell."""
    return edit.stage, edit.rule, edit.action, edit.reason, edit.twin_id, edit.twin_block


def _sentence(clean: Path, edits: Sequence[Edit], paint: Paint) -> Iterator[str]:
    first, last = edits[0], edits[-1]
    many = len(edits) > 1
    verb = {"remove": "removed", "move": "moved to the metadata", "replace": "changed"}[first.action]
    what = _place(first.first_line, max(last.last_line, first.last_line)) or count(len(edits), "block")
    several = what.startswith("lines") or (many and first.first_line < 1)
    by = paint(f"{first.stage}/{first.rule}", fg="red" if first.action == "remove" else "cyan")
    because = f": {first.reason}" if first.reason else ""
    score = f" (score {first.score:.2f})" if first.score and not many and not first.twin_id else ""
    yield f"{what[:1].upper()}{what[1:]} {'were' if several else 'was'} {verb} by {by}{paint(because)}{score}."
    for edit in edits[:QUOTED]:
        shown = f"“{_short(edit.raw_text)}”"
        if edit.action == "replace":
            shown += f" became “{_short(edit.new_text)}”" if edit.new_text else " went"
        yield f"    {paint(shown, dim=True)}"
    if len(edits) > QUOTED:
        yield f"    and {len(edits) - QUOTED:,} more."
    if first.twin_id and first.twin_block >= 0:
        yield from _twin(clean, first, paint)


def _twin(clean: Path, edit: Edit, paint: Paint) -> Iterator[str]:
    """What a duplicate repeats, and the words that differ."""
    from cleaner.report.sample import nearest_block
    from cleaner.writers import forms

    keeper = next(forms.read(clean, edit.twin_id), None)
    kept = nearest_block(keeper["text"], edit.raw_text) if keeper else ""
    if not kept:
        return
    yield f"    {edit.score:.0%} of its word triples are those of a block of {paint(repr(edit.twin_id))}, which stays:"
    yield f"    {_differences(kept, edit.raw_text, paint)}"


def _differences(kept: str, copy: str, paint: Paint) -> str:
    """The keeper's words, with [-those only in it-] and {+those only in the copy+}."""
    from difflib import SequenceMatcher

    old, new = kept.split(), copy.split()
    pieces = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            words = old[i:j]
            pieces.append(paint(" ".join(words if len(words) < 14 else [*words[:6], "…", *words[-6:]]), dim=True))
            continue
        if i < j:
            pieces.append(paint(" ".join(old[i:j]) if paint.on else f"[-{' '.join(old[i:j])}-]", fg="red"))
        if k < m:
            pieces.append(paint(" ".join(new[k:m]) if paint.on else f"{{+{' '.join(new[k:m])}+}}", fg="green"))
    return " ".join(pieces)


def _block(clean: Path, doc: str, block: int, paint: Paint) -> Iterator[str]:
    path = clean / DUPLICATES
    files(clean)
    name = paint(repr(doc))
    mine = next((one for one in lines_with(path, "doc_id", doc) if one["block"] == block), None)
    copies = [one for one in lines_with(path, "twin_id", doc) if one["twin_block"] == block]
    if mine is None and not copies:
        yield f"Block {block} of {name} is in no cluster of duplicates."
    if mine is not None:
        fate = "stays all the same (a short text)" if mine["kept"] else "was cut"
        twin = paint(repr(mine["twin_id"]))
        yield f"Block {block} of {name} repeats block {mine['twin_block']} of {twin} and {fate}."
        yield f"{mine['jaccard']:.0%} of their word triples are the same."
    if copies:
        yield f"Block {block} of {name} stays; {count(len(copies), 'block repeats', 'blocks repeat')} it:"
        for one in copies[:QUOTED]:
            yield f"    block {one['block']} of {paint(repr(one['doc_id']))} ({one['jaccard']:.0%})"
        if len(copies) > QUOTED:
            yield f"    and {len(copies) - QUOTED:,} more."


def _place(first: int, last: int) -> str:
    if first < 1:
        return ""
    return f"line {first:,}" if first == last else f"lines {first:,}–{last:,}"


def _short(text: str) -> str:
    """A text on one line, cut to ``WIDTH``; white space that would not be seen made visible."""
    if not text.strip(" "):
        return "␣" * min(len(text), 8)
    flat = text.translate({ord("\n"): "⏎", ord("\t"): "⇥", 0xA0: "⍽"})
    return flat if len(flat) <= WIDTH else f"{flat[: WIDTH - 1]}…"
