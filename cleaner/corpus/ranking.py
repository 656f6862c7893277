"""The keeper policy: in which order blocks are asked whether they repeat a better one.

And what needs no comparing: blocks with the very same words share the fate of the best ranked of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.corpus import store
from cleaner.corpus.shuffle import combined, keys_of
from cleaner.corpus.signed import SignedShards, load_list
from cleaner.corpus.tasks import Counts, Task
from cleaner.near_duplicates.shingles import I64
from cleaner.settings import Keeper

UNDATED = np.iinfo(np.int64).max
"""Stands for a date that is unknown or cannot be read: later than any other."""


def moment(date: str) -> int:
    """An ISO 8601 date or time as seconds since 1970 (UTC where no zone is given); else :data:`UNDATED`."""
    if not date:
        return int(UNDATED)
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


def rank_blocks(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of shards, ``(number of old shards, how many of them may be replaced)``.

    Old blocks rank before all others.  Makes ``order`` (numbers of blocks by rank), ``ranks`` (by
    number; -1 for a block that does not count) and ``size`` (how many count, and how many of them are old).
    """
    config = store.load_config(task.inputs[0])
    shards = load_list(task.inputs[1])
    old, replaceable = store.load(task.inputs[2], tuple[int, int])
    if config.duplicates.keeper == "first" and not replaceable:
        order = ranks = np.arange(shards.bases[-1])
        earlier = order[: shards.bases[old]]
    else:
        new = SignedShards(shards.shards[old:])
        dated = new.signs if config.duplicates.keeper == "earliest" else []
        moments = [store.load_array(sign, "moment")[store.load_array(sign, "document")] for sign in dated]
        dates = np.concatenate([*moments, np.empty(0, np.int64)])
        later = ranking(config.duplicates.keeper, new.column("length"), dates)
        earlier = np.arange(shards.bases[old])
        if replaceable:
            earlier = earlier[latest(shards, old) | (earlier >= shards.bases[replaceable])]
        order = np.concatenate([earlier, later + shards.bases[old]])
        ranks = np.full(int(shards.bases[-1]), -1, np.int64)
        ranks[order] = np.arange(len(order))
    store.save_arrays(folder, order=order, ranks=ranks, size=np.array([len(order), len(earlier)], np.int64))
    return {"blocks": len(order), "old": len(earlier)}


def latest(shards: SignedShards, old: int) -> npt.NDArray[np.bool_]:
    """Which blocks of the first ``old`` shards are of documents that no later one has (all after them count as one)."""
    shard = np.minimum(np.repeat(np.arange(len(shards.signs)), np.diff(shards.document_bases)), old)
    _, identity = np.unique(shards.column("identity"), return_inverse=True)
    last = np.zeros(len(shard), np.int64)
    np.maximum.at(last, identity, shard)
    blocks = [store.load_array(shards.signs[i], "document") + shards.document_bases[i] for i in range(old)]
    found: npt.NDArray[np.bool_] = (last[identity] == shard)[np.concatenate([*blocks, np.empty(0, np.int64)])]
    return found


def find_copies(task: Task, folder: Path) -> Counts:
    """Inputs: the list of shards, ranking, lists of the copies in each group and in each portion (empty: in one go).

    Makes what is known of blocks that have the very same words.
    ``copy`` and ``original``: ranks of blocks, but for old ones, that repeat a better ranked one; by original.
    ``sought``: by number, the rank of a block that is to be compared with others, or -1: for copies, which share
    the fate of their original, and for short texts, which have no other twins.
    """
    shards = load_list(task.inputs[0])
    ranks = store.load_array(task.inputs[1], "ranks")
    numbers = store.load_array(task.inputs[1], "order")
    old = int(store.load_array(task.inputs[1], "size")[1])
    if groups := store.load(task.inputs[2], list[str]):
        copies, originals = chained(_load_copies(groups), _load_copies(store.load(task.inputs[3], list[str])))
    else:
        *_, copies, originals = combined(*shards.by_key("exact", ranks))
    sought = np.where(shards.column("short"), -1, ranks)
    sought[numbers[copies]] = -1
    copies, originals = copies[copies >= old], originals[copies >= old]
    order = np.lexsort((copies, originals))
    store.save_arrays(folder, sought=sought, copy=copies[order], original=originals[order])
    return {"copies": len(copies)}


def copies_of_portion(task: Task, folder: Path) -> Counts:
    """Inputs: shuffled keys; ``part`` is the portion.  Makes ``copy`` and ``original``, ranks."""
    *_, copies, originals = combined(*keys_of(task.inputs[0], task.part))
    store.save_arrays(folder, copy=copies, original=originals)
    return {"copies": len(copies)}


Copies = tuple[I64, I64]
"""Ranks of blocks, and of the better ranked ones that they repeat."""


def chained(near: Copies, far: Copies) -> Copies:
    """All copies with their originals, where an original of ``near`` may itself be a copy in ``far``."""
    order = np.argsort(far[0])
    known = np.append(far[0][order], -1)  # one that nothing is equal to, for what is past the end
    place = np.searchsorted(known[:-1], near[1])
    originals = np.where(known[place] == near[1], np.append(far[1][order], -1)[place], near[1])
    return np.concatenate([near[0], far[0]]), np.concatenate([originals, far[1]])


def _load_copies(paths: Sequence[str]) -> Copies:
    copies, originals = ([store.load_array(path, name) for path in paths] for name in ("copy", "original"))
    return np.concatenate(copies), np.concatenate(originals)
