"""Tables whose rows stand one a line, their cells glued together without a separator.

``NATO Member StateCurrent Defense Spending`` / ``Poland2.4%``.  For each run of lines that
could be one: score every gap (:mod:`.glued_model`), cut each line into K cells by dynamic
programming, learn what each column's cells have in common (:mod:`.cells`), cut again by that,
a few rounds; take the K whose header and body cost least; keep the table only if the columns
explain its lines much better than no columns do.

Nothing here is quadratic in a document: a line's length and cuts and a document's candidate
lines are capped by the constants below.  Other costs and shares were tuned on the development
tables, with whole pages of site chrome as what must not be taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from cleaner.stages.tables.cells import Cell, Column, header_cost, make_cell
from cleaner.stages.tables.glued_model import cut_scores
from cleaner.stages.tables.lines import Found, Line, adjacent, looks_like_code

LONGEST_LINE = 320
"""A longer line is prose."""
MOST_LINES = 1000
"""So many candidate lines of a document are tried (some 10 ms each); a run that would go beyond stays as it was."""
MOST_CUTS = 24
"""Only the likeliest gaps of a line are tried."""
MOST_COLUMNS = 8
SAMPLE = 12
"""The number of columns is chosen on so many rows."""
LEARNT = 50
"""The columns are learnt from so many rows; the rest are cut by them once."""
ROUNDS = 3

_SEAM = re.compile(
    r"[^\W\d_]\d|\d[^\W\d_]|[a-zß-öø-ÿ][A-ZÀ-ÖØ-Þ]|[A-ZÀ-ÖØ-Þ]{2}[a-zß-öø-ÿ]|[)%\]][\w(]|\w\(|\d\d|\d\.\d+\."
    r"|[^\w\s\x00-\x7f‐-›][^\W\d_]"
)
"""What glued cells show, cheap to look for: the gate before any word is looked up."""
_SEAM_SHARE = 0.3
_PROSE = re.compile(r"[a-zß-öø-ÿ][.!?] +[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+ [a-zß-öø-ÿ]+ [a-zß-öø-ÿ]+")
_MARKED = re.compile(r"#{1,6} |\*\*|[-*•>+o] ")
_SECTION = re.compile(r"(\d+(?:\.\d+)*)[.)]?\s")
_DIGITS = re.compile(r"\d.*[\d%—–]|—")
_SHORT = 60
_NUMBERED_SHARE = 0.6
_LONGEST_HEADER = 160
_LONGEST_ROW = 200  # of a line taken in from outside the run

# Log-odds of a line's best gap.
_POSSIBLE = -3.0
_LIKELY = 0.0
_LEAST_CUT = -4.5

# Costs in nats.
_EMPTY = 4.5  # an empty cell ...
_EMPTY_FIRST = 2.5  # ... more so in the first column of a body row,
_EMPTY_HEADER = 2.0  # and in a header anywhere else
_COLUMN = 1.0  # for each column more
_HEADER_WEIGHT, _BODY_WEIGHT, _ROW_MOST = 2.0, 0.15, 50.0  # in the choice of K
_HEADER_SLACK = 2.5  # a header may be so much dearer than the line left whole
_LEAST_GAIN_A_ROW = 3.0
_EVEN_GAIN = 9.0
"""The gain at which table and no table are equally likely: confidence is gain / (gain + this)."""

Span = tuple[int, int]


class Cutting(NamedTuple):
    """A line in K cells: what it costs, and for each cell its first and last cut (``None``: empty)."""

    cost: float
    spans: tuple[Span | None, ...]


@dataclass(slots=True)
class CutLine:
    """A line with the offsets it may be cut at (its two ends included) and what each cut costs."""

    text: str
    offsets: list[int]
    costs: list[float]
    strongest: float
    cells: dict[Span, Cell] = field(default_factory=dict)

    def cell(self, start: int, stop: int) -> Cell:
        """The cell between two cuts."""
        cell = self.cells.get((start, stop))
        if cell is None:
            cell = self.cells[start, stop] = make_cell(self.text[self.offsets[start] : self.offsets[stop]])
        return cell

    def row(self, cutting: Cutting) -> tuple[str, ...]:
        """The texts of the cells."""
        return tuple(self.cell(*span).text.strip() if span else "" for span in cutting.spans)


class Fit(NamedTuple):
    """A header and body rows cut into columns that were learnt from the body."""

    header: Cutting
    body: list[Cutting]
    columns: list[Column]

    def cost(self) -> float:
        """What the choice of K goes by."""
        body = sum(min(row.cost, _ROW_MOST) for row in self.body)
        return _HEADER_WEIGHT * self.header.cost + _BODY_WEIGHT * body + _COLUMN * (len(self.columns) - 1)


class Finder:
    """The glued form for one document; it holds the document's budget of lines."""

    def __init__(self) -> None:
        self._left = MOST_LINES

    def find(self, lines: Sequence[Line]) -> Iterator[Found]:
        """Glued tables in a section of lines."""
        for first, stop in adjacent(lines):
            for start, end in _stretches(lines, first, stop):
                if end - start > self._left:
                    continue
                texts = [line.text.strip() for line in lines[start:end]]
                if _gated(texts):
                    self._left -= end - start
                    yield from _tables([cut_line(text) for text in texts], start)


