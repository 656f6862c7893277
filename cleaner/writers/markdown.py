"""Kept blocks to Markdown text, with a ledger row for every mark and space that differs.

The writer is the last to touch a document.  Between two kept texts the source has outer
spaces, line ends and list marks; the writer puts one separator and the next block's Markdown
mark there, and says so in rows of stage ``write``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from cleaner.document import Block, Document, Edit

GROUPED = 60  # characters: lines up to this length may belong to a group

# A number is not here: "3. Words" reads as what it is, and the backslash would have to stand inside it.
_MARK_LIKE = re.compile(r"(?:#{1,6}\s|[-*+•]\s|>|\||```|~~~)(?=.*\w)")
_LETTER = re.compile(r"\w")
_FENCE = re.compile(r"`{3,}")


def opening(block: Block, depth: int = 1) -> str:
    """The Markdown mark that stands before a block's text; ``depth`` is a list item's nesting, 1 the outermost."""
    match block.kind:
        case "heading":
            return "#" * min(max(block.level, 1), 6) + " "
        case "list_item":
            return "  " * (depth - 1) + (block.mark or "- ")
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

    Short lines that follow one another without a blank line (verse, an address, cells, a mail's quotes) stay so.
    """
    if before.kind == after.kind == "list_item":
        alike = before.mark[:1].isdigit() == after.mark[:1].isdigit()
        return "\n" if alike or before.level != after.level else "\n\n"
    adjacent = after.first_line == before.last_line + 1 and len(before.text) <= GROUPED >= len(after.text)
    adjacent = adjacent and _LETTER.search(after.text) is not None  # a line of dashes would underline the one before
    groups = ("paragraph", "list_item") if after.kind == "paragraph" else ("quote",) if after.kind == "quote" else ()
    return "\n" if adjacent and before.kind in groups else "\n\n"


def _fence(block: Block) -> str:
    longest = max((len(m.group()) for m in _FENCE.finditer(block.text)), default=0)
    return "`" * max(3, longest + 1)


def render(document: Document) -> tuple[str, Document]:
    """The clean text, and the document with the writer's own ledger rows added.

    The text ends in one newline; a document of which nothing is kept gives ``""``.
    """
    pieces: list[str] = []
    seams = _Seams(document)
    last: Block | None = None  # the last kept block
    stretches: list[tuple[int, int]] = []  # source between kept texts that no removal row covers
    open_items: list[int] = []  # levels of the list items that the next one can stand under
    cursor = 0
    for block in document.blocks:
        if block.removed is not None:
            stretches.append((cursor, block.start))
            cursor = block.end
            continue
        stretches.append((cursor, block.body))
        before = closing(last) + separator(last, block) if last else ""
        if block.kind != "list_item":
            open_items.clear()
        else:
            while open_items and open_items[-1] >= block.level:
                open_items.pop()
            open_items.append(block.level)
        after = opening(block, len(open_items))
        pieces += [before, after, block.text]
        seams.write(stretches, before, after)
        cursor, last, stretches = block.body_end, block, []
    stretches.append((cursor, len(document.source)))
    end = closing(last) + "\n" if last else ""
    pieces.append(end)
    seams.write(stretches, end, "")
    return "".join(pieces), replace(document, edits=document.edits + tuple(seams.edits))


class _Seams:
    """The writer's ledger rows for what stands between kept texts, asked for in the order of the source."""

    def __init__(self, document: Document) -> None:
        self.edits: list[Edit] = []
        self._source = document.source
        self._touched = sorted([edit.start for edit in document.edits])
        self._touched.append(len(document.source) + 1)
        self._next = 0  # the first of them that may be in a stretch
        self._line, self._counted = 1, 0  # the line that a position stands on

    def write(self, stretches: list[tuple[int, int]], before: str, after: str) -> None:
        """Rows that turn the source stretches between two kept texts into ``before + after``.

        With removed blocks in between there are several stretches: the separator goes into the
        first, the mark into the last, nothing into the others.
        """
        if len(stretches) == 1:
            self._rows([self._span(*stretches[0], before + after)])
            return
        first = self._span(*stretches[0], before)
        self._rows([first, *((start, end, "") for start, end in stretches[1:-1]), self._span(*stretches[-1], after)])

    def _span(self, start: int, end: int, new: str) -> tuple[int, int, str]:
        """What of a source stretch differs from ``new``, and what stands there; nothing at all if nothing does."""
        touched = self._touched
        while touched[self._next] < start:
            self._next += 1
        if touched[self._next] < end or not new:
            return start, end, new  # a row must stand around the earlier row
        raw = self._source[start:end]
        if raw == new:
            return end, end, ""
        i, j = _common(raw, new)
        return start + i, end - j, new[i : len(new) - j]

    def _rows(self, spans: Iterable[tuple[int, int, str]]) -> None:
        source, line, counted = self._source, self._line, self._counted
        for start, end, new in spans:
            if start < end or new:
                line += source.count("\n", counted, start)
                counted, raw = start, source[start:end]
                last = line + raw.count("\n", 0, -1)
                rule = "mark" if new and not new.isspace() else "space"
                self.edits.append(Edit("write", rule, "replace", line, last, start, end, raw, new))
        self._line, self._counted = line, counted


def _common(raw: str, new: str) -> tuple[int, int]:
    """Lengths of the common beginning and end that a row can leave out.

    Of a pure insertion one neighbour stays in the row, if there is any.
    """
    i, most = 0, min(len(raw), len(new))
    while i < most and raw[i] == new[i]:
        i += 1
    j = 0
    while j < most - i and raw[len(raw) - 1 - j] == new[len(new) - 1 - j]:
        j += 1
    if i + j == len(raw) and raw:
        return (i, j - 1) if j else (i - 1, 0)
    return i, j
