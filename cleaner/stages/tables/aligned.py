"""Tables whose columns are aligned by tabs, or by spaces as in a fixed-width print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cleaner.stages.tables.lines import LEAST_ROWS, Found, Line, adjacent, looks_like_code
from cleaner.stages.tables.spans import WIDEST_ROW

_GAP = re.compile(r"\t| {2,}")
_WORD = re.compile(r"\S+")
_SENTENCE_GAP = re.compile(r"[^\W\d_A-Z]{2}[.!?][\"'”’)]?  [^\W\d_a-z]")
"""The two spaces that typists put between sentences."""
_FILLED = 0.8
"""At least this share of all cells must hold something."""
_REGULAR = 0.8
"""At least this share of the rows must have the same number of cells."""
_CODE_SHARE = 0.4
_PROSE_SHARE = 0.5
_LOWER_SHARE = 0.6
_PROSE_WORDS = 4

Grid = list[list[str]]


def find(lines: Sequence[Line]) -> Iterator[Found]:
    """Tab- and space-aligned tables in a section of lines."""
    for first, stop in adjacent(lines):
        start = first
        for end in range(first, stop + 1):
            if end < stop and _gapped(lines[end]):
                continue
            if end - start >= LEAST_ROWS:
                table = _read([line.text for line in lines[start:end]], start)
                if table:
                    yield table
            start = end + 1


def _gapped(line: Line) -> bool:
    return ("\t" in line.bare or "  " in line.bare) and len(line.text) <= WIDEST_ROW and not line.bulleted


def _read(texts: list[str], start: int) -> Found | None:
    if sum(map(looks_like_code, texts)) > _CODE_SHARE * len(texts):
        return None
    if sum(_SENTENCE_GAP.search(text) is not None for text in texts) > _PROSE_SHARE * len(texts):
        return None
    if all("\t" in text for text in texts):
        rows, rule, how = _without_empty_edges(_by_tabs(texts)), "tabs", "read from tabs"
    else:
        rows, rule, how = _by_spaces(texts), "columns", "read from columns of spaces"
    columns, regular = Counter(map(len, rows)).most_common(1)[0]
    filled = sum(bool(cell) for row in rows for cell in row) / max(1, sum(map(len, rows)))
    if columns < 2 or filled < _FILLED or regular < _REGULAR * len(rows) or _runs_on(rows):
        return None
    return Found(start, start + len(texts), tuple(map(tuple, rows)), rule, round(0.9 * filled + 0.1, 3), how)


def _runs_on(rows: Grid) -> bool:
    """Whether the columns are those of a page: each cell takes up the sentence of the one above."""
    below = [cell for row in rows[1:] for cell in row if cell]
    lower = sum(cell[0].islower() for cell in below)
    words = sum(cell.count(" ") + 1 for cell in below)
    return lower >= _LOWER_SHARE * len(below) and words >= _PROSE_WORDS * len(below)


def _by_tabs(texts: list[str]) -> Grid:
    return [[cell.strip() for cell in text.split("\t")] for text in texts]


def _without_empty_edges(rows: Grid) -> Grid:
    """The grid without first or last columns in which no row has anything (indents, trailing tabs)."""
    for edge in (0, -1):
        while all(row and not row[edge] for row in rows):
            for row in rows:
                del row[edge]
    return rows


def _by_spaces(texts: list[str]) -> Grid:
    """Cells between runs of two and more spaces, if that gives equal rows; else between columns
    of the page that are blank in every line.

    Two cells a row must stand in line: prose that was set justified has such gaps anywhere.
    """
    plain = [_GAP.split(text.strip()) for text in texts]
    texts = [text.expandtabs(8) for text in texts]
    if len(set(map(len, plain))) == 1 and (len(plain[0]) > 2 or _in_line(texts)):
        return plain
    cuts = [0, *_gutters(texts), max(map(len, texts))]
    return [[text[a:b].strip() for a, b in pairwise(cuts)] for text in texts]


def _in_line(texts: list[str]) -> bool:
    """Whether the second of two cells begins, or ends, in the same column on most lines."""
    stripped = [text.strip() for text in texts]
    starts = Counter(
        text.index(line) + gap.end()
        for text, line in zip(texts, stripped, strict=True)
        if (gap := _GAP.search(line)) is not None
    )
    ends = Counter(len(text.rstrip()) for text in texts)
    return max(*starts.values(), *ends.values()) >= _REGULAR * len(texts)


def _gutters(texts: list[str]) -> list[int]:
    """Where a column begins after a stretch that is blank in every line and, in one line at least,
    part of a gap of two spaces or more."""
    width = max(map(len, texts))
    inked, gapped = bytearray(width), bytearray(width)
    for text in texts:
        for word in _WORD.finditer(text):
            inked[word.start() : word.end()] = b"\1" * len(word.group())
        for gap in _GAP.finditer(text):
            gapped[gap.start() : gap.end()] = b"\1" * len(gap.group())
    cuts: list[int] = []
    start = -1  # of the blank stretch we are in
    for column in range(width):
        if inked[column]:
            if start > 0 and any(gapped[start:column]):
                cuts.append(column)
            start = -1
        elif start < 0:
            start = column
    return cuts
