"""Tables written one cell a line.

Three layouts: rows between blank lines, columns between blank lines, and a plain run of cells
(all apart by blank lines, or none) that goes row by row.  Each reading of a stretch of short
lines is judged by learnt weights: how much better its columns explain the cells than one column
for all would, how much its first row looks like names of columns, how marked its layout is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import compress, pairwise
from math import exp
from typing import NamedTuple

import numpy as np

from cleaner.document import Rows
from cleaner.stages.tables import gate
from cleaner.stages.tables.cells import NUMERIC, Cell, Column, header_cost, make_cell
from cleaner.stages.tables.column_names import names_a_column
from cleaner.stages.tables.lattice import Floats
from cleaner.stages.tables.lines import Found, Line
from cleaner.stages.tables.spans import LEAST_CELLS, LONGEST_CELL, MOST_WORDS, SENTENCE_WORDS, STOPS
from cleaner.stages.tables.weights import VERTICAL, load

MOST_LINES = 150
"""A longer stretch of short lines is a page's menus and lists, not a table."""
_MOST_COLUMNS = 6
_LONG_WORDS = 4
_MARKS = frozenset("-*•#>")
_NUMBERED = re.compile(r"\d+[.)] ")

_GAINS = [VERTICAL.index("gain"), VERTICAL.index("gain_a_cell")]
_LEAST_GAIN, _MOST_GAIN = (-1.0, -1.0), (3.0, 2.0)
"""What the gain, in tens of nats, and the gain a cell are clipped to."""
_ROUNDED = 0.001
"""More than what rounding adds to a confidence."""

_measured = lru_cache(maxsize=1000)(make_cell)  # one text stands in several readings


class Reading(NamedTuple):
    """One way to read lines ``start`` to ``end`` as a grid of ``width`` columns, and the layout that it takes
    them for."""

    start: int
    end: int
    width: int
    layout: str

    @property
    def columns(self) -> list[slice]:
        """The lines of each column, its header first."""
        start, end, width = self.start, self.end, self.width
        if self.layout == "columns":
            rows = (end - start) // width
            return [slice(first, first + rows) for first in range(start, end, rows)]
        return [slice(first, end, width) for first in range(start, start + width)]


def find(parts: Sequence[Sequence[Line]], least: float = 0.0) -> Iterator[tuple[int, Found]]:
    """Tables of one cell a line in parts of a page, each with the number of its part; of those less sure than
    ``least`` some may be left out."""
    tried: list[tuple[int, int, Stretch, list[Reading]]] = []
    for number, lines in enumerate(parts):
        for start, end in stretches(lines):
            stretch = Stretch([line.bare for line in lines[start:end]])
            numbers = any(line.figure for line in lines[start:end])
            named = list(stretch.candidates(groups(lines, start, end), numbers=numbers))
            if named:
                tried.append((number, start, stretch, named))
    if not tried:
        return
    worth = gate.passing("vertical", [list(map(stretch.glance, named)) for *_, stretch, named in tried])
    for number, start, stretch, named in compress(tried, worth):
        for table in _best(stretch, named, start, least):
            yield number, table