# ---- which lines ---------------------------------------------------------------------------


def _stretches(lines: Sequence[Line], first: int, stop: int) -> Iterator[tuple[int, int]]:
    start = first
    for end in range(first, stop + 1):
        if end == stop or not _plausible(lines[end]):
            if end - start >= 3:
                yield start, end
            start = end + 1


def _plausible(line: Line) -> bool:
    """Whether a line could be a row at all."""
    text = line.text.strip()
    return (
        not line.mark
        and 2 <= len(text) <= LONGEST_LINE
        and not _PROSE.search(text)
        and not _MARKED.match(text)
        and not looks_like_code(text)
    )


def _gated(texts: Sequence[str]) -> bool:
    """Whether enough lines show a seam."""
    seams = sum(_SEAM.search(text) is not None for text in texts)
    return seams >= max(2, _SEAM_SHARE * len(texts))


def _numbered(lines: Sequence[CutLine]) -> bool:
    """Whether the lines count up, as a list or a table of contents does: "2.3 Scope", "2.4 Terms"."""
    counts = 0
    before: list[str] = []
    for line in lines:
        match = _SECTION.match(line.text)
        parts = match[1].split(".") if match else []
        if parts and before and parts[:-1] == before[:-1] and int(parts[-1]) == int(before[-1]) + 1:
            counts += 1
        before = parts
    return counts >= _NUMBERED_SHARE * (len(lines) - 1)


def cut_line(text: str) -> CutLine:
    """Score the gaps of a line and keep the likeliest as cuts."""
    scores = cut_scores(text)
    likely = sorted((score for score in scores if score[1] > _LEAST_CUT), key=lambda score: -score[1])
    kept = sorted(likely[:MOST_CUTS])
    return CutLine(
        text,
        [0, *(offset for offset, _ in kept), len(text)],
        [0.0, *(-odds for _, odds in kept), 0.0],
        max((odds for _, odds in scores), default=_LEAST_CUT),
    )


def _tables(lines: list[CutLine], base: int) -> Iterator[Found]:
    """Tables among lines; ``base`` is the first line's index in its section."""
    index = 0
    while index < len(lines):
        end = index
        while end < len(lines) and _holds(lines, end):
            end += 1
        if end > index:
            bounds = _bounds(lines, index, end)
            table = _rebuild(lines, *bounds) if bounds else None
            if table:
                start, stop, rows, confidence = table
                yield Found(base + start, base + stop, rows, "glued", confidence, "rebuilt from glued cells")
                end = max(end, stop)
        index = max(end, index + 1)


def _holds(lines: list[CutLine], index: int) -> bool:
    """Whether a line can be cut, or is a short row with one cell left between two that can."""
    line = lines[index]
    if line.strongest > _POSSIBLE:
        return True
    inner = 0 < index < len(lines) - 1 and len(line.text) < _SHORT
    return inner and lines[index - 1].strongest > _LIKELY and lines[index + 1].strongest > -1


def _bounds(lines: list[CutLine], start: int, end: int) -> Span | None:
    """The lines to start from: between the first and last with a likely cut, or numbers under such a header."""
    likely = [index for index in range(start, end) if lines[index].strongest > _LIKELY]
    if not likely:
        return None
    first, stop = likely[0], likely[-1] + 1
    if stop - first >= 3 and len(likely) >= 0.6 * (stop - first):
        return first, stop
    stop = end
    while stop > first and not _DIGITS.search(lines[stop - 1].text):
        stop -= 1
    body = lines[first + 1 : stop]
    numbers = sum(len(line.text) < _SHORT and _DIGITS.search(line.text) is not None for line in body)
    return (first, stop) if len(body) >= 2 and numbers >= 0.8 * len(body) else None


# ---- cutting lines into columns ------------------------------------------------------------


def cut(line: CutLine, columns: Sequence[Column], *, header: bool = False) -> Cutting:
    """The cheapest way to cut a line into these columns, some cells perhaps empty."""
    end = len(line.offsets) - 1
    best = [0.0] + [inf] * end  # the least cost to have come to each cut
    steps: list[list[int]] = []  # for each column and cut, the cut before (the same: an empty cell)
    for number, column in enumerate(columns):
        last = number == len(columns) - 1
        empty = _EMPTY + (_EMPTY_HEADER * (number > 0) if header else _EMPTY_FIRST * (number == 0))
        reached = [cost + empty for cost in best]
        before = list(range(end + 1))
        for start, cost in enumerate(best[:end]):
            if cost == inf:
                continue
            for stop in range(end if last else start + 1, end + 1):
                cell = line.cell(start, stop)
                total = cost + line.costs[stop] + (header_cost(cell) if header else column.cost(cell))
                if total < reached[stop]:
                    reached[stop] = total
                    before[stop] = start
        best = reached
        steps.append(before)
    spans: list[Span | None] = []
    at = end
    for before in reversed(steps):
        spans.append((before[at], at) if before[at] < at else None)
        at = before[at]
    return Cutting(best[end], tuple(reversed(spans)))


