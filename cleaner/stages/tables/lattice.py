"""All the cells that lines could be cut into, and what their columns say about them.

A :class:`Lattice` holds every stretch between two cuts of every line, measured once, as flat
arrays.  :func:`column_costs` says how surprising each of them would be in each column, given
the cells that the columns hold now.  A line's own cells do not count as evidence for it
(leave-one-out): in a table of five rows they would confirm whatever cut was there first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cleaner.stages.tables.cells import ATTRIBUTES, FLAWS, FLOORS, FREE, NUMERIC, PRIORS, Cell, make_cell

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

NOT_HERE = 1e9
"""The cost of a cut that is not there; finite, so that sums stay numbers."""

PRIOR_WEIGHT = 1.2
"""How many cells of a column the priors of the types weigh as much as."""
UNSEEN_SHAPE, UNSEEN_CHARACTER = 0.15, 0.25
"""The same for a shape and a character that the column has not shown."""
LEAST_SPREAD = 0.22
COUNTER_LEAST, COUNTER_SHARE = 2.0, 0.6
"""A column counts if so many of its cells, and such a share of them, do."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Candidate cells of ``texts``: cell ``m`` is line ``line[m]`` from node ``start[m]`` to ``stop[m]``.

    A line's nodes are its beginning, its cuts and its end; ``nodes`` is the most that a line has,
    ``ends[l]`` the last node of line ``l``, ``offsets`` where the nodes are, ``cut[l, j]`` the cost
    of a cut at node ``j``, ``place`` a cell's index in an array ``(lines, nodes, nodes)``.
    ``text`` is the number of a cell's text in ``cells``, ``attributes`` the numbers of its type,
    shape … (``sizes``: how many there are), ``pairs`` those of line and attribute together,
    ``firsts`` the first cell of each such pair; ``plain`` are its features without regard to columns
    (:data:`PLAIN`), ``value`` its number if it is one, ``wordy`` its words beyond the fourth.
    """

    texts: tuple[str, ...]
    offsets: tuple[tuple[int, ...], ...]
    nodes: int
    ends: Ints
    cut: Floats
    line: Ints
    start: Ints
    stop: Ints
    place: Ints
    text: Ints
    cells: tuple[Cell, ...]
    attributes: dict[str, Ints]
    pairs: dict[str, Ints]
    firsts: dict[str, Ints]
    sizes: dict[str, int]
    size: Floats
    surprise: Floats
    value: Floats
    wordy: Floats
    plain: Floats

    def dense(self, costs: Floats) -> Floats:
        """``costs`` of the cells as an array ``(lines, nodes, nodes)``."""
        lines = len(self.texts)
        full = np.full(lines * self.nodes * self.nodes, NOT_HERE)
        full[self.place] = costs
        return full.reshape(lines, self.nodes, self.nodes)

    def between(self, first: int, stop: int) -> Lattice:
        """The lattice of lines ``first`` to ``stop`` only."""
        a, b = np.searchsorted(self.line, (first, stop))
        line = self.line[a:b] - first
        pairs = {name: slice(int(ids[a:b].min()), int(ids[a:b].max()) + 1) for name, ids in self.pairs.items()}
        return replace(
            self,
            texts=self.texts[first:stop],
            offsets=self.offsets[first:stop],
            ends=self.ends[first:stop],
            cut=self.cut[first:stop],
            line=line,
            start=self.start[a:b],
            stop=self.stop[a:b],
            place=self.place[a:b] - first * self.nodes * self.nodes,
            text=self.text[a:b],
            attributes={name: ids[a:b] for name, ids in self.attributes.items()},
            pairs={name: ids[a:b] - pairs[name].start for name, ids in self.pairs.items()},
            firsts={name: cells[pairs[name]] - a for name, cells in self.firsts.items()},
            size=self.size[a:b],
            surprise=self.surprise[a:b],
            value=self.value[a:b],
            wordy=self.wordy[a:b],
            plain=self.plain[:, a:b],
        )

    def with_lines(self, line: Ints) -> Lattice:
        """The lattice with other line numbers: what is left out when the columns judge a cell."""
        pairs, firsts = _pairs(line, self.attributes)
        return replace(self, line=line, pairs=pairs, firsts=firsts)

    def index(self) -> Ints:
        """The cell's number at each place ``(line, start, stop)`` flattened, -1 where there is none."""
        result = np.full(len(self.texts) * self.nodes * self.nodes, -1)
        result[self.place] = np.arange(len(self.place))
        return result

    def cell_text(self, cell: int) -> str:
        """The text of a cell."""
        return self.cells[int(self.text[cell])].text


