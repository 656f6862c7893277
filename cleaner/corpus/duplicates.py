"""Corpus stage ``duplicates``: from signed shards to what goes, shard by shard.

Blocks have a number (in input order, over all shards) and a rank (by the keeper policy, best
first).  Candidates and pairs are of ranks, so that the first of two is the one to keep.  Every step
holds a few numbers a block, or a part of the shingles, and never a text: all else is on disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.judge import judge_shard
from cleaner.corpus.listing import list_copies, list_pairs
from cleaner.corpus.pairing import find_pairs
from cleaner.corpus.ranking import find_copies, rank_blocks
from cleaner.corpus.resolve import Pairs, resolve, with_copies
from cleaner.corpus.sign import SMALL
from cleaner.corpus.signed import SignedShards
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.settings import Config


@dataclass(frozen=True, slots=True)
class Found:
    """What :func:`find_duplicates` found.

    ``verdicts``: a list of :class:`~cleaner.corpus.judge.Verdict` for each new shard; ``pairs``: listings
    of pairs, if wanted; ``resolved``: see :func:`resolve_pairs`.
    """

    verdicts: list[Made]
    pairs: list[Made]
    resolved: Made


def find_duplicates(
    workshop: Workshop,
    config: Config,
    signs: Sequence[Made],
    *,
    pairs: bool,
    old: Sequence[Made] = (),
    replaceable: int = 0,
) -> Found:
    """Rank, pair, verify, resolve, judge.

    ``old`` are signed shards whose blocks stay whatever they repeat, and rank before all others.  A
    document in the first ``replaceable`` of them does not count if a later shard has it too.
    """
    settings = workshop.settings(Config(duplicates=config.duplicates))
    shards = workshop.listing("shards", [*old, *signs])
    ranked = workshop.run(rank_blocks, [[settings, shards, workshop.keep("old", (len(old), replaceable))]])[0]
    copies = workshop.run(find_copies, [[shards, ranked]])[0]
    small = ranked.counts["blocks"] <= SMALL and not old
    verified = find_pairs(workshop, config, shards, ranked, copies, small=small)
    inputs = [settings, shards, ranked, copies, workshop.listing("pairs", verified)]
    resolved = workshop.run(resolve_pairs, [inputs])[0]
    new = range(len(old), len(old) + len(signs))
    verdicts = workshop.run(judge_shard, [[settings, shards, resolved]] * len(new), new)
    listed = []
    if pairs:
        listed = workshop.run(list_pairs, [[shards, ranked, copies, one] for one in verified])
        listed += workshop.run(list_copies, [[shards, ranked, copies]])
    return Found([one.file("verdicts") for one in verdicts], [one.file("pairs.jsonl") for one in listed], resolved)


def resolve_pairs(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of shards, ranking, copies, the list of verified pairs.

    Makes for each block that repeats another, by number: ``gone``, ``keeper`` (both numbers), ``jaccard`` and
    ``stays`` (all the same, being short); and for each block that is repeated: ``kept`` (its number),
    ``kept_document``, ``kept_block``, ``kept_ids``, ``kept_size`` (of its cluster) and ``kept_cited`` (whether cuts in
    other documents rely on it).
    """
    duplicates = store.load(task.inputs[0], Config).duplicates
    shards = SignedShards(store.load(task.inputs[1], list[str]))
    order = store.load_array(task.inputs[2], "order")
    copies, originals = (np.asarray(store.load_array(task.inputs[3], name)) for name in ("copy", "original"))
    near = resolve(len(order), _verified(store.load(task.inputs[4], list[str])))
    ranks, keeper_ranks, scores = with_copies(near, copies, originals)
    gone, keeper = order[ranks], order[keeper_ranks]
    by_number = np.argsort(gone)
    gone, keeper, scores = gone[by_number], keeper[by_number], scores[by_number]
    stays = shards.at("short", gone) & (not duplicates.short_texts)
    kept, place, sizes = np.unique(keeper, return_inverse=True, return_counts=True)
    documents = shards.documents(kept)
    cited = np.zeros(len(kept), np.bool_)
    cited[place[(shards.documents(gone) != documents[place]) & ~stays]] = True
    store.save_arrays(
        folder,
        gone=gone,
        keeper=keeper,
        jaccard=scores,
        stays=stays,
        kept=kept,
        kept_document=documents,
        kept_block=shards.at("block", kept),
        kept_size=sizes + 1,
        kept_cited=cited,
    )
    store.save_texts(folder, "kept_ids", shards.ids(kept))
    return {"repeats": len(gone)}


def _verified(paths: Sequence[str]) -> Iterator[Pairs]:
    for path in paths:
        first, second, jaccard = (np.asarray(store.load_array(path, name)) for name in ("first", "second", "jaccard"))
        yield first, second, jaccard