def fit(lines: Sequence[CutLine], count: int) -> Fit:
    """Cut header (the first line) and body into ``count`` columns, learning the columns from the body in rounds."""
    header, body = lines[0], lines[1:]
    columns = [Column()] * count
    cuttings = [cut(line, columns) for line in body]
    for number in range(ROUNDS):
        columns = _learn(body, cuttings, count, first=number == 0)
        again = [cut(line, columns) for line in body]
        settled = [row.spans for row in again] == [row.spans for row in cuttings]
        cuttings = again
        if settled and number:
            break
    named = cut(header, columns, header=True)
    plain = cut(header, columns)  # a table may have no header
    return Fit(plain if plain.cost + 1 < named.cost else named, cuttings, columns)


def _learn(lines: Sequence[CutLine], cuttings: Sequence[Cutting], count: int, *, first: bool) -> list[Column]:
    """Columns from cut rows; rows with unlikely cuts (in the first round) or empty cells count less."""
    cells: list[list[tuple[Cell, float]]] = [[] for _ in range(count)]
    for line, cutting in zip(lines, cuttings, strict=True):
        doubtful = first and max((line.costs[span[1]] for span in cutting.spans[:-1] if span), default=0.0) >= 0
        weight = (0.35 if doubtful else 1.0) * (0.5 if None in cutting.spans else 1.0)
        for number, span in enumerate(cutting.spans):
            if span:
                cells[number].append((line.cell(*span), weight))
    return [Column(column) for column in cells]


def _best_fit(lines: Sequence[CutLine]) -> Fit:
    """The fit with the number of columns that costs least."""
    likely = sorted((sum(cost < 2.5 for cost in line.costs[1:-1]) for line in lines), reverse=True)
    most = min(MOST_COLUMNS, 1 + likely[min(len(likely) - 1, 1 + len(likely) // 4)])
    sample = lines[:SAMPLE]
    best = fit(sample, 2)
    for count in range(3, most + 1):
        more = fit(sample, count)
        if more.cost() < best.cost():
            best = more
        elif count > len(best.columns) + 1:  # two more columns cost more: so will three
            break
    if len(lines) == len(sample):
        return best
    best = fit(lines[:LEARNT], len(best.columns))
    rest = [cut(line, best.columns) for line in lines[LEARNT:]]
    return best._replace(body=best.body + rest)


# ---- from a run to a table -----------------------------------------------------------------


def _rebuild(lines: list[CutLine], start: int, stop: int) -> tuple[int, int, tuple[tuple[str, ...], ...], float] | None:
    """``(start, stop, rows, confidence)`` of the table around ``lines[start:stop]``, if there is one."""
    header, body, columns = _best_fit(lines[start:stop])
    rows = [header, *body]
    while len(rows) > 2 and rows[-1].cost > _whole_cost(lines[stop - 1]) - 0.5:
        rows.pop()
        stop -= 1
    found = start
    while len(rows) > 3 and rows[0].cost > _whole_cost(lines[start]) + _HEADER_SLACK:
        rows.pop(0)
        start += 1
    while stop < len(lines) and (more := _row_below(lines[stop], columns)):
        rows.append(more)
        stop += 1
    if 0 < start == found and (above := _header_above(lines[start - 1], columns)):
        first = cut(lines[start], columns)
        if first.cost <= rows[0].cost + 3:
            rows[:1] = [above, first]
            start -= 1
    if len(rows) < 3 or len(lines[start].text) > _LONGEST_HEADER or _numbered(lines[start:stop]):
        return None
    gain = -_COLUMN * (len(columns) - 1)
    for line, row in zip(lines[start:stop], rows, strict=True):
        whole = _whole_cost(line)
        gain += whole - min(row.cost, whole + 3)
    grid = tuple(line.row(row) for line, row in zip(lines[start:stop], rows, strict=True))
    several = sum(sum(map(bool, cells)) >= 2 for cells in grid)
    if gain < _LEAST_GAIN_A_ROW * len(rows) or several < 0.7 * len(rows):
        return None
    return start, stop, grid, round(gain / (gain + _EVEN_GAIN), 3)


def _row_below(line: CutLine, columns: Sequence[Column]) -> Cutting | None:
    """The next line as one more row, if the columns explain it."""
    row = cut(line, columns)
    cells = len(row.spans) - row.spans.count(None)
    fits = len(line.text) < _LONGEST_ROW and row.cost < _whole_cost(line) - 1 and cells >= 2
    return row if fits else None


def _header_above(line: CutLine, columns: Sequence[Column]) -> Cutting | None:
    """The line above as the header, if it has a name for every column."""
    row = cut(line, columns, header=True)
    fits = len(line.text) < _LONGEST_ROW and row.cost < _whole_cost(line) + _HEADER_SLACK and None not in row.spans
    return row if fits else None


def _whole_cost(line: CutLine) -> float:
    """What a line costs as one cell of no table."""
    return Column().cost(make_cell(line.text))