def build(
    texts: Sequence[str], offsets: Sequence[Sequence[int]], costs: Sequence[Sequence[float]], reach: int = 10**6
) -> Lattice:
    """The lattice of lines with ``offsets`` (0 and the length included) to cut at and what each cut costs.

    A cell spans at most ``reach`` cuts.
    """
    ends = np.array([len(line) - 1 for line in offsets])
    nodes = int(ends.max()) + 1
    cut = np.full((len(texts), nodes), NOT_HERE)
    ids: dict[str, int] = {}
    line: list[int] = []
    start: list[int] = []
    stop: list[int] = []
    text: list[int] = []
    for number, (whole, places) in enumerate(zip(texts, offsets, strict=True)):
        cut[number, : len(places)] = costs[number]
        for i, a in enumerate(places[:-1]):
            for j in range(i + 1, min(i + reach, len(places) - 1) + 1):
                line.append(number)
                start.append(i)
                stop.append(j)
                text.append(ids.setdefault(whole[a : places[j]].strip(), len(ids)))
    cells = tuple(make_cell(one) for one in ids)
    line_, start_, stop_, text_ = np.array(line), np.array(start), np.array(stop), np.array(text)
    attributes: dict[str, Ints] = {"text": text_}
    for name in ATTRIBUTES:
        numbers: dict[object, int] = {None: 0}
        of_cell = np.array([numbers.setdefault(getattr(cell, name), len(numbers)) for cell in cells])
        if name == "type":
            of_cell = np.array([TYPE_IDS[cell.type] for cell in cells])
        attributes[name] = of_cell[text_]
    surprise = np.array([cell.surprise for cell in cells])[text_]
    size = np.array([cell.size for cell in cells])[text_]
    types = np.zeros((len(PRIORS), len(text_)))
    types[attributes["type"], np.arange(len(text_))] = 1.0
    return Lattice(
        tuple(texts),
        tuple(tuple(places) for places in offsets),
        nodes,
        ends,
        cut,
        line_,
        start_,
        stop_,
        (line_ * nodes + start_) * nodes + stop_,
        text_,
        cells,
        attributes,
        *_pairs(line_, attributes),
        {name: int(ids.max(initial=0)) + 1 for name, ids in attributes.items()},
        size,
        surprise,
        np.array([cell.value for cell in cells])[text_],
        np.array([max(0.0, len(cell.words) - 4.0) for cell in cells])[text_],
        np.concatenate([types, [surprise, size], np.array([cell.flaws for cell in cells])[text_].T]),
    )


def _pairs(line: Ints, attributes: dict[str, Ints]) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """Line and attribute of each cell together, numbered from 0 by line, and the first cell of each such pair."""
    pairs: dict[str, Ints] = {}
    firsts: dict[str, Ints] = {}
    for name, ids in attributes.items():
        _, firsts[name], pairs[name] = np.unique(line * (ids.max() + 1) + ids, return_index=True, return_inverse=True)
    return pairs, firsts


TYPE_IDS = {name: number for number, name in enumerate(PRIORS)}
_PRIOR = np.array(list(PRIORS.values()))
_PRIOR_COST = -np.log(_PRIOR / _PRIOR.sum())
_NUMERIC = np.array([name in NUMERIC for name in PRIORS])
_FREE = np.array([name in FREE for name in PRIORS])
_FLOOR = np.array([FLOORS.get(name, 0.0) for name in PRIORS])


PLAIN = (*PRIORS, "surprise", "length", *FLAWS)
"""What a cell is like without regard to its column."""


def plain_features(lattice: Lattice) -> Floats:
    """What speaks against each cell in a column that nothing is known of (:data:`PLAIN`)."""
    return lattice.plain


IN_COLUMN = (
    "type_text",
    "type_number",
    "floor",
    "prior",
    "repeat",
    "repeat_text",
    "words",
    "first",
    "last",
    "shape",
    "fine_shape",
    "size_text",
    "size_number",
    "counter",
    "fresh_number",
    "decimals",
    "shape_other",
)
COLUMN = (*IN_COLUMN, *PLAIN)


def column_features(lattice: Lattice, mass: Floats) -> Floats:
    """What speaks against each cell in one column that holds ``mass[m]`` (0–1) of each cell ``m`` (:data:`COLUMN`)."""
    return np.concatenate([in_columns(lattice, mass[None])[:, 0], plain_features(lattice)])


