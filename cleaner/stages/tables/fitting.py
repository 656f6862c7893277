"""Cut lines into the cells of K columns, learn what each column's cells have in common, cut again.

Expectation and maximisation: first every way to cut a line counts as much as it is likely
(forward and backward sums over the cuts), then only the best one (dynamic programming), until
nothing changes.  :func:`best_fit` does this for each K and takes the one whose result looks
most like a table.  The weights of it all are learnt (:mod:`.weights`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleaner.stages.tables.lattice import (
    HEADER,
    IN_COLUMN,
    IN_HEADER,
    NOT_HERE,
    Floats,
    Ints,
    Lattice,
    Mask,
    in_columns,
    in_headers,
    name_features,
    plain_features,
)
from cleaner.stages.tables.weights import Model, Weights

MOST_COLUMNS = 8
SAMPLE = 12
"""The number of columns is chosen on so many lines."""
LEARNT = 25
"""The columns are learnt from so many lines; the rest are cut by them once."""
ROUNDS = 4
TEMPERATURES = (2.0, 1.0)
"""Of the first rounds: above 1 likely and less likely ways to cut a line count more alike."""
HOLED = 0.5
"""A row with an empty cell teaches the columns less."""
WORST = 30.0
"""No row speaks more than so much against a number of columns."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """Lines in K cells: ``cells[l, k]`` is the lattice's cell, -1 for an empty one; ``costs[l]`` what line l costs."""

    cells: Ints
    costs: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """Lines in columns that were learnt from the body; line 0 is the header.

    ``masses[k, m]`` is how much of the lattice's cell m column k holds.
    """

    cutting: Cutting
    masses: Floats

    @property
    def count(self) -> int:
        """The number of columns."""
        return len(self.masses)


def steps_of(lattice: Lattice, costs: Floats, gap: float) -> Floats:
    """``(lines, nodes, nodes)``: the cost of a cell between two nodes and of the cut after it."""
    steps = lattice.dense(costs)
    steps += (gap * np.minimum(lattice.cut, NOT_HERE))[:, None, :]
    return steps


def cut(lattice: Lattice, columns: Floats, weights: Weights) -> Cutting:
    """The cheapest way to cut each line: ``columns[k]`` are the costs of all cells in column k."""
    lines, nodes = len(lattice.texts), lattice.nodes
    best = np.full((lines, nodes), NOT_HERE)
    best[:, 0] = 0.0
    before: list[Ints] = []
    for costs, none in zip(columns, weights.empties(len(columns)), strict=True):
        reach = steps_of(lattice, costs, weights.gap)
        reach += best[:, :, None]
        start: Ints = reach.argmin(axis=1)
        reached = reach.min(axis=1)
        stay = best + none
        skipped = stay < reached
        best = np.where(skipped, stay, reached)
        before.append(np.where(skipped, np.arange(nodes), start))
    every = np.arange(lines)
    at = lattice.ends
    index = lattice.index()
    cells = np.full((lines, len(columns)), -1)
    for number in range(len(columns) - 1, -1, -1):
        first = before[number][every, at]
        cells[:, number] = np.where(first < at, index[(every * nodes + first) * nodes + at], -1)
        at = first
    return Cutting(cells, best[every, lattice.ends])


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely each cell is in each column over all ways to cut its line; ``empty[k][l]`` that there is none;
    ``total[l]`` the logarithm of the sum over all ways."""

    masses: Floats
    empty: list[Floats]
    total: Floats


def chances(lattice: Lattice, columns: Floats, weights: Weights, temperature: float = 1.0) -> Chances:
    """Forward and backward sums over all ways to cut each line."""
    lines, nodes = len(lattice.texts), lattice.nodes
    every = np.arange(lines)
    steps = [-steps_of(lattice, costs, weights.gap) / temperature for costs in columns]
    empties = [none / temperature for none in weights.empties(len(columns))]
    forward = [np.full((lines, nodes), -NOT_HERE)]
    forward[0][:, 0] = 0.0
    for step, none in zip(steps, empties, strict=True):
        forward.append(_sum(forward[-1][:, :, None] + step, forward[-1] - none, 1))
    after = np.full((lines, nodes), -NOT_HERE)
    after[every, lattice.ends] = 0.0
    total = forward[-1][every, lattice.ends]
    masses: list[Floats] = []
    empty: list[Floats] = []
    for number in range(len(columns) - 1, -1, -1):
        onward = steps[number] + after[:, None, :]
        through = (forward[number][:, :, None] + onward).reshape(-1)[lattice.place] - total[lattice.line]
        masses.append(np.exp(np.minimum(through, 0.0)))
        none_here = forward[number] - empties[number] + after - total[:, None]
        empty.append(np.exp(np.minimum(none_here, 0.0)).sum(axis=1))
        after = _sum(onward, after - empties[number], 2)
    return Chances(np.array(masses[::-1]), empty[::-1], total)


def _sum(values: Floats, other: Floats, axis: int) -> Floats:
    """The logarithm of a sum of exponentials along an axis, one more summand beside it."""
    most = np.maximum(values.max(axis=axis), other)
    apart = values - np.expand_dims(most, axis)
    total = np.exp(apart, out=apart).sum(axis=axis) + np.exp(other - most)
    result: Floats = most + np.log(total)
    return result


def held(lattice: Lattice, cutting: Cutting) -> Floats:
    """The mass of each cell in each column; the header teaches nothing, a row with holes less."""
    weight = np.where((cutting.cells < 0).any(axis=1), HOLED, 1.0)
    weight[0] = 0.0
    masses = np.zeros((cutting.cells.shape[1], len(lattice.line)))
    line, column = (cutting.cells >= 0).nonzero()
    masses[column, cutting.cells[line, column]] = weight[line]
    return masses


def column_costs(lattice: Lattice, masses: Floats, weights: Weights) -> Floats:
    """What each cell costs in each column, shape ``(columns, cells)``."""
    told = len(IN_COLUMN)
    costs: Floats = np.tensordot(weights.cell[:told], in_columns(lattice, masses), 1)
    return costs + weights.cell[told:] @ plain_features(lattice)


def header_costs(lattice: Lattice, masses: Floats, weights: Weights, here: Mask) -> Floats:
    """What each of the cells ``here`` costs as each column's name, shape ``(columns, cells)``."""
    told = len(HEADER) - len(IN_HEADER)
    costs: Floats = np.tensordot(weights.cell[told:], in_headers(lattice, masses, here), 1)
    return costs + weights.cell[:told] @ name_features(lattice, here)


