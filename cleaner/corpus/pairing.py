"""Stages between ranking and resolving: candidate pairs of each band, and which of them are twins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.shuffle import keys_of, portions_of, shuffle
from cleaner.corpus.signed import SignedShards, load_list
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.near_duplicates import verify
from cleaner.near_duplicates.candidates import candidates_of_band, candidates_of_signatures, distinct, run_keys
from cleaner.near_duplicates.kernels import kernel
from cleaner.near_duplicates.minhash import layout
from cleaner.near_duplicates.shingles import I64, U64
from cleaner.settings import Config, Duplicates

SLICE = 1 << 16
"""Ranks whose pairs one task verifies,"""
SLICES = 4_096
"""unless there would be more tasks than this: then it is doubled."""
RANGE = 1 << 24
"""Ranks whose candidates are brought together, of a run with a shuffle."""
CODES = 1_000_000
"""Candidate pairs held at a time."""
HASHES = 4_000_000
"""Shingle hashes held at a time: 32 MB, and as much again to sort them."""


def find_pairs(
    workshop: Workshop, config: Config, shards: Made, sizes: Sequence[int], ranked: Made, copies: Made, *, small: bool
) -> list[Made]:
    """All verified pairs of twins that are no copies, a slice of ranks each (see :func:`verify_pairs`).

    ``sizes``: blocks in each shard; ``small``: the shards hold signatures, to go through datasketch's own index.
    """
    settings = workshop.settings(Config(duplicates=config.duplicates))
    blocks, old = ranked.counts["blocks"], ranked.counts["old"]
    bands = layout(config.duplicates.threshold)[0]
    portions = portions_of(sum(sizes))
    if small:
        found = workshop.run(pair_small, [[settings, shards, ranked, copies]])
    elif portions == 1:
        found = workshop.run(pair_band, [[shards, ranked, copies]] * bands, range(bands))
    else:
        grouped = shuffle(workshop, shards, sizes, copies, "sought", bands)
        inputs = [ranked, workshop.keep("portions", portions), grouped]
        found = workshop.run(pair_portion, [inputs] * (bands * portions), range(bands * portions))
    if config.duplicates.near == "containment":
        found += workshop.run(pair_runs, [[shards, ranked, copies]])
    candidates = workshop.listing("candidates", found)
    size = slice_of(blocks)
    slices = range(old // size, -(-blocks // size))
    if portions == 1:
        inputs = [settings, shards, ranked, candidates]
        return workshop.run(verify_pairs, [inputs] * len(slices), slices)
    ranges = range(old // RANGE, -(-blocks // RANGE))
    merged = workshop.run(merge_candidates, [[ranked, candidates]] * len(ranges), ranges)
    listed = [workshop.listing("candidates", [one]) for one in merged]
    of_slice = [[settings, shards, ranked, listed[one * size // RANGE - ranges.start]] for one in slices]
    return workshop.run(verify_pairs, of_slice, slices)


def slice_of(blocks: int) -> int:
    """How many ranks a slice has: so many that there are not too many slices, at most :data:`RANGE`."""
    size = SLICE
    while blocks > SLICES * size and size < RANGE:
        size *= 2
    return size


def by_range(verified: Sequence[Made], blocks: int, old: int) -> tuple[list[Sequence[Made]], int, int]:
    """The slices of :func:`find_pairs` a range each; the lowest rank in them, and how many ranks a range has."""
    size = slice_of(blocks)
    many = RANGE // size
    ranges = [verified[start : start + many] for start in range(0, len(verified), many)]
    return ranges, old // size * size, RANGE


def pair_band(task: Task, folder: Path) -> Counts:
    """Inputs: the list of shards, ranking, copies; ``part`` is the band.

    Makes the pairs, ``second`` and ``first``, sorted.
    """
    shards = load_list(task.inputs[0])
    n, old = store.load_array(task.inputs[1], "size").tolist()
    sought = store.load_array(task.inputs[2], "sought")
    return _save(folder, candidates_of_band(*shards.by_key("keys", sought, task.part), n, old), n)


def pair_portion(task: Task, folder: Path) -> Counts:
    """Inputs: ranking, number of portions, shuffled keys; ``part``: band times portions, plus portion.

    Makes the same as :func:`pair_band`, of a share of the keys.
    """
    old = int(store.load_array(task.inputs[0], "size")[1])
    band, portion = divmod(task.part, store.load(task.inputs[1], int))
    keys, ranks = keys_of(task.inputs[2], portion, band)
    order = np.argsort(ranks)
    keys, ranks = keys[order], ranks[order]  # places among them are shorter than ranks, and leave more of the key
    codes = candidates_of_band(keys, np.arange(len(ranks)), len(ranks), int(np.searchsorted(ranks, old)))
    second, first = np.divmod(codes, np.uint64(max(1, len(ranks))))
    store.save_arrays(folder, second=ranks[second], first=ranks[first])
    return {"candidates": len(codes)}


def pair_runs(task: Task, folder: Path) -> Counts:
    """Inputs: the list of shards, ranking, copies.  Makes pairs of texts that share a run of words."""
    shards = load_list(task.inputs[0])
    n, old = store.load_array(task.inputs[1], "size").tolist()
    sought = store.load_array(task.inputs[2], "sought")
    keys, ranks = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for sign, start, stop in shards.spans():
        found, text = run_keys(*(np.asarray(store.load_array(sign, name)) for name in ("hashes", "offsets")))
        rank = sought[start:stop][text]
        keys.append(found[rank >= 0])
        ranks.append(rank[rank >= 0])
    return _save(folder, candidates_of_band(np.concatenate(keys), np.concatenate(ranks), n, old), n)


def pair_small(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of shards (with signatures), ranking, copies.

    Makes the pairs of all bands, through datasketch.
    """
    config = store.load_config(task.inputs[0])
    shards = load_list(task.inputs[1])
    n, old = store.load_array(task.inputs[2], "size").tolist()
    ranks = store.load_array(task.inputs[3], "sought")[~shards.column("short").astype(np.bool_)]
    signatures = shards.column("signatures")[ranks >= 0]
    bands = layout(config.duplicates.threshold)
    return _save(folder, candidates_of_signatures(signatures, ranks[ranks >= 0], n, bands, old), n)


