"""What a cell is like, and what the cells of one column have in common.

A column's model says how surprising a cell would be in it, in nats (minus the logarithm of a
probability, up to a constant): by type (year, percentage, words …), length, first and last
character, and repeats of earlier cells or words.  The figures were tuned on tables glued by
program from public data sets (first in a prototype of this project).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

_MONTH = r"[^\W\d_]{3,9}\.?"
_SIGN = r"[(\-–−+]?"
_NUMBER_FORMS: tuple[tuple[str, float, str], ...] = (
    ("year", 0.035, r"(?:1[5-9]|20)\d\d"),
    ("season", 0.01, r"(?:1[89]|20)\d\d ?[-–/] ?(?:\d\d|\d{4})"),
    (
        "date",
        0.03,
        rf"(?:{_MONTH},? )?{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|(?:{_MONTH},? )?\d{{1,2}}\.? {_MONTH}(?:,? \d{{4}})?"
        rf"|\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|{_MONTH} \d{{4}}",
    ),
    ("ordinal", 0.02, r"\d*(?:1st|2nd|3rd|[04-9]th|1[1-3]th)|\d{1,3}[ªº]"),
    ("percent", 0.03, r"[+\-–−]?\d{1,3}(?:[.,]\d+)? ?%"),
    (
        "money",
        0.03,
        rf"{_SIGN}(?:US)?[$€£¥] ?[(]?\d{{1,3}}(?:[.,]?\d{{3}})*(?:[.,]\d+)?\)?(?: ?(?:million|billion|M|m|bn|k|K))?"
        r"|\d{1,3}(?:[., ]?\d{3})*(?:[.,]\d+)? ?[$€£¥]",
    ),
    (
        "time",
        0.02,
        r"\+?\d{1,2}:\d{2}(?::\d\d)?(?:\.\d+)?(?: ?[AaPp]\.?[Mm]\.?)?"
        r"|0\d\.[0-5]\d|\d{1,2}(?:\.\d\d)? ?[AaPp]\.?[Mm]\.?",
    ),
    ("score", 0.03, r"\(?\d{1,3}\s?[-–:]\s?\d{1,3}(?:\s?[-–:]\s?\d{1,3})?\)?"),
    ("grouped", 0.04, rf"{_SIGN}[1-9]\d{{0,2}}(?:(?:,\d{{3}})+(?:\.\d+)?|(?:[.  ’]\d{{3}})+(?:,\d+)?)\)?"),
    ("decimal1", 0.03, rf"{_SIGN}(?:0|[1-9]\d{{0,3}})[.,]\d\)?"),
    ("decimal2", 0.03, rf"{_SIGN}(?:0|[1-9]\d{{0,3}})[.,]\d\d\)?"),
    ("decimal", 0.01, rf"{_SIGN}(?:0|[1-9]\d{{0,3}})?\.\d{{3,4}}\)?"),
    ("rank", 0.08, r"\d{1,2}\.|#\d+|T?-?\d{1,2}"),
    ("integer", 0.08, rf"{_SIGN}\d{{1,7}}\)?\*?"),
    ("unit", 0.03, r"[~<>≈]?\d[\d,.]*(?:[-–]\d[\d,.]*)?[ ]?[A-Za-z/°²]{1,8}(?: [a-z]+){0,2}"),
    ("dash", 0.015, r"[-–—]+|N/A|n/a|TBD"),
)
_NAMED_FORMS = [f"(?P<{name}>{pattern})" for name, _, pattern in _NUMBER_FORMS]
_TYPE = re.compile("|".join(_NAMED_FORMS))
_TYPE_WITHOUT_DIGITS = re.compile("|".join(form for form in _NAMED_FORMS if r"\d" not in form))

PRIORS: dict[str, float] = {
    "capital": 0.38,
    "lower": 0.05,
    "mixed": 0.04,
    "other": 0.03,
    "junk": 0.004,
    **{name: prior for name, prior, _ in _NUMBER_FORMS},
}
"""How common a type of cell is in tables at large."""

NUMERIC = frozenset(name for name, _, _ in _NUMBER_FORMS)
FREE = frozenset(("capital", "lower", "mixed", "other", "unit"))
FLOORS = {"other": 1.5, "junk": 4.0}
_DIGIT = math.log(10)
_HEADER_WORDS = {"capital": 0.75, "lower": 0.12}
_PRIOR_WEIGHT = 1.2
"""How many cells of the column the priors weigh as much as."""
_LEAST_SPREAD = 0.22
_EASY_DIGITS = frozenset(("grouped", "money", "percent", "decimal", "decimal1", "decimal2"))


_SHAPED = re.compile(r"[^\W\d_a-z]{1,6}$|\W*$")
_SMALL_WORD = re.compile(r"(?<![Aaud])[Aud]*+a[Aaud]*|(?<![Aaud])[ud]++(?!A)")
_LONG_CAPITALS = re.compile(r"[Aud]{7,}")
_ASCII_SIGNS = {
    **dict.fromkeys(map(ord, ascii_uppercase), "A"),
    **dict.fromkeys(map(ord, ascii_lowercase), "a"),
    **dict.fromkeys(map(ord, digits), "0"),
}
_BETWEEN_CAPITALS = str.maketrans("ud", "AA")
_MOST_CAPITALS = 6
_WORDS = re.compile(r"a(?:[ .,]*a)+")
_ZEROS, _CAPITALS = re.compile("00+"), re.compile("AA+")
_MALFORMED = re.compile(
    r"(?<![\d.,])\d+,(?:\d{4,}|\d{3},?(?:\d{1,2}(?!\d)|\d{4,}))|[.,]\d+,\d{1,2}(?!\d)|\d\.\d+[.,]\d+(?![\d.])|\d[$€£]\d"
)
_ZERO = re.compile(r"(?<![\d.,:/-])0\d")
_POINT = re.compile(r"[.,$€£]")
"""No number is malformed without one of these."""
_LONGEST_FORM = 40
"""No form that begins with a letter and holds a digit is longer, but amounts of money (US$)."""
_SUFFIX_BEGINS = "snrtªºAaPp"
_SUFFIX = re.compile(r"(?:st|nd|rd|th|ª|º|[AaPp]\.?[Mm])(?![^\W\d_])")
_VALUED = frozenset(
    ("year", "rank", "integer", "grouped", "decimal", "decimal1", "decimal2", "percent", "money", "ordinal")
)
"""The types of cells that hold a number and no more."""
_PLAIN_NUMBER = re.compile(r"\d+(?:[., ’]\d+)*")
_LONGEST_VALUE = 9
_DECIMALS = re.compile(r"[.,](\d{1,2}|\d{4,})\D*$")
ATTRIBUTES = ("type", "first", "last", "shape", "fine_shape", "decimals", "opening", "ending", "text")
"""The properties of a cell that a column counts."""


class Cell(NamedTuple):
    """One possible cell.

    ``surprise`` (nats) is what spelling it out costs where its column tells nothing: digits are
    unpredictable, unbalanced brackets and loose ends are unlikely.
    """

    text: str
    type: str
    first: str
    last: str
    size: float
    surprise: float
    words: tuple[str, ...]
    value: float
    opening: str | None
    ending: str | None
    shape: str | None
    fine_shape: str | None
    decimals: int | None
    flaws: tuple[float, ...]


def cell_type(text: str) -> str:
    """The name of the first type whose form the whole text has."""
    return _type(text, "0" in signs_of(text))


def _type(text: str, figures: bool) -> str:
    first = text[0]
    if figures and first.isalpha() and len(text) > _LONGEST_FORM and not text.startswith("US"):
        return "mixed"
    match = (_TYPE if figures else _TYPE_WITHOUT_DIGITS).fullmatch(text)
    if match and match.lastgroup:
        return match.lastgroup
    if figures and first.isalpha():
        return "mixed"
    if first.isupper() or first in "\"“('‘":
        return "capital" if text.count("(") == text.count(")") else "junk"
    if first.isalpha():
        return "lower"
    return "junk" if first in ",.;:)%]!?’" else "other"


def signs_of(text: str) -> str:
    """A text with its letters as ``A`` and ``a``, those of scripts without capitals as ``u``, its digits as ``0``, what
    is a digit above or below the line as ``d``, and other signs as they are."""
    return text.translate(_ASCII_SIGNS) if text.isascii() else "".join(map(_sign, text))


@lru_cache(maxsize=4096)
def _sign(char: str) -> str:
    if char.isdecimal():
        return "0"
    if not char.isalnum():
        return char
    if char.isupper():
        return "A"
    return "a" if char.islower() or char.istitle() else "d" if char.isdigit() else "u"


def make_cell(text: str, signs: str = "") -> Cell:
    """Measure a cell; ``text`` must not be empty, ``signs`` are its :func:`signs_of` if they are known."""
    signs = signs or signs_of(text)
    figures = "0" in signs
    kind = _type(text, figures)
    first, last = text[0], text[-1]
    words = tuple(text.split())
    several = len(words) > 1
    digits = signs.count("0") + signs.count("d")
    flaws = _flaws(text, kind, digits, figures)
    return Cell(
        text,
        kind,
        "0" if first.isdigit() else "A" if first.isupper() else "a" if first.islower() else first,
        "0" if last.isdigit() else "a" if last.isalpha() else last,
        math.log(len(text) + 1),
        _surprise(text, kind, digits, flaws),
        words,
        _value(text, kind) if figures else math.nan,
        words[0] if several else None,
        words[-1] if several else None,
        *_shapes(text, signs, figures),
        _decimals(text, kind),
        flaws,
    )


def _value(text: str, kind: str) -> float:
    """The number that a cell holds, not a number if it holds none alone.

    Where points and commas stand the last one parts the decimals; one alone does unless three digits follow it.
    """
    if text.isdecimal():
        return float(text) if len(text) < _LONGEST_VALUE else math.nan
    if kind not in _VALUED:
        return math.nan
    match = _PLAIN_NUMBER.search(text)
    if not match:
        return math.nan
    number = match.group()
    whole, point, rest = number.rpartition("." if number.rfind(".") > number.rfind(",") else ",")
    decimals = point and (len(rest) != 3 or (point == "." and "," in whole) or (point == "," and "." in whole))
    digits = "".join(filter(str.isdecimal, whole if decimals else number))
    value = float(f"{digits or 0}.{rest}" if decimals else digits)
    return -value if text[0] in "-−–(" else value


def _decimals(text: str, kind: str) -> int | None:
    """The number of digits after the point, ``None`` where there is no number."""
    if kind not in NUMERIC or kind in ("date", "time", "dash", "score", "season"):
        return None
    match = _DECIMALS.search(text)
    return len(match[1]) if match else 0


FLAWS = (
    "malformed",
    "zero",
    "suffix",
    "unbalanced",
    "loose_end",
    "loose_start",
    "long_integer",
    "one_sign",
    "quote",
    "digit_letter",
)


def _flaws(text: str, kind: str, digits: int, figures: bool) -> tuple[float, ...]:
    """What makes a cell unlikely whatever its column, one number for each of :data:`FLAWS`."""
    several = len(text) > 1
    figures = figures and kind not in ("date", "time")
    pointed = figures and _POINT.search(text) is not None
    return (
        float(pointed and _MALFORMED.search(text) is not None),
        float(figures and "0" in text and _ZERO.search(text) is not None),
        float(text[0] in _SUFFIX_BEGINS and _SUFFIX.match(text) is not None),
        float(text.count("(") != text.count(")")),
        float(several and text[-1] in "(,-–/$€£&+"),
        float(several and text[0] in ",.;:)%]!?’-–/" and kind not in NUMERIC),
        float(kind == "integer" and digits > 4),
        float(not several and kind not in NUMERIC),
        float(text.count('"') % 2),
        float(kind == "unit" and several and text[-1].isupper() and text[-2].isdigit()),
    )


_UNBALANCED, _LOOSE_END, _LONG_INTEGER, _QUOTE = map(FLAWS.index, ("unbalanced", "loose_end", "long_integer", "quote"))


def _shapes(text: str, signs: str, figures: bool) -> tuple[str | None, str | None]:
    """A cell's shape ("0:00 A" for 4:30 PM), once without and once with the number of digits and capitals.

    Words alone have none: their shapes are as many as they.
    """
    if not figures and not _SHAPED.match(text):
        return None, None
    fine = _LONG_CAPITALS.sub("A" * _MOST_CAPITALS, _SMALL_WORD.sub("a", signs)).translate(_BETWEEN_CAPITALS)
    if "a" in fine:
        fine = _WORDS.sub("a", fine)
    coarse = _ZEROS.sub("0", fine) if "00" in fine else fine
    return _CAPITALS.sub("A", coarse) if "AA" in coarse else coarse, fine


def _surprise(text: str, kind: str, digits: int, flaws: tuple[float, ...]) -> float:
    if kind == "year":
        cost = math.log(130)
    elif kind == "season":
        cost = math.log(130) + (len(text) > 7)
    elif kind == "date":
        cost = math.log(365 * (100 if re.search(r"\d{4}", text) else 1))
    else:
        cost = digits * _DIGIT - (kind in _EASY_DIGITS)
        if kind in ("integer", "rank") and len(text) > 1 and text[0] == "0":
            cost += 3
    if text[0] == " " or text[-1] == " ":
        cost += 2
    cost += 3 * flaws[_LOOSE_END]
    cost += 2.5 * flaws[_UNBALANCED]
    cost += 4 * flaws[_QUOTE]
    cost += 1.5 * flaws[_LONG_INTEGER]
    if kind == "other" and len(text) > 1 and not any(map(str.isalpha, text)):
        cost += 2.5
    return cost


class Column:
    """What the cells of one column have in common, from cells with weights (how sure their cut is).

    Without cells it knows only the priors: a column of any table.
    """

    __slots__ = ("_costs", "_ends", "_first", "_last", "_openings", "_size", "_spread", "_texts", "_types", "_weight")

    def __init__(self, cells: Iterable[tuple[Cell, float]] = ()) -> None:
        cells = list(cells)
        weight = self._weight = sum(weight for _, weight in cells)
        self._types = _tally((cell.type, weight) for cell, weight in cells)
        self._last = _char_costs(0.6, ((cell.last, weight) for cell, weight in cells), weight)
        self._first = _char_costs(0.3, ((cell.first, weight) for cell, weight in cells), weight)
        self._texts = _tally((cell.text, weight) for cell, weight in cells)
        self._openings = {cell.words[0] for cell, _ in cells if cell.words}
        self._ends = {cell.words[-1] for cell, _ in cells if cell.words}
        self._size = sum(cell.size * weight for cell, weight in cells) / (weight or 1.0)
        deviation = sum(abs(cell.size - self._size) * weight for cell, weight in cells)
        self._spread = max(_LEAST_SPREAD, (deviation + 0.5) / (weight + 1))
        self._costs: dict[str, float] = {}

    def cost(self, cell: Cell) -> float:
        """How surprising a cell is in this column (nats), what it costs to spell it out included."""
        cost = self._costs.get(cell.text)
        if cost is None:
            cost = self._costs[cell.text] = self._cost(cell)
        return cost

    def _cost(self, cell: Cell) -> float:
        share = self._types.get(cell.type, 0.0) + _PRIOR_WEIGHT * PRIORS[cell.type]
        cost = -math.log(share / (self._weight + _PRIOR_WEIGHT))
        if self._types:
            cost = max(cost, FLOORS.get(cell.type, 0.0))
        if not self._weight:
            return cost + cell.surprise
        repeats = self._texts.get(cell.text, 0.0)
        if repeats:
            cost += min(cell.surprise, 0.3 - math.log(0.5 * repeats / (self._weight + 1)))
        else:
            cost += cell.surprise
        if cell.type not in NUMERIC:
            if repeats:
                cost -= 1.5
            elif len(cell.words) > 1:
                cost -= 0.7 * ((cell.words[0] in self._openings) + (cell.words[-1] in self._ends))
        cost += self._last.get(cell.last, self._last[""]) + self._first.get(cell.first, self._first[""])
        unlike = abs(cell.size - self._size) / self._spread + math.log(2 * self._spread)
        return cost + (0.6 if cell.type in FREE else 0.5) * unlike - 0.5


def header_cost(cell: Cell) -> float:
    """How surprising a cell is as a column's name (nats)."""
    words = 0.25 * max(0, len(cell.words) - 4)
    if cell.type in _HEADER_WORDS:
        return words - math.log(_HEADER_WORDS[cell.type])
    share = 0.06 if cell.type in ("year", "date", "season") else 0.02
    return words + min(cell.surprise, 5.0) - math.log(share)


def _tally(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    counts: dict[str, float] = {}
    for key, weight in pairs:
        counts[key] = counts.get(key, 0.0) + weight
    return counts


def _char_costs(factor: float, pairs: Iterable[tuple[str, float]], weight: float) -> dict[str, float]:
    """What each first or last character costs; any other is under ``""``."""
    counts = {"": 0.0, **_tally(pairs)}
    return {key: -factor * math.log((count + 0.25) / (weight + 1)) for key, count in counts.items()}
