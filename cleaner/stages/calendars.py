"""Stage ``calendars``: the month grids of calendar widgets go.

The proof is arithmetic, not vocabulary: the digits must spell 1, 2, 3 … up to 28–31 in rows of
seven (the first and the last may be shorter), whether the cells are spaced, glued, barred or
stand one a line.  Words only confirm it: weekday names, a month as title, links to the months around.

Refused: whatever holds other words or numbers (schedules, tables of dates, prose), number lists
with neither weekdays nor a month, and year planners, which are what their page is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

import msgspec

from cleaner.datenames import months, weekdays, weeks
from cleaner.document import Block, Document, remove
from cleaner.settings import Config
from cleaner.words import fold

STAGE = "calendars"
MOST_GRIDS = 3
"""A document with more month grids than this is a year planner, and keeps them."""
_LONGEST_BLOCK = 600  # a whole widget on one line, with full weekday names, takes under 300 characters
_LONGEST_ROW = 80  # a longer line must hold the whole month, to its 28th
_WEEK = 7
_SHORTEST_MONTH, _LONGEST_MONTH = 28, 31
_MOST_NEXT_DAYS = 14  # of the next month, in a grid of six rows
_MOST_WORDS = 6  # of a title or a line of links: "« Prev  March 2025  Next »"

_PIECE = re.compile(r"[^\W\d_]+|\d+")
_DIGIT = re.compile(r"\d")
_MONTH_END = re.compile(r"27[\W_]*+28")
_OTHER_DIGIT = re.compile(r"\d(?<![0-9])")
_YEAR = re.compile(r"(?:18|19|20|21)\d\d")
_ARROW = re.compile(r"[«»‹›<>←→◀▶◄►❮❯]")
_MONTH_SIGNS = frozenset("月월")
_TITLE_WORDS = frozenset({"de", "del", "of", "г", "року", "年", "년"}) | _MONTH_SIGNS
_LINK_WORDS = frozenset(
    fold(
        "prev previous next today zurück weiter heute vorheriger nächster précédent suivant anterior siguiente próximo "
        "seguinte precedente successivo vorige volgende poprzedni następny předchozí další föregående nästa forrige "
        "næste neste önceki sonraki пред след предыдущий следующий попередній наступний السابق التالي "
        "上月 下月 上个月 下个月 前月 翌月 前の月 次の月 이전 다음 이전달 다음달"
    ).split()
)


class _Piece(msgspec.Struct, frozen=True, gc=False):
    """A run of letters or of digits (ASCII, whatever their script), folded, and where it stands."""

    text: str
    block: int
    line: int


def apply(document: Document, config: Config) -> Document:
    """Mark every block of each calendar widget removed (rule ``calendar``)."""
    if not config.calendars.enabled:
        return document
    spans = [span for stretch in _stretches(document.blocks) for span in _widgets(document.blocks, stretch)]
    if len(spans) > MOST_GRIDS:
        return document
    goes = {
        index: ("calendar", "calendar of one month", 0.0) for first, last in spans for index in range(first, last + 1)
    }
    return remove(document, STAGE, goes)


def _stretches(blocks: Sequence[Block]) -> Iterable[list[_Piece]]:
    """The pieces of each run of short blocks with a 28th day in it; prose and code lie between the runs.

    Every month has that day; it may be in digits of a script of its own.
    """
    texts = [block.text for block in blocks]
    other_digits = _has_other_digits("".join([text for text in texts if not text.isascii()]))  # most pages have none
    days_28 = ["28" in text or (other_digits and _has_other_digits(text)) for text in texts]
    if not any(days_28):
        return
    stretch: list[int] = []
    has_28 = False
    for index, (block, day_28) in enumerate(zip(blocks, days_28, strict=True)):
        if block.removed is not None:
            continue
        if _could_be_part(block, day_28):
            stretch.append(index)
            has_28 = has_28 or day_28
            continue
        if has_28:
            yield _pieces(blocks, stretch)
        stretch, has_28 = [], False
    if has_28:
        yield _pieces(blocks, stretch)


def _pieces(blocks: Sequence[Block], stretch: Sequence[int]) -> list[_Piece]:
    """The pieces of these blocks; none if their digits cannot spell a month's end."""
    lines = [(index, text) for index in stretch for text in _lines(blocks[index])]
    joined = "\n".join([text for _, text in lines])
    if not (_MONTH_END.search(joined) or _has_other_digits(joined)):
        return []
    return [
        _Piece(piece, index, line)
        for line, (index, text) in enumerate(lines, start=1)
        for piece in _PIECE.findall(_plain(text))
    ]


