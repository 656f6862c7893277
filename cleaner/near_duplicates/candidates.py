"""Candidate pairs: ranks of texts that share a band's key.

A pair ``first < second`` of ``n`` ranks is one number, ``second * n + first``, so that a list of pairs is
sorted and searched as an array, and is in the order in which blocks are judged
(see :mod:`cleaner.near_duplicates.resolve`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from cleaner.near_duplicates.minhash import PERMUTATIONS, U32, from_signature
from cleaner.near_duplicates.shingles import I64, PLACES, U64

BUCKET_CAP = 64
"""A bucket over this size gives only the pairs with its first member: a star, not all pairs.
Repeated lines would otherwise make pairs without bound (a line found 100,000 times: 5 * 10^9)."""

RUN = 4
"""Shingles in a row, 6 words, that a trimmed or padded copy shares with the original."""
SAMPLE = 4
"""One in so many runs is looked for: of the 17 runs of 22 words, none at all with a chance of .7 %."""


def candidates_of_band(keys: U64, ranks: I64, n: int, old: int = 0, cap: int = BUCKET_CAP) -> U64:
    """Pairs of one band: ``keys[i]`` is a key of the text with rank ``ranks[i]`` below ``n``.

    Ranks below ``old`` are of texts that stay whatever they repeat: no pair is of two of them.  Keys and
    ranks share one 64-bit word, key first, so that one sort of plain numbers groups the
    texts.  What the key loses at its end lets in a few chance pairs, which the exact check throws out.
    """
    bits = np.uint64(max(1, (n - 1).bit_length()))
    low = np.uint64((1 << int(bits)) - 1)
    packed = keys & ~low
    packed |= ranks.astype(np.uint64)
    packed.sort()
    joined = (packed[1:] ^ packed[:-1]) <= low  # a text has the key of the one before it
    edges = np.flatnonzero(np.diff(joined, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2] + 1
    packed &= low
    some = packed[ends - 1] >= old
    starts, sizes = starts[some], (ends - starts)[some]
    found: list[U64] = []
    for size in np.unique(sizes).tolist():
        members = packed[starts[sizes == size][:, None] + np.arange(size)]
        if size > cap:
            first, second = members[:, :1], members[:, 1:]
        else:
            left, right = np.triu_indices(size, 1)
            first, second = members[:, left], members[:, right]
        codes = (second * np.uint64(n) + first)[(second >= old) & (second != first)]
        found.append(codes.ravel())
    return distinct(found)


def distinct(pieces: Sequence[U64]) -> U64:
    """The different codes of all pieces, sorted (``np.unique`` hashes first, which is slower for these)."""
    codes = np.concatenate([np.empty(0, np.uint64), *pieces])
    codes.sort()
    different: U64 = codes[np.diff(codes, prepend=~codes[:1]) != 0]
    return different


def candidates_of_signatures(
    signatures: U32, ranks: I64, n: int, layout: tuple[int, int], old: int = 0, cap: int = BUCKET_CAP
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
            found.update(b * n + a for a, b in pairs if b >= old)
    return np.array(sorted(found), np.uint64)


def run_keys(hashes: U64, offsets: I64) -> tuple[U64, I64]:
    """Keys under which a part of a text is found: of each text a sample of its :data:`RUN` shingles in a row.

    The sample is of keys, not of places (so every copy of a run is in it or none), and different
    for no two texts.  Returns the keys and which text each is of.
    """
    reach = RUN - 1
    if len(hashes) <= reach:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    keys = hashes[:-reach] * np.uint64(PLACES[1]) + hashes[reach:] * np.uint64(PLACES[2])
    keys ^= keys >> np.uint64(32)
    text = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    chosen = (text[:-reach] == text[reach:]) & (keys % np.uint64(SAMPLE) == 0)
    return keys[chosen] * np.uint64(PLACES[0]), text[:-reach][chosen]
