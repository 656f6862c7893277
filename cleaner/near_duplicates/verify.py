"""Exact overlap of candidate pairs, on sets of 64-bit shingle hashes.

A wrong value needs two different shingles with one hash: for two texts of 100 words the chance is
about 10^-15, so the result is exact for every purpose.  (On 32 bits it would be 10^-6 a pair.)
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cleaner.near_duplicates.shingles import I64, U64

F64 = npt.NDArray[np.float64]


def common(first: I64, second: I64, hashes: U64, offsets: I64) -> tuple[I64, I64]:
    """How many different shingles the texts of each pair share, and how many each text has.

    Pairs are of numbers of texts; text ``i`` has ``hashes[offsets[i]:offsets[i + 1]]``, repeats included.
    """
    values = hashes.tolist()
    sets = [set(values[start:end]) for start, end in pairwise(offsets.tolist())]
    both = [len(sets[a] & sets[b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    return np.array(both, np.int64), np.array([len(one) for one in sets], np.int64)


def jaccard(both: I64, first: I64, second: I64) -> F64:
    """Size of the intersection over size of the union, from it and the sets' sizes; 0.0 for empty sets."""
    share: F64 = both / np.maximum(first + second - both, 1)
    return share


def containment(both: I64, first: I64, second: I64) -> F64:
    """Share of the smaller set that is in the larger one; 0.0 for empty sets."""
    share: F64 = both / np.maximum(np.minimum(first, second), 1)
    return share
