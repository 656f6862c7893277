"""What the two parts of a word or a number are like that a cut would leave, at each place where it could be cut.

A word of a page is asked about once, however often it stands there: what is to be known of the gaps in
it and at its ends depends on nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

from cleaner.stages.tables.vocabulary import frequency

WORD = (
    "left_frequency",
    "left_length",
    "left_hump_frequency",
    "left_hump_length",
    "left_capital",
    "left_capitals",
    "right_frequency",
    "right_length",
    "right_hump_frequency",
    "right_hump_length",
    "right_capital",
    "right_capitals",
    "weaker_frequency",
    "whole_frequency",
    "whole_length",
    "joined_frequency",
    "name_prefix",
)
"""The features of the letters beside a gap."""
NUMBER = (
    "digits_left",
    "digits_right",
    "year_left",
    "year_right",
    "number_left",
    "number_right",
    "fraction_left",
    "group_left",
    "group_right",
    "left_formed",
    "right_formed",
    "joined_formed",
    "left_zero",
    "right_zero",
)
"""The features of the digits beside a gap."""

_NAME_PREFIX = re.compile(r"(?:Mc|Mac|Fitz|De|Di|La|Le|Van|Du|O['’]|Da|Lo|i|e|Mo)")
_YEAR = re.compile(r"1[5-9]\d\d|20[0-4]\d")
_LAST_HUMP = re.compile(
    r"[^\W\d_A-ZÀ-ÖØ-Þ]*[^\W\d_a-zß-öø-ÿ]?"
)  # read backwards, as a search from the front is quadratic
_FIRST_HUMP = re.compile(r"[^\W\d_a-zß-öø-ÿ]*[^\W\d_A-ZÀ-ÖØ-Þ]*")
_GROUP_LEFT = re.compile(r"(?<!\d)\d{1,3}(?:[.,]\d{3}){1,8}$")
_GROUP_RIGHT = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?!\d)")
_FRACTION = re.compile(r"\d[.,](\d*)$")
_FORMED = re.compile(
    r"(\d+)|(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?)|(\d+\.\d)|(\d+\.\d\d)|(\d+[.,]\d+)"
)
"""A whole number; thousands in groups; one decimal, two, or more."""
_NUMBER_MAX = 24
"""No number is followed further than this from a gap."""

# Two lower-case letters are parted only if that leaves words.
_KNOWN_WHOLE = 3.0
_KNOWN_RIGHT = 2.0
_KNOWN_LEFT = 1.6
_LONG_NAME = 4
_SURE = 3.0
_LONGEST_KEPT = 40
"""The parts of longer words and numbers are not remembered: these hardly come again, and have many."""

_pack_word, _pack_number = Struct(f"{len(WORD)}f").pack, Struct(f"{len(NUMBER)}f").pack


class Parts(NamedTuple):
    """Where a text could be cut, from 0 before its first character to its length, and the features there, one cut's
    after the other's, as 32-bit numbers (an array would take longer to make than what it holds)."""

    places: Sequence[int]
    features: bytes


def parts_of_word(word: str, before: bool, after: bool) -> Parts:
    """The cuts of a run of letters (:data:`WORD`) but for those that make no sense; those before and after it are
    among them if asked for."""
    return (_kept_word if len(word) <= _LONGEST_KEPT else _word)(word, before, after)


def parts_of_number(number: str, before: bool, after: bool) -> Parts:
    """The same for a run of digits and their signs (:data:`NUMBER`)."""
    return (_kept_number if len(number) <= _LONGEST_KEPT else _number)(number, before, after)


def _places(text: str, before: bool, after: bool) -> range:
    return range(not before, len(text) + after)


