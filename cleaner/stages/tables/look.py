"""A first look at all lines of a document at once, so that no form examines a line that cannot be its own.

Prose shows next to no places where two cells could have been glued together.  To find that out
line by line with a pattern costs more than all that most documents need of this stage; here each
character gets a kind, each two neighbours a few counts from a table, and the counts are summed up
by line, all in arrays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LONGEST = 2000
"""A longer line is prose; it shows nothing."""
_LINES = 500
"""So many lines are looked at together: what they need stays small whatever the document."""

_KINDS = 16
_LOWER, _UPPER, _LETTER, _DIGIT, _CLOSE, _OPEN, _POINT, _SIGN, _UNDERSCORE, _SPACE, _TAB, _STOP, _MARK = range(1, 14)
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
    (_SPACE, r" "),
    (_TAB, r"\t"),
    (_STOP, r"[!?:;,]"),
    (_MARK, r"[-*•#>]"),
)
_COMMON = 0x2FFF
"""Up to here goes the table of most texts: the whole one takes five times as long to build."""
_BEYOND = 0xFFFF
"""Characters from here on (mostly emoji) are signs."""

_FIELD = 12
"""Each count has so many bits of a sum: enough for a line of the greatest length."""
_SEAMS, _SWITCHES, _FIGURES, _SPACES, _GAPS = (1 << _FIELD * place for place in range(5))
_CAPITALS, _CAPITALISED, _NUMBER_POINT, _POINT_NUMBER = (1 << bit for bit in range(4))
"""What comes second in a longer seam is twice what comes first."""

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Look(NamedTuple):
    """What each line shows.

    ``seam``: a place that glued cells have and words have not ("aB", "a1", "ABc", ")a", "11", "1.1.").
    ``switches``: how often at most a capital follows what ends a cell, or a digit a letter or the reverse.
    ``figures``, ``spaces``: how many digits and spaces. ``gap``: a tab or two spaces. ``mark``: a sign that opens
    items of lists comes first.  ``stop``: a sign that ends sentences or parts of them comes last.
    """

    length: Ints
    seam: Mask
    switches: Ints
    figures: Ints
    spaces: Ints
    gap: Mask
    mark: Mask
    stop: Mask


def look(texts: Sequence[str]) -> Look:
    """What each line shows."""
    looks = [_look(texts[first : first + _LINES]) for first in range(0, len(texts), _LINES)] or [_look([])]
    return looks[0] if len(looks) == 1 else Look(*map(np.concatenate, zip(*looks, strict=True)))


def _look(texts: Sequence[str]) -> Look:
    length = np.fromiter(map(len, texts), np.int64, len(texts))
    shown = length
    if length.max(initial=0) > LONGEST:
        texts = [text if len(text) <= LONGEST else "" for text in texts]
        shown = np.where(length <= LONGEST, length, 0)
    ends = np.cumsum(shown + 1)
    starts = ends - shown - 1
    codes = np.frombuffer("\n".join([*texts, "\n\n\n"]).encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds(_COMMON if codes.max() <= _COMMON else _BEYOND).take(codes, mode="clip")
    both = kinds[:-1] * np.uint8(_KINDS)
    both += kinds[1:]
    pairs = both.astype(np.intp)
    counts, flags = _pairs()
    sums = np.add.reduceat(counts.take(pairs[:-2], mode="clip"), starts) if texts else length
    seam = sums % _SWITCHES > 0
    seam[_longer_seams(flags.take(pairs, mode="clip"), starts)] = True
    most = (1 << _FIELD) - 1
    last = kinds[ends - 2]  # of an empty line the one before it
    return Look(
        length,
        seam,
        sums // _SWITCHES & most,
        sums // _FIGURES & most,
        sums // _SPACES & most,
        sums >= _GAPS,
        kinds[starts] == _MARK,
        (last == _STOP) | (last == _POINT),
    )


def _longer_seams(flags: npt.NDArray[np.uint8], starts: Ints) -> Ints:
    """The lines with a seam that takes three characters or four."""
    three = flags[:-2] + flags[:-2] & flags[1:-1] & np.uint8(_CAPITALISED | _POINT_NUMBER)
    at = np.flatnonzero(three > 0)
    at = at[(three[at] & _CAPITALISED | flags[at + 2] & _NUMBER_POINT) > 0]
    return np.searchsorted(starts, at, side="right") - 1


@lru_cache(maxsize=2)
def _kinds(last: int) -> npt.NDArray[np.uint8]:
    """The kind of each character up to the last, 0 for those that no form asks for."""
    every = "".join(map(chr, range(last + 1)))
    kinds = np.zeros(len(every), np.uint8)
    for kind, pattern in _PATTERNS:
        for match in re.finditer(pattern, every):
            kinds[match.start() : match.end()] = kind
    return kinds


@lru_cache(maxsize=1)
def _pairs() -> tuple[Ints, npt.NDArray[np.uint8]]:
    """What two neighbours add to the counts, and their part in a longer seam, by ``first kind * _KINDS + second``."""
    counts = np.zeros((_KINDS, _KINDS), np.int64)
    flags = np.zeros((_KINDS, _KINDS), np.uint8)
    letters = (_LOWER, _UPPER, _LETTER)
    words = (*letters, _DIGIT, _UNDERSCORE)
    any_kind = range(_KINDS)
    for table, value, firsts, seconds in (
        (counts, _SEAMS | _SWITCHES, letters, (_DIGIT,)),
        (counts, _SEAMS | _SWITCHES, (_DIGIT,), letters),
        (counts, _SEAMS | _SWITCHES, (_LOWER,), (_UPPER,)),
        (counts, _SWITCHES, (_CLOSE,), (_UPPER,)),
        (counts, _SEAMS, (_CLOSE,), (*words, _OPEN)),
        (counts, _SEAMS, words, (_OPEN,)),
        (counts, _SEAMS, (_DIGIT,), (_DIGIT,)),
        (counts, _SEAMS, (_SIGN,), letters),
        (counts, _FIGURES, (_DIGIT,), any_kind),
        (counts, _SPACES, (_SPACE,), any_kind),
        (counts, _GAPS, (_SPACE,), (_SPACE,)),
        (counts, _GAPS, (_TAB,), any_kind),
        (flags, _CAPITALS, (_UPPER,), (_UPPER,)),
        (flags, _CAPITALISED, (_UPPER,), (_LOWER,)),
        (flags, _NUMBER_POINT, (_DIGIT,), (_POINT,)),
        (flags, _POINT_NUMBER, (_POINT,), (_DIGIT,)),
    ):
        table[np.ix_(list(firsts), list(seconds))] |= value
    return counts.reshape(-1), flags.reshape(-1)
