"""A first look at all lines of a document at once, so that no form examines a line that cannot be its own.

Prose shows next to no places where two cells could have been glued together.  To find that out
line by line with a pattern costs more than all that most documents need of this stage; here each
character gets a kind, each two neighbours a few bits from a table, and the bits are summed up by
line, all in arrays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt

LONGEST = 2000
"""A longer line is prose; it shows nothing."""
_LINES = 500
"""So many lines are looked at together: what they need stays small whatever the document."""

_KINDS = 16
_LOWER, _UPPER, _LETTER, _DIGIT, _CLOSE, _OPEN, _POINT, _SIGN, _UNDERSCORE = range(1, 10)
_PATTERNS = (  # the later goes first
    (_LETTER, r"[^\W\d_]+"),
    (_DIGIT, r"\d+"),
    (_SIGN, r"[^\w\s\x00-\x7f‐-›]+"),
    (_LOWER, r"[a-zß-öø-ÿ]+"),
    (_UPPER, r"[A-ZÀ-ÖØ-Þ]+"),
    (_CLOSE, r"[)%\]”\"]+"),
    (_OPEN, r"\("),
    (_POINT, r"\."),
    (_UNDERSCORE, r"_"),
)
_COMMON = 0x2FFF
"""Up to here goes the table of most texts: the whole one takes five times as long to build."""
_BEYOND = 0xFFFF
"""Characters from here on (mostly emoji) are signs."""

_SEAM, _CAPITALS, _CAPITALISED, _NUMBER_POINT, _POINT_NUMBER, _SWITCH, _FIGURE = (1 << bit for bit in range(7))


class Look(msgspec.Struct, frozen=True, gc=False):
    """What a line shows.

    ``seam``: a place that glued cells have and words have not ("aB", "a1", "ABc", ")a", "11", "1.1.").
    ``switches``: how often at most a capital follows what ends a cell, or a digit a letter or the reverse.
    ``figure``: a digit.
    """

    seam: bool
    switches: int
    figure: bool


UNSEEN = Look(True, LONGEST, True)
"""For a line that nobody looked at: it could show anything."""


def look(texts: Sequence[str]) -> list[Look]:
    """What each line shows."""
    return [one for first in range(0, len(texts), _LINES) for one in _look(texts[first : first + _LINES])]


def _look(texts: Sequence[str]) -> list[Look]:
    texts = [text if len(text) <= LONGEST else "" for text in texts]
    ends = np.cumsum([len(text) + 1 for text in texts])
    starts = np.concatenate([[0], ends[:-1]])
    codes = np.frombuffer("\n".join([*texts, "\n\n\n"]).encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds(_COMMON if codes.max() <= _COMMON else _BEYOND).take(codes, mode="clip")
    bits = _bits().take(kinds[:-1] * np.uint8(_KINDS) + kinds[1:])
    one, two, three = bits[:-2], bits[1:-1], bits[2:]  # at and after each character of the texts
    shown = one & (_SEAM | _FIGURE)
    shown[(one & _CAPITALS > 0) & (two & _CAPITALISED > 0)] |= _SEAM
    shown[(one & _NUMBER_POINT > 0) & (two & _POINT_NUMBER > 0) & (three & _NUMBER_POINT > 0)] |= _SEAM
    by_line = np.bitwise_or.reduceat(shown, starts)
    switches = np.add.reduceat(one & _SWITCH > 0, starts, dtype=np.intp)
    return list(map(Look, (by_line & _SEAM > 0).tolist(), switches.tolist(), (by_line & _FIGURE > 0).tolist()))


@lru_cache(maxsize=2)
def _kinds(last: int) -> npt.NDArray[np.uint8]:
    """The kind of each character up to the last, 0 for those that no seam has."""
    every = "".join(map(chr, range(last + 1)))
    kinds = np.zeros(len(every), np.uint8)
    for kind, pattern in _PATTERNS:
        for match in re.finditer(pattern, every):
            kinds[match.start() : match.end()] = kind
    return kinds


@lru_cache(maxsize=1)
def _bits() -> npt.NDArray[np.uint8]:
    """What two neighbours show, by ``first kind * _KINDS + second kind``."""
    bits = np.zeros((_KINDS, _KINDS), np.uint8)
    letters = (_LOWER, _UPPER, _LETTER)
    words = (*letters, _DIGIT, _UNDERSCORE)
    for bit, firsts, seconds in (
        (_SEAM | _SWITCH, letters, (_DIGIT,)),
        (_SEAM | _SWITCH, (_DIGIT,), letters),
        (_SEAM | _SWITCH, (_LOWER,), (_UPPER,)),
        (_SWITCH, (_CLOSE,), (_UPPER,)),
        (_SEAM, (_CLOSE,), (*words, _OPEN)),
        (_SEAM, words, (_OPEN,)),
        (_SEAM, (_DIGIT,), (_DIGIT,)),
        (_SEAM, (_SIGN,), letters),
        (_CAPITALS, (_UPPER,), (_UPPER,)),
        (_CAPITALISED, (_UPPER,), (_LOWER,)),
        (_NUMBER_POINT, (_DIGIT,), (_POINT,)),
        (_POINT_NUMBER, (_POINT,), (_DIGIT,)),
        (_FIGURE, (_DIGIT,), range(_KINDS)),
    ):
        bits[np.ix_(list(firsts), list(seconds))] |= np.uint8(bit)
    return bits.reshape(-1)
