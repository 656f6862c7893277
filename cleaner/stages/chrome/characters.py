"""Counts of words and kinds of characters, for all texts of a document at once.

The texts are laid end to end as one array of code points, and a table says to which classes each
belongs.  What a regular expression would count text by text is then a handful of array operations
for hundreds of texts: the same figures, some ten times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]

_KINDS = {
    "capital": "A-ZÀ-ÖØ-ÞА-ЯĀ-Ž",
    "digit": r"\d",
    "comma": ",;:，；",
    "stop": ".。…",
    "exclaim": "!?！？",
    "quote": '"“„«',
    "bar": "|•·»›→/",
    "money": "$€£¥",
    "dense": "\u0e00-\u0e4f\u0e5a-\u0e7f\u3040-\u30ff\u3400-\u9fff",
}
"""Kinds of characters; each belongs to one at most."""
_NUMBER = {name: number for number, name in enumerate(_KINDS, start=1)}
_MANY = 16  # more than there are kinds
_KIND, _WORD, _AFTER_STOP, _CLOSING = 15, 16, 32, 64  # the bits of a code: its kind, and more
_MORE = {_WORD: r"\w", _AFTER_STOP: "\\s\"'”’»)", _CLOSING: "\"'”’»)\\]"}
_SLAB = 512
"""Texts counted at once: keeps the arrays of a large document small."""
_SINGLE = 0x10000  # from here on only letters, digits and spaces matter
_LAST = 0x40000  # and from here on nothing is any of these

NAMES = tuple("digit comma exclaim quote bar money dense words capitals stops ended open_end capital_start".split())
r"""What is counted: characters of some kinds; words ``\w+``; those that begin with a capital and have two letters
or more; stops before a space, a closing mark or the end; and whether the text ends in a stop, or a comma or its like
(one closing mark after it at most), and begins with a capital."""


def count(texts: Sequence[str]) -> dict[str, Counts]:
    """For each of :data:`NAMES` the counts of every text (at least one)."""
    if len(texts) <= _SLAB:
        return _count(texts)
    slabs = [_count(texts[start : start + _SLAB]) for start in range(0, len(texts), _SLAB)]
    return {name: np.concatenate([slab[name] for slab in slabs]) for name in NAMES}


def occurrences(texts: Sequence[str], sets: tuple[str, ...]) -> list[Counts]:
    """For each set of characters how many of them every text has; no set has one of another, or a line break."""
    points, borders = _lay_out(texts)
    member = _membership(sets).take(points, mode="clip")
    return [_by_text(np.flatnonzero(member == number), borders) for number in range(1, len(sets) + 1)]


def _lay_out(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], Counts]:
    """The code points of all texts with a line break before, between and after, and where each begins.

    No word and no mark reaches over a line break.
    """
    joined = "\n".join(("", *texts, ""))
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    return points, np.array([*accumulate([len(text) + 1 for text in texts], initial=1)])


def _by_text(places: npt.NDArray[np.intp], borders: Counts) -> Counts:
    """How many of the ascending places lie in each text."""
    before = places.searchsorted(borders)
    return before[1:] - before[:-1]


def _count(texts: Sequence[str]) -> dict[str, Counts]:
    points, borders = _lay_out(texts)
    codes = _table().take(points, mode="clip")
    kinds = codes & _KIND
    is_word = codes & _WORD != 0
    places = np.flatnonzero(kinds != 0)
    text_of = np.repeat(np.arange(0, _MANY * len(texts), _MANY), np.diff(borders))  # of each place but the first
    found = np.bincount(text_of[places - 1] + kinds[places], minlength=_MANY * len(texts)).reshape(-1, _MANY)
    kinds = kinds[places]
    capitals = places[kinds == _NUMBER["capital"]]
    stops = places[(kinds == _NUMBER["stop"]) | (kinds == _NUMBER["exclaim"])]
    last = borders[1:] - 2
    last = last - (codes[last] & _CLOSING != 0)
    at_end = codes[last] & _KIND
    return {
        **{name: found[:, _NUMBER[name]] for name in NAMES if name in _NUMBER},
        "words": _by_text(np.flatnonzero(is_word[1:] > is_word[:-1]) + 1, borders),
        "capitals": _by_text(capitals[is_word[capitals + 1] & ~is_word[capitals - 1]], borders),
        "stops": _by_text(stops[codes[stops + 1] & _AFTER_STOP != 0], borders),
        "open_end": (at_end == _NUMBER["comma"]).astype(np.int64),
        "capital_start": (codes[borders[:-1]] & _KIND == _NUMBER["capital"]).astype(np.int64),
        "ended": ((at_end == _NUMBER["stop"]) | (at_end == _NUMBER["exclaim"])).astype(np.int64),
    }


@lru_cache(maxsize=8)
def _membership(sets: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """The number of each character's set, from 1; one more entry than needed, so that all others have 0."""
    table = np.zeros(max(map(ord, "".join(sets))) + 2, np.uint8)
    for number, characters in enumerate(sets, start=1):
        table[list(map(ord, characters))] = number
    return table


@lru_cache(maxsize=1)
def _table() -> Codes:
    """The code of every code point up to :data:`_LAST`."""
    table = np.zeros(_LAST + 1, np.uint8)
    characters = np.arange(_LAST, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for code, members in [*((_NUMBER[name], members) for name, members in _KINDS.items()), *_MORE.items()]:
        for run in re.finditer(f"[{members}]+", characters[: _LAST if members.startswith("\\") else _SINGLE]):
            table[run.start() : run.end()] |= code
    return table
