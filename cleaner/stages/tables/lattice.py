"""All the cells that lines could be cut into, and what their columns say about them.

A :class:`Lattice` holds every stretch between two cuts of every line, measured once, as flat
arrays.  :func:`column_costs` says how surprising each of them would be in each column, given
the cells that the columns hold now.  A line's own cells do not count as evidence for it
(leave-one-out): in a table of five rows they would confirm whatever cut was there first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from cleaner.stages.tables.cells import ATTRIBUTES, FLAWS, FLOORS, FREE, NUMERIC, PRIORS, Cell, make_cell, signs_of
from cleaner.stages.tables.sequences import counts_on, in_order

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


@dataclass(frozen=True, slots=True)
class Pairs:
    """Line and attribute of each cell together, numbered in the order of the lines.

    ``of[a, m]`` is the number of cell ``m``'s pair for the attribute ``ATTRIBUTES[a]``; ``line`` and
    ``attribute`` say what each pair is of, ``unseen[:, pair]`` how many cells a column is thought to hold with its
    attribute, and in all, beside those that it shows.
    """

    of: Ints
    line: Ints
    attribute: Ints
    unseen: Floats

    def between(self, a: int, b: int, first: int) -> Pairs:
        """The pairs of the cells ``a`` to ``b``, which are all those of some lines; ``first`` becomes line 0."""
        of = self.of[:, a:b]
        low, high = int(of.min()), int(of.max()) + 1
        return Pairs(of - low, self.line[low:high] - first, self.attribute[low:high], self.unseen[:, low:high])


@dataclass(frozen=True, slots=True)
class Lattice:
    """Candidate cells of ``texts``: cell ``m`` is line ``line[m]`` from node ``start[m]`` to ``stop[m]``.

    A line's nodes are its beginning, its cuts and its end; ``nodes`` is the most that a line has,
    ``ends[l]`` the last node of line ``l``, ``offsets`` where the nodes are, ``cut[l, j]`` the cost
    of a cut at node ``j``, ``place`` a cell's index in an array ``(lines, nodes, nodes)``.
    ``text`` is the number of a cell's text in ``cells``, ``type`` that of its type in :data:`TYPE_IDS`,
    ``attributes[a, m]`` the number of what it has of ``ATTRIBUTES[a]`` (none stands for two attributes;
    ``unseen`` is as in :class:`Pairs`, but for each number), ``has[a, m]`` 1 if it has any.
    ``plain`` are its features without regard to columns (:data:`PLAIN`), ``value`` its number if it is one,
    ``wordy`` its words beyond the fourth.
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
    type: Ints
    attributes: Ints
    unseen: Floats
    has: Floats
    pairs: Pairs
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
        return replace(
            self,
            texts=self.texts[first:stop],
            offsets=self.offsets[first:stop],
            ends=self.ends[first:stop],
            cut=self.cut[first:stop],
            line=self.line[a:b] - first,
            start=self.start[a:b],
            stop=self.stop[a:b],
            place=self.place[a:b] - first * self.nodes * self.nodes,
            text=self.text[a:b],
            type=self.type[a:b],
            attributes=self.attributes[:, a:b],
            has=self.has[:, a:b],
            pairs=self.pairs.between(int(a), int(b), first),
            size=self.size[a:b],
            surprise=self.surprise[a:b],
            value=self.value[a:b],
            wordy=self.wordy[a:b],
            plain=self.plain[:, a:b],
        )

    def with_lines(self, line: Ints) -> Lattice:
        """The lattice with other line numbers: what is left out when the columns judge a cell."""
        return replace(self, line=line, pairs=_pairs(line, self.attributes, self.unseen))

    def index(self) -> Ints:
        """The cell's number at each place ``(line, start, stop)`` flattened, -1 where there is none."""
        result = np.full(len(self.texts) * self.nodes * self.nodes, -1)
        result[self.place] = np.arange(len(self.place))
        return result


