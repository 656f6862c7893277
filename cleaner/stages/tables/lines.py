"""What the table forms work on: sections of lines, and the tables they find in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from cleaner.document import Block, Document, Rows
from cleaner.stages.tables.look import Look, look

_CODE = re.compile(
    r"^\s*(?:def|class|import|from|return|if|elif|for|while|try|except|raise|with|const|let|var|function|public|static)\b.*[:();]"
    r"|^\s*</?[a-z]\w*[\s/>]|\w=[\"'{]|-->|=>|[{};]$|\)\s*:$|\w\((?:\)|f?[\"'])|\w_\w{1,40}\(|\bself\b"
    r"|[\w\])] [-+*/|&]?= \S|\w(?:==|!=|->|::|\+=)\w|#\w* ?[-=]{3}"
)
_CODE_SIGNS = re.compile(r"[():;{}<=>#]|self")
"""No line is code without one of these; most lines have none."""
_CODE_MAX = 400
LEAST_ROWS = 3
"""Fewer lines beside each other are no table, unless each is a whole one or bars mark it."""
_BULLET = re.compile(r"[-*+•‣▪◦] \S|[•‣▪◦]\S")


class Line(NamedTuple):
    """One line that could be part of a table.

    ``block`` is its block's index in the document, ``text`` the line with its outer spaces, ``bare``
    without them, ``look`` what it shows, ``blanks`` the number of blank lines between it and the line
    before it in its section.
    ``mark`` is what a list item or heading opens with, as far as stage ``structure`` took it
    for a mark: it may be a row's first cell all the same ("1.", "#").
    """

    block: int
    text: str
    bare: str
    look: Look
    blanks: int = 0
    mark: str = ""

    @property
    def bulleted(self) -> bool:
        """Whether the line opens as a list item does and no cell would."""
        return _BULLET.match(self.bare) is not None


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
    lines = [(index, block) for index, block in enumerate(document.blocks) if _is_line(block)]
    ends = [block.body_end if block.patches else block.body + len(block.text) for _, block in lines]
    texts = [_line_text(source, block, end) for (_, block), end in zip(lines, ends, strict=True)]
    bare = [text.strip() for text in texts]
    section: list[Line] = []
    before = end_before = -2
    for (index, block), end, text, inner, shown in zip(lines, ends, texts, bare, look(bare), strict=True):
        breaks = source.count("\n", end_before, block.body) if before == index - 1 else 0
        if section and not breaks:
            yield section
            section = []
        mark = source[block.start : block.body].strip() if block.start < block.body else ""
        section.append(Line(index, text, inner, shown, breaks - 1 if section else 0, mark))
        before, end_before = index, end
    if section:
        yield section


def _is_line(block: Block) -> bool:
    return (
        block.removed is None
        and block.first_line == block.last_line
        and block.kind in ("paragraph", "heading", "list_item")
    )


def _line_text(source: str, block: Block, body_end: int) -> str:
    if block.start == block.body and body_end == block.end:
        return block.text
    lead, trail = source[block.start : block.body], source[body_end : block.end]
    if block.kind == "paragraph" and not lead.isspace():
        lead = ""  # what stage ``encoding`` took out at the line's beginning
    return lead + block.text + (trail if trail.isspace() else "")


def adjacent(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """``(start, end)`` of each run of at least :data:`LEAST_ROWS` lines without a blank line in between."""
    starts = [index for index, line in enumerate(lines) if line.blanks or not index]
    for start, end in pairwise((*starts, len(lines))):
        if end - start >= LEAST_ROWS:
            yield start, end


def runs(
    lines: Sequence[Line], first: int, stop: int, holds: Callable[[Line], bool], least: int = LEAST_ROWS
) -> Iterator[tuple[int, int]]:
    """``(start, end)`` of each run of at least so many of the lines ``first`` to ``stop`` for which something holds."""
    start = first
    for end in range(first, stop + 1):
        if end == stop or not holds(lines[end]):
            if end - start >= least:
                yield start, end
            start = end + 1


def looks_like_code(text: str) -> bool:
    """Whether a line reads as program code rather than as cells."""
    text = text[:_CODE_MAX]
    return _CODE_SIGNS.search(text) is not None and _CODE.search(text) is not None