def _lines(block: Block) -> list[str]:
    return [" ".join(row) for row in block.rows] if block.rows else block.text.split("\n")


def _has_other_digits(text: str) -> bool:
    return not text.isascii() and _OTHER_DIGIT.search(text) is not None


def _could_be_part(block: Block, day_28: bool) -> bool:
    size = len(block.text)
    if size > _LONGEST_BLOCK or block.kind == "code":
        return False
    return size <= _LONGEST_ROW or block.kind == "table" or day_28


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    return _DIGIT.sub(lambda match: str(unicodedata.decimal(match.group())), fold(text))


def _widgets(blocks: Sequence[Block], pieces: list[_Piece]) -> Iterable[tuple[int, int]]:
    """First and last block of every widget in one stretch."""
    at = 0
    while at < len(pieces):
        end = _days_end(pieces, at) if pieces[at].text.isdecimal() else at
        span = _widget(blocks, pieces, at, end) if end > at else None
        if span:
            yield span
            while at < len(pieces) and pieces[at].block <= span[1]:
                at += 1
        else:
            at += 1


def _days_end(pieces: Sequence[_Piece], first: int) -> int:
    """Where the digits from ``first`` on stop spelling a month's days; ``first`` if they spell none.

    Days of the month before may lead (… 30 31 1 2), days of the next may follow.
    """
    text = pieces[first].text
    for start in (1, *range(22, _LONGEST_MONTH + 1)):
        if text.startswith((str(start), f"0{start}")):
            end = _spell(pieces, first, start)
            if end > first:
                return end
    return first


def _spell(pieces: Sequence[_Piece], first: int, start: int) -> int:
    expected, month, end = start, 0 if start > 1 else 1, first
    complete = False  # whether a whole month has been spelled by the pieces before `end`
    for index in range(first, len(pieces)):
        if _names_month(pieces, index):
            return end if complete else first
        text, at = pieces[index].text, 0
        while at < len(text):
            if not text.startswith(str(expected), at):
                if text.startswith(f"0{expected}", at) and expected < 10:
                    at += 1
                elif expected > _SHORTEST_MONTH and month < 2 and text.startswith(("1", "01"), at):
                    expected, month = 1, month + 1  # the next month begins
                    continue
                else:
                    return end if complete else first
            at += len(str(expected))
            expected += 1
            if expected > (_MOST_NEXT_DAYS if month == 2 else _LONGEST_MONTH) + 1:
                return end if complete else first
        complete = complete or month == 2 or (month == 1 and expected > _SHORTEST_MONTH)
        end = index + 1
    return end if complete else first


def _names_month(pieces: Sequence[_Piece], index: int) -> bool:
    """Whether a number is the name of a month: 3月."""
    return index + 1 < len(pieces) and pieces[index + 1].text in _MONTH_SIGNS and pieces[index].text.isdecimal()


