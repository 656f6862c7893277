"""Stages between ranking and resolving: candidate pairs of each band, and which of them are twins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from cleaner.corpus import store, verify
from cleaner.corpus.candidates import candidates_of_band, candidates_of_signatures, distinct, run_keys
from cleaner.corpus.fast import kernel
from cleaner.corpus.minhash import layout
from cleaner.corpus.shingles import I64, U64
from cleaner.corpus.signed import SignedShards
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.settings import Config, Duplicates

SLICE = 1 << 16
"""Ranks whose pairs one task verifies."""
CODES = 1_000_000
"""Candidate pairs held at a time."""
HASHES = 8_000_000
"""Shingle hashes held at a time: 64 MB, and as much again to sort them."""


def find_pairs(
    workshop: Workshop, config: Config, shards: Made, ranked: Made, copies: Made, *, small: bool
) -> list[Made]:
    """All verified pairs of twins that are no copies, a slice of ranks each (see :func:`verify_pairs`).

    ``small``: the shards hold signatures, to go through datasketch's own index.
    """
    settings = workshop.settings(Config(duplicates=config.duplicates))
    blocks, old = ranked.counts["blocks"], ranked.counts["old"]
    if small:
        found = workshop.run(pair_small, [[settings, shards, ranked, copies]])
    else:
        bands = range(layout(config.duplicates.threshold)[0])
        found = workshop.run(pair_band, [[shards, ranked, copies]] * len(bands), bands)
    if config.duplicates.near == "containment":
        found += workshop.run(pair_runs, [[shards, ranked, copies]])
    slices = range(old // SLICE, -(-blocks // SLICE))
    inputs = [settings, shards, ranked, workshop.listing("candidates", found)]
    return workshop.run(verify_pairs, [inputs] * len(slices), slices)


def pair_band(task: Task, folder: Path) -> Counts:
    """Inputs: the list of shards, ranking, copies; ``part`` is the band.  Makes ``codes``, sorted."""
    shards = SignedShards(store.load(task.inputs[0], list[str]))
    n, old = store.load_array(task.inputs[1], "size").tolist()
    sought = store.load_array(task.inputs[2], "sought")
    parts = shards.by_key("keys", sought, task.part)
    return _save(folder, [candidates_of_band(keys, ranks, n, old) for keys, ranks in parts])


def pair_runs(task: Task, folder: Path) -> Counts:
    """Inputs: the list of shards, ranking, copies.  Makes ``codes`` of texts that share a run of words."""
    shards = SignedShards(store.load(task.inputs[0], list[str]))
    n, old = store.load_array(task.inputs[1], "size").tolist()
    sought = store.load_array(task.inputs[2], "sought")
    keys, ranks = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for sign, start, stop in shards.spans():
        found, text = run_keys(*(np.asarray(store.load_array(sign, name)) for name in ("hashes", "offsets")))
        rank = sought[start:stop][text]
        keys.append(found[rank >= 0])
        ranks.append(rank[rank >= 0])
    return _save(folder, [candidates_of_band(np.concatenate(keys), np.concatenate(ranks), n, old)])


def pair_small(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of shards (with signatures), ranking, copies.

    Makes ``codes`` of all bands, through datasketch.
    """
    config = store.load(task.inputs[0], Config)
    shards = SignedShards(store.load(task.inputs[1], list[str]))
    n, old = store.load_array(task.inputs[2], "size").tolist()
    ranks = store.load_array(task.inputs[3], "sought")[~shards.column("short").astype(np.bool_)]
    signatures = shards.column("signatures")[ranks >= 0]
    bands = layout(config.duplicates.threshold)
    return _save(folder, [candidates_of_signatures(signatures, ranks[ranks >= 0], n, bands, old)])


def _save(folder: Path, parts: Sequence[U64]) -> Counts:
    codes = distinct(parts)
    store.save_arrays(folder, codes=codes)
    return {"candidates": len(codes)}


def verify_pairs(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of shards, ranking, the list of candidates; ``part``: which slice of ranks.

    Makes ``first``, ``second`` (ranks) and ``jaccard`` of the pairs that are twins, sorted by second, then first.
    """
    duplicates = store.load(task.inputs[0], Config).duplicates
    shards = SignedShards(store.load(task.inputs[1], list[str]))
    n = int(store.load_array(task.inputs[2], "size")[0])
    order = store.load_array(task.inputs[2], "order")
    bands = [store.load_array(path, "codes") for path in store.load(task.inputs[3], list[str])]
    found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))]
    tried = 0
    for codes in _portions(bands, n, task.part * SLICE, (task.part + 1) * SLICE):
        second, first = (side.astype(np.int64) for side in np.divmod(codes, np.uint64(n)))
        scores, good = twins(shards, order[first], order[second], duplicates)
        found.append((first[good], second[good], scores[good]))
        tried += len(codes)
    columns = zip(("first", "second", "jaccard"), map(np.concatenate, zip(*found, strict=True)), strict=True)
    store.save_arrays(folder, **dict(columns))
    return {"candidates": tried, "pairs": sum(len(one) for one, _, _ in found)}


def _portions(bands: Sequence[U64], n: int, low: int, high: int) -> Iterator[U64]:
    """The different codes whose second rank is from ``low`` to ``high``, some :data:`CODES` at a time, sorted."""
    low, high = min(low, n), min(high, n)
    spans = [np.searchsorted(codes, np.array([low * n, high * n], np.uint64)) for codes in bands]
    size = sum(int(stop - start) for start, stop in spans)
    if size > CODES and high - low > 1:
        middle = (low + high) // 2
        yield from _portions(bands, n, low, middle)
        yield from _portions(bands, n, middle, high)
    elif size:
        yield distinct([codes[start:stop] for codes, (start, stop) in zip(bands, spans, strict=True)])


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