def fit(lattice: Lattice, count: int, model: Model) -> Fit:
    """Cut all lines into ``count`` columns; the header is line 0."""
    columns = np.tile(model.plain.cell @ plain_features(lattice), (count, 1))
    weights = model.plain
    body = lattice.line > 0
    for temperature in TEMPERATURES:
        likely = chances(lattice, columns, weights, temperature)
        weights = model.column
        columns = column_costs(lattice, np.where(body, likely.masses, 0.0), weights)
    cutting = cut(lattice, columns, weights)
    for _ in range(ROUNDS):
        columns = column_costs(lattice, held(lattice, cutting), weights)
        again = cut(lattice, columns, weights)
        settled = bool((again.cells[1:] == cutting.cells[1:]).all())
        cutting = again
        if settled:
            break
    masses = held(lattice, cutting)
    head = cut_header(lattice, masses, model)
    cells, costs = cutting.cells.copy(), cutting.costs.copy()
    cells[0], costs[0] = head.cells[0], head.costs[0]
    return Fit(Cutting(cells, costs), masses)


def cut_header(lattice: Lattice, masses: Floats, model: Model) -> Cutting:
    """Line 0 cut into the names of columns that hold ``masses``."""
    here = lattice.line == 0
    return cut(lattice.between(0, 1), header_costs(lattice, masses, model.header, here), model.header)


def unused(lattice: Lattice, cells: Ints) -> Floats:
    """For each row of ``cells`` the log-odds of its line's likely gaps that stay uncut."""
    row, column = (cells >= 0).nonzero()
    used = cells[row, column]
    gains = np.maximum(-np.where(lattice.cut < NOT_HERE, lattice.cut, 0.0), 0.0)
    cut_off = np.bincount(row, gains[lattice.line[used], lattice.stop[used]], minlength=len(cells))
    left: Floats = gains[lattice.line[cells.max(axis=1)]].sum(axis=1) - cut_off
    return left


def choice_features(lattice: Lattice, fitted: Fit) -> Floats:
    """What speaks against a number of columns (:data:`.weights.CHOICE`)."""
    cells, costs = fitted.cutting.cells, fitted.cutting.costs
    used = cells[1:][cells[1:] >= 0]
    cuts = lattice.cut[lattice.line[used], lattice.stop[used]]
    return np.array(
        [
            costs[0],
            np.minimum(costs[1:], WORST).mean(),
            costs[1:].max(initial=0.0) / 10,
            fitted.count,
            float(fitted.count == 2),
            (cells[1:] < 0).mean(),
            unused(lattice, cells)[1:].mean(),
            (cells[0] < 0).sum(),
            cuts.mean() if len(cuts) else 0.0,
        ]
    )


def best_fit(lattice: Lattice, model: Model) -> Fit:
    """The fit with the number of columns that looks most like a table."""
    sample = lattice.between(0, SAMPLE) if len(lattice.texts) > SAMPLE else lattice
    likely = sorted(((sample.cut < 4.0).sum(axis=1) - 2).tolist(), reverse=True)
    most = min(MOST_COLUMNS, 1 + likely[min(len(likely) - 1, 1 + len(likely) // 4)])
    best, least = fit(sample, 2, model), 0.0
    least = float(model.choice @ choice_features(sample, best))
    for count in range(3, most + 1):
        more = fit(sample, count, model)
        cost = float(model.choice @ choice_features(sample, more))
        if cost < least:
            best, least = more, cost
        elif count > best.count + 1:  # two more columns cost more: so will three
            break
    if sample is lattice:
        return best
    learnt = lattice.between(0, LEARNT) if len(lattice.texts) > LEARNT else lattice
    best = fit(learnt, best.count, model)
    if learnt is lattice:
        return best
    masses = np.pad(best.masses, ((0, 0), (0, len(lattice.line) - len(learnt.line))))
    rest = cut(lattice, column_costs(lattice, masses, model.column), model.column)
    first = best.cutting
    cells = np.concatenate([first.cells, rest.cells[LEARNT:]])
    return Fit(Cutting(cells, np.concatenate([first.costs, rest.costs[LEARNT:]])), masses)