def build(
    texts: Sequence[str],
    offsets: Sequence[Sequence[int]],
    costs: Sequence[Sequence[float]],
    reach: int = 10**6,
    known: Iterable[Cell] = (),
) -> Lattice:
    """The lattice of lines with ``offsets`` (0 and the length included) to cut at and what each cut costs.

    A cell spans at most ``reach`` cuts; those that are ``known`` are not measured again.
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
            ahead = places[i + 1 : i + 1 + reach]
            line += [number] * len(ahead)
            start += [i] * len(ahead)
            stop += range(i + 1, i + 1 + len(ahead))
            text += [ids.setdefault(whole[a:b].strip(), len(ids)) for b in ahead]
    line_, start_, stop_, text_ = np.array(line), np.array(start), np.array(stop), np.array(text)
    measured = {cell.text: cell for cell in known}
    signs = list(map(signs_of, texts))  # a character stands in many cells

    def measure(cell: str, at: int) -> Cell:
        row, first = line[at], texts[line[at]].index(cell, offsets[line[at]][start[at]])  # perhaps behind spaces
        return make_cell(cell, signs[row][first : first + len(cell)])

    shown = zip(ids, np.unique(text_, return_index=True)[1].tolist(), strict=True)
    cells = tuple([measured.get(cell) or measure(cell, at) for cell, at in shown])
    columns = dict(zip(Cell._fields, zip(*cells, strict=True), strict=True))
    type_ = np.array([TYPE_IDS[name] for name in columns["type"]])[text_]
    attributes, has, unseen = _attributes(columns)
    attributes, has = attributes[:, text_], has[:, text_]
    surprise, size = np.array(columns["surprise"])[text_], np.array(columns["size"])[text_]
    types = (type_ == np.arange(len(PRIORS))[:, None]).astype(np.float64)
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
        type_,
        attributes,
        unseen,
        has,
        _pairs(line_, attributes, unseen),
        size,
        surprise,
        np.array(columns["value"])[text_],
        np.array([max(0.0, len(words) - 4.0) for words in columns["words"]])[text_],
        np.concatenate(
            [types, [surprise, size], np.array(columns["flaws"])[text_].T, _other_point(texts, ids)[None, text_]]
        ),
    )


def _other_point(texts: Sequence[str], cells: Iterable[str]) -> Floats:
    """1 for each cell with decimals after a comma where the lines have them after points, or the reverse."""
    signs = [sign for text in texts for sign in _POINT.findall(text)]
    other = {",": ".", ".": ","}[max(".,", key=signs.count)] if signs else ""
    return np.array([float(other in cell and _POINT.findall(cell)[-1:] == [other]) if other else 0.0 for cell in cells])


def _attributes(columns: Mapping[str, Sequence[object]]) -> tuple[Ints, Floats, Floats]:
    """``attributes``, ``has`` and ``unseen`` of a :class:`Lattice` whose cells have these properties."""
    rows: list[list[int]] = []
    firsts: list[int] = []
    unseen: list[tuple[float, float]] = []
    for name in ATTRIBUTES:
        firsts.append(len(unseen))
        known: dict[object, int] = {None: len(unseen)}
        rows.append([known.setdefault(value, firsts[-1] + len(known)) for value in columns[name]])
        if name == "type":
            unseen += [(PRIOR_WEIGHT * PRIORS.get(str(kind), 0.0), PRIOR_WEIGHT) for kind in known]
        else:
            unseen += [(_UNSEEN.get(name, 1.0), 2 * _UNSEEN.get(name, 1.0))] * len(known)
    attributes = np.array(rows)
    has = (attributes > np.array(firsts)[:, None]).astype(np.float64)
    return attributes, has, np.array(unseen).T.copy()


def _pairs(line: Ints, attributes: Ints, unseen: Floats) -> Pairs:
    pairs, of = np.unique(line * unseen.shape[1] + attributes, return_inverse=True)
    of_line, attribute = np.divmod(pairs, unseen.shape[1])
    return Pairs(of.reshape(attributes.shape), of_line, attribute, unseen[:, attribute])


_POINT = re.compile(r"\d([.,])\d{1,2}(?!\d)")
_OPENING = ATTRIBUTES.index("opening")
"""The attributes before it cost what their share among the column's cells says; of the rest only counts matter."""
_UNSEEN = {
    **dict.fromkeys(("first", "last"), UNSEEN_CHARACTER),
    **dict.fromkeys(("shape", "fine_shape", "decimals"), UNSEEN_SHAPE),
}
TYPE_IDS = {name: number for number, name in enumerate(PRIORS)}
_PRIOR = np.array(list(PRIORS.values()))
_PRIOR_COST = -np.log(_PRIOR / _PRIOR.sum())
_NUMERIC = np.array([float(name in NUMERIC) for name in PRIORS])
_FREE = np.array([float(name in FREE) for name in PRIORS])
_FLOOR = np.array([FLOORS.get(name, 0.0) for name in PRIORS])


