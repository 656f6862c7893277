"""Which blocks go: the one rule that follows from the ranking.

In rank order a block goes if and only if it is a verified twin of a block that stays.  So nothing
is joined by chaining (A like B, B like C says nothing of A and C), every block that goes has a twin
in the output, and of any group at least one stays.  A block that has the same words as a better
ranked one shares its fate: it is a twin of whatever that one is a twin of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from cleaner.near_duplicates.shingles import I64
from cleaner.near_duplicates.verify import F64

Pairs = tuple[I64, I64, F64]
"""Ranks ``first < second`` and the score of each pair."""
Fates = npt.NDArray[np.uint8]
"""What is known of blocks: :data:`STAYS`, :data:`GOES` or :data:`OPEN`."""
STAYS, GOES, OPEN = range(3)


def resolve(n: int, portions: Iterable[Pairs]) -> Pairs:
    """Of ``n`` ranks, those of the blocks that go, ascending; of the twin that stays for each; and the pair's score.

    ``portions`` together are sorted by second rank, and no two have one in common; they are gone through twice.
    Of several twins that stay the most alike is named, among equals the best ranked.
    """
    fates = decide(0, n, portions)
    return name_twins(portions, lambda ranks: fates[ranks])


def decide(low: int, high: int, portions: Iterable[Pairs], earlier: Callable[[I64], Fates] | None = None) -> Fates:
    """The fates of the ranks from ``low`` to ``high``, all of whose pairs (as second) are in ``portions``.

    ``earlier`` tells those of ranks below ``low``.  Where one of these is open, others may be: the range is to be
    decided again when more is known.  The lowest range leaves nothing open, so with each round at least one more is
    done, and as a rule nearly all in two or three.
    """
    fates = bytearray(high - low)
    for first, second, _ in portions:
        below = first < low
        known = np.zeros(len(first), np.uint8)
        if earlier is not None:
            known[below] = earlier(first[below])
        for twin, block, outer in zip((first - low).tolist(), (second - low).tolist(), known.tolist(), strict=True):
            fate = outer if twin < 0 else fates[twin]
            if fate == STAYS:
                fates[block] = GOES
            elif fate == OPEN and fates[block] != GOES:
                fates[block] = OPEN
    return np.frombuffer(fates, np.uint8)


def name_twins(portions: Iterable[Pairs], fates: Callable[[I64], Fates]) -> Pairs:
    """For each block that goes, ascending, the best of its twins that stay, once all fates are decided."""
    found: list[Pairs] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))]
    for first, second, scores in portions:
        stays = fates(first) == STAYS
        first, second, scores = first[stays], second[stays], scores[stays]
        order = np.lexsort((first, -scores, second))  # by block; its twins by likeness, then rank
        best = order[np.diff(second[order], prepend=-1) > 0]
        found.append((second[best], first[best], scores[best]))
    gone, keepers, likeness = zip(*found, strict=True)
    return np.concatenate(gone), np.concatenate(keepers), np.concatenate(likeness)


def with_copies(resolved: Pairs, copies: I64, originals: I64) -> Pairs:
    """Add blocks with the same words as another, ``originals[i]``, that has been resolved."""
    gone, keepers, scores = resolved
    place = np.searchsorted(gone, originals)
    place[place == len(gone)] = 0
    goes = gone[place] == originals if len(gone) else np.zeros(len(originals), np.bool_)
    twins, likeness = originals.copy(), np.ones(len(originals))
    twins[goes], likeness[goes] = keepers[place[goes]], scores[place[goes]]
    gone = np.concatenate([gone, copies])
    order = np.argsort(gone, kind="stable")
    return gone[order], np.concatenate([keepers, twins])[order], np.concatenate([scores, likeness])[order]
