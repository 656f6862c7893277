"""What the table forms work on: sections of lines, and the tables they find in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from cleaner.document import Block, Document, Rows
from cleaner.stages.tables.look import UNSEEN, Look, look

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
_KINDS = frozenset(("paragraph", "heading", "list_item"))
_FEW = 40
"""So few lines, of which no three stand beside each other, are not worth a look at all of them together."""
_BULLET = re.compile(r"[-*+•‣▪◦] \S|[•‣▪◦]\S")


class Line(msgspec.Struct, frozen=True, gc=False):
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
    places: list[int] = []
    blocks: list[Block] = []
    breaks: list[int] = []  # how many line ends stand before each, 0 where a stretch begins
    before, last = -2, 0
    for index, block in enumerate(document.blocks):
        if block.first_line == block.last_line and block.removed is None and block.kind in _KINDS:
            places.append(index)
            blocks.append(block)
            breaks.append(block.first_line - last if before == index - 1 else 0)
            before, last = index, block.first_line
    texts = [_line_text(source, block) for block in blocks]
    bare = [text.strip() for text in texts]
    seen = look(bare) if len(bare) > _FEW or any(a == b == 1 for a, b in pairwise(breaks)) else [UNSEEN] * len(bare)
    section: list[Line] = []
    for index, block, text, inner, shown, ends in zip(places, blocks, texts, bare, seen, breaks, strict=True):
        if section and not ends:
            yield section
            section = []
        mark = source[block.start : block.body].strip() if block.start < block.body else ""
        section.append(Line(index, text, inner, shown, ends - 1 if section else 0, mark))
    if section:
        yield section


def _line_text(source: str, block: Block) -> str:
    if block.end - block.start == len(block.text) and not block.patches:
        return block.text
    end = block.body_end if block.patches else block.body + len(block.text)
    lead, trail = source[block.start : block.body], source[end : block.end]
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
