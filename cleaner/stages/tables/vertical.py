"""Tables written one cell a line.

Three layouts: rows between blank lines, columns between blank lines, and a plain run of cells
(all apart by blank lines, or none) that goes row by row.  Each reading of a stretch of short
lines is judged by learnt weights: how much better its columns explain the cells than one column
for all would, how much its first row looks like names of columns, how marked its layout is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import exp
from typing import NamedTuple

import numpy as np

from cleaner.document import Rows
from cleaner.stages.tables.cells import NUMERIC, Cell, Column, header_cost, make_cell
from cleaner.stages.tables.column_names import names_a_column
from cleaner.stages.tables.lattice import Floats
from cleaner.stages.tables.lines import Found, Line
from cleaner.stages.tables.weights import VERTICAL, load

MOST_LINES = 150
"""A longer stretch of short lines is a page's menus and lists, not a table."""
_LONGEST = 100
_MOST_WORDS = 14
_MOST_COLUMNS = 6
_SENTENCE_END = re.compile(r"[.!?:;,]$")
_SENTENCE_WORDS = 4
_MARKED = re.compile(r"[-*•#>]|\d+[.)] ")

_GAINS = [VERTICAL.index("gain"), VERTICAL.index("gain_a_cell")]
_LEAST_GAIN, _MOST_GAIN = (-1.0, -1.0), (3.0, 2.0)
"""What the gain, in tens of nats, and the gain a cell are clipped to."""
_ROUNDED = 0.001
"""More than what rounding adds to a confidence."""

_measured = lru_cache(maxsize=1000)(make_cell)  # one text stands in several readings


class Group(NamedTuple):
    """Lines without a blank line in between, from ``start`` (index in the section)."""

    start: int
    cells: list[str]


class Reading(NamedTuple):
    """One way to read lines ``start`` to ``end`` as a grid, and the layout that it takes them for."""

    start: int
    end: int
    grid: list[list[str]]
    layout: str


def find(lines: Sequence[Line], least: float = 0.0) -> Iterator[Found]:
    """Tables of one cell a line in a section of lines; of those less sure than ``least`` some may be left out."""
    for start, end in stretches(lines):
        yield from _best(lines, start, end, least)


