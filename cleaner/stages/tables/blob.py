"""A whole table glued into one line: ``LeaderStatementMacronCalled for talksScholzUrged caution``.

The line is cut into a header of K cells and rows of K cells, as many as there are, by dynamic
programming: first with costs of cells that no column is known of, then with what the columns
so found have in common, a few rounds.  The best K is taken, and the rows it gives are judged as
a glued table of one row a line would be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp
from typing import NamedTuple

import numpy as np

from cleaner.stages.chrome.forest import Forest
from cleaner.stages.tables import gate
from cleaner.stages.tables.column_names import names_a_column
from cleaner.stages.tables.fitting import column_costs, header_costs
from cleaner.stages.tables.glued_model import Cuts, cut_lines
from cleaner.stages.tables.lattice import Floats, Ints, Lattice, build, plain_features
from cleaner.stages.tables.lines import Found, Line
from cleaner.stages.tables.rebuilding import Table, rebuilt
from cleaner.stages.tables.spans import whole_table
from cleaner.stages.tables.weights import Model, load

MOST_LINES, MOST_CHARACTERS = 5, 5000
"""So many lines of a document are tried, and so many characters in all."""
LEAST_ROWS = 3
MOST_CUTS = 160
REACH = 14
"""A cell spans at most so many cuts."""
MOST_CELLS = 5000
"""So many cells of a document's lines are measured: those of two lines of the most cuts, or of more shorter ones."""
_COUNTS = range(2, 7)
_ROUNDS = 3
_TOKEN = re.compile(r"[^\s(/]+")
_COLUMN = 8.0  # nats for each column
_ONE_LINE = 3.0  # what a gap looks like counts so much more than where known rows confirm columns
_NUMBERS = 0.25


class Reading(NamedTuple):
    """The first node of each row, the last one's end, and what it all costs."""

    breaks: tuple[int, ...]
    cost: float


class Finder:
    """The form for one document; it holds the document's budgets."""

    def __init__(self) -> None:
        self._lines, self._characters, self._cells = MOST_LINES, MOST_CHARACTERS, MOST_CELLS

    def find(self, stretches: Sequence[Sequence[Line]]) -> Iterator[tuple[int, Found]]:
        """Tables of one line each in stretches of lines, each with the number of its stretch."""
        tried = [
            (number, index, line.bare)
            for number, lines in enumerate(stretches)
            for index, line in enumerate(lines)
            if self._within(line)
        ]
        if not tried:
            return
        model = load()
        cut = cut_lines([text for *_, text in tried], most=MOST_CUTS)
        for (number, index, text), cuts in zip(tried, cut, strict=True):
            table = of_cuts(text, cuts, model, self._worth)
            if table:
                confidence = round(1 / (1 + exp(-float(model.blob @ table.evidence))), 3)
                found = Found(index, index + 1, table.rows, "one-line", confidence, "rebuilt from one line")
                yield number, found

    def _within(self, line: Line) -> bool:
        """Whether a line could be a table, and is still within the budgets."""
        size = len(line.bare)
        if not self._lines or size > self._characters or line.marked or not whole_table(line.bare):
            return False
        self._lines -= 1
        self._characters -= size
        return True

    def _worth(self, text: str, cuts: Cuts) -> bool:
        """Whether a line is worth reading, and still within the budget."""
        cells = len(cuts.offsets) * REACH
        if cells > self._cells or not gate.passes("blob", gate.of_one_line(text, cuts)):
            return False
        self._cells -= cells
        return True


def read(
    text: str, model: Model, forest: Forest | None = None, worth: Callable[[str, Cuts], bool] | None = None
) -> Table | None:
    """The likeliest table on a line, if there could be one."""
    return of_cuts(text, cut_lines([text], forest, most=MOST_CUTS)[0], model, worth)


def of_cuts(text: str, cuts: Cuts, model: Model, worth: Callable[[str, Cuts], bool] | None = None) -> Table | None:
    """The likeliest table on a line, if it can be cut into rows at all and its cuts are ``worth`` trying."""
    if not _could_be_told_apart(text, cuts.offsets) or (worth and not worth(text, cuts)):
        return None
    lattice = build([text], [cuts.offsets], [cuts.costs], reach=REACH)
    lattice = lattice.with_lines(lattice.start)  # what begins at one place is evidence for all but itself
    readings = [(reading, count) for reading, count in _cut(lattice, model) if len(reading.breaks) > LEAST_ROWS]
    if not readings:
        return None
    best, count = min(readings, key=lambda reading: reading[0].cost + _COLUMN * reading[1])
    offsets = [cuts.offsets[node] for node in best.breaks]
    rows = [text[a:b] for a, b in pairwise(offsets)]
    inner = [_within(cuts, a, b) for a, b in pairwise(best.breaks)]
    table = rebuilt(rows, inner, count, model, lattice.cells)
    return table if _told_apart(table) else None


