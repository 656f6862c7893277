"""Where on a page each form could find something: what all its tables have, asked of all lines at once.

A form examines its lines one by one, with patterns; here a few comparisons of arrays leave out most
of a page.  They only ever leave out what the form itself would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from cleaner.stages.tables.lines import LEAST_ROWS, Page, Picked, looks_like_code
from cleaner.stages.tables.look import LONGEST, Mask

Span = tuple[int, int]

WIDEST_ROW = 1000
"""A longer line is no row between tabs or spaces, whatever its spaces."""
LONGEST_ROW = 320
"""A longer line is no row of glued cells."""
LONGEST_SPACED = 160
"""The same for cells one space apart."""
LONGEST_CELL = 100
"""The same for a line that is a cell."""
MOST_WORDS, SENTENCE_WORDS = 14, 4
"""No cell that is a line has more words; one of more than a few does not end like a sentence."""
STOPS = frozenset(".!?:;,")
LEAST_CELLS = 6
"""Fewer cells, one a line, are no table."""
LEAST_SEAMS = 2
"""So many of some lines at least show a seam if they are glued rows."""
LEAST_TELLING = 2
"""So many of some lines at least have a number or end in two spaces if they are rows of cells one space apart."""

_SHORTEST_TABLE = 20
_TABLE_SEAMS = 5
_SPARSE = 40
"""A line that is a whole table has at least one seam in so many characters."""
_SEAM = re.compile(r"[a-zß-öø-ÿ)%\d][A-ZÀ-ÖØ-Þ]|[^\W\d_]\d|\d[^\W\d_]")
_SWITCH = re.compile(r"[A-ZÀ-ÖØ-Þ\d](?:(?<=[a-zß-öø-ÿ)%\d][A-ZÀ-ÖØ-Þ])|(?<=[^\W\d_]\d)|(?<=\d)(?=[^\W\d_]))")
"""Every seam has one, which is faster to look for."""
_SMALL = bytes({*range(0xC0), 0xE2} - {*b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"})
"""No seam is without a byte other than these in UTF-8: a capital, a digit or what begins one (0xE2 begins quotes)."""
_PROSE = re.compile(r"[.!?] [A-ZÀ-ÖØ-Þ](?<=[a-zß-öø-ÿ]{2}...)")
_PROSE_OF_STATEMENTS = re.compile(r"\. [A-ZÀ-ÖØ-Þ](?<=[a-zß-öø-ÿ]{2}...)")
"""Most prose has this, which is faster to look for."""


def plain(source: str, picked: Picked) -> bool:
    """Whether no form could find anything in lines, as in most articles: paragraphs apart from each other."""
    if "|" in source or (1 in picked.breaks and _rows(picked)):
        return False
    cells = 0
    for text, marked, ends in zip(picked.bare, picked.marked, picked.breaks, strict=True):
        if len(text) > LONGEST_CELL or marked or (text[-1] in STOPS and text.count(" ") >= SENTENCE_WORDS):
            cells = 0
        else:
            cells = cells + 1 if ends else 1
        if cells >= LEAST_CELLS or (not marked and whole_table(text)):
            return False
    return True


def _rows(picked: Picked) -> bool:
    """Whether so many lines stand right below each other that they could be rows."""
    rows = 0
    for text, marked, ends in zip(picked.bare, picked.marked, picked.breaks, strict=True):
        rows = rows + 1 if ends == 1 else 1
        if (marked or len(text) > LONGEST_ROW) and "  " not in text and "\t" not in text:
            rows = 0
        if rows >= LEAST_ROWS:
            return True
    return False


def whole_table(text: str) -> bool:
    """Whether a line shows so many seams that it could be a whole table."""
    if not _SHORTEST_TABLE <= len(text) <= LONGEST or _PROSE_OF_STATEMENTS.search(text):
        return False
    least = max(_TABLE_SEAMS, len(text) / _SPARSE)
    if len(text.encode("utf-8", "surrogatepass").translate(None, _SMALL)) < least:
        return False
    if _PROSE.search(text) or "://" in text:
        return False
    if len(_SWITCH.findall(text)) < least:
        return False
    return len(_SEAM.findall(text)) >= least and not looks_like_code(text)


# Each takes a page and which of its lines are free: in no table yet.


def barred(page: Page, free: Mask) -> Iterator[Span]:
    """Lines beside each other with bars, or with hyphens that could draw one, or right before a line with bars."""
    if "|" not in page.source:
        return
    bars = np.array(["|" in text for text in page.picked.bare], bool)
    rows = bars | np.array(["--" in text for text in page.picked.bare], bool)
    rows[:-1] |= bars[1:]
    yield from _with_enough(_runs(rows & free, page.apart, 1), bars, 1)


def aligned(page: Page, free: Mask) -> Iterator[Span]:
    """Lines beside each other with tabs or gaps of several spaces."""
    return iter(_runs(free & page.look.gap & (page.look.length <= WIDEST_ROW), page.apart, LEAST_ROWS))


def glued(page: Page, free: Mask) -> Iterator[Span]:
    """Lines beside each other, some of which show seams."""
    length = page.look.length
    rows = free & ~page.marked & (length > 1) & (length <= LONGEST_ROW)
    return _with_enough(_runs(rows, page.apart, LEAST_ROWS), page.look.seam, LEAST_SEAMS)


def spaced(page: Page, free: Mask) -> Iterator[Span]:
    """Lines beside each other that have spaces, some of them numbers or two spaces at their end."""
    shown = page.look
    rows = free & ~page.marked & (shown.spaces > 0) & (shown.length <= LONGEST_SPACED)
    for start, stop in _runs(rows, page.apart, LEAST_ROWS):
        ends = (block.end for block in page.picked.blocks[start:stop])
        numbers = np.count_nonzero(shown.figures[start:stop])
        if numbers >= LEAST_TELLING or any(page.source.endswith("  ", 0, end) for end in ends):
            yield start, stop


def cells(page: Page, free: Mask) -> Iterator[Span]:
    """Short lines that could each be a cell."""
    shown = page.look
    short = free & ~page.marked & (shown.length <= LONGEST_CELL) & (shown.spaces < MOST_WORDS) & ~shown.mark
    return iter(_runs(short & ((shown.spaces < SENTENCE_WORDS) | ~shown.stop), page.begins, LEAST_CELLS))


def one_line(page: Page, free: Mask) -> Iterator[Span]:
    """Lines that could each be a whole table."""
    shown = page.look
    dense = shown.switches >= np.maximum(_TABLE_SEAMS, shown.length / _SPARSE)
    at = np.flatnonzero(free & ~page.marked & dense & (shown.length >= _SHORTEST_TABLE)).tolist()
    return ((index, index + 1) for index in at)


def _runs(holds: Mask, begins: Mask, least: int) -> list[Span]:
    """``(start, stop)`` of each run of at least so many lines for which something holds; one that ``begins`` begins a
    run."""
    if np.count_nonzero(holds) < least:
        return []
    goes_on = holds[1:] & holds[:-1] & ~begins[1:]
    first, last = holds.copy(), holds.copy()
    first[1:] &= ~goes_on
    last[:-1] &= ~goes_on
    starts, stops = np.flatnonzero(first), np.flatnonzero(last) + 1
    long = stops - starts >= least
    return list(zip(starts[long].tolist(), stops[long].tolist(), strict=True))


def _with_enough(runs: list[Span], holds: Mask, least: int) -> Iterator[Span]:
    """The runs in which something holds for at least so many lines."""
    return ((start, stop) for start, stop in runs if np.count_nonzero(holds[start:stop]) >= least)
