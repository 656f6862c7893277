"""Tables whose rows stand one a line, their cells glued together without a separator.

``NATO Member StateCurrent Defense Spending`` / ``Poland2.4%``.  For each run of lines that
could be one: score every gap (:mod:`.glued_model`), see what table could be among the lines
(:mod:`.rebuilding`), and keep it if it looks enough like one (the weights ``table`` of :mod:`.weights`).

Nothing here is quadratic in a document: a line's length and cuts and a document's candidate
lines are capped by the constants below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import exp

from cleaner.stages.tables import gate
from cleaner.stages.tables.column_names import names_a_column
from cleaner.stages.tables.glued_model import Cuts, cut_again, cut_lines
from cleaner.stages.tables.lines import Found, Line, adjacent, looks_like_code, runs
from cleaner.stages.tables.rebuilding import LONGEST_HEADER, SENTENCE_END, Again, Table, rebuild
from cleaner.stages.tables.spans import LEAST_SEAMS, LEAST_TELLING, LONGEST_ROW, LONGEST_SPACED, Span
from cleaner.stages.tables.weights import Model, load

MOST_LINES = 1000
"""So many candidate lines of a document are tried (some 5 ms each); a run that would go beyond stays as it was."""
MOST_REFUSED = 6
"""After so many unlikely runs one after the other no more cells one space apart are looked for: it is a forum
or a list of events, whose every entry would be tried."""

_SEAM_SHARE = 0.3
"""A run is looked at if at least this share of its lines shows a seam (:mod:`.look`)."""
_PROSE = re.compile(r"[a-zß-öø-ÿ][.!?] +[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+ [a-zß-öø-ÿ]+ [a-zß-öø-ÿ]+")
_MARKED = re.compile(r"#{1,6} |\*\*|[-*•>+o] ")
_DIGITS = re.compile(r"\d.*[\d%—–]|—")
_SHORT = 60
_NUMBER_SHARE = 0.6

# Log-odds of a line's best gap.
_POSSIBLE = -4.0
_HOPELESS = -2.0  # nearly half of the runs that are no table, six of 1,594 tables
_LIKELY = 0.0
_BESIDE = -1.0
_SURE = 2.0
_UNDER_HEADER = -1.5

_DOUBT = 0.5


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
                headed = any(len(line.bare) <= LONGEST_HEADER for line in lines[start : end - 2])
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
        and not SENTENCE_END.match(text[-3:])
        and not _MARKED.match(text)
    )


def _no_code(line: Line) -> bool:
    return not looks_like_code(line.bare)


def _numbers_under_names(run: Sequence[Line]) -> bool:
    return sum(line.figure for line in run) >= _NUMBER_SHARE * (len(run) - 1) and any(
        names_a_column(word) for line in run[:3] for word in line.text.split()
    )


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
    while start < end and len(texts[start]) > LONGEST_HEADER:  # prose above the table
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
