"""Columns whose numbers follow each other from line to line: counters, and what a table is sorted by.

Each function takes the candidate cells of all lines as flat arrays: ``value`` (not a number where a
cell holds none), ``line``, and ``mass``, how much of each cell one column holds (0–1).  It says of each
cell how surely (0–1) it continues that column.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

COUNTER_LEAST, COUNTER_SHARE = 2.0, 0.6
"""A column counts if so many of its cells, and such a share of them, do."""
ORDER_LEAST, ORDER_SHARE = 4, 0.75
"""A column is sorted if so many of its steps from number to number, and such a share of them, go one way."""


def counts_on(value: Floats, line: Ints, mass: Floats, total: float) -> Floats:
    """Whether a cell is the number that a column which counts (1, 2, 3 … or down) must have in its line.

    ``total`` is the sum of ``mass``.
    """
    numbers = (mass > 0) & ~np.isnan(value)
    result = np.zeros(len(line))
    if not numbers.any():
        return result
    if mass[numbers].sum() < max(COUNTER_LEAST, COUNTER_SHARE * total):
        return result
    for step in (1, -1):
        base = value - step * line
        found, which = np.unique(base[numbers], return_inverse=True)
        votes = np.bincount(which, mass[numbers])
        best = int(votes.argmax())
        share = votes[best] / max(total, 1e-9)
        if votes[best] >= COUNTER_LEAST and share >= COUNTER_SHARE:
            result = np.maximum(result, share * (base == found[best]))
    return result


def in_order(value: Floats, line: Ints, mass: Floats) -> Floats:
    """Whether a cell is a number between those of the lines before and after it, in a column that rises or falls."""
    result = np.zeros(len(line))
    numbers = np.flatnonzero((mass > 0) & ~np.isnan(value))
    if len(numbers) <= ORDER_LEAST:
        return result
    weight = mass[numbers]
    held = np.bincount(line[numbers], weight)
    known = np.flatnonzero(held)  # the lines where the column holds a number
    if len(known) <= ORDER_LEAST or held.sum() < ORDER_SHARE * mass.sum():
        return result
    means = np.bincount(line[numbers], weight * value[numbers])[known] / held[known]
    before = np.searchsorted(known, line)
    after = np.searchsorted(known, line, side="right")
    for sign in (1, -1):
        steps = sign * np.diff(means)
        share = (steps >= 0).mean()
        if share >= ORDER_SHARE and (steps > 0).sum() >= ORDER_LEAST:
            around = np.array([-np.inf, *(sign * means), np.inf])
            result = np.maximum(
                result, share * ((around[before] <= sign * value) & (sign * value <= around[after + 1]))
            )
    return result
