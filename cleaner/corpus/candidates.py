"""Candidate pairs: numbers of texts that share a band's key.

A pair ``a < b`` of ``n`` texts is one number, ``a * n + b``, so that a list of pairs is sorted and
searched as an array.  Numbers are ranks, best keeper first (see :mod:`cleaner.corpus.resolve`).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from cleaner.corpus.minhash import PERMUTATIONS, U32, from_signature
from cleaner.corpus.shingles import I64, U64

BUCKET_CAP = 64
"""A bucket over this size gives only the pairs with its first member: a star, not all pairs.
Repeated lines would otherwise make pairs without bound (a line found 100,000 times: 5 * 10^9)."""


def candidates_of_band(keys: U64, ranks: I64, n: int, cap: int = BUCKET_CAP) -> U64:
    """Pairs of one band: ``keys[i]`` is the key of the text with number ``ranks[i]`` below ``n``.

    Keys and numbers share one 64-bit word, key first, so that one sort of plain numbers groups the
    texts.  What the key loses at its end lets in a few chance pairs, which the exact check throws out.
    """
    bits = np.uint64(max(1, (n - 1).bit_length()))
    low = np.uint64((1 << int(bits)) - 1)
    packed = (keys & ~low) | ranks.astype(np.uint64)
    packed.sort()
    key = packed >> bits
    number = packed & low
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, len(key)))
    found = [np.empty(0, np.uint64)]
    for size in np.unique(sizes[sizes > 1]):
        members = number[starts[sizes == size][:, None] + np.arange(size)]
        if size > cap:
            found.append((members[:, :1] * np.uint64(n) + members[:, 1:]).ravel())
        else:
            first, second = np.triu_indices(size, 1)
            found.append((members[:, first] * np.uint64(n) + members[:, second]).ravel())
    return np.unique(np.concatenate(found))


def candidates_of_signatures(
    signatures: U32, ranks: I64, n: int, layout: tuple[int, int], cap: int = BUCKET_CAP
) -> U64:
    """The same pairs, of all bands, through datasketch's own index: for small inputs."""
    from datasketch import MinHashLSH  # type: ignore[import-untyped]

    index = MinHashLSH(num_perm=PERMUTATIONS, params=layout)
    for rank, signature in zip(ranks.tolist(), signatures, strict=True):
        index.insert(rank, from_signature(signature), check_duplication=False)
    found: set[int] = set()
    for table in index.hashtables:
        for members in map(sorted, map(table.get, table.keys())):
            first, *others = members
            pairs = combinations(members, 2) if len(members) <= cap else ((first, other) for other in others)
            found.update(a * n + b for a, b in pairs)
    return np.array(sorted(found), np.uint64)
