"""How frequent a word is, from a packed table of seven hundred thousand words in twenty languages.

``vocabulary.bin`` holds a header, then one sorted 32-bit hash for each word and, in the same
order, one byte with its frequency; ``benchmarks/build_vocabulary.py`` builds it from wordfreq.
It is read in a few milliseconds at the first question (wordfreq itself needs most of a second
for one language).  A word that is not in it has one chance in five thousand to be taken for one.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

PATH = Path(__file__).with_name("vocabulary.bin")
MAGIC = b"words1\n\0"
STEP = 0.04
"""A frequency byte counts steps of so much on the Zipf scale."""
_LONGEST = 40
_FIRST_BITS = 14
"""A hash is looked for only among those that share so many bits with it: a third of the steps."""


class Vocabulary(NamedTuple):
    """Sorted hashes, and at the same place each word's frequency byte; where hashes with the same first bits begin,
    and at last their number."""

    keys: array[int]
    steps: bytes
    firsts: list[int]


def word_key(word: str) -> int:
    """The hash a lower-case word is stored under."""
    return zlib.crc32(word.encode("utf-8"))


def pack(words: dict[str, float]) -> bytes:
    """The file for words and their Zipf frequencies; of two words with one hash the more frequent counts."""
    by_key: dict[int, int] = {}
    for word, zipf in words.items():
        key = word_key(word)
        by_key[key] = max(by_key.get(key, 0), min(255, round(zipf / STEP)))
    keys = sorted(by_key)
    packed = array("I", keys)
    if sys.byteorder == "big":
        packed.byteswap()
    return MAGIC + len(keys).to_bytes(4, "little") + packed.tobytes() + bytes(by_key[key] for key in keys)


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    data = PATH.read_bytes()
    start = len(MAGIC) + 4
    count = int.from_bytes(data[len(MAGIC) : start], "little")
    if data[: len(MAGIC)] != MAGIC or len(data) != start + 5 * count:
        raise ValueError(f"{PATH.name} is damaged: build it with benchmarks/build_vocabulary.py")
    keys = array("I")
    keys.frombytes(data[start : start + 4 * count])
    if sys.byteorder == "big":
        keys.byteswap()
    shelves = np.arange(1 << _FIRST_BITS, dtype=np.uint32) << np.uint32(32 - _FIRST_BITS)
    firsts = np.searchsorted(np.frombuffer(keys, np.uint32), shelves).tolist()
    return Vocabulary(keys, data[start + 4 * count :], [*firsts, count])


@lru_cache(maxsize=50_000)
def frequency(word: str) -> float:
    """A word's frequency on the Zipf scale (log10 of occurrences in a billion words), 0 if unknown."""
    if len(word) > _LONGEST:
        return 0.0
    keys, steps, firsts = _vocabulary()
    key = word_key(word.lower().replace("’", "'"))
    shelf = key >> 32 - _FIRST_BITS
    at = bisect_left(keys, key, firsts[shelf], firsts[shelf + 1])
    return steps[at] * STEP if at < len(keys) and keys[at] == key else 0.0
