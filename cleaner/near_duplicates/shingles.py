"""Texts to words to shingles, all as 64-bit hashes.

Normal form: NFKC, casefold; runs of ``\\w`` are words, but in scripts that put no spaces between words
(:data:`UNSPACED`) each letter, with the marks on it, is a word of its own.  A shingle is three words in a row;
a text of fewer is one shingle.  Word-3-grams, because word-1-grams and char-5-grams join texts that
differ in their facts (133–166 of 167 look-alikes, against none; measured on planted pairs).

A word's hash is a polynomial of its code points, a shingle's a combination of its words' hashes, so
any code point counts and the hashes are exact for every script.  Here is the definition, in NumPy:
a batch hashes each different word once and the rest is arithmetic on whole arrays.
:mod:`cleaner.near_duplicates.compiled` does the same, compiled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

SIZE = 3
"""Words in a shingle."""
NORMAL_FORM = "word-3-grams; NFKC, casefold, \\w+; unspaced scripts by letter; polynomial hashes 1"
"""Names all that a shingle's hash depends on.  Change it with anything that changes a hash:
indexes made before are then refused."""

MASK = (1 << 64) - 1
BASE = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: odd, bits well mixed
MIX = 0xD6E8FEB86659FD93  # multiplier of the "rrmxmx"/xmx family of 64-bit finalisers (P. Evensen)
# One odd multiplier for each place of a word in a shingle (from wyhash), so that order counts.
PLACES = (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB)

UNSPACED = (
    ("Thai, Lao", 0x0E00, 0x0EFF),
    ("Myanmar", 0x1000, 0x109F),
    ("Khmer", 0x1780, 0x17FF),
    ("ideographic marks", 0x3005, 0x3007),
    ("Hiragana, Katakana", 0x3040, 0x30FF),
    ("Katakana extensions", 0x31F0, 0x31FF),
    ("Han", 0x3400, 0x4DBF),
    ("Han", 0x4E00, 0x9FFF),
    ("Myanmar extensions", 0xA9E0, 0xA9FF),
    ("Myanmar extensions", 0xAA60, 0xAA7F),
    ("Han", 0xF900, 0xFAFF),
    ("Han", 0x20000, 0x3FFFF),
)
"""Scripts (first and last code point) that are written without spaces between words."""
_BEYOND = 0x40000  # from here on Unicode has no letters: planes that are empty, of marks, and private
OTHER, LETTER, SINGLE, MARK = range(4)
"""Classes of code points: no part of a word; of a word with its neighbours; a word alone; a mark on the latter."""


@dataclass(frozen=True, slots=True)
class Shingled:
    """A batch of texts: of each its number of words and a hash of their whole sequence.

    Text ``i`` has the shingle hashes ``hashes[offsets[i]:offsets[i + 1]]``, repeats included; a text
    without words has none.
    """

    counts: I64
    hashes: U64
    offsets: I64
    sequences: U64


def shingled(texts: Sequence[str]) -> Shingled:
    """Hash a batch of texts."""
    hashes, counts = word_hashes(texts)
    return Shingled(counts, *shingle_hashes(hashes, counts), sequence_hashes(hashes, counts))


def folded(text: str) -> str:
    """A text in normal form, not yet split into words."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> list[str]:
    """The words of a text in normal form."""
    return _pattern(text.isascii()).findall(folded(text))


def count_words(texts: Iterable[str]) -> int:
    """How many words some texts have together."""
    return sum(len(words(text)) for text in texts)


@lru_cache(maxsize=2)
def _pattern(ascii_only: bool) -> re.Pattern[str]:
    if ascii_only:
        return re.compile(r"\w+")
    blocks = [range(first, last + 1) for _, first, last in UNSPACED]
    inside = "".join(re.escape(chr(block[0])) + "-" + re.escape(chr(block[-1])) for block in blocks)
    # Blocks of 65,536 code points hold no marks; only the small ones are looked through.
    small = (code for block in blocks if len(block) < 1000 for code in block)
    marks = "".join(chr(code) for code in small if unicodedata.category(chr(code))[0] == "M")
    return re.compile(rf"(?=[{inside}])\w[{marks}]*|[^\W{inside}]+")


@lru_cache(maxsize=1)
def classes() -> npt.NDArray[np.uint8]:
    """The class of every code point (1.1 MB), read off the same patterns."""
    found = np.zeros(0x110000, np.uint8)
    characters = np.arange(_BEYOND, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for match in re.finditer(r"\w+", characters):
        found[match.start() : match.end()] = LETTER
    for _, first, last in UNSPACED:
        block = found[first : last + 1]
        block[block == LETTER] = SINGLE
        if last - first < 1000:
            block[[unicodedata.category(chr(code))[0] == "M" for code in range(first, last + 1)]] = MARK
    return found


def _word_hash(word: str) -> int:
    """64-bit hash of one word: the sum of ``(code point + 1) * BASE**i``, mixed."""
    total, power = 0, 1
    for character in word:
        total += (ord(character) + 1) * power
        power = power * BASE & MASK
    total &= MASK
    total = (total ^ total >> 32) * MIX & MASK
    return total ^ total >> 32


class _Hashes(dict[str, int]):
    """Word hashes by word; a batch meets most of its words more than once."""

    def __missing__(self, word: str) -> int:
        value = self[word] = _word_hash(word)
        return value


def word_hashes(texts: Sequence[str]) -> tuple[U64, I64]:
    """Hashes of all words of all texts, one after the other, and the number of words of each text."""
    hashes = _Hashes()
    counts = np.empty(len(texts), np.int64)
    pieces = []
    for number, text in enumerate(texts):
        found = words(text)
        counts[number] = len(found)
        pieces.append(np.fromiter(map(hashes.__getitem__, found), np.uint64, len(found)))
    return np.concatenate(pieces) if pieces else np.empty(0, np.uint64), counts


def offsets_of(sizes: I64) -> I64:
    """Where pieces of these sizes begin when they stand one after the other, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])


def shingle_hashes(hashes: U64, counts: I64) -> tuple[U64, I64]:
    """Shingle hashes and offsets (see :class:`Shingled`) of texts given by their words' hashes."""
    ends = np.cumsum(counts)
    left = np.repeat(ends, counts) - np.arange(len(hashes))  # words from here to the text's end
    combined = hashes * np.uint64(PLACES[0])
    for place in range(1, SIZE):
        following = np.where(left[:-place] > place, hashes[place:], np.uint64(0))
        combined[:-place] += following * np.uint64(PLACES[place])
    combined ^= combined >> np.uint64(32)
    combined *= np.uint64(MIX)
    combined ^= combined >> np.uint64(32)
    begins = (left >= SIZE) | (left == np.repeat(counts, counts))
    sizes = np.where(counts < SIZE, np.minimum(counts, 1), counts - SIZE + 1)
    return combined[begins], offsets_of(sizes)


def sequence_hashes(hashes: U64, counts: I64) -> U64:
    """One hash for each text's whole sequence of words; 0 for a text without words.

    Two texts have the same one if (and, but for a chance of 2^-64, only if) their words are the same.
    """
    ends = np.cumsum(counts)
    place = np.arange(len(hashes)) - np.repeat(ends - counts, counts)
    powers = np.ones(int(counts.max(initial=0)) + 1, np.uint64)
    np.multiply.accumulate(np.full(len(powers) - 1, BASE, np.uint64), out=powers[1:])
    terms = hashes * powers[place]
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)])
    total: U64 = sums[ends] - sums[ends - counts]
    total ^= total >> np.uint64(32)
    total *= np.uint64(MIX)
    total ^= total >> np.uint64(32)
    return total
