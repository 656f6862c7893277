"""From lines that could be rows of glued cells, and their likely cuts, to a table and what speaks for it.

Each line is cut into the cells of K columns that are learnt on the way (:mod:`.fitting`); then lines are added
below and a header above, or taken away, as the columns explain them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from cleaner.document import Rows
from cleaner.stages.tables.cells import NUMERIC, Cell
from cleaner.stages.tables.column_names import names_a_column
from cleaner.stages.tables.fitting import Cutting, best_fit, column_costs, cut, cut_header, fit, unused
from cleaner.stages.tables.glued_model import Cuts
from cleaner.stages.tables.lattice import Floats, Ints, Lattice, build, plain_features
from cleaner.stages.tables.weights import Model

MOST_BELOW = 12
"""So many lines after the last likely one are tried as further rows."""
LONGEST_HEADER = 160
"""A longer line is no header."""

SENTENCE_END = re.compile(r"[^\W\d_]{2}[.!?;:,]$")
_SECTION = re.compile(r"(\d+(?:\.\d+)*)[.)]?\s")
_NUMBERED_SHARE = 0.6
_LONGEST_OUTSIDE = 200  # of a line taken in from outside the run

# Nats by which a row is better explained by the columns than by none.
_LEAST_LAST = 0.0
_LEAST_BELOW = 1.0
_LIKE_ROWS = 3.0  # less is asked of a last line no longer than the rows above: prose is longer
_LEAST_HEADER = -2.5

Again = Callable[[Sequence[str], Sequence[Cuts], range], Sequence[Cuts]]


class Table(NamedTuple):
    """Lines ``start`` to ``stop`` as rows, and what speaks for it (:data:`.weights.TABLE`)."""

    start: int
    stop: int
    rows: Rows
    evidence: Floats


def rebuild(
    texts: Sequence[str], cuts: Sequence[Cuts], start: int, stop: int, model: Model, again: Again | None = None
) -> Table | None:
    """The table around lines ``start`` to ``stop``, if there could be one."""
    first, last = max(0, start - 1), min(len(texts), stop + MOST_BELOW)
    around = cuts[first:last]
    if again:
        around = again(texts[first:last], around, range(start - first, stop - first))
    lattice = build(texts[first:last], [one.offsets for one in around], [one.costs for one in around])
    skip = int(np.searchsorted(lattice.line, start - first))  # cells of the line above
    fitted = best_fit(lattice.between(start - first, stop - first), model)
    whole = model.plain.cell @ plain_features(lattice)
    index = lattice.index()
    nodes = lattice.nodes
    wholes = whole[index[np.arange(last - first) * nodes * nodes + lattice.ends]]
    cells, costs = np.where(fitted.cutting.cells >= 0, fitted.cutting.cells + skip, -1), fitted.cutting.costs
    masses = np.pad(fitted.masses, ((0, 0), (skip, len(lattice.line) - skip - fitted.masses.shape[1])))

    @cache
    def others() -> Cutting:
        """All lines by the columns found."""
        return cut(lattice, column_costs(lattice, masses, model.column), model.column)

    rows = dict(zip(range(start, stop), zip(cells, costs, strict=True), strict=True))
    at = stop - 1
    while at > start + 1 and wholes[at - first] - rows[at][1] < _LEAST_LAST - _leeway(texts, start, at):
        del rows[at]
        at -= 1
    stop = at + 1
    top = start
    while stop - start > 3 and wholes[start - first] - rows[start][1] < _LEAST_HEADER:
        del rows[start]
        start += 1
    while stop < last and _fits_below(texts[stop], others(), stop - first, float(wholes[stop - first])):
        rows[stop] = (others().cells[stop - first], others().costs[stop - first])
        stop += 1
    if 0 < start == top:
        above = cut_header(lattice, masses, model)
        plain = float(others().costs[start - first])
        fits = len(texts[start - 1]) < _LONGEST_OUTSIDE and (above.cells >= 0).all()
        if fits and wholes[0] - above.costs[0] > _LEAST_HEADER and plain <= rows[start][1] + 3:
            rows[start] = (others().cells[start - first], plain)
            start -= 1
            rows[start] = (above.cells[0], above.costs[0])
    if stop - start < 3 or len(texts[start]) > LONGEST_HEADER or _numbered(texts[start:stop]):
        return None
    chosen = np.array([rows[line][0] for line in range(start, stop)])
    gains = np.array([wholes[line - first] - rows[line][1] for line in range(start, stop)])
    return Table(start, stop, _grid(lattice, chosen), _evidence(lattice, chosen, gains))


def rebuilt(texts: Sequence[str], cuts: Sequence[Cuts], count: int, model: Model, known: Iterable[Cell] = ()) -> Table:
    """Lines that are known to be rows of ``count`` cells, the first a header; the ``known`` cells are not measured
    again."""
    lattice = build(texts, [one.offsets for one in cuts], [one.costs for one in cuts], known=known)
    cutting = fit(lattice, count, model).cutting
    whole = model.plain.cell @ plain_features(lattice)
    ends = np.arange(len(texts)) * lattice.nodes**2 + lattice.ends
    gains = whole[lattice.index()[ends]] - cutting.costs
    return Table(0, len(texts), _grid(lattice, cutting.cells), _evidence(lattice, cutting.cells, gains))


def _grid(lattice: Lattice, cells: Ints) -> Rows:
    return tuple(
        tuple(lattice.cells[lattice.text[cell]].text if cell >= 0 else "" for cell in row) for row in cells.tolist()
    )


def _fits_below(text: str, cutting: Cutting, line: int, whole: float) -> bool:
    """Whether the next line is one more row: the columns explain it."""
    cells = int((cutting.cells[line] >= 0).sum())
    return len(text) < _LONGEST_OUTSIDE and whole - cutting.costs[line] > _LEAST_BELOW and cells >= 2


def _leeway(texts: Sequence[str], start: int, line: int) -> float:
    """What a line is forgiven for looking like the rows between the header ``start`` and itself."""
    above = max(map(len, texts[start + 1 : line]), default=0)
    return _LIKE_ROWS if len(texts[line]) <= above and not SENTENCE_END.search(texts[line]) else 0.0


def _evidence(lattice: Lattice, cells: Ints, gains: Floats) -> Floats:
    """What speaks for a table (:data:`.weights.TABLE`)."""
    used = cells[cells >= 0]
    cuts = lattice.cut[lattice.line[used], lattice.stop[used]]
    filled = (cells >= 0).sum(axis=1)
    gain = np.clip(gains[1:], -10, 15)
    header, *body = [[lattice.cells[lattice.text[cell]] for cell in row if cell >= 0] for row in cells.tolist()]
    columns = [
        [lattice.cells[lattice.text[cell]].type for cell in column[1:] if cell >= 0] for column in cells.T.tolist()
    ]
    regular = [max(map(types.count, types)) / len(types) for types in columns if types]
    everything = [cell.text for row in body for cell in row]
    first = [lattice.text[cell] if cell >= 0 else -1 for cell in cells[1:, 0].tolist()]
    left = unused(lattice, cells)
    return np.array(
        [
            1.0,
            gain.mean(),
            np.log(len(cells)),
            cells.shape[1],
            (filled >= 2).mean(),
            (cells < 0).mean(),
            np.clip(gains[0], -10, 10),
            cuts.mean(),
            (gain > 0).mean(),
            sum(names_a_column(cell.text) for cell in header) / len(header),
            sum(cell.type in NUMERIC for cell in header) / len(header),
            sum(cell.type in NUMERIC for row in body for cell in row) / max(1, len(everything)),
            sum(regular) / len(regular) if regular else 0.0,
            1 - len(set(everything)) / max(1, len(everything)),
            1 - len(set(first)) / len(first),
            (filled == cells.shape[1]).mean(),
            np.median(gain),
            gain.min(),
            cuts[: len(header)].mean(),
            left[1:].mean(),
            left[0],
            sum(len(cell.words) for cell in header) / len(header),
            np.log(1 + sum(len(cell.words) for row in body for cell in row) / max(1, len(everything))),
            np.log(max(map(len, everything), default=1)),
            sum(text[-1] in ".,;:!?" for text in everything) / max(1, len(everything)),
        ]
    )


def _numbered(texts: Sequence[str]) -> bool:
    """Whether the lines count up, as a list or a table of contents does: "2.3 Scope", "2.4 Terms"."""
    counts = 0
    before: list[str] = []
    for text in texts:
        match = _SECTION.match(text)
        parts = match[1].split(".") if match else []
        if parts and before and parts[:-1] == before[:-1] and int(parts[-1]) == int(before[-1]) + 1:
            counts += 1
        before = parts
    return counts >= _NUMBERED_SHARE * (len(texts) - 1)
