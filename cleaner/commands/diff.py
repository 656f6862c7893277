"""``cleaner diff``: what would change in a file, on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.commands.clean import SOME_FAILED, cleaned_paths, rejection
from cleaner.commands.options import FILE, SETTINGS, options, quiet, settings
from cleaner.errors import NothingUsableError
from cleaner.terminal import Paint, count, say

if TYPE_CHECKING:
    from cleaner.document import Document
    from cleaner.report.lines import Line

AROUND = 24
"""Characters of unchanged text shown on each side of a change inside a long line."""


@click.command("diff")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...|-")
@click.option(
    "-U",
    "--context",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Unchanged lines shown before and after a change.",
)
@click.option("--whole", is_flag=True, help="Show every line, and lines in full.")
@options(*SETTINGS, "quiet", "verbose")
def command(paths: tuple[Path, ...], context: int, whole: bool) -> None:
    """Show what cleaning changes in files, and why.

    Lines that go start with -, new ones with +, lines that change inside with ~, each behind its number in
    the input; at the end of a line stands what did it.  Inside a line [-this went-] and {+this came+}; on a
    terminal, colours say the same (not if NO_COLOR is set).  As in `cleaner clean`, no file's result depends
    on another's: duplicates across files are the work of `cleaner run`.
    """
    from cleaner.readers import Rejected

    config = settings().config
    paint = Paint(sys.stdout)
    done = failed = 0
    for result in cleaned_paths(paths, config):
        if isinstance(result, Rejected):
            failed += 1
            say(rejection(result))
            continue
        text, document = result
        if done and not quiet():
            click.echo()
        done += 1
        for line in shown(text, document, paint, context, whole=whole):
            click.echo(line)
    if not done:
        raise NothingUsableError("no input gave a document. Check the path; `cleaner clean --help` lists what is read.")
    if failed:
        sys.exit(SOME_FAILED)


def shown(text: str, document: Document, paint: Paint, context: int, *, whole: bool) -> Iterator[str]:
    """The heading of a document and its changes, line by line."""
    from cleaner.ledger import passages
    from cleaner.report.lines import WRITE, lines

    removed = sum(edit.action != "replace" for edit in document.edits)
    edited = sum(edit.action == "replace" and edit.stage != WRITE for edit in document.edits)
    name = document.metadata.file_path or document.id
    if not quiet():
        yield f"{paint(name, bold=True)}: {count(removed, 'block')} removed, {count(edited, 'edit')}"
    changes = lines(passages(text, document.edits))
    width = len(str(changes[-1].number)) if changes else 1
    near = _near([line.mark != "same" for line in changes], context)
    skipping = False
    for line, wanted in zip(changes, near, strict=True):
        if not wanted and not whole:
            skipping = True
            continue
        if skipping:
            yield paint(f"{'…':>{width}}", dim=True)
            skipping = False
        number = f"{line.number:>{width}}" if document.positioned else " " * width
        yield _render(line, paint, number, whole=whole)


def _near(changed: list[bool], context: int) -> list[bool]:
    """Which lines are changed, or at most ``context`` lines away from one that is."""
    near = [False] * len(changed)
    for order in (range(len(changed)), range(len(changed) - 1, -1, -1)):
        left = -1
        for index in order:
            left = context if changed[index] else left - 1
            near[index] |= left >= 0
    return near


def _render(line: Line, paint: Paint, number: str, *, whole: bool) -> str:
    mark = {"same": " ", "gone": "-", "new": "+", "mixed": "~"}[line.mark]
    colour = {"gone": "red", "new": "green", "mixed": "yellow"}.get(line.mark)
    pieces = []
    last = len(line.pieces) - 1
    for index, piece in enumerate(line.pieces):
        if piece.mark == "same":
            text = piece.text if whole else _shorter(piece.text, first=index == 0, last=index == last)
            pieces.append(paint(text, dim=line.mark == "same"))
        elif line.mark in ("gone", "new"):
            pieces.append(paint(piece.text, fg=colour, strikethrough=piece.mark == "gone"))
        elif piece.mark == "gone":
            pieces.append(paint(piece.text if paint.on else f"[-{piece.text}-]", fg="red", strikethrough=True))
        else:
            pieces.append(paint(piece.text if paint.on else f"{{+{piece.text}+}}", fg="green", underline=True))
    why = "; ".join(dict.fromkeys(f"{edit.stage}/{edit.rule}: {edit.reason or edit.action}" for edit in line.edits))
    behind = paint(f"   ({why})", dim=True) if why and line.mark != "new" else ""
    return f"{paint(number, dim=True)} {paint(mark, fg=colour)} {''.join(pieces)}{behind}".rstrip()


def _shorter(text: str, *, first: bool, last: bool) -> str:
    """Unchanged text with what is far from any change left out."""
    if first and last:
        return text if len(text) <= 4 * AROUND else f"{text[: 4 * AROUND - 1]}…"
    head = "" if first else text[:AROUND]
    tail = "" if last else text[-AROUND:]
    return text if len(text) <= len(head) + len(tail) + 1 else f"{head}…{tail}"
