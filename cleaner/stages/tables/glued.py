"""Tables whose rows stand one a line, their cells glued together without a separator.

``NATO Member StateCurrent Defense Spending`` / ``Poland2.4%``.  For each run of lines that
could be one: score every gap (:mod:`.glued_model`), cut each line into the cells of K columns
that are learnt on the way (:mod:`.fitting`), see where the table begins and ends, and keep it
if it looks enough like a table (the weights ``table`` of :mod:`.weights`).

Nothing here is quadratic in a document: a line's length and cuts and a document's candidate
lines are capped by the constants below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from math import exp
from typing import NamedTuple

import numpy as np

from cleaner.document import Rows
from cleaner.stages.tables import gate
from cleaner.stages.tables.cells import NUMERIC
from cleaner.stages.tables.column_names import names_a_column
from cleaner.stages.tables.fitting import Cutting, best_fit, column_costs, cut, cut_header, fit, unused
from cleaner.stages.tables.glued_model import Cuts, cut_again, cut_lines
from cleaner.stages.tables.lattice import Floats, Ints, Lattice, build, plain_features
from cleaner.stages.tables.lines import Found, Line, adjacent, looks_like_code, runs
from cleaner.stages.tables.spans import LEAST_SEAMS, LEAST_TELLING, LONGEST_ROW, LONGEST_SPACED, Span
from cleaner.stages.tables.weights import Model, load

MOST_LINES = 1000
"""So many candidate lines of a document are tried (some 5 ms each); a run that would go beyond stays as it was."""
MOST_BELOW = 12
"""So many lines after the last likely one are tried as further rows."""
MOST_REFUSED = 6
"""After so many unlikely runs one after the other no more cells one space apart are looked for: it is a forum
or a list of events, whose every entry would be tried."""

_SEAM_SHARE = 0.3
"""A run is looked at if at least this share of its lines shows a seam (:mod:`.look`)."""
_PROSE = re.compile(r"[a-zß-öø-ÿ][.!?] +[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+ [a-zß-öø-ÿ]+ [a-zß-öø-ÿ]+")
_MARKED = re.compile(r"#{1,6} |\*\*|[-*•>+o] ")
_SECTION = re.compile(r"(\d+(?:\.\d+)*)[.)]?\s")
_DIGITS = re.compile(r"\d.*[\d%—–]|—")
_SENTENCE_END = re.compile(r"[^\W\d_]{2}[.!?;:,]$")
_SHORT = 60
_NUMBERED_SHARE = 0.6
_NUMBER_SHARE = 0.6
_LONGEST_HEADER = 160
_LONGEST_OUTSIDE = 200  # of a line taken in from outside the run

# Log-odds of a line's best gap.
_POSSIBLE = -4.0
_HOPELESS = -2.0  # nearly half of the runs that are no table, one of 1,568 tables
_LIKELY = 0.0
_BESIDE = -1.0
_SURE = 2.0
_UNDER_HEADER = -1.5

# Nats by which a row is better explained by the columns than by none.
_LEAST_LAST = 0.0
_LEAST_BELOW = 1.0
_LIKE_ROWS = 3.0  # less is asked of a last line no longer than the rows above: prose is longer
_LEAST_HEADER = -2.5

_DOUBT = 0.5

Again = Callable[[Sequence[str], Sequence[Cuts], range], Sequence[Cuts]]


class Finder:
    """The glued form for one document; it holds the document's budgets."""

    def __init__(self) -> None:
        self._left = MOST_LINES
        self._refused = 0

    def find(self, stretches: Sequence[Sequence[Line]]) -> Iterator[tuple[int, Found]]:
        """Tables of glued cells in stretches of lines, each with the number of its stretch."""
        runs = [
            (number, start, [line.bare for line in lines[start:end]])
            for number, lines in enumerate(stretches)
            for start, end in self._within(candidates(lines))
        ]
        for (number, start, texts), cuts in zip(runs, cut_unless_hopeless([texts for *_, texts in runs]), strict=True):
            for table, confidence in judged(texts, cuts, spaces=False) if cuts else ():
                yield number, _found(table, start, "glued", confidence, "rebuilt from glued cells")

    def find_spaced(self, stretches: Sequence[Sequence[Line]]) -> Iterator[tuple[int, Found]]:
        """The same for cells that have one space between them."""
        for number, lines in enumerate(stretches):
            for start, end in self._within(spaced_candidates(lines)):
                if self._refused >= MOST_REFUSED:
                    return
                self._refused += 1
                texts = [line.bare for line in lines[start:end]]
                for table, confidence in judged(texts, cut_lines(texts, spaces=True), spaces=True):
                    if confidence >= _DOUBT:
                        self._refused = 0
                    yield number, _found(table, start, "one-space", confidence, "rebuilt from cells one space apart")

    def _within(self, runs: Iterable[Span]) -> Iterator[Span]:
        for start, end in runs:
            if end - start <= self._left:
                self._left -= end - start
                yield start, end


