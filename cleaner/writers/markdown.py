"""Kept blocks to Markdown text, with a ledger row for every mark and space that differs.

The writer is the last to touch a document.  Between two kept texts the source has outer
spaces, line ends and list marks; the writer puts one separator and the next block's Markdown
mark there, and says so in rows of stage ``write``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace

from cleaner.document import Block, Document, Edit

GROUPED = 100  # characters: lines up to this length may belong to a group

_MARK_LIKE = re.compile(r"#{1,6}(?:\s|$)|[-*+•](?:\s|$)|>|\||\d{1,9}[.)](?:\s|$)|```|~~~|(?:---+|\*\*\*+|___+)$")
_NEWLINE = re.compile("\n")
_FENCE = re.compile(r"`{3,}")


def opening(block: Block) -> str:
    """The Markdown mark that stands before a block's text."""
    match block.kind:
        case "heading":
            return "#" * min(max(block.level, 1), 6) + " "
        case "list_item":
            return "  " * (max(block.level, 1) - 1) + (block.mark or "- ")
        case "quote":
            return "> "
        case "code":
            return f"{_fence(block)}{block.mark}\n"
        case "paragraph" if _MARK_LIKE.match(block.text):
            return "\\"
    return ""


def closing(block: Block) -> str:
    """What stands after a block's text, before the separator."""
    return f"\n{_fence(block)}" if block.kind == "code" else ""


def separator(before: Block, after: Block) -> str:
    """What stands between two blocks: a blank line, but a line end inside lists and groups of short lines.

    Short lines that follow one another without a blank line (verse, an address, cells) stay so.
    """
    if before.kind == after.kind == "list_item":
        alike = before.mark[:1].isdigit() == after.mark[:1].isdigit()
        return "\n" if alike or before.level != after.level else "\n\n"
    adjacent = after.first_line == before.last_line + 1 and len(before.text) <= GROUPED >= len(after.text)
    return "\n" if adjacent and after.kind == "paragraph" and before.kind in ("paragraph", "list_item") else "\n\n"


def _fence(block: Block) -> str:
    longest = max((len(m.group()) for m in _FENCE.finditer(block.text)), default=0)
    return "`" * max(3, longest + 1)


def render(document: Document) -> tuple[str, Document]:
    """The clean text, and the document with the writer's own ledger rows added.

    The text ends in one newline; a document of which nothing is kept gives ``""``.
    """
    pieces: list[str] = []
    edits: list[Edit] = []
    source = document.source
    newlines = [m.start() for m in _NEWLINE.finditer(source)]
    last: Block | None = None  # the last kept block
    stretches: list[tuple[int, int]] = []  # source between kept texts that no removal row covers
    cursor = 0
    for block in document.blocks:
        if block.removed is not None:
            stretches.append((cursor, block.start))
            cursor = block.end
            continue
        stretches.append((cursor, block.body))
        before = closing(last) + separator(last, block) if last else ""
        after = opening(block)
        pieces += [before, after, block.text]
        edits += _seam(source, newlines, stretches, before, after)
        cursor, last, stretches = block.body_end, block, []
    stretches.append((cursor, len(source)))
    end = closing(last) + "\n" if last else ""
    pieces.append(end)
    edits += _seam(source, newlines, stretches, end, "")
    return "".join(pieces), replace(document, edits=document.edits + tuple(edits))


def _seam(source: str, newlines: list[int], stretches: list[tuple[int, int]], before: str, after: str) -> list[Edit]:
    """Rows that turn the source stretches between two kept texts into ``before + after``.

    With removed blocks in between there are several stretches: the separator goes into the
    first, the mark into the last, nothing into the others.
    """
    wanted = [""] * len(stretches)
    wanted[0] = before
    wanted[-1] += after
    edits = []
    for (start, end), new in zip(stretches, wanted, strict=True):
        raw = source[start:end]
        if raw == new:
            continue
        i, most = 0, min(len(raw), len(new))
        while i < most and raw[i] == new[i]:
            i += 1
        j = 0
        while j < most - i and raw[len(raw) - 1 - j] == new[len(new) - 1 - j]:
            j += 1
        if i + j == len(raw) and raw:  # a pure insertion: take one neighbour along
            if j:
                j -= 1
            else:
                i -= 1
        start, end = start + i, end - j
        first = bisect_left(newlines, start) + 1
        last = bisect_left(newlines, max(start, end - 1), first - 1) + 1
        rule = "space" if not new.strip() else "mark"
        edits.append(
            Edit("write", rule, "replace", first, last, start, end, raw[i : len(raw) - j], new[i : len(new) - j])
        )
    return edits
