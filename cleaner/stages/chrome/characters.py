"""Counts of words and kinds of characters, for all texts of a document at once.

The texts are laid end to end as one array of code points, and a table says to which classes each
belongs.  What a regular expression would count text by text is then a handful of array operations
for hundreds of texts: the same figures, some ten times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

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
    slabs = [_count(texts[start : start + _SLAB]) for start in range(0, len(texts), _SLAB)]
    return {name: np.concatenate([slab[name] for slab in slabs]) for name in NAMES}


def occurrences(texts: Sequence[str], sets: Sequence[str]) -> list[Counts]:
    """For each set of characters how many of them every text has; none may be a line break."""
    points, borders = _lay_out(texts)
    counts = []
    for characters in sets:
        hits = np.zeros(len(points), bool)
        for character in characters:
            hits |= points == ord(character)
        counts.append(np.diff(np.searchsorted(np.flatnonzero(hits), borders)))
    return counts


def _lay_out(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], Counts]:
    """The code points of all texts with a line break before, between and after, and where each begins.

    No word and no mark reaches over a line break.
    """
    joined = "\n".join(("", *texts, ""))
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    return points, np.cumsum([1, *[len(text) + 1 for text in texts]])


def _count(texts: Sequence[str]) -> dict[str, Counts]:
    points, borders = _lay_out(texts)
    classes = np.take(_table(), points, mode="clip")

    def by_text(places: npt.NDArray[np.intp]) -> Counts:
        return np.diff(np.searchsorted(places, borders))

    special = np.flatnonzero(classes & _SPECIAL != 0)
    here, before, after = classes[special], classes[special - 1], classes[special + 1]
    counts = {name: by_text(special[here & _BIT[name] != 0]) for name in _COUNTED}
    is_word = classes & _BIT["word"] != 0
    starts = np.flatnonzero(is_word[1:] & ~is_word[:-1]) + 1
    ends = np.flatnonzero(is_word[:-1] & ~is_word[1:]) + 1
    shouted = special[here & _BIT["shouted"] != 0]
    may_shout = (classes[starts] & classes[starts + 1] & _BIT["shouted"]) != 0
    first, last = starts[may_shout], ends[may_shout]
    all_shouted = np.searchsorted(shouted, last) - np.searchsorted(shouted, first) == last - first
    opens_word = (before & _BIT["word"] == 0) & (after & _BIT["word"] != 0)
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
        "tokens": by_text(starts),
        "capitals": by_text(special[(here & _BIT["capital"] != 0) & opens_word]),
        "all_capitals": by_text(first[all_shouted]),
        "stops": by_text(special[(here & _BIT["stop"] != 0) & (after & _BIT["after_stop"] != 0)]),
        "addresses": by_text(marks[in_address]),
    }


@lru_cache(maxsize=1)
def _table() -> Classes:
    """The classes of every code point up to :data:`_LAST`, as bits."""
    table = np.zeros(_LAST + 1, np.uint16)
    characters = np.arange(_LAST, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for name, pattern in _CLASSES.items():
        for run in re.finditer(f"{pattern}+", characters[: _SINGLE if pattern.startswith("[") else _LAST]):
            table[run.start() : run.end()] |= _BIT[name]
    return table
