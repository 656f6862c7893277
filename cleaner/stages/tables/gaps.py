"""What the characters, words and numbers on both sides of a gap in a line say about it.

:func:`measure` gives one row of features for each gap where two cells could have been glued
together; :mod:`.glued_model` judges them.  Gaps beside a space, inside URLs and the like, or
inside a known word are left out: nobody glued there, or nobody could tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from cleaner.stages.tables.vocabulary import frequency

_SIGNS = {
    **dict.fromkeys(")]}", "close"),
    **dict.fromkeys("([{", "open"),
    **dict.fromkeys("%‰°*", "percent"),
    **dict.fromkeys("$€£¥₹#", "money"),
    **dict.fromkeys(".!?…", "stop"),
    **dict.fromkeys(",;:", "comma"),
    **dict.fromkeys("-‑−/", "hyphen"),
    **dict.fromkeys("–—+", "dash"),
    **dict.fromkeys("'’‘`\"“”", "quote"),
}
CLASSES = ("digit", "capital", "letter", "script", *dict.fromkeys(_SIGNS.values()), "other")

NAMES = (
    *(f"before_{name}" for name in CLASSES),
    *(f"after_{name}" for name in CLASSES),
    "before_class_before",
    "after_class_after",
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
    "depth",
    "quote_open",
    "space_left",
    "space_right",
    "token_left",
    "token_right",
    "first_token",
    "last_token",
    "in_tag",
    "before_two",
    "after_two",
    "left_after_digit",
    "right_before_digit",
    "line_length",
    "line_seams",
)

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SMALL = re.compile(r"[a-zß-öø-ÿ]{2,}")
_NUMBER = re.compile(r"\d[\d.,:]*")
_TOKEN = re.compile(r"\S+")
_BRACKET, _QUOTE = re.compile(r"[()\[\]{}]"), re.compile('"')
_WHOLE = re.compile(
    r"https?://\S+|www\.\S+|(?<!\S)[^\s@]+@[^\s@]+\.\w+|\b[^\W_]+_\w+|\b[^\W\d_]\w*\.[^\W\d_]\w*\(\S*|`[^`]+`"
)
"""URLs, addresses, identifiers, code: never cut inside."""
_WHOLE_SIGNS = ("//", "www", "@", "_", "(", "`")
"""None of these is without one."""
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
_SEAM = re.compile(r"[^\W\d_A-ZÀ-ÖØ-Þ](?=[A-ZÀ-ÖØ-Þ]|\d)|\d(?=[^\W\d_])|[)%](?=[^\W_])")
_NUMBER_MAX = 24
"""No number is followed further than this from a gap."""

# Two lower-case letters are parted only if that leaves words.
_KNOWN_WHOLE = 3.0
_KNOWN_RIGHT = 2.0
_KNOWN_LEFT = 1.6
_LONG_NAME = 4
_SURE = 3.0


_ONE_OF = [tuple(float(number == one) for number in range(len(CLASSES))) for one in range(len(CLASSES))]

# What the features of letters and digits are where there are none.
_NO_LETTERS = (-1.0, 0, -1.0, 0, False, False, -1.0, 0, -1.0, 0, False, False, -1.0, 0.0, 0, 0.0, False)
_NO_DIGITS = (0, 0, False, False, 0, 0, -1, False, False, -1, -1, -1, False, False)


class Run(NamedTuple):
    """A run of letters, or a number, in a line."""

    start: int
    end: int
    text: str


@lru_cache(maxsize=4096)
def char_class(char: str) -> int:
    """The class of a character, an index of :data:`CLASSES`."""
    if char.isdigit():
        return 0
    if char.isalpha():
        return 1 if char.isupper() else 2 if char.islower() else 3
    return CLASSES.index(_SIGNS.get(char, "other"))


def _runs(pattern: re.Pattern[str], text: str) -> list[Run | None]:
    """For each character the run that it is in."""
    runs: list[Run | None] = [None] * len(text)
    for match in pattern.finditer(text):
        start, end = match.span()
        runs[start:end] = [Run(start, end, match.group())] * (end - start)
    return runs


def measure(text: str) -> tuple[list[int], list[list[float]]]:
    """The offsets of a line's gaps, and for each its features (one for each of :data:`NAMES`)."""
    letters, numbers = _runs(_LETTERS, text), _runs(_NUMBER, text)
    left_out = _left_out(text, letters)
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    offsets: list[int] = []
    rows: list[list[float]] = []
    classes = list(map(char_class, text))
    line = (len(text), len(_SEAM.findall(text)))
    depths = _changes(text, _BRACKET, lambda sign: 1 if sign in "([{" else -1)
    quotes = _changes(text, _QUOTE, lambda sign: 1)
    for number, (start, end) in enumerate(tokens):
        tag = text[start] in "#@"
        place = [float(number == 0), float(number == len(tokens) - 1)]
        for offset in range(start + 1, end):
            if offset in left_out:
                continue
            words = _letter_features(text, offset, letters[offset - 1], letters[offset])
            if words is None:
                continue
            left, right = letters[offset - 1], letters[offset]
            rows.append(
                [
                    *_ONE_OF[classes[offset - 1]],
                    *_ONE_OF[classes[offset]],
                    classes[offset - 2] if offset - 2 >= start else -1,
                    classes[offset + 1] if offset + 1 < end else -1,
                    *words,
                    *_number_features(text, offset, numbers[offset - 1], numbers[offset]),
                    depths[offset],
                    quotes[offset] % 2,
                    offset - start == 1,
                    end - offset == 1,
                    offset - start,
                    end - offset,
                    *place,
                    tag,
                    classes[offset - 3] if offset - 3 >= 0 else -1,
                    classes[offset + 2] if offset + 2 < len(text) else -1,
                    left is not None and _digit_beside(text, left, -1),
                    right is not None and _digit_beside(text, right, 1),
                    *line,
                ]
            )
            offsets.append(offset)
    return offsets, rows