PLAIN = (*PRIORS, "surprise", "length", *FLAWS, "other_point")
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
    "in_order",
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
    pairs = lattice.pairs

    def tally(ids: Ints, size: int, weight: Floats) -> Floats:
        """The sums of the weights by column and number; ``ids`` may have several rows."""
        bins = ids.take(cell, -1) + column * size
        weights = np.empty(bins.shape)
        weights[...] = weight
        sums = np.bincount(bins.ravel(), weights.ravel(), minlength=count * size)
        return sums.reshape(count, size).astype(np.float64, copy=False)  # of no cells they are integers

    lines = int(lattice.line.max(initial=0)) + 1
    by_line = tally(lattice.line, lines, weight)
    whole = by_line.sum(axis=1, keepdims=True)
    others = np.maximum(whole - by_line, 0.0)  # the mass of all lines but one
    total = others.take(lattice.line, 1)
    some = np.minimum(total, 1.0)

    # How many cells of other lines share each pair's attribute, and what it costs to be one of them.
    counts = tally(lattice.attributes, lattice.unseen.shape[1], weight).take(pairs.attribute, 1)
    counts -= tally(pairs.of, len(pairs.line), weight)
    np.maximum(counts, 0.0, out=counts)
    share = -np.log((counts + pairs.unseen[0]) / (others.take(pairs.line, 1) + pairs.unseen[1]))
    shares = share.take(pairs.of[:_OPENING], 1).swapaxes(0, 1) * lattice.has[:_OPENING, None]
    rare, first, last, shape, fine_shape, decimals = shares
    opening, ending, repeats = counts.take(pairs.of[_OPENING:], 1).swapaxes(0, 1)
    again = np.minimum(repeats, 1.0)
    alike = np.minimum(opening, 1.0) + np.minimum(ending, 1.0)
    fresh = some * (1 - np.minimum(counts.take(pairs.of[0], 1), 1.0))
    known = np.minimum(lattice.surprise, 0.3 - np.log(0.5 * np.maximum(repeats, 1e-9) / (total + 1)))

    size = lattice.size[cell]
    moment = tally(lattice.line, lines, weight * size)
    mean = (moment.sum(axis=1, keepdims=True) - moment) / np.maximum(others, 1e-9)
    middle = moment.sum(axis=1) / np.maximum(whole[:, 0], 1e-9)
    apart = tally(lattice.line, lines, weight * np.abs(size - middle[column]))
    spread = np.maximum(LEAST_SPREAD, (apart.sum(axis=1, keepdims=True) - apart + 0.5) / (others + 1))
    unlike = np.abs(lattice.size - mean.take(lattice.line, 1)) / spread.take(lattice.line, 1)
    unlike = (unlike + np.log(2 * spread).take(lattice.line, 1)) * some

    numeric, free = _NUMERIC[lattice.type], _FREE[lattice.type]
    words, bound = 1 - numeric, 1 - free
    result = np.empty((len(IN_COLUMN), *masses.shape))
    for place, values in enumerate(
        (
            rare * words,
            rare * numeric,
            _FLOOR[lattice.type],
            _PRIOR_COST[lattice.type],
            known - lattice.surprise,
            -again * words,
            -np.maximum(lattice.has[_OPENING] * alike - again, 0.0) * words,
            first,
            last,
            shape,
            fine_shape,
            unlike * free,
            unlike * bound,
            [
                -counts_on(lattice.value, lattice.line, mass, float(here.sum()))
                for mass, here in zip(masses, by_line, strict=True)
            ],
            fresh * numeric,
            decimals,
            shape * words,
            [-in_order(lattice.value, lattice.line, mass) for mass in masses],
        )
    ):
        result[place] = values
    return result


IN_HEADER = ("like_body", "in_body", "wider", "narrower")
HEADER = (*PLAIN, "many_words", *IN_HEADER)
"""What speaks against a cell as a column's name."""


def header_features(lattice: Lattice, mass: Floats, here: Mask) -> Floats:
    """What speaks against each of the cells ``here`` as the name of the column that holds ``mass`` (:data:`HEADER`)."""
    return np.concatenate([name_features(lattice, here), in_headers(lattice, mass[None], here)[:, 0]])


def name_features(lattice: Lattice, here: Mask) -> Floats:
    """What speaks against cells as the names of any columns: :data:`HEADER` without :data:`IN_HEADER`."""
    return np.concatenate([plain_features(lattice)[:, here], lattice.wordy[None, here]])


def in_headers(lattice: Lattice, masses: Floats, here: Mask) -> Floats:
    """What columns that hold ``masses[k, m]`` of each cell ``m`` have against the cells ``here`` as their names.

    Shape ``(features, columns, cells)``; the features are :data:`IN_HEADER`.
    """
    count = len(masses)
    column, cell = masses.nonzero()
    weight = masses[column, cell]
    total = np.maximum(np.bincount(column, weight, count), 1e-9)[:, None]

    def share(ids: Ints) -> Floats:
        numbers = lattice.unseen.shape[1]
        counts = np.bincount(column * numbers + ids[cell], weight, count * numbers).reshape(count, numbers)
        return np.asarray(counts.take(ids[here], 1) / total)

    kind, text = (share(lattice.attributes[ATTRIBUTES.index(name)]) for name in ("type", "text"))
    apart = lattice.size[here] - np.bincount(column, weight * lattice.size[cell], count)[:, None] / total
    return np.array([kind * _NUMERIC[lattice.type[here]], text, np.maximum(apart, 0.0), np.maximum(-apart, 0.0)])