def _word(word: str, before: bool, after: bool) -> Parts:
    size, backwards = len(word), word[::-1]
    whole = frequency(word)
    letter, small = list(map(str.isalpha, word)), list(map(str.islower, word))
    places: list[int] = []
    rows: list[bytes] = []
    for place in _places(word, before, after):
        to_left, to_right = place > 0 and letter[place - 1], place < size and letter[place]
        inside = to_left and to_right
        doubtful = inside and small[place]
        if doubtful and small[place - 1] and (whole >= _KNOWN_WHOLE or not 1 < place < size - 1):
            continue  # most places: between two small letters of a known word, or with one letter on a side
        left = right = _NO_SIDE
        start = stop = place
        if to_right:
            stop = _FIRST_HUMP.match(word, place).end()  # type: ignore[union-attr]
            right = _side(word[place:], word[place:stop])
            if doubtful and right.best < _KNOWN_RIGHT and (small[place - 1] or word[place - 1].isupper()):
                continue
        if to_left:
            start = size - _LAST_HUMP.match(backwards, size - place).end()  # type: ignore[union-attr]
            left = _side(word[:place], word[start:place])
        if doubtful and not _could_part(word[:place], left.best, size - place, right.best):
            continue
        places.append(place)
        rows.append(
            _pack_word(
                *left[:-1],
                *right[:-1],
                min(left.best, right.best),
                *((whole, size, frequency(word[start:stop])) if inside else (0.0, 0, 0.0)),
                inside and _NAME_PREFIX.fullmatch(word, 0, place) is not None,
            )
        )
    return Parts(places, b"".join(rows))


class _Side(NamedTuple):
    """The letters on one side of a gap: how frequent and long they are, and the hump of them next to the gap ("Gates"
    of "BillGates"); whether the first is, or all are, capitals; ``best`` is the higher of both frequencies."""

    frequency: float
    length: int
    hump_frequency: float
    hump_length: int
    capital: bool
    capitals: bool
    best: float


_NO_SIDE = _Side(-1.0, 0, -1.0, 0, False, False, -1.0)


def _side(letters: str, hump: str) -> _Side:
    own, size = frequency(letters), len(letters)
    of_hump = own if len(hump) == size else frequency(hump)
    return _Side(own, size, of_hump, len(hump), letters[0].isupper(), size > 1 and letters.isupper(), max(own, of_hump))


def _could_part(left: str, left_best: float, right_size: int, right_best: float) -> bool:
    """Whether a cut before a lower-case letter leaves what could be words."""
    if left[-1].isupper():
        return left.isupper() and right_best >= _KNOWN_RIGHT and right_size > 1
    if not left[-1].islower():
        return True
    if right_best >= _SURE and right_size >= _LONG_NAME:
        return True
    name = left[0].isupper() and min(len(left), right_size) >= _LONG_NAME
    return right_best >= _KNOWN_RIGHT and (left_best >= _KNOWN_LEFT or name)


def _number(number: str, before: bool, after: bool) -> Parts:
    joined = number[:_NUMBER_MAX].rstrip(".,:")
    places = _places(number, before, after)
    rows = [
        _digits(
            number[max(0, place - _NUMBER_MAX) : place],
            number[place : place + _NUMBER_MAX],
            joined if 0 < place < len(number) else "",
        )
        for place in places
    ]
    return Parts(places, b"".join(rows))


_kept_word, _kept_number = lru_cache(maxsize=4096)(_word), lru_cache(maxsize=4096)(_number)


def _digits(left: str, right: str, joined: str) -> bytes:
    """What the digits on both sides of a gap are like; ``joined`` is the number that a cut would part."""
    digits_left = len(left) - len(left.rstrip("0123456789"))
    digits_right = len(right) - len(right.lstrip("0123456789"))
    fraction = _FRACTION.search(left) if digits_left < len(left) else None
    return _pack_number(
        digits_left,
        digits_right,
        digits_left == 4 and _YEAR.fullmatch(left[-4:]) is not None,
        digits_right == 4 and _YEAR.fullmatch(right[:4]) is not None,
        len(left),
        len(right),
        len(fraction[1]) if fraction else -1,
        digits_left < len(left) and _GROUP_LEFT.search(left) is not None,
        digits_right < len(right) and _GROUP_RIGHT.match(right) is not None,
        _formed(left),
        _formed(right.rstrip(".,:")),
        _formed(joined),
        digits_left > 1 and left[-digits_left] == "0" and digits_left == len(left),
        digits_right > 1 and right[0] == "0",
    )


def _formed(number: str) -> int:
    """How a number is written, by the forms of :data:`_FORMED`: 0 in none of them, -1 where there is no number."""
    match = _FORMED.fullmatch(number)
    return (match.lastindex or 0) if match else 0 if number else -1