def _save(folder: Path, codes: U64, n: int) -> Counts:
    second, first = (side.astype(np.int64) for side in np.divmod(codes, np.uint64(max(1, n))))
    store.save_arrays(folder, second=second, first=first)
    return {"candidates": len(codes)}


def merge_candidates(task: Task, folder: Path) -> Counts:
    """Inputs: ranking, the list of candidates; ``part``: which range of ranks.

    Makes the different pairs, ``second`` and ``first``, sorted.
    """
    n = int(store.load_array(task.inputs[0], "size")[0])
    found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    found += _portions(store.load(task.inputs[1], list[str]), n, task.part * RANGE, (task.part + 1) * RANGE)
    first, second = map(np.concatenate, zip(*found, strict=True))
    store.save_arrays(folder, second=second, first=first)
    return {"candidates": len(second)}


def verify_pairs(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of shards, ranking, the list of candidates; ``part``: which slice of ranks.

    Makes ``first``, ``second`` (ranks) and ``jaccard`` of the pairs that are twins, sorted by second, then first.
    """
    duplicates = store.load_config(task.inputs[0]).duplicates
    shards = load_list(task.inputs[1])
    n = int(store.load_array(task.inputs[2], "size")[0])
    order = store.load_array(task.inputs[2], "order")
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))]
    tried, size = 0, slice_of(n)
    candidates = store.load(task.inputs[3], list[str])
    for first, second in _portions(candidates, n, task.part * size, (task.part + 1) * size):
        scores, good = twins(shards, order[first], order[second], duplicates)
        found.append((first[good], second[good], scores[good]))
        tried += len(second)
    columns = zip(("first", "second", "jaccard"), map(np.concatenate, zip(*found, strict=True)), strict=True)
    store.save_arrays(folder, **dict(columns))
    return {"candidates": tried, "pairs": sum(len(one) for one, _, _ in found)}


def _portions(paths: Sequence[str], n: int, low: int, high: int) -> Iterator[tuple[I64, I64]]:
    """The different pairs whose second rank is from ``low`` to ``high``, some :data:`CODES` at a time, sorted."""
    sides = [(store.load_array(path, "second"), store.load_array(path, "first")) for path in paths]
    yield from _between(sides, n, min(low, n), min(high, n))


def _between(sides: Sequence[tuple[I64, I64]], n: int, low: int, high: int) -> Iterator[tuple[I64, I64]]:
    spans = [np.searchsorted(second, [low, high]).tolist() for second, _ in sides]
    size = sum(stop - start for start, stop in spans)
    if size > CODES and high - low > 1:
        middle = (low + high) // 2
        yield from _between(sides, n, low, middle)
        yield from _between(sides, n, middle, high)
    elif size:
        pieces = [
            (second[start:stop] - low).astype(np.uint64) * np.uint64(n) + first[start:stop].astype(np.uint64)
            for (second, first), (start, stop) in zip(sides, spans, strict=True)
        ]
        seconds, firsts = (side.astype(np.int64) for side in np.divmod(distinct(pieces), np.uint64(n)))
        yield firsts, seconds + low


def twins(shards: SignedShards, first: I64, second: I64, duplicates: Duplicates) -> tuple[verify.F64, I64]:
    """Exact Jaccard of pairs of blocks (by number), and which pairs are twins."""
    scores = np.empty(len(first), np.float64)
    good = np.zeros(len(first), np.bool_)
    load = np.cumsum(shards.sizes(first) + shards.sizes(second)) // HASHES
    borders = [0, *(np.flatnonzero(np.diff(load)) + 1).tolist(), len(first)]
    for start, stop in pairwise(borders):
        numbers, places = np.unique(np.concatenate([first[start:stop], second[start:stop]]), return_inverse=True)
        a, b = places[: stop - start], places[stop - start :]
        hashes, offsets = shards.hashes(numbers)
        both, sizes = kernel(len(hashes)).common(a, b, hashes, offsets)
        scores[start:stop] = verify.jaccard(both, sizes[a], sizes[b])
        good[start:stop] = scores[start:stop] >= duplicates.threshold
        if duplicates.near == "containment":
            good[start:stop] |= verify.containment(both, sizes[a], sizes[b]) >= duplicates.containment
    return scores, np.flatnonzero(good)
