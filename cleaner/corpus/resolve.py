"""Which blocks go: the keeper policy, and the one rule that follows from it.

In rank order a block goes if and only if it is a verified twin of a block that stays.  So nothing
is joined by chaining (A like B, B like C says nothing of A and C), every block that goes has a twin
in the output, and of any group at least one stays.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from cleaner.corpus.shingles import I64
from cleaner.settings import Keeper

F64 = npt.NDArray[np.float64]

UNDATED = np.iinfo(np.int64).max
"""Stands for a date that is unknown or cannot be read: later than any other."""


def moment(date: str) -> int:
    """An ISO 8601 date or time as seconds since 1970 (UTC where no zone is given); else :data:`UNDATED`."""
    try:
        parsed = datetime.fromisoformat(date)
        return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return int(UNDATED)


def ranking(keeper: Keeper, lengths: I64, moments: I64) -> I64:
    """Numbers of blocks, best keeper first; among equals the first in input order.

    ``lengths`` are in characters, ``moments`` those of each block's document (:func:`moment`).
    """
    if keeper == "longest":
        return np.argsort(-lengths, kind="stable").astype(np.int64)
    if keeper == "earliest":
        return np.argsort(moments, kind="stable").astype(np.int64)
    return np.arange(len(lengths), dtype=np.int64)


def resolve(first: I64, second: I64, scores: F64) -> tuple[I64, I64, F64]:
    """Ranks of the blocks that go, of the twin that stays for each, and the pair's Jaccard.

    Pairs are of ranks, ``first < second``.  Of several twins that stay the most alike is named,
    among equals the best ranked.
    """
    order = np.lexsort((first, -scores, second))  # by block; its twins by likeness, then rank
    gone: dict[int, tuple[int, float]] = {}
    for index in order.tolist():
        block, twin = int(second[index]), int(first[index])
        if block not in gone and twin not in gone:
            gone[block] = (twin, float(scores[index]))
    keepers = [twin for twin, _ in gone.values()]
    return (
        np.fromiter(gone, np.int64, len(gone)),
        np.array(keepers, np.int64),
        np.array([score for _, score in gone.values()], np.float64),
    )