def in_columns(lattice: Lattice, masses: Floats) -> Floats:
    """What columns that hold ``masses[k, m]`` (0–1) of each cell ``m`` have against cells.

    Shape ``(features, columns, cells)``; the features are :data:`IN_COLUMN`.  All columns at once:
    most tables are so small that each call costs more than what it computes.
    """
    count = len(masses)
    column, cell = masses.nonzero()
    weight = masses[column, cell]

    def tally(ids: Ints, size: int, weight: Floats) -> Floats:
        sums: Floats = np.bincount(column * size + ids[cell], weight, minlength=count * size)  # type: ignore[assignment]
        return sums.reshape(count, size)

    def counts(name: str) -> Floats:
        """How many cells of other lines share each pair's attribute."""
        ids, firsts = lattice.attributes[name], lattice.firsts[name]
        own = tally(lattice.pairs[name], len(firsts), weight)
        left: Floats = np.maximum(np.take(tally(ids, lattice.sizes[name], weight), ids[firsts], 1) - own, 0.0)
        return left

    def of_cells(name: str, values: Floats) -> Floats:
        """What is known of each pair, for each cell."""
        return np.take(values, lattice.pairs[name], 1)

    lines = int(lattice.line.max(initial=0)) + 1
    by_line = tally(lattice.line, lines, weight)
    whole = by_line.sum(axis=1, keepdims=True)
    others = np.maximum(whole - by_line, 0.0)  # the mass of all lines but one
    total = np.take(others, lattice.line, 1)

    def others_of(name: str) -> Floats:
        return np.take(others, lattice.line[lattice.firsts[name]], 1)

    def log_share(name: str, unseen: float) -> Floats:
        share: Floats = -np.log((counts(name) + unseen) / (others_of(name) + 2 * unseen))
        return of_cells(name, share)

    type_ = lattice.attributes["type"]
    numeric, free = _NUMERIC[type_], _FREE[type_]
    types, others_of_type = counts("type"), others_of("type")
    prior = PRIOR_WEIGHT * _PRIOR[type_[lattice.firsts["type"]]]
    rare = of_cells("type", -np.log((types + prior) / (others_of_type + PRIOR_WEIGHT)))
    fresh = of_cells("type", np.minimum(others_of_type, 1.0) * (1 - np.minimum(types, 1.0)))
    repeats = of_cells("text", counts("text"))
    again = np.minimum(repeats, 1.0)
    known = np.minimum(lattice.surprise, 0.3 - np.log(0.5 * np.maximum(repeats, 1e-9) / (total + 1)))
    several = lattice.attributes["opening"] > 0
    opening, ending = (of_cells(name, np.minimum(counts(name), 1.0)) for name in ("opening", "ending"))
    size = lattice.size[cell]
    moment = tally(lattice.line, lines, weight * size)
    mean = (moment.sum(axis=1, keepdims=True) - moment) / np.maximum(others, 1e-9)
    middle = moment.sum(axis=1) / np.maximum(whole[:, 0], 1e-9)
    apart = tally(lattice.line, lines, weight * np.abs(size - middle[column]))
    spread = np.maximum(LEAST_SPREAD, (apart.sum(axis=1, keepdims=True) - apart + 0.5) / (others + 1))
    unlike = np.abs(lattice.size - np.take(mean, lattice.line, 1)) / np.take(spread, lattice.line, 1)
    unlike += np.take(np.log(2 * spread), lattice.line, 1)
    unlike *= np.minimum(total, 1.0)
    shape = log_share("shape", UNSEEN_SHAPE) * (lattice.attributes["shape"] > 0)
    result = np.empty((len(IN_COLUMN), *masses.shape))
    for place, values in enumerate(
        (
            rare * ~numeric,
            rare * numeric,
            _FLOOR[type_],
            _PRIOR_COST[type_],
            known - lattice.surprise,
            -again * ~numeric,
            -np.maximum(several * (opening + ending) - again, 0.0) * ~numeric,
            log_share("first", UNSEEN_CHARACTER),
            log_share("last", UNSEEN_CHARACTER),
            shape,
            log_share("fine_shape", UNSEEN_SHAPE) * (lattice.attributes["fine_shape"] > 0),
            unlike * free,
            unlike * ~free,
            [-_counts_on(lattice, mass, here) for mass, here in zip(masses, by_line, strict=True)],
            fresh * numeric,
            log_share("decimals", UNSEEN_SHAPE) * (lattice.attributes["decimals"] > 0),
            shape * ~numeric,
        )
    ):
        result[place] = values
    return result


HEADER = (*PLAIN, "many_words", "like_body", "in_body", "wider", "narrower")
"""What speaks against a cell as a column's name."""


def header_features(lattice: Lattice, mass: Floats, here: Mask) -> Floats:
    """What speaks against each of the cells ``here`` as the name of the column that holds ``mass``."""
    total = max(float(mass.sum()), 1e-9)

    def share(name: str) -> Floats:
        ids = lattice.attributes[name]
        of: Floats = np.bincount(ids, mass)[ids][here] / total
        return of

    size = float((mass * lattice.size).sum()) / total
    apart = lattice.size[here] - size
    numeric = _NUMERIC[lattice.attributes["type"][here]]
    return np.concatenate(
        [
            plain_features(lattice)[:, here],
            [
                lattice.wordy[here],
                share("type") * numeric,
                share("text"),
                np.maximum(apart, 0.0),
                np.maximum(-apart, 0.0),
            ],
        ]
    )


def _counts_on(lattice: Lattice, mass: Floats, by_line: Floats) -> Floats:
    """How surely a cell is the number that a column which counts (1, 2, 3 … or down) must have in its line."""
    numbers = (mass > 0) & ~np.isnan(lattice.value)
    result = np.zeros(len(lattice.line))
    total = by_line.sum()
    if mass[numbers].sum() < max(COUNTER_LEAST, COUNTER_SHARE * total):
        return result
    for step in (1, -1):
        base = lattice.value - step * lattice.line
        found, which = np.unique(base[numbers], return_inverse=True)
        votes = np.bincount(which, mass[numbers])
        best = int(votes.argmax())
        share = votes[best] / max(total, 1e-9)
        if votes[best] >= COUNTER_LEAST and share >= COUNTER_SHARE:
            result = np.maximum(result, share * (base == found[best]))
    return result
