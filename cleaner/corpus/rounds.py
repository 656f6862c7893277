"""Resolving more pairs than one task should: ranges of ranks are decided side by side, in rounds.

In a round each range that has blocks with an open fate is decided with what the round before found of
the others (see :func:`cleaner.near_duplicates.resolve.decide`).  The result is that of one task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.near_duplicates.resolve import OPEN, STAYS, Fates, Pairs, decide, name_twins
from cleaner.near_duplicates.shingles import I64


class Verified:
    """The pairs of tasks that verified them, one after another, each time anew."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths

    def __iter__(self) -> Iterator[Pairs]:
        for path in self._paths:
            first, second, score = (np.asarray(store.load_array(path, name)) for name in ("first", "second", "jaccard"))
            yield first, second, score


def resolve_in_rounds(workshop: Workshop, verified: Sequence[Sequence[Made]], lowest: int, size: int) -> list[Made]:
    """The blocks that go, of each range as ``resolve`` gives them (see :func:`name_range`).

    ``verified``: the pairs of each range of ``size`` ranks, the first of which begins with ``lowest``.
    """
    begin = workshop.keep("range", (lowest, size))
    pairs = [workshop.listing("pairs", some) for some in verified]
    known = workshop.listing("fates", [])
    decided: dict[int, Made] = {}
    while todo := [number for number in range(len(pairs)) if number not in decided or decided[number].counts["open"]]:
        made = workshop.run(decide_range, [[begin, pairs[number], known] for number in todo], todo)
        decided.update(zip(todo, made, strict=True))
        known = workshop.listing("fates", [decided[number] for number in range(len(pairs))])
    return workshop.run(name_range, [[begin, one, known] for one in pairs])


def decide_range(task: Task, folder: Path) -> Counts:
    """Inputs: lowest rank and size of ranges, pairs of this one, the fates of all (or nothing); ``part`` is the range.

    Makes ``fates``, and counts those that are open.
    """
    lowest, size = store.load(task.inputs[0], tuple[int, int])
    low = lowest + task.part * size
    pairs = Verified(store.load(task.inputs[1], list[str]))
    fates = decide(low, low + size, pairs, _known(task.inputs[2], lowest, size))
    store.save_arrays(folder, fates=fates)
    return {"open": int((fates == OPEN).sum())}


def name_range(task: Task, folder: Path) -> Counts:
    """Inputs: lowest rank and size of ranges, pairs of one, the fates of all.

    Makes ``gone``, ``keeper`` (both ranks) and ``jaccard``.
    """
    pairs = Verified(store.load(task.inputs[1], list[str]))
    lowest, size = store.load(task.inputs[0], tuple[int, int])
    gone, keepers, scores = name_twins(pairs, _known(task.inputs[2], lowest, size))
    store.save_arrays(folder, gone=gone, keeper=keepers, jaccard=scores)
    return {"gone": len(gone)}


def load_ranges(listing: str) -> Pairs:
    """What goes in all ranges: what :func:`resolve_in_rounds` made, in one."""
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))]
    for path in store.load(listing, list[str]):
        gone, keepers, scores = (store.load_array(path, name) for name in ("gone", "keeper", "jaccard"))
        found.append((gone, keepers, scores))
    gone, keepers, scores = map(np.concatenate, zip(*found, strict=True))
    return gone, keepers, scores


def _known(fates: str, lowest: int, size: int) -> Callable[[I64], Fates]:
    """What is known of ranks: below the ranges all stay; in them all is open if nothing was decided yet."""
    paths = store.load(fates, list[str])

    def known(ranks: I64) -> Fates:
        place = (ranks - lowest) // size
        found = np.where(place < 0, STAYS, OPEN).astype(np.uint8)
        for one in np.unique(place[place >= 0]).tolist() if paths else ():
            some = place == one
            found[some] = store.load_array(paths[one], "fates")[ranks[some] - lowest - one * size]
        return found

    return known
