"""``pairs.jsonl``: every verified pair of twins, the later block first.

Pairs were sought among blocks with different words; here each side stands for its copies too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from pathlib import Path
from typing import IO

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.signed import SignedShards, load_list
from cleaner.corpus.tasks import Counts, Task
from cleaner.files import PAIRS
from cleaner.near_duplicates.candidates import BUCKET_CAP
from cleaner.near_duplicates.shingles import I64
from cleaner.writers.records import encode

BATCH = 50_000
"""Pairs written at a time."""

Scored = tuple[int, int, float]


class _Copies:
    """The copies of a block, by rank."""

    def __init__(self, folder: str) -> None:
        self.originals = store.load_array(folder, "original")
        self._copies = store.load_array(folder, "copy")

    def group(self, rank: int) -> list[int]:
        """A block and its copies, best ranked first."""
        start, stop = np.searchsorted(self.originals, [rank, rank + 1])
        return [rank, *self._copies[start:stop].tolist()]


def list_pairs(task: Task, folder: Path) -> Counts:
    """Inputs: the list of shards, ranking, copies, verified pairs of one slice.  Makes ``pairs.jsonl``."""
    columns = [store.load_array(task.inputs[3], name).tolist() for name in ("first", "second", "jaccard")]
    copies = _Copies(task.inputs[2])

    def pairs() -> Iterator[Scored]:
        for first, second, score in zip(*columns, strict=True):
            left, right = copies.group(first), copies.group(second)
            if len(left) + len(right) <= BUCKET_CAP:
                yield from ((a, b, score) for a in left for b in right)
            else:
                yield from ((first, b, score) for b in right)
                yield from ((a, second, score) for a in left[1:])

    return _write(task, folder, pairs())


def list_copies(task: Task, folder: Path) -> Counts:
    """Inputs: the list of shards, ranking, copies.  Makes ``pairs.jsonl`` of blocks that have the same words."""
    copies = _Copies(task.inputs[2])

    def pairs() -> Iterator[Scored]:
        for original in np.unique(copies.originals).tolist():
            group = copies.group(original)
            star = ((original, other) for other in group[1:])
            for a, b in combinations(group, 2) if len(group) <= BUCKET_CAP else star:
                yield a, b, 1.0

    return _write(task, folder, pairs())


def _write(task: Task, folder: Path, pairs: Iterator[Scored]) -> Counts:
    shards = load_list(task.inputs[0])
    order = store.load_array(task.inputs[1], "order")
    written = 0
    with (folder / PAIRS).open("wb") as out:
        while some := list(islice(pairs, BATCH)):
            first, second, scores = zip(*some, strict=True)
            ends = np.sort(np.stack([order[list(first)], order[list(second)]]), axis=0)
            _write_some(out, shards, list(ends), scores)
            written += len(some)
    return {"pairs": written}


def _write_some(out: IO[bytes], shards: SignedShards, ends: Sequence[I64], scores: Sequence[float]) -> None:
    ids = [shards.ids(side) for side in ends]
    blocks = [shards.at("block", side).tolist() for side in ends]
    for twin, name, twin_block, block, score in zip(*ids, *blocks, scores, strict=True):
        row = {"doc_id": name, "block": block, "twin_id": twin, "twin_block": twin_block, "jaccard": round(score, 4)}
        out.write(encode(row))
