"""Exact Jaccard of candidate pairs, on sets of 64-bit shingle hashes.

A wrong value needs two different shingles with one hash: for two texts of 100 words the chance is
about 10^-15, so the result is exact for every purpose.  (On 32 bits it would be 10^-6 a pair.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from cleaner.corpus.shingles import I64, U64

CHUNK = 20_000
"""Pairs checked at a time; the sets of their texts are held, some 10 kB each."""


def jaccard(a: set[int], b: set[int]) -> float:
    """Size of the intersection over size of the union; 0.0 for two empty sets."""
    both = len(a & b)
    return both / ((len(a) + len(b) - both) or 1)


def jaccards(first: I64, second: I64, hashes: Callable[[int], U64]) -> npt.NDArray[np.float64]:
    """Jaccard of each pair; ``hashes`` gives a text's shingle hashes by its number."""
    out = np.empty(len(first), np.float64)
    for start in range(0, len(first), CHUNK):
        some = slice(start, start + CHUNK)
        sets = {
            number: set(hashes(number).tolist())
            for number in np.unique(np.concatenate([first[some], second[some]])).tolist()
        }
        pairs = zip(first[some].tolist(), second[some].tolist(), strict=True)
        out[some] = [jaccard(sets[a], sets[b]) for a, b in pairs]
    return out