def _widget(blocks: Sequence[Block], pieces: Sequence[_Piece], first: int, end: int) -> tuple[int, int] | None:
    """The blocks of the widget whose days are ``pieces[first:end]``, or None if it is none."""
    start = _skip_links(pieces, first)
    week = _week_start(pieces, start)
    if week == start:
        start = first
        week = _week_start(pieces, start)
    title = _title_start(pieces, week)
    if not _is_grid(pieces[first:end], named=week < start, titled=title < week):
        return None
    stop = _links_end(blocks, pieces, end)
    head, last = pieces[title].block, pieces[stop - 1].block
    if title > 0 and pieces[title - 1].block == head:
        return None
    if stop < len(pieces) and pieces[stop].block == last:
        return None
    return head, last


def _is_grid(days: Sequence[_Piece], *, named: bool, titled: bool) -> bool:
    """Whether the days stand in weeks.  One a line, or all on one line, they need a name."""
    rows = [_cells("".join(piece.text for piece in row)) for _, row in groupby(days, key=lambda piece: piece.line)]
    if named:
        return True
    if len(rows) == 1 or all(row == 1 for row in rows):
        return titled
    weekly = len(rows) >= 4 and all(row == _WEEK for row in rows[1:-1]) and rows[0] <= _WEEK and rows[-1] <= _WEEK
    return weekly and (titled or rows[0] < _WEEK)


def _cells(digits: str) -> int:
    """How many days a row's glued digits are: 1–9 take one each, 10–31 two."""
    for singles in range(min(9, len(digits)) + 1):
        if (len(digits) - singles) % 2 == 0 and _ascends(digits, singles):
            return singles + (len(digits) - singles) // 2
    return len(digits)


def _ascends(digits: str, singles: int) -> bool:
    days = [int(day) for day in digits[:singles]] + [int(digits[i : i + 2]) for i in range(singles, len(digits), 2)]
    return all(after == before + 1 for before, after in pairwise(days))


def _skip_links(pieces: Sequence[_Piece], first: int) -> int:
    """Old themes put the links between the weekdays and the days."""
    at = first
    while at > max(0, first - _MOST_WORDS) and (pieces[at - 1].text in months() or pieces[at - 1].text in _LINK_WORDS):
        at -= 1
    return at


def _week_start(pieces: Sequence[_Piece], end: int) -> int:
    """Where the seven weekdays that end before ``end`` begin; ``end`` if they are not there."""
    glued = ""
    for size in range(1, min(_WEEK, end) + 1):
        glued = pieces[end - size].text + glued
        if glued in weeks():
            return end - size
    seven = pieces[max(0, end - _WEEK) : end]
    if len(seven) == _WEEK and all(piece.text in weekdays() for piece in seven):
        return end - _WEEK
    return end


def _title_start(pieces: Sequence[_Piece], end: int) -> int:
    """Where the title (month, year, links) that ends before ``end`` begins; ``end`` if there is none.

    The title has its blocks to itself.
    """
    at = best = end
    month = False
    while at > max(0, end - _MOST_WORDS):
        text = pieces[at - 1].text
        numbered = _names_month(pieces, at - 1)
        if not (text in months() or text in _TITLE_WORDS or text in _LINK_WORDS or _YEAR.fullmatch(text) or numbered):
            break
        at -= 1
        month = month or text in months() or numbered
        if month and (at == 0 or pieces[at - 1].block != pieces[at].block):
            best = at
    return best


def _links_end(blocks: Sequence[Block], pieces: Sequence[_Piece], end: int) -> int:
    """Where the links after the days end ("« Feb   Apr »"); ``end`` if there are none.

    A month with its year is a link only beside an arrow: it may be the next heading.
    """
    at = best = end
    while at < min(len(pieces), end + _MOST_WORDS):
        text = pieces[at].text
        known = text in months() or text in _LINK_WORDS or text in _MONTH_SIGNS or _names_month(pieces, at)
        if not known and not (_YEAR.fullmatch(text) and _ARROW.search(blocks[pieces[at].block].text)):
            break
        at += 1
        if at == len(pieces) or pieces[at].block != pieces[at - 1].block:
            best = at
    return best
