"""The batch kernel, compiled by numba: the same hashes, signatures and scores as the NumPy one, some ten times as fast.

Importing this module imports numba (.3 s) and fetches the compiled code from numba's cache on disk;
the first import on a machine compiles (some 10 s).  So :mod:`cleaner.near_duplicates.kernels` decides who needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numba  # type: ignore[import-not-found,import-untyped,unused-ignore]
import numpy as np
import numpy.typing as npt

from cleaner.near_duplicates.minhash import BAND, PERMUTATIONS, U32, permutations
from cleaner.near_duplicates.shingles import BASE, I64, LETTER, MARK, MIX, PLACES, SIZE, U64, Shingled, classes, folded

F64 = npt.NDArray[np.float64]

_BASE, _MIX = np.uint64(BASE), np.uint64(MIX)
_FIRST, _SECOND, _THIRD = map(np.uint64, PLACES)
_ONE, _HALF, _SHIFT = np.uint64(1), np.uint64(32), np.uint64(29)
_NONE = np.uint64(0)


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first use; kept on disk in ``NUMBA_CACHE_DIR``, beside this file or in the user's
    cache folder, whichever first can be written; else compiled anew by each process."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # nowhere to keep it
        return numba.njit(nogil=True)(function)


# In numba a uint64 with an int64 makes a float64: all numbers that meet hashes must be unsigned.


@_compiled
def _mixed(total):  # type: ignore[no-untyped-def]
    total = (total ^ (total >> _HALF)) * _MIX
    return total ^ (total >> _HALF)


@_compiled
def _ascii_words(codes, lower, out, k):  # type: ignore[no-untyped-def]
    """Hashes of the words of one ASCII text to ``out[k:]``; the new ``k``."""
    total, power = _NONE, _ONE
    for code in codes:
        letter = lower[code]
        if letter:
            total += (np.uint64(letter) + _ONE) * power
            power *= _BASE
        elif power != _ONE:
            out[k] = _mixed(total)
            k += 1
            total, power = _NONE, _ONE
    if power != _ONE:
        out[k] = _mixed(total)
        k += 1
    return k


@_compiled
def _unicode_words(codes, kinds, out, k):  # type: ignore[no-untyped-def]
    """The same of a text of any characters, in normal form."""
    total, power = _NONE, _ONE
    inside = 0  # the class of the word we are in
    for code in codes:
        kind = kinds[code]
        joins = inside and ((kind == LETTER and inside == LETTER) or (kind == MARK and inside != LETTER))
        if inside and not joins:
            out[k] = _mixed(total)
            k += 1
            total, power = _NONE, _ONE
            inside = 0
        if joins or (kind and kind != MARK):
            total += (np.uint64(code) + _ONE) * power
            power *= _BASE
            if not joins:
                inside = kind
    if inside:
        out[k] = _mixed(total)
        k += 1
    return k


@_compiled
def _all_words(narrow, narrow_ends, wide, wide_ends, is_wide, lower, kinds, out, counts):  # type: ignore[no-untyped-def]
    """Words of all texts in their order; ASCII ones stand in ``narrow``, others in ``wide``."""
    k = i = j = 0
    for number in range(len(is_wide)):
        before = k
        if is_wide[number]:
            k = _unicode_words(wide[wide_ends[j] : wide_ends[j + 1]], kinds, out, k)
            j += 1
        else:
            k = _ascii_words(narrow[narrow_ends[i] : narrow_ends[i + 1]], lower, out, k)
            i += 1
        counts[number] = k - before
    return k


@_compiled
def _all_shingles(words, counts, out, offsets, sequences):  # type: ignore[no-untyped-def]
    start = k = 0
    for number in range(len(counts)):
        count = counts[number]
        total, power = _NONE, _ONE
        for i in range(start, start + count):
            total += words[i] * power
            power *= _BASE
        sequences[number] = _mixed(total)
        if count >= SIZE:
            for i in range(start, start + count - 2):
                out[k] = _mixed(words[i] * _FIRST + words[i + 1] * _SECOND + words[i + 2] * _THIRD)
                k += 1
        elif count:
            total = words[start] * _FIRST
            if count == 2:
                total += words[start + 1] * _SECOND
            out[k] = _mixed(total)
            k += 1
        offsets[number + 1] = k
        start += count
    return k


@_compiled
def _sign(hashes, offsets, factors, summands, out):  # type: ignore[no-untyped-def]
    for number in range(len(offsets) - 1):
        row = out[number]
        for i in range(offsets[number], offsets[number + 1]):
            h = np.uint32(hashes[i])
            h ^= h >> np.uint32(16)
            h = np.uint32(h * np.uint32(0x85EBCA6B))
            h ^= h >> np.uint32(13)
            h = np.uint32(h * np.uint32(0xC2B2AE35))
            h ^= h >> np.uint32(16)
            for p in range(PERMUTATIONS):
                row[p] = min(row[p], np.uint32(h * factors[p] + summands[p]))


@_compiled
def _bands(signatures, starts, rows, out):  # type: ignore[no-untyped-def]
    for number in range(len(signatures)):
        for band in range(len(starts)):
            key = starts[band]
            for row in range(band * rows, (band + 1) * rows):
                key = (key ^ np.uint64(signatures[number, row])) * _BASE
                key ^= key >> _SHIFT
            out[band, number] = key


@_compiled
def _make_sets(hashes, offsets, sizes):  # type: ignore[no-untyped-def]
    """Sort each text's hashes in place, the different ones first; their number to ``sizes``."""
    for number in range(len(sizes)):
        some = hashes[offsets[number] : offsets[number + 1]]
        some.sort()
        k = 0
        for i in range(len(some)):
            if i == 0 or some[i] != some[i - 1]:
                some[k] = some[i]
                k += 1
        sizes[number] = k


