"""The shuffle of a large run: keys and ranks of all blocks, so that those with the same key come together.

Up to :data:`PORTION` blocks one task reads the keys of all shards.  Past it there are many portions, a share of
the keys each.  If each read from each shard there would be too many reads.  So first groups of shards are sorted by
portion, and then a portion reads one range of each group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.signed import SignedShards, load_list
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.near_duplicates.shingles import I64, U64

PORTION = 1 << 24
"""Blocks grouped by key, or written by portion, at a time: 256 MB, and as much again to sort them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is shuffled: ``bands`` keys of each block (0: the one named ``exact``), in so many portions.

    ``ranks`` names the array of ranks by number, -1 for blocks to leave out; ``borders`` are the first
    shard of each group and the number of all.
    """

    ranks: str
    bands: int
    portions: int
    borders: tuple[int, ...]


def portions_of(blocks: int) -> int:
    """In how many portions so many blocks are."""
    return max(1, -(-blocks // PORTION))


def shuffle(workshop: Workshop, shards: Made, sizes: Sequence[int], ranked: Made, ranks: str, bands: int = 0) -> Made:
    """Group the keys of all blocks; the result is for :func:`keys_of`.  ``sizes``: blocks in each shard."""
    plan = Plan(ranks, bands, portions_of(sum(sizes)), _borders(sizes))
    kept = workshop.keep("shuffle", plan)
    groups = range(len(plan.borders) - 1)
    return workshop.listing("grouped", workshop.run(group_keys, [[kept, shards, ranked]] * len(groups), groups))


def _borders(sizes: Sequence[int]) -> tuple[int, ...]:
    borders, filled = [0], 0
    for number, size in enumerate(sizes):
        if filled and filled + size > PORTION:
            borders.append(number)
            filled = 0
        filled += size
    return (*borders, len(sizes))


def group_keys(task: Task, folder: Path) -> Counts:
    """Inputs: :class:`Plan`, the list of shards, what holds the ranks; ``part`` is the group.

    Makes for each band ``keys`` and ``ranks``, sorted by portion, and ``ends`` of the portions.  Of exact keys only the
    best rank of each is passed on; the others are ``copy`` of an ``original``: so what is frequent stays small.
    """
    plan = store.load(task.inputs[0], Plan)
    shards = load_list(task.inputs[1])
    start, stop = plan.borders[task.part : task.part + 2]
    ranks = store.load_array(task.inputs[2], plan.ranks)[shards.bases[start] : shards.bases[stop]]
    some = SignedShards(shards.shards[start:stop])
    written = 0
    for band in range(max(1, plan.bands)):
        if plan.bands:
            keys, found = some.by_key("keys", ranks, band)
        else:
            keys, found, copies, originals = combined(*some.by_key("exact", ranks))
            store.save_arrays(folder, copy=copies, original=originals)
        portion = (keys >> np.uint64(32)) % np.uint64(plan.portions)
        order = np.argsort(portion, kind="stable")
        ends = np.searchsorted(portion[order], np.arange(plan.portions + 1, dtype=np.uint64))
        arrays = {f"keys-{band}": keys[order], f"ranks-{band}": found[order], f"ends-{band}": ends}
        store.save_arrays(folder, **arrays)
        written += len(keys)
    return {"keys": written}


def combined(keys: U64, ranks: I64) -> tuple[U64, I64, I64, I64]:
    """Of equal keys the one with the best rank, with it; and the ranks of all others, each with that best one."""
    order = np.lexsort((ranks, keys))
    ranks, keys = ranks[order], keys[order]
    again = np.diff(keys, prepend=~keys[:1]) == 0
    first = np.maximum.accumulate(np.where(again, 0, np.arange(len(ranks))))
    return keys[~again], ranks[~again], ranks[again], ranks[first[again]]


def keys_of(grouped: str, portion: int, band: int = 0) -> tuple[U64, I64]:
    """The keys of one portion (and band) with their ranks: all that have the same key are together in it."""
    keys, ranks = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for path in store.load(grouped, list[str]):
        start, stop = store.load_slice(path, f"ends-{band}", portion, portion + 2).tolist()
        keys.append(store.load_slice(path, f"keys-{band}", start, stop))
        ranks.append(store.load_slice(path, f"ranks-{band}", start, stop))
    return np.concatenate(keys), np.concatenate(ranks)
