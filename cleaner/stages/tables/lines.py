"""What the table forms work on: sections of lines, and the tables they find in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import NamedTuple

import msgspec
import numpy as np

from cleaner.document import Block, Document, Rows
from cleaner.stages.tables.look import Look, Mask, look

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
_BULLET = re.compile(r"[-*+•‣▪◦] \S|[•‣▪◦]\S")


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line that could be part of a table.

    ``bare`` is the line without its outer spaces, ``blanks`` the number of blank lines between it and the line before
    it in its section. ``marked``: it opens with what stage ``structure`` took for the mark of a list item or heading,
    which may be a row's first cell all the same ("1.", "#").  ``seam`` and ``figure`` are what it shows
    (:class:`.look.Look`).
    """

    source: str
    block: Block
    bare: str
    blanks: int
    marked: bool
    seam: bool
    figure: bool

    @property
    def text(self) -> str:
        """The line with its outer spaces."""
        block = self.block
        if block.end - block.start == len(block.text) and not block.patches:
            return block.text
        end = block.body_end if block.patches else block.body + len(block.text)
        lead, trail = self.source[block.start : block.body], self.source[end : block.end]
        if block.kind == "paragraph" and not lead.isspace():
            lead = ""  # what stage ``encoding`` took out at the line's beginning
        return lead + block.text + (trail if trail.isspace() else "")

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


class Picked(NamedTuple):
    """The lines of a document that could be part of a table, in their order.

    ``blocks`` and ``places`` are their blocks and where those stand in the document, ``bare`` the lines without
    outer spaces, ``marked`` as in :class:`Line`, ``breaks`` how many line ends stand before each, 0 where a section
    begins.  A section has nothing between its lines but blank lines: removed blocks, code, quotes, tables and
    paragraphs of several lines end it.
    """

    blocks: list[Block]
    places: list[int]
    bare: list[str]
    marked: list[bool]
    breaks: list[int]


def pick(document: Document) -> Picked:
    """The lines of a document that could be part of a table."""
    source = document.source
    picked = Picked([], [], [], [], [])
    before, last = -2, 0
    for place, block in enumerate(document.blocks):
        line = block.last_line
        if block.first_line != line or block.removed is not None or block.kind not in _KINDS:
            continue
        text, lead = block.text, ""
        if block.start < block.body:
            lead = source[block.start : block.body]
            if lead.isspace():
                lead = ""
            elif block.kind != "paragraph":
                text = lead + text
        picked.blocks.append(block)
        picked.places.append(place)
        picked.bare.append(text.strip())
        picked.marked.append(lead != "")
        picked.breaks.append(line - last if before == place - 1 else 0)
        before, last = place, line
    return picked


@dataclass(frozen=True, slots=True)
class Page:
    """All lines of a document that could be part of a table, what they show (``look``), and where a section begins
    (``begins``) or a line does not stand right below the one before it (``apart``)."""

    source: str
    picked: Picked
    look: Look
    marked: Mask
    begins: Mask
    apart: Mask

    @classmethod
    def of(cls, source: str, picked: Picked) -> Page:
        """Lines with what they show."""
        breaks = np.array(picked.breaks, np.int64)
        return cls(source, picked, look(picked.bare), np.array(picked.marked, bool), breaks == 0, breaks != 1)

    def lines(self, start: int, stop: int) -> list[Line]:
        """Some of the lines, to be examined."""
        picked, shown, some = self.picked, self.look, slice(start, stop)
        return list(
            map(
                Line,
                repeat(self.source),
                picked.blocks[some],
                picked.bare[some],
                [max(0, ends - 1) for ends in picked.breaks[some]],
                picked.marked[some],
                shown.seam[some].tolist(),
                (shown.figures[some] > 0).tolist(),
            )
        )


def sections(document: Document) -> Iterator[list[Line]]:
    """All the lines of each section of a document."""
    page = Page.of(document.source, pick(document))
    for start, stop in pairwise((*np.flatnonzero(page.begins).tolist(), len(page.begins))):
        yield page.lines(start, stop)


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