@_compiled
def _common(hashes, offsets, sizes, first, second, out):  # type: ignore[no-untyped-def]
    for pair in range(len(first)):
        i, j = offsets[first[pair]], offsets[second[pair]]
        i_end, j_end = i + sizes[first[pair]], j + sizes[second[pair]]
        both = 0
        while i < i_end and j < j_end:
            a, b = hashes[i], hashes[j]
            both += a == b
            i += a <= b
            j += b <= a
        out[pair] = both


_LOWER = np.zeros(128, np.uint8)
for _code in range(128):
    if chr(_code).isalnum() or chr(_code) == "_":
        _LOWER[_code] = ord(chr(_code).lower())


def shingled(texts: Sequence[str]) -> Shingled:
    """See :func:`cleaner.near_duplicates.shingles.shingled`."""
    is_wide = np.array([not text.isascii() for text in texts], np.bool_)
    narrow = [text for text in texts if text.isascii()]
    wide = [folded(text) for text in texts if not text.isascii()]
    narrow_ends, wide_ends = _ends(narrow), _ends(wide)
    words = np.empty(int(narrow_ends[-1] + wide_ends[-1]), np.uint64)
    counts = np.empty(len(texts), np.int64)
    number = _all_words(
        np.frombuffer("".join(narrow).encode(), np.uint8),
        narrow_ends,
        np.frombuffer("".join(wide).encode("utf-32-le", "surrogatepass"), np.uint32),
        wide_ends,
        is_wide,
        _LOWER,
        classes() if wide else np.empty(0, np.uint8),
        words,
        counts,
    )
    hashes = np.empty(number, np.uint64)
    offsets = np.zeros(len(texts) + 1, np.int64)
    sequences = np.empty(len(texts), np.uint64)
    size = _all_shingles(words[:number], counts, hashes, offsets, sequences)
    return Shingled(counts, hashes[:size], offsets, sequences)


def _ends(texts: Sequence[str]) -> I64:
    return np.cumsum(np.fromiter(chain([0], map(len, texts)), np.int64, len(texts) + 1))


def signatures(hashes: U64, offsets: I64) -> U32:
    """See :func:`cleaner.near_duplicates.minhash.signatures`."""
    out = np.full((len(offsets) - 1, PERMUTATIONS), 0xFFFFFFFF, np.uint32)
    _sign(hashes, offsets, *permutations(), out)
    return out


def band_keys(signature: U32, bands: int, rows: int) -> U64:
    """See :func:`cleaner.near_duplicates.minhash.band_keys`."""
    out = np.empty((bands, len(signature)), np.uint64)
    starts = np.array([(band + 1) * BAND & (1 << 64) - 1 for band in range(bands)], np.uint64)
    _bands(signature, starts, rows, out)
    return out


def common(first: I64, second: I64, hashes: U64, offsets: I64) -> tuple[I64, I64]:
    """See :func:`cleaner.near_duplicates.verify.common`."""
    hashes = hashes.copy()
    sizes = np.empty(len(offsets) - 1, np.int64)
    _make_sets(hashes, offsets, sizes)
    out = np.empty(len(first), np.int64)
    _common(hashes, offsets, sizes, first, second, out)
    return out, sizes
