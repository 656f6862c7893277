"""MinHash signatures and band keys, bit-equal to datasketch's.

A signature is what ``datasketch.MinHash(num_perm=128, seed=1, scheme="affine32")`` gives when it is
fed the low 32 bits of the shingle hashes: ``min over h of fmix32(h) * a + b mod 2^32`` for each of
128 pairs ``(a, b)`` (E. Zhu's datasketch 2.0; fmix32 is the finaliser of A. Appleby's MurmurHash3).
So its estimators and storages work on ours.  Small inputs go through datasketch itself, which needs
no batch; :func:`signatures` does the same in NumPy for many texts at once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.near_duplicates.shingles import BASE, I64, U64

U32 = npt.NDArray[np.uint32]

PERMUTATIONS = 128
SEED = 1
SCHEME = "affine32"
RECALL = 0.995
"""So probably, at least, a pair at exactly the threshold becomes a candidate.  (datasketch's own choice
for a threshold of .8, 9 bands of 13 rows, finds 40 % of them: it weighs false candidates as much as lost
ones, but ours are all verified.)"""
CELLS = 16384
"""Numbers worked on at a time: 64 kB, which stays in the cache."""

_BASE = np.uint64(BASE)
BAND = 0xD6E8FEB86659FD93  # each band starts from its own multiple


def layout(threshold: float) -> tuple[int, int]:
    """Bands and rows for a Jaccard threshold: the most rows that keep :data:`RECALL`; .8 gives 21 x 6.

    A pair of Jaccard ``j`` shares one of ``b`` bands of ``r`` rows with probability ``1 - (1 - j**r)**b``
    (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).  There are never fewer than two
    bands: datasketch's index wants it so.
    """
    rows = 1
    while rows < PERMUTATIONS // 2 and 1 - (1 - threshold ** (rows + 1)) ** (PERMUTATIONS // (rows + 1)) >= RECALL:
        rows += 1
    return PERMUTATIONS // rows, rows


@lru_cache(maxsize=1)
def permutations() -> tuple[U32, U32]:
    """Factors and summands of the permutations, as datasketch draws them for this seed."""
    random = np.random.RandomState(SEED)
    factors = random.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, random.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


def _fmix32(h: U32) -> U32:
    h = h ^ (h >> np.uint32(16))
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h


def signatures(hashes: U64, offsets: I64) -> U32:
    """Signatures, shape ``(texts, 128)``, of texts with at least one shingle each.

    Texts of like length are laid side by side, the shorter ones filled up with their own last
    shingle (a minimum does not mind), so that every operation runs over full rows.
    """
    mixed = _fmix32(hashes.astype(np.uint32))
    factors, summands = permutations()
    sizes = np.diff(offsets)
    order = np.argsort(sizes, kind="stable")
    out = np.empty((len(sizes), PERMUTATIONS), np.uint32)
    start = 0
    while start < len(order):
        ahead = sizes[order[start : start + CELLS]]
        fitting = int(np.count_nonzero(ahead * np.arange(1, len(ahead) + 1) <= CELLS))
        texts = order[start : start + max(1, fitting)]
        depth = np.arange(sizes[texts[-1]])
        block = mixed[offsets[texts] + np.minimum(depth[:, None], sizes[texts] - 1)]
        scratch = np.empty_like(block)
        minima = np.empty((PERMUTATIONS, len(texts)), np.uint32)
        for number in range(PERMUTATIONS):
            np.multiply(block, factors[number], out=scratch)
            scratch += summands[number]
            scratch.min(axis=0, out=minima[number])
        out[texts] = minima.T
        start += len(texts)
    return out


def minhash(hashes: U64) -> Any:
    """The ``datasketch.MinHash`` of one text's shingle hashes."""
    from datasketch import MinHash  # type: ignore[import-untyped]

    sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME, hashfunc=int)
    sketch.update_batch(hashes.astype(np.uint32).tolist())
    return sketch


def from_signature(signature: U32) -> Any:
    """The ``datasketch.MinHash`` that has this signature."""
    from datasketch import MinHash

    return MinHash(seed=SEED, scheme=SCHEME, hashvalues=signature, permutations=permutations())


def band_keys(signature: U32, bands: int, rows: int) -> U64:
    """64-bit keys, shape ``(bands, texts)``: two texts share a band's key if its rows are the same."""
    keys = np.empty((bands, len(signature)), np.uint64)
    for band in range(bands):
        key = np.full(len(signature), (band + 1) * BAND & (1 << 64) - 1, np.uint64)
        for row in range(rows):
            key ^= signature[:, band * rows + row]
            key *= _BASE
            key ^= key >> np.uint64(29)
        keys[band] = key
    return keys