def stretches(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """``(start, end)`` of each stretch of lines that could be cells."""
    start = 0
    for end in range(len(lines) + 1):
        if end < len(lines) and _is_cell(lines[end]):
            continue
        if 6 <= end - start <= MOST_LINES:
            yield start, end
        start = end + 1


def _is_cell(line: Line) -> bool:
    text = line.bare
    if len(text) > _LONGEST or line.mark:
        return False
    words = text.count(" ") + 1
    if words > _MOST_WORDS or _MARKED.match(text):
        return False
    return words <= _SENTENCE_WORDS or not _SENTENCE_END.search(text)


def _best(lines: Sequence[Line], start: int, end: int, least: float) -> Iterator[Found]:
    """The likeliest reading of those that could be as sure as ``least``."""
    weights = load().vertical
    largest = np.where(weights[_GAINS] > 0, _MOST_GAIN, _LEAST_GAIN)
    judged: list[tuple[float, Reading]] = []
    for reading in readings(groups(lines, start, end)):
        if not headed(reading.grid):
            continue
        cells = [list(map(_measured, row)) for row in reading.grid]
        told = _shown(reading, cells, end - start)
        told[_GAINS] = largest
        if _confidence(float(weights @ told)) + _ROUNDED >= least:  # few could be: columns are slow to compare
            told[_GAINS] = _gains(cells)
            judged.append((float(weights @ told), reading))
    odds, best = max(judged, key=lambda item: item[0], default=(0.0, None))
    if best is None:
        return
    rows: Rows = tuple(map(tuple, best.grid))
    confidence = round(_confidence(odds), 3)
    yield Found(best.start, best.end, rows, "vertical", confidence, "rebuilt from one cell a line")


def _confidence(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def groups(lines: Sequence[Line], start: int, end: int) -> list[Group]:
    """The lines of a stretch, by the blank lines between them."""
    found: list[Group] = []
    for index in range(start, end):
        line = lines[index]
        if found and not line.blanks:
            found[-1].cells.append(line.bare)
        else:
            found.append(Group(index, [line.bare]))
    return found


def readings(groups: list[Group]) -> Iterator[Reading]:
    """Every grid that a stretch could be read as."""
    first = 0
    while first < len(groups):  # each run of groups of one size
        size = len(groups[first].cells)
        stop = first
        while stop < len(groups) and len(groups[stop].cells) == size:
            stop += 1
        run = groups[first:stop]
        start, end = run[0].start, run[-1].start + size
        if size >= 2 and len(run) >= 3:
            yield Reading(start, end, [group.cells for group in run], "rows")
        if size >= 3 and 2 <= len(run) <= _MOST_COLUMNS:
            columns = [group.cells for group in run]
            yield Reading(start, end, [list(row) for row in zip(*columns, strict=True)], "columns")
        if size == 1:
            yield from _by_period([group.start for group in run], [group.cells[0] for group in run], apart=True)
        else:
            for group in run:
                yield from _by_period(range(group.start, group.start + size), group.cells, apart=False)
        first = stop


def _by_period(positions: Sequence[int], cells: list[str], *, apart: bool) -> Iterator[Reading]:
    """A plain run of cells, row by row, in every number of columns that divides it, perhaps under a title."""
    for width in range(2, _MOST_COLUMNS + 1):
        over = len(cells) % width  # a title may stand above
        if over <= 1 and len(cells) // width >= 3:
            grid = [cells[at : at + width] for at in range(over, len(cells), width)]
            first = positions[over]
            yield Reading(first, positions[-1] + 1, grid, "apart" if apart else "dense")


def headed(grid: list[list[str]]) -> bool:
    """Whether the first row can be a header: no name is one more of its column's cells.

    This is what tells tables from menus, tag lists, "label: value" lines and counted lists.
    """
    return all(_names(head, body) for head, *body in zip(*grid, strict=True)) and all(
        _unlike(head, body) for head, *body in zip(*grid, strict=True)
    )


def _names(head: str, body: list[str]) -> bool:
    """Whether a text could name the column of others: what can be said without measuring any of them."""
    if not (head in ("#", "%") or any(map(str.isalnum, head))) or head.endswith(":") or head in body:
        return False
    opening = head.split(maxsplit=1)[:1]
    return 2 * sum(cell.split(maxsplit=1)[:1] == opening for cell in body) <= len(body)


def _unlike(head: str, body: list[str]) -> bool:
    """Whether most cells of a column are of another type and shape than its first, and no mere signs."""
    first, others = _measured(head), list(map(_measured, body))
    like = sum(cell.type == first.type for cell in others) if first.type in NUMERIC else 0
    if first.shape is not None:
        like = max(like, sum(cell.shape == first.shape for cell in others))
    signs = sum(not any(map(str.isalnum, cell.text)) and cell.type != "dash" for cell in others)
    return 2 * max(like, signs) <= len(body)


def evidence(reading: Reading, lines: int) -> Floats:
    """What speaks for a reading of a stretch of ``lines`` short lines (:data:`.weights.VERTICAL`)."""
    cells = [list(map(_measured, row)) for row in reading.grid]
    told = _shown(reading, cells, lines)
    told[_GAINS] = _gains(cells)
    return told


def _gains(grid: list[list[Cell]]) -> Floats:
    """By how much columns explain the body better than one lot of cells would, in all and for each cell."""
    body = grid[1:]
    apart = sum(_cost([row[number] for row in body]) for number in range(len(grid[0])))
    together = _cost([cell for row in body for cell in row])
    gain = together - apart
    return np.clip([gain / 10, gain / (len(grid) * len(grid[0]))], _LEAST_GAIN, _MOST_GAIN)


def _shown(reading: Reading, grid: list[list[Cell]], lines: int) -> Floats:
    """The evidence but for what the columns gain, which is 0."""
    header, body = grid[0], grid[1:]
    width, size = len(header), len(grid) * len(header)
    numeric = [sum(row[number].type in NUMERIC for row in body) / len(body) for number in range(width)]
    return np.array(
        [
            1.0,
            *(reading.layout == layout for layout in ("rows", "columns", "apart", "dense")),
            0.0,
            0.0,
            sum(map(header_cost, header)) / width,
            sum(names_a_column(cell.text) for cell in header) / width,
            sum(names_a_column(cell.text) for row in body for cell in row) / (size - width),
            sum(cell.type in NUMERIC for cell in header) / width,
            float(np.log(len(grid))),
            float(width),
            size / lines,
            max(numeric) - min(numeric),
            sum(cell.type == "lower" for row in grid for cell in row) / size,
            sum(len(cell.words) > 4 for row in grid for cell in row) / size,
            sum(cell.text[-1] in ".!?:;," for row in grid for cell in row) / size,
            float(len({cell.text for row in grid for cell in row}) == size),
            sum(cell.type == "mixed" or cell.type == "unit" for row in grid for cell in row) / size,
            sum(cell.type in ("mixed", "unit", "lower") for cell in header) / width,
            sum(_regular([row[number] for row in body]) for number in range(width)) / width,
        ]
    )


def _regular(cells: list[Cell]) -> float:
    """The share of the commonest type among the cells of a column."""
    types = [cell.type for cell in cells]
    return max(map(types.count, types)) / len(types)


def _cost(cells: list[Cell]) -> float:
    column = Column((cell, 1.0) for cell in cells)
    return sum(column.cost(cell) - cell.surprise for cell in cells)
