"""What the table forms work on: sections of lines, and the tables they find in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.document import Block, Document, Rows

_CODE = re.compile(
    r"^\s*(?:def|class|import|from|return|if|elif|for|while|try|except|raise|with|const|let|var|function|public|static)\b.*[:();]"
    r"|^\s*</?[a-z]\w*[\s/>]|\w=[\"'{]|-->|=>|[{};]$|\)\s*:$|\w\((?:\)|f?[\"'])|\w_\w{1,40}\(|\bself\b"
    r"|[\w\])] [-+*/|&]?= \S|\w(?:==|!=|->|::|\+=)\w|#\w* ?[-=]{3}"
)
_CODE_MAX = 400
_BULLET = re.compile(r"[-*+•‣▪◦] \S|[•‣▪◦]\S")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that could be part of a table.

    ``block`` is its block's index in the document, ``text`` the line with its outer spaces,
    ``blanks`` the number of blank lines between it and the line before it in its section.
    ``mark`` is what a list item or heading opens with, as far as stage ``structure`` took it
    for a mark: it may be a row's first cell all the same ("1.", "#").
    """

    block: int
    text: str
    blanks: int = 0
    mark: str = ""

    @property
    def bulleted(self) -> bool:
        """Whether the line opens as a list item does and no cell would."""
        return _BULLET.match(self.text.lstrip()) is not None


@dataclass(frozen=True, slots=True)
class Found:
    """A table on ``lines[start:end]`` of a section: its grid, the rule that found it, and how sure it is (0–1)."""

    start: int
    end: int
    rows: Rows
    rule: str
    confidence: float
    how: str


def sections(document: Document) -> Iterator[list[Line]]:
    """Stretches of lines with nothing between them but blank lines.

    Removed blocks, code, quotes, tables and paragraphs of several lines end a stretch.
    """
    source = document.source
    section: list[Line] = []
    before: Block | None = None
    for index, block in enumerate(document.blocks):
        text = _line_text(source, block)
        breaks = source.count("\n", before.body_end, block.body) if before else 0
        if section and (text is None or not breaks):
            yield section
            section = []
        if text is None:
            before = None
            continue
        mark = source[block.start : block.body].strip()
        section.append(Line(index, text, breaks - 1 if section else 0, mark))
        before = block
    if section:
        yield section


def _line_text(source: str, block: Block) -> str | None:
    if block.removed or block.first_line != block.last_line or block.kind not in ("paragraph", "heading", "list_item"):
        return None
    lead, trail = source[block.start : block.body], source[block.body_end : block.end]
    if block.kind == "paragraph" and not lead.isspace():
        lead = ""  # what stage ``encoding`` took out at the line's beginning
    return lead + block.text + (trail if trail.isspace() else "")


def adjacent(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """``(start, end)`` of each run of lines without a blank line in between."""
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or lines[index].blanks:
            yield start, index
            start = index


def looks_like_code(text: str) -> bool:
    """Whether a line reads as program code rather than as cells."""
    return bool(_CODE.search(text[:_CODE_MAX]))
