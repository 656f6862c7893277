"""Corpus stage ``duplicates``: from signed shards to what goes, shard by shard.

Blocks have a number (in input order, over all shards) and a rank (by the keeper policy, best
first).  Candidates and pairs are of ranks, so that the first of two is the one to keep.  Every step
holds a few numbers a block, or a part of the shingles, and never a text: all else is on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.judge import judge_shard
from cleaner.corpus.listing import list_copies, list_pairs
from cleaner.corpus.pairing import by_range, find_pairs
from cleaner.corpus.ranking import copies_of_portion, find_copies, rank_blocks
from cleaner.corpus.rounds import Verified, load_ranges, resolve_in_rounds
from cleaner.corpus.shuffle import portions_of, shuffle
from cleaner.corpus.sign import SMALL
from cleaner.corpus.signed import keep_list, load_list
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.files import PAIRS
from cleaner.near_duplicates.resolve import resolve, with_copies
from cleaner.settings import Config

AT_ONCE = 1 << 27
"""Up to so many blocks one task resolves all pairs: it holds a byte a block.  More are resolved in rounds."""


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
    shards = keep_list(workshop, [*old, *signs])
    sizes = [one.counts["blocks"] for one in (*old, *signs)]
    ranked = workshop.run(rank_blocks, [[settings, shards, workshop.keep("old", (len(old), replaceable))]])[0]
    copies = _copies(workshop, shards, sizes, ranked)
    small = ranked.counts["blocks"] <= SMALL and not old and all(one.counts["small"] for one in signs)
    verified = find_pairs(workshop, config, shards, sizes, ranked, copies, small=small)
    near, in_rounds = verified, ranked.counts["blocks"] > AT_ONCE
    if in_rounds:
        near = resolve_in_rounds(workshop, *by_range(verified, ranked.counts["blocks"], ranked.counts["old"]))
    inputs = [settings, shards, ranked, copies, workshop.listing("pairs", near)]
    resolved = workshop.run(resolve_pairs, [inputs], [int(in_rounds)])[0]
    new = range(len(old), len(old) + len(signs))
    verdicts = workshop.run(judge_shard, [[settings, shards, resolved]] * len(new), new)
    listed = []
    if pairs:
        listed = workshop.run(list_pairs, [[shards, ranked, copies, one] for one in verified])
        listed += workshop.run(list_copies, [[shards, ranked, copies]])
    return Found([one.file("verdicts") for one in verdicts], [one.file(PAIRS) for one in listed], resolved)


def _copies(workshop: Workshop, shards: Made, sizes: Sequence[int], ranked: Made) -> Made:
    portions = portions_of(sum(sizes))
    grouped = found = workshop.listing("copies", [])
    if portions > 1:
        grouped = shuffle(workshop, shards, sizes, ranked, "ranks")
        found = workshop.listing("copies", workshop.run(copies_of_portion, [[grouped]] * portions, range(portions)))
    return workshop.run(find_copies, [[shards, ranked, grouped, found]])[0]


def resolve_pairs(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of shards, ranking, copies, the list of verified pairs, or (``part``) of what goes.

    Makes for each block that repeats another, by number: ``gone``, ``keeper`` (both numbers), ``jaccard`` and
    ``stays`` (all the same, being short); and for each block that is repeated: ``kept`` (its number),
    ``kept_document``, ``kept_block``, ``kept_ids``, ``kept_size`` (of its cluster) and ``kept_cited`` (whether cuts in
    other documents rely on it).
    """
    duplicates = store.load_config(task.inputs[0]).duplicates
    shards = load_list(task.inputs[1])
    order = store.load_array(task.inputs[2], "order")
    copies, originals = (np.asarray(store.load_array(task.inputs[3], name)) for name in ("copy", "original"))
    if task.part:
        near = load_ranges(task.inputs[4])
    else:
        near = resolve(len(order), Verified(store.load(task.inputs[4], list[str])))
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