def stretches(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """``(start, end)`` of each stretch of lines that could be cells."""
    start = 0
    for end in range(len(lines) + 1):
        if end < len(lines) and _is_cell(lines[end]):
            continue
        if LEAST_CELLS <= end - start <= MOST_LINES:
            yield start, end
        start = end + 1


def _is_cell(line: Line) -> bool:
    text = line.bare
    if len(text) > LONGEST_CELL or line.marked:
        return False
    words = text.count(" ") + 1
    if words > MOST_WORDS or text[0] in _MARKS or (text[0].isdigit() and _NUMBERED.match(text)):
        return False
    return words <= SENTENCE_WORDS or text[-1] not in STOPS


def _best(stretch: Stretch, named: Sequence[Reading], start: int, least: float) -> Iterator[Found]:
    """The likeliest reading of those that could be as sure as ``least``; the stretch begins at line ``start``."""
    weights = load().vertical
    largest = np.where(weights[_GAINS] > 0, _MOST_GAIN, _LEAST_GAIN)
    judged: list[tuple[float, Reading]] = []
    for reading in filter(stretch.unlike, named):
        told = stretch.shown(reading)
        told[_GAINS] = largest
        if _confidence(float(weights @ told)) + _ROUNDED >= least:  # few could be: columns are slow to compare
            told[_GAINS] = stretch.gains(reading)
            judged.append((float(weights @ told), reading))
    odds, best = max(judged, key=lambda item: item[0], default=(0.0, None))
    if best is None:
        return
    confidence = round(_confidence(odds), 3)
    how = "rebuilt from one cell a line"
    yield Found(start + best.start, start + best.end, stretch.rows(best), "vertical", confidence, how)


def _confidence(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def groups(lines: Sequence[Line], start: int, end: int) -> list[range]:
    """The lines of a stretch, counted from its first, by the blank lines between them."""
    firsts = [0, *(index - start for index in range(start + 1, end) if lines[index].blanks)]
    return [range(a, b) for a, b in pairwise((*firsts, end - start))]


def readings(groups: list[range]) -> Iterator[Reading]:
    """Every grid that a stretch could be read as."""
    first = 0
    while first < len(groups):  # each run of groups of one size
        size = len(groups[first])
        stop = first
        while stop < len(groups) and len(groups[stop]) == size:
            stop += 1
        run = groups[first:stop]
        start, end = run[0].start, run[-1].stop
        if size >= 2 and len(run) >= 3:
            yield Reading(start, end, size, "rows")
        if size >= 3 and 2 <= len(run) <= _MOST_COLUMNS:
            yield Reading(start, end, len(run), "columns")
        if size == 1:
            yield from _by_period(range(start, end), "apart")
        else:
            for group in run:
                yield from _by_period(group, "dense")
        first = stop


def _by_period(lines: range, layout: str) -> Iterator[Reading]:
    """A plain run of cells, row by row, in every number of columns that divides it, perhaps under a title."""
    for width in range(2, _MOST_COLUMNS + 1):
        over = len(lines) % width  # a title may stand above
        if over <= 1 and len(lines) // width >= 3:
            yield Reading(lines.start + over, lines.stop, width, layout)


class Stretch:
    """The lines of a stretch, each measured at most once for all readings."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self._openings = [text.split(maxsplit=1)[0] for text in texts]

    @cached_property
    def _cells(self) -> list[Cell]:
        return list(map(_measured, self.texts))

    @cached_property
    def _kinds(self) -> str:
        return "".join(map(gate.kind, self.texts))

    @cached_property
    def _types(self) -> list[str]:
        return [cell.type for cell in self._cells]

    @cached_property
    def _shapes(self) -> list[str | None]:
        return [cell.shape for cell in self._cells]

    @cached_property
    def _numeric(self) -> list[bool]:
        return [kind in NUMERIC for kind in self._types]

    @cached_property
    def _signs(self) -> list[bool]:
        """Which lines are mere signs."""
        return [cell.type != "dash" and not any(map(str.isalnum, cell.text)) for cell in self._cells]

    @cached_property
    def _named(self) -> list[bool]:
        return list(map(names_a_column, self.texts))

    @cached_property
    def _long(self) -> list[bool]:
        return [len(cell.words) > _LONG_WORDS for cell in self._cells]

    @cached_property
    def _stopped(self) -> list[bool]:
        return [text[-1] in STOPS for text in self.texts]

    def rows(self, reading: Reading) -> Rows:
        """The grid of a reading."""
        return tuple(zip(*(self.texts[column] for column in reading.columns), strict=True))

    def candidates(self, groups: list[range], *, numbers: bool) -> Iterator[Reading]:
        """The readings whose first row could be a header; a stretch without ``numbers`` needs a word that names columns
        there."""
        for reading in readings(groups):
            if self.named(reading) and (
                numbers or any(names_a_column(self.texts[column.start]) for column in reading.columns)
            ):
                yield reading

    def headed(self, reading: Reading) -> bool:
        """Whether the first row can be a header: no name is one more of its column's cells.

        This is what tells tables from menus, tag lists, "label: value" lines and counted lists.
        """
        return self.named(reading) and self.unlike(reading)

    def named(self, reading: Reading) -> bool:
        """Whether each column's first cell could name it: what can be said without measuring any."""
        return all(map(self._names, reading.columns))

    def unlike(self, reading: Reading) -> bool:
        """Whether most cells of each column are of another type and shape than its first, and no mere signs."""
        return all(map(self._unlike, reading.columns))

    def glance(self, reading: Reading) -> list[float]:
        """What the gate sees of a reading."""
        columns, everywhere = reading.columns, slice(reading.start, reading.end)
        return gate.of_reading(
            reading.layout,
            [self._kinds[column] for column in columns],
            [self._named[column] for column in columns],
            sum(self._stopped[everywhere]),
            len(set(self.texts[everywhere])) == reading.end - reading.start,
            len(self.texts),
        )

    def _names(self, column: slice) -> bool:
        head, *body = self.texts[column]
        if not (head in ("#", "%") or any(map(str.isalnum, head))) or head.endswith(":") or head in body:
            return False
        opening, *openings = self._openings[column]
        return 2 * openings.count(opening) <= len(body)

    def _unlike(self, column: slice) -> bool:
        kind, *kinds = self._types[column]
        shape, *shapes = self._shapes[column]
        like = kinds.count(kind) if kind in NUMERIC else 0
        if shape is not None:
            like = max(like, shapes.count(shape))
        return 2 * max(like, sum(self._signs[column][1:])) <= len(kinds)

    def evidence(self, reading: Reading) -> Floats:
        """What speaks for a reading (:data:`.weights.VERTICAL`)."""
        told = self.shown(reading)
        told[_GAINS] = self.gains(reading)
        return told

    def gains(self, reading: Reading) -> Floats:
        """By how much columns explain the body better than one lot of cells would, in all and for each cell."""
        columns = [self._cells[column][1:] for column in reading.columns]
        together = _cost([cell for row in zip(*columns, strict=True) for cell in row])
        gain = together - sum(map(_cost, columns))
        return np.clip([gain / 10, gain / (reading.end - reading.start)], _LEAST_GAIN, _MOST_GAIN)

    def shown(self, reading: Reading) -> Floats:
        """The evidence but for what the columns gain, which is 0."""
        columns, width = reading.columns, reading.width
        everywhere = slice(reading.start, reading.end)
        size = reading.end - reading.start
        heads = [column.start for column in columns]
        below = size // width - 1
        types = self._types[everywhere]
        numeric = [sum(self._numeric[column][1:]) / below for column in columns]
        named_heads = sum(self._named[head] for head in heads)
        return np.array(
            [
                1.0,
                *(reading.layout == layout for layout in ("rows", "columns", "apart", "dense")),
                0.0,
                0.0,
                sum(header_cost(self._cells[head]) for head in heads) / width,
                named_heads / width,
                (sum(self._named[everywhere]) - named_heads) / (size - width),
                sum(self._numeric[head] for head in heads) / width,
                float(np.log(size // width)),
                float(width),
                size / len(self.texts),
                max(numeric) - min(numeric),
                types.count("lower") / size,
                sum(self._long[everywhere]) / size,
                sum(self._stopped[everywhere]) / size,
                float(len(set(self.texts[everywhere])) == size),
                (types.count("mixed") + types.count("unit")) / size,
                sum(self._types[head] in ("mixed", "unit", "lower") for head in heads) / width,
                sum(_regular(self._types[column][1:]) for column in columns) / width,
            ]
        )


def _regular(types: list[str]) -> float:
    """The share of the commonest type among the cells of a column."""
    return max(map(types.count, set(types))) / len(types)


def _cost(cells: list[Cell]) -> float:
    column = Column((cell, 1.0) for cell in cells)
    return sum(column.cost(cell) - cell.surprise for cell in cells)
