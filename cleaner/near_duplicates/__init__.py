"""Near-duplicates of texts: shingles, signatures, bands, candidate pairs, exact check, and what goes.

Functions of arrays, which know no file and no task; :mod:`cleaner.corpus` applies them to a batch of any
size.  For texts that fit into memory there is a way in without files:

>>> from cleaner.near_duplicates import near_duplicates
>>> pairs = near_duplicates(texts, threshold=0.8)
>>> list(zip(pairs.first, pairs.second, pairs.jaccard))

The same words, signatures, bands and exact check as ``cleaner dedup``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaner.near_duplicates import verify
from cleaner.near_duplicates.candidates import candidates_of_band, distinct
from cleaner.near_duplicates.kernels import Kernel, kernel
from cleaner.near_duplicates.minhash import layout
from cleaner.near_duplicates.shingles import I64, U64, offsets_of

BATCH = 4_096
"""Texts hashed at a time."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of numbers of texts, ``first < second``, sorted by second, then first; and the Jaccard of each."""

    first: I64
    second: I64
    jaccard: verify.F64


def near_duplicates(
    texts: Sequence[str], threshold: float = 0.8, *, min_words: int = 10, compute: Kernel | None = None
) -> Pairs:
    """All pairs of texts whose word-3-grams have at least this Jaccard, verified exactly.

    A text of fewer than ``min_words`` words pairs only with one of the very same words, one
    without any with none.  At the threshold itself a pair is found with probability .995 or more.  Of over 64
    texts that share a band, only pairs with the first of them are looked at.
    """
    compute = compute or kernel(sum(map(len, texts)))
    bands = layout(threshold)
    n = len(texts)
    pieces = []
    for start in range(0, max(1, n), BATCH):
        found = compute.shingled(texts[start : start + BATCH])
        sizes, long = np.diff(found.offsets), found.counts >= min_words
        hashes = found.hashes[np.repeat(long, sizes)]
        keys = compute.band_keys(compute.signatures(hashes, offsets_of(sizes[long])), *bands)
        pieces.append((found.counts, found.sequences, np.where(long, sizes, 0), hashes, keys.T))
    counts, sequences, sizes, hashes, keys = map(np.concatenate, zip(*pieces, strict=True))

    longer, short = np.flatnonzero(counts >= min_words), np.flatnonzero((counts > 0) & (counts < min_words))
    near = distinct([candidates_of_band(key, longer, n) for key in np.ascontiguousarray(keys.T)])
    second, first = (side.astype(np.int64) for side in np.divmod(near, np.uint64(n)))
    paired = np.zeros(n, np.bool_)
    paired[first] = paired[second] = True
    hashes, sizes = hashes[np.repeat(paired, sizes)], np.where(paired, sizes, 0)
    both, sizes = compute.common(first, second, hashes, offsets_of(sizes))
    scores = verify.jaccard(both, sizes[first], sizes[second])
    good = scores >= threshold
    same = _same(sequences, short, n)
    codes = np.concatenate([near[good], same])
    order = np.argsort(codes)
    second, first = (side.astype(np.int64) for side in np.divmod(codes[order], np.uint64(n)))
    return Pairs(first, second, np.concatenate([scores[good], np.ones(len(same))])[order])


def _same(sequences: U64, short: I64, n: int) -> U64:
    """Codes of the pairs of short texts that have the very same words."""
    codes = candidates_of_band(sequences[short], short, n)
    second, first = (side.astype(np.int64) for side in np.divmod(codes, np.uint64(n)))
    same: U64 = codes[sequences[second] == sequences[first]]
    return same
