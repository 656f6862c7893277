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
Classes = npt.NDArray[np.uint16]

_CLASSES = {
    "word": r"\w",
    "digit": r"\d",
    "capital": "[A-ZÀ-ÖØ-ÞА-ЯĀ-Ž]",
    "shouted": "[A-ZÀ-ÖØ-ÞА-Я]",
    "comma": "[,;:，；]",
    "stop": "[.!?。！？]",
    "after_stop": "[\\s\"'”’»)]",
    "bar": "[|•·»›→/]",
    "money": "[$€£¥]",
    "exclaim": "[!?]",
    "quote": '["“„«]',
    "dense": "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]",
    "address": "[.:(@©]",
}
_BIT = {name: np.uint16(1 << number) for number, name in enumerate(_CLASSES)}
_COUNTED = ("digit", "comma", "bar", "money", "exclaim", "quote", "dense")
_SPECIAL = np.uint16(sum(int(_BIT[name]) for name in (*_COUNTED, "capital", "stop", "address")))
_SLAB = 512
"""Texts counted at once: keeps the arrays of a large document small."""
_SINGLE = 0x10000  # from here on only letters, digits and spaces matter
_LAST = 0x40000  # and from here on nothing is any of these

NAMES = (*_COUNTED, "tokens", "capitals", "all_capitals", "stops", "addresses")
r"""What is counted: characters of each class; tokens ``\w+``; words that begin with a capital (two letters
or more), and those all in capitals; stops before a space, a closing mark or the end; and what may belong
to an address or a copyright sign: ``@``, ``©``, and as much as two characters can show of ``http:``,
``www.``, ``.com`` and ``(c)``."""


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
    classes = _table().take(points, mode="clip")
    special = np.flatnonzero((classes & _SPECIAL) != 0)
    here = classes[special]
    there = int(np.bitwise_or.reduce(here, initial=0))
    none = np.zeros(len(texts), np.int64)
    counts = {
        name: _by_text(special[here & _BIT[name] != 0], borders) if there & int(_BIT[name]) else none
        for name in _COUNTED
    }
    is_word = classes & _BIT["word"] != 0
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    shouted = special[here & _BIT["shouted"] != 0]
    may_shout = (classes[starts] & classes[starts + 1] & _BIT["shouted"]) != 0
    first, last = starts[may_shout], ends[may_shout]
    all_shouted = shouted.searchsorted(last) - shouted.searchsorted(first) == last - first
    capitals = special[here & _BIT["capital"] != 0]
    opens_word = is_word[capitals + 1] & ~is_word[capitals - 1]
    stops = special[here & _BIT["stop"] != 0]
    marks = special[here & _BIT["address"] != 0]
    mark, left, right = points[marks], points[marks - 1] | 0x20, points[marks + 1] | 0x20  # ASCII letters in lower case
    in_address = (
        (mark == ord("@"))
        | (mark == ord("©"))
        | ((mark == ord("(")) & (right == ord("c")))
        | ((mark == ord(":")) & ((left == ord("p")) | (left == ord("s"))))
        | ((mark == ord(".")) & ((right == ord("c")) | (left == ord("w"))))
    )
    return {
        **counts,
        "tokens": _by_text(starts, borders),
        "capitals": _by_text(capitals[opens_word], borders),
        "all_capitals": _by_text(first[all_shouted], borders),
        "stops": _by_text(stops[classes[stops + 1] & _BIT["after_stop"] != 0], borders),
        "addresses": _by_text(marks[in_address], borders),
    }


@lru_cache(maxsize=8)
def _membership(sets: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """The number of each character's set, from 1; one more entry than needed, so that all others have 0."""
    table = np.zeros(max(map(ord, "".join(sets))) + 2, np.uint8)
    for number, characters in enumerate(sets, start=1):
        table[list(map(ord, characters))] = number
    return table


@lru_cache(maxsize=1)
def _table() -> Classes:
    """The classes of every code point up to :data:`_LAST`, as bits."""
    table = np.zeros(_LAST + 1, np.uint16)
    characters = np.arange(_LAST, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for name, pattern in _CLASSES.items():
        for run in re.finditer(f"{pattern}+", characters[: _SINGLE if pattern.startswith("[") else _LAST]):
            table[run.start() : run.end()] |= _BIT[name]
    return table