def _found(table: Table, start: int, rule: str, confidence: float, how: str) -> Found:
    return Found(start + table.start, start + table.stop, table.rows, rule, confidence, how)


def judged(texts: Sequence[str], cuts: Sequence[Cuts], *, spaces: bool) -> Iterator[tuple[Table, float]]:
    """What could be tables among lines, with their confidence."""
    model = load()
    weights = model.spaced if spaces else model.table

    def worth(first: int, stop: int) -> bool:
        return gate.passes("spaced" if spaces else "glued", gate.of_rows(texts[first:stop], cuts[first:stop]))

    for table in tables(texts, cuts, model, worth, partial(cut_again, spaces=spaces)):
        yield table, round(1 / (1 + exp(-float(weights @ table.evidence))), 3)


def cut_unless_hopeless(runs: Sequence[Sequence[str]]) -> list[list[Cuts]]:
    """The cuts of each run's lines; none if two of them, a quarter and three quarters down, show not even a possible
    one."""
    tried = _cut(runs, [sorted({len(texts) // 4, 3 * len(texts) // 4}) for texts in runs])
    others = [
        [index for index in range(len(texts)) if index not in known and _hopeful(known.values())]
        for texts, known in zip(runs, tried, strict=True)
    ]
    cut = [known | more for known, more in zip(tried, _cut(runs, others), strict=True)]
    return [
        [cuts[index] for index in range(len(texts))] if _hopeful(cuts.values()) else []
        for texts, cuts in zip(runs, cut, strict=True)
    ]


def _cut(runs: Sequence[Sequence[str]], wanted: Sequence[Sequence[int]]) -> list[dict[int, Cuts]]:
    """The cuts of some lines of each run."""
    cuts = iter(cut_lines([texts[index] for texts, some in zip(runs, wanted, strict=True) for index in some]))
    return [{index: next(cuts) for index in some} for some in wanted]


def _hopeful(cuts: Iterable[Cuts]) -> bool:
    return any(one.strongest > _HOPELESS for one in cuts)


# ---- which lines ---------------------------------------------------------------------------


def candidates(lines: Sequence[Line]) -> Iterator[Span]:
    """``(start, end)`` of each run of lines that could hold a table of glued cells.

    What is cheap goes first: most documents have no three lines beside each other that come further.
    """
    for first, stop in adjacent(lines):
        for outer, end_outer in runs(lines, first, stop, _short_enough):
            if sum(line.seam for line in lines[outer:end_outer]) < LEAST_SEAMS:
                continue
            for start, end in runs(lines, outer, end_outer, _plausible):
                seams = sum(line.seam for line in lines[start:end])
                headed = any(len(line.bare) <= _LONGEST_HEADER for line in lines[start : end - 2])
                if headed and seams >= max(LEAST_SEAMS, _SEAM_SHARE * (end - start)):
                    yield start, end


def _short_enough(line: Line) -> bool:
    return not line.marked and 2 <= len(line.bare) <= LONGEST_ROW and not _MARKED.match(line.bare)


def _plausible(line: Line) -> bool:
    """Whether a line could be a row at all."""
    return not _PROSE.search(line.bare) and not looks_like_code(line.bare)


def spaced_candidates(lines: Sequence[Line]) -> Iterator[Span]:
    """``(start, end)`` of each run of lines that could hold a table with one space between cells.

    Most of its lines have a number and a word that names columns stands near its beginning, or all end in
    two spaces (as html2text writes rows).
    """
    for first, stop in adjacent(lines):
        for outer, end_outer in runs(lines, first, stop, _spaced):
            telling = sum(line.figure or line.text.endswith("  ") for line in lines[outer:end_outer])
            if telling < LEAST_TELLING:
                continue
            for start, end in runs(lines, outer, end_outer, _no_code):
                if _numbers_under_names(lines[start:end]) or all(line.text.endswith("  ") for line in lines[start:end]):
                    yield start, end


def _spaced(line: Line) -> bool:
    text = line.bare
    return (
        not line.marked
        and " " in text
        and len(text) <= LONGEST_SPACED
        and "  " not in text
        and not _SENTENCE_END.match(text[-3:])
        and not _MARKED.match(text)
    )


def _no_code(line: Line) -> bool:
    return not looks_like_code(line.bare)


def _numbers_under_names(run: Sequence[Line]) -> bool:
    return sum(line.figure for line in run) >= _NUMBER_SHARE * (len(run) - 1) and any(
        names_a_column(word) for line in run[:3] for word in line.text.split()
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


def tables(
    texts: Sequence[str],
    cuts: Sequence[Cuts],
    model: Model,
    worth: Callable[[int, int], bool] | None = None,
    again: Again | None = None,
) -> Iterator[Table]:
    """What could be tables among lines, of those ``(start, stop)`` that are ``worth`` to be tried.

    ``again`` judges the cuts of such lines once more.
    """
    index = 0
    while index < len(texts):
        end = index
        while end < len(texts) and _holds(texts, cuts, end):
            end += 1
        if end > index:
            bounds = _bounds(texts, cuts, index, end)
            table = rebuild(texts, cuts, *bounds, model, again) if bounds and (not worth or worth(*bounds)) else None
            if table:
                yield table
                end = max(end, table.stop)
        index = max(end, index + 1)


def _holds(texts: Sequence[str], cuts: Sequence[Cuts], index: int) -> bool:
    """Whether a line can be cut, or is a short row with one cell left between two that can."""
    if cuts[index].strongest > _POSSIBLE:
        return True
    inner = 0 < index < len(texts) - 1 and len(texts[index]) < _SHORT
    return inner and cuts[index - 1].strongest > _LIKELY and cuts[index + 1].strongest > _BESIDE


def _bounds(texts: Sequence[str], cuts: Sequence[Cuts], start: int, end: int) -> Span | None:
    """The lines to start from: between the first and last with a likely cut; under a line with a sure one
    less likely cuts, or numbers, are enough."""
    while start < end and len(texts[start]) > _LONGEST_HEADER:  # prose above the table
        start += 1
    strongest = [cuts[index].strongest for index in range(start, end)]
    for least in (_LIKELY, _UNDER_HEADER) if max(strongest, default=0.0) > _SURE else (_LIKELY,):
        likely = [start + number for number, odds in enumerate(strongest) if odds > least]
        if likely:
            first, stop = likely[0], likely[-1] + 1
            if stop - first >= 3 and len(likely) >= 0.6 * (stop - first):
                return first, stop
    likely = [start + number for number, odds in enumerate(strongest) if odds > _LIKELY]
    if not likely:
        return None
    first, stop = likely[0], end
    while stop > first and not _DIGITS.search(texts[stop - 1]):
        stop -= 1
    body = texts[first + 1 : stop]
    numbers = sum(len(text) < _SHORT and _DIGITS.search(text) is not None for text in body)
    return (first, stop) if len(body) >= 2 and numbers >= 0.8 * len(body) else None


# ---- from a run to a table -----------------------------------------------------------------


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
    if stop - start < 3 or len(texts[start]) > _LONGEST_HEADER or _numbered(texts[start:stop]):
        return None
    chosen = np.array([rows[line][0] for line in range(start, stop)])
    gains = np.array([wholes[line - first] - rows[line][1] for line in range(start, stop)])
    return Table(start, stop, _grid(lattice, chosen), _evidence(lattice, chosen, gains))


def rebuilt(texts: Sequence[str], cuts: Sequence[Cuts], count: int, model: Model) -> Table:
    """Lines that are known to be rows of ``count`` cells, the first a header."""
    lattice = build(texts, [one.offsets for one in cuts], [one.costs for one in cuts])
    cutting = fit(lattice, count, model).cutting
    whole = model.plain.cell @ plain_features(lattice)
    ends = np.arange(len(texts)) * lattice.nodes**2 + lattice.ends
    gains = whole[lattice.index()[ends]] - cutting.costs
    return Table(0, len(texts), _grid(lattice, cutting.cells), _evidence(lattice, cutting.cells, gains))


def _grid(lattice: Lattice, cells: Ints) -> Rows:
    return tuple(tuple(lattice.cell_text(cell) if cell >= 0 else "" for cell in row) for row in cells.tolist())


def _fits_below(text: str, cutting: Cutting, line: int, whole: float) -> bool:
    """Whether the next line is one more row: the columns explain it."""
    cells = int((cutting.cells[line] >= 0).sum())
    return len(text) < _LONGEST_OUTSIDE and whole - cutting.costs[line] > _LEAST_BELOW and cells >= 2


def _leeway(texts: Sequence[str], start: int, line: int) -> float:
    """What a line is forgiven for looking like the rows between the header ``start`` and itself."""
    above = max(map(len, texts[start + 1 : line]), default=0)
    return _LIKE_ROWS if len(texts[line]) <= above and not _SENTENCE_END.search(texts[line]) else 0.0


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