def _could_be_told_apart(text: str, offsets: Sequence[int]) -> bool:
    """Whether any reading of a line could be :func:`_told_apart`: most menus cannot, and reading is slow."""
    if sum(map(str.isdigit, text)) >= _NUMBERS * (LEAST_ROWS - 1) * min(_COUNTS):
        return True
    cuts = set(offsets)
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        ends = [*(offset for offset in range(start + 1, end) if offset in cuts), end]
        if any(names_a_column(text[a:b]) for a in (start, *ends) for b in ends if a < b):
            return True
    return False


def _told_apart(table: Table) -> bool:
    """Whether more than its regular rows tells it from a menu: a column's name, or numbers."""
    header, *body = table.rows
    digits = sum(any(map(str.isdigit, cell)) for row in body for cell in row)
    return any(map(names_a_column, header)) or digits >= _NUMBERS * len(body) * len(header)


def _within(cuts: Cuts, first: int, last: int) -> Cuts:
    """The cuts of a row as those of a line."""
    base = cuts.offsets[first]
    return Cuts([offset - base for offset in cuts.offsets[first : last + 1]], [0.0, *cuts.costs[first + 1 : last], 0.0])


def _cut(lattice: Lattice, model: Model) -> Iterator[tuple[Reading, int]]:
    """The best rows for each number of cells a row that the line can be cut into."""
    plain = model.plain.cell @ plain_features(lattice)
    gap = lattice.cut[0][lattice.stop]
    first = plain + _ONE_LINE * model.plain.gap * gap
    paths = _walk(lattice, {count: np.tile(first, (2 * count, 1)) for count in _COUNTS})
    unsettled = dict(paths)
    for _ in range(_ROUNDS):
        if not unsettled:
            break
        steps = {count: _steps(lattice, model, path, count) for count, (path, _) in unsettled.items()}
        again = _walk(lattice, steps)
        unsettled = {count: found for count, found in again.items() if found[0] != paths[count][0]}
        paths.update(again)
    for count, (path, cost) in paths.items():
        yield Reading((*(int(lattice.start[cell]) for cell in path[::count]), lattice.nodes - 1), cost), count


def _steps(lattice: Lattice, model: Model, path: Sequence[int], count: int) -> Floats:
    """What the cells cost in each column of the header and of the body, where the body is as it is on a path."""
    masses = np.zeros((count, len(lattice.line)))
    masses[np.arange(len(path) - count) % count, path[count:]] = 1.0
    gap = lattice.cut[0][lattice.stop]
    everywhere = np.ones(len(lattice.line), bool)
    header = header_costs(lattice, masses, model.header, everywhere)
    body = column_costs(lattice, masses, model.column)
    return np.concatenate([header + model.header.gap * gap, body + _ONE_LINE * model.column.gap * gap])


def _walk(lattice: Lattice, steps: Mapping[int, Floats]) -> dict[int, tuple[list[int], float]]:
    """The cheapest chain of cells from end to end and its cost, for each number of cells a row that gives one.

    ``steps[count][s]`` are the costs of the cells in state s: the first half of the states are the header's columns,
    passed once; the second half the body's, passed in turn until the end.  All counts are walked together.
    """
    costs = np.concatenate(list(steps.values()))
    counts = np.array(list(steps))
    ends = np.cumsum(2 * counts) - 1  # the last state of each count
    bodies, heads = ends - counts + 1, ends - 2 * counts + 1
    states = len(costs)
    nodes = lattice.nodes
    best = np.full((nodes, states), np.inf)  # the cost to have come to a node after a cell in a state
    before = np.full((nodes, states), -1)
    by_stop = np.argsort(lattice.stop, kind="stable")
    bounds = np.searchsorted(lattice.stop[by_stop], np.arange(nodes + 1)).tolist()
    starts = lattice.start[by_stop]
    opens = np.where(starts == 0, 0.0, np.inf)[:, None]
    costs = costs.T[by_stop]
    every = np.arange(states)
    for node, (first, stop) in enumerate(pairwise(bounds[1:]), 1):
        if first == stop:
            continue
        come = best[starts[first:stop]]
        reach = np.empty_like(come)
        reach[:, 1:] = come[:, :-1]
        reach[:, bodies] = np.minimum(come[:, bodies - 1], come[:, ends])
        reach[:, heads] = opens[first:stop]
        reach += costs[first:stop]
        choice = reach.argmin(axis=0)
        best[node] = reach[choice, every]
        before[node] = by_stop[first + choice]
    found: dict[int, tuple[list[int], float]] = {}
    for count, head, body, end in zip(steps, heads.tolist(), bodies.tolist(), ends.tolist(), strict=True):
        cost = float(best[-1, end])
        if np.isfinite(cost):
            found[count] = _path(lattice, best, before, (head, body, end)), cost
    return found


def _path(lattice: Lattice, best: Floats, before: Ints, states: tuple[int, int, int]) -> list[int]:
    """The cells of the cheapest chain through the states from the first, one of which is the body's first, to the
    last."""
    head, body, end = states
    state, node = end, lattice.nodes - 1
    path: list[int] = []
    while True:
        cell = int(before[node, state])
        path.append(cell)
        node = int(lattice.start[cell])
        if state == head:
            return path[::-1]
        if state == body:
            state = body - 1 if best[node, body - 1] <= best[node, end] else end
        else:
            state -= 1