def _left_out(text: str, letters: Sequence[Run | None]) -> set[int]:
    """The offsets inside URLs and the like, and between the small letters of known words: most of a line's."""
    offsets: set[int] = set()
    if any(map(text.__contains__, _WHOLE_SIGNS)):
        for match in _WHOLE.finditer(text):
            offsets.update(range(match.start() + 1, match.end()))
    for match in _SMALL.finditer(text):
        start, end = match.span()
        run = letters[start]
        if run is not None and frequency(run.text) >= _KNOWN_WHOLE:
            offsets.update(range(start + 1, end))
    return offsets


def _changes(text: str, signs: re.Pattern[str], change: Callable[[str], int]) -> list[int]:
    """The sum of the changes that the signs before each character make."""
    sums = [0] * len(text)
    total = 0
    for match in signs.finditer(text):
        total += change(match.group())
        sums[match.end() :] = [total] * (len(text) - match.end())
    return sums


def _letter_features(text: str, offset: int, left_run: Run | None, right_run: Run | None) -> Sequence[float] | None:
    """What the words on both sides are like; ``None`` where no cut makes sense."""
    left = text[left_run.start : offset] if left_run and text[offset - 1].isalpha() else ""
    right = text[offset : right_run.end] if right_run and text[offset].isalpha() else ""
    if not left and not right:
        return _NO_LETTERS
    return _word_features(left, right, left_run.text if left_run and left_run is right_run else "")


@lru_cache(maxsize=4096)
def _word_features(left: str, right: str, whole: str) -> Sequence[float] | None:
    """The same for the words alone, parts of a ``whole`` one if there is one; many come again and again."""
    inside = bool(left and right and whole)
    if inside and _in_word(left, right, whole):
        return None
    whole_frequency = joined = 0.0
    prefix = False
    left_frequency, right_frequency = frequency(left) if left else -1.0, frequency(right) if right else -1.0
    left_hump = left[len(left) - _LAST_HUMP.match(left[::-1]).end() :] if left else ""  # type: ignore[union-attr]
    right_hump = _FIRST_HUMP.match(right).group() if right else ""  # type: ignore[union-attr]
    left_hump_frequency = frequency(left_hump) if left_hump else left_frequency
    right_hump_frequency = frequency(right_hump) if right_hump else right_frequency
    left_best, right_best = max(left_frequency, left_hump_frequency), max(right_frequency, right_hump_frequency)
    if inside:
        whole_frequency = frequency(whole)
        if right[0].islower() and not _could_part(left, right, left_best, right_best):
            return None
        joined = frequency(left_hump + right_hump)
        prefix = _NAME_PREFIX.fullmatch(left) is not None
    return (
        left_frequency,
        len(left),
        left_hump_frequency,
        len(left_hump),
        left[:1].isupper(),
        len(left) > 1 and left.isupper(),
        right_frequency,
        len(right),
        right_hump_frequency,
        len(right_hump),
        right[:1].isupper(),
        len(right) > 1 and right.isupper(),
        min(left_best, right_best),
        whole_frequency,
        len(whole) if inside else 0,
        joined,
        prefix,
    )


def _in_word(left: str, right: str, whole: str) -> bool:
    """Whether a gap parts two small letters of a known word, or one letter from the rest of a word."""
    if not (left[-1].islower() and right[0].islower()):
        return False
    return len(left) < 2 or len(right) < 2 or frequency(whole) >= _KNOWN_WHOLE


def _could_part(left: str, right: str, left_best: float, right_best: float) -> bool:
    """Whether a cut before a lower-case letter leaves what could be words."""
    if left[-1].isupper():
        return left.isupper() and right_best >= _KNOWN_RIGHT and len(right) > 1
    if not left[-1].islower():
        return True
    if right_best >= _SURE and len(right) >= _LONG_NAME:
        return True
    name = left[0].isupper() and min(len(left), len(right)) >= _LONG_NAME
    return right_best >= _KNOWN_RIGHT and (left_best >= _KNOWN_LEFT or name)


def _number_features(text: str, offset: int, left_run: Run | None, right_run: Run | None) -> Sequence[float]:
    """What the digits on both sides are like."""
    if left_run is None and right_run is None:
        return _NO_DIGITS
    left = text[max(left_run.start, offset - _NUMBER_MAX) : offset] if left_run else ""
    right = text[offset : min(right_run.end, offset + _NUMBER_MAX)] if right_run else ""
    joined = left_run.text[:_NUMBER_MAX].rstrip(".,:") if left_run and left_run is right_run else ""
    return _digit_features(left, right, joined)


@lru_cache(maxsize=4096)
def _digit_features(left: str, right: str, joined: str) -> Sequence[float]:
    """The same for the numbers alone; ``joined`` is the one that a cut would part."""
    digits_left = len(left) - len(left.rstrip("0123456789"))
    digits_right = len(right) - len(right.lstrip("0123456789"))
    fraction = _FRACTION.search(left) if digits_left < len(left) else None
    return (
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


def _digit_beside(text: str, run: Run, side: int) -> bool:
    """Whether a digit stands before or after the letters, with one space between them or none."""
    beside = text[max(0, run.start - 2) : run.start][::-1] if side < 0 else text[run.end : run.end + 2]
    return beside[:1].isdigit() or (beside[:1] == " " and beside[1:].isdigit())
