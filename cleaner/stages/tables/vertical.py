"""Tables written one cell a line.

Three layouts: rows between blank lines, columns between blank lines, and a plain run of cells
(all apart by blank lines, or none) that goes row by row.  Each reading of a stretch of short
lines is judged by how much better its columns explain the cells than one column for all would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleaner.document import Rows
from cleaner.stages.tables.cells import NUMBER_TYPES, Cell, Column, header_cost, make_cell
from cleaner.stages.tables.lines import Found, Line

MOST_LINES = 150
"""A longer stretch of short lines is a page's menus and lists, not a table."""
_LONGEST = 70
_MOST_WORDS = 9
_MOST_COLUMNS = 6
_SENTENCE_END = re.compile(r"[.!?:;,]$")
_SENTENCE_WORDS = 4
_MARKED = re.compile(r"[-*•#>]|\d+[.)] ")

_HEADER_WEIGHT = 0.8
_COLUMN = 1.2  # nats for each column: two readings of one stretch differ in it
_BY_COLUMNS = 1.5  # nats: how much rarer this layout is than rows between blanks
_UNMARKED = 2.5  # the same for a run whose rows nothing marks
_LEAST_GAIN = 3.0
_LEAST_GAIN_A_CELL = 0.35  # menus reach much gain by sheer length
_LEAST_COVER = 0.6  # of the stretch of short lines: more of them beside it say that all are menus
_EVEN_GAIN = 2.0
"""The gain at which table and no table are equally likely: confidence is gain / (gain + this)."""


class Group(NamedTuple):
    """Lines without a blank line in between, from ``start`` (index in the section)."""

    start: int
    cells: list[Cell]


class Reading(NamedTuple):
    """One way to read lines ``start`` to ``end`` as a grid; ``penalty`` (nats) for rare layouts."""

    start: int
    end: int
    grid: list[list[Cell]]
    penalty: float


def find(lines: Sequence[Line]) -> Iterator[Found]:
    """Tables of one cell a line in a section of lines."""
    start = 0
    for end in range(len(lines) + 1):
        if end < len(lines) and _is_cell(lines[end]):
            continue
        if 6 <= end - start <= MOST_LINES:
            yield from _best(lines, start, end)
        start = end + 1


def _is_cell(line: Line) -> bool:
    text = line.text.strip()
    words = text.count(" ") + 1
    if line.mark or len(text) > _LONGEST or words > _MOST_WORDS or _MARKED.match(text):
        return False
    return words <= _SENTENCE_WORDS or not _SENTENCE_END.search(text)


def _best(lines: Sequence[Line], start: int, end: int) -> Iterator[Found]:
    """The reading with most gain, if that is enough."""
    judged = [
        (_gain(reading.grid) - reading.penalty, reading)
        for reading in _readings(_groups(lines, start, end))
        if _headed(reading.grid)
    ]
    gain, reading = max(judged, key=lambda item: item[0], default=(0.0, None))
    if reading is None:
        return
    size = len(reading.grid) * len(reading.grid[0])
    if size < _LEAST_COVER * (end - start):
        return
    if gain > max(_LEAST_GAIN, _LEAST_GAIN_A_CELL * size):
        rows: Rows = tuple(tuple(cell.text for cell in row) for row in reading.grid)
        confidence = round(gain / (gain + _EVEN_GAIN), 3)
        yield Found(reading.start, reading.end, rows, "vertical", confidence, "rebuilt from one cell a line")


def _groups(lines: Sequence[Line], start: int, end: int) -> list[Group]:
    groups: list[Group] = []
    for index in range(start, end):
        cell = make_cell(lines[index].text.strip())
        if groups and not lines[index].blanks:
            groups[-1].cells.append(cell)
        else:
            groups.append(Group(index, [cell]))
    return groups


def _readings(groups: list[Group]) -> Iterator[Reading]:
    first = 0
    while first < len(groups):  # each run of groups of one size
        size = len(groups[first].cells)
        stop = first
        while stop < len(groups) and len(groups[stop].cells) == size:
            stop += 1
        run = groups[first:stop]
        start, end = run[0].start, run[-1].start + size
        if size >= 2 and len(run) >= 3:
            yield Reading(start, end, [group.cells for group in run], 0.0)
        if size >= 3 and 2 <= len(run) <= _MOST_COLUMNS:
            columns = [group.cells for group in run]
            yield Reading(start, end, [list(row) for row in zip(*columns, strict=True)], _BY_COLUMNS)
        if size == 1:
            yield from _by_period(start, [group.cells[0] for group in run])
        else:
            for group in run:
                yield from _by_period(group.start, group.cells)
        first = stop


def _by_period(start: int, cells: list[Cell]) -> Iterator[Reading]:
    """A plain run of cells, row by row, in every number of columns that divides it."""
    for width in range(2, _MOST_COLUMNS + 1):
        if len(cells) % width == 0 and len(cells) // width >= 3:
            grid = [cells[at : at + width] for at in range(0, len(cells), width)]
            yield Reading(start, start + len(cells), grid, _UNMARKED)


def _headed(grid: list[list[Cell]]) -> bool:
    """Whether the first row can be a header: no name is one more of its column's cells.

    This is what tells tables from menus, tag lists, "label: value" lines and counted lists.
    """
    for head, *body in zip(*grid, strict=True):
        half = len(body) / 2
        like = sum(cell.type == head.type for cell in body) if head.type in NUMBER_TYPES else 0
        opening = sum(cell.words[:1] == head.words[:1] for cell in body)
        signs = sum(not any(map(str.isalnum, cell.text)) and cell.type != "dash" for cell in body)
        named = head.text in ("#", "%") or any(map(str.isalnum, head.text))
        repeated = any(cell.text == head.text for cell in body)
        if not named or repeated or head.text.endswith(":") or max(like, opening, signs) > half:
            return False
    return True


def _gain(grid: list[list[Cell]]) -> float:
    """Nats by which columns of their own explain the body better than one for all, less the header's cost."""
    header, body = grid[0], grid[1:]
    apart = sum(_cost([row[number] for row in body]) for number in range(len(header)))
    together = _cost([cell for row in body for cell in row])
    return together - apart - _HEADER_WEIGHT * sum(map(header_cost, header)) - _COLUMN * len(header)


def _cost(cells: list[Cell]) -> float:
    column = Column((cell, 1.0) for cell in cells)
    return sum(column.cost(cell) - cell.surprise for cell in cells)
