"""Corpus stage ``duplicates``: from signed shards to what goes, shard by shard.

Blocks have a number (in input order, over all shards) and a rank (by the keeper policy, best
first).  Candidates and pairs are of ranks, so that the first of two is the one to keep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.candidates import candidates_of_band, candidates_of_signatures
from cleaner.corpus.minhash import layout
from cleaner.corpus.resolve import ranking, resolve
from cleaner.corpus.shingles import I64, U64
from cleaner.corpus.sign import SMALL, read_ids
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.verify import jaccards
from cleaner.corpus.workshop import Made, Workshop
from cleaner.settings import Config

SLICE = 250_000
"""Ranks whose pairs one task verifies."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A block that repeats another.  ``kept``: it stays all the same (a short text)."""

    block: int
    twin_id: str
    twin_block: int
    jaccard: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one document; ``document`` counts the shard's documents from 0.

    ``cluster_size``: blocks in the largest duplicate cluster it has a part in (a keeper and all that
    repeat it), at least 1.  ``duplicate``: most of its words repeat other documents, above all ``twin_id``;
    ``dropped``: so it goes altogether.
    """

    document: int
    repeats: tuple[Repeat, ...]
    cluster_size: int
    duplicate: bool = False
    dropped: bool = False
    twin_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Verdicts (a list of :class:`Verdict` for each shard) and the listings of pairs, if wanted."""

    verdicts: list[Made]
    pairs: list[Made]


def find_duplicates(workshop: Workshop, config: Config, signs: Sequence[Made], *, pairs: bool) -> Found:
    """Rank, pair, verify, resolve."""
    settings = workshop.settings(Config(duplicates=config.duplicates))
    ranked = workshop.run(rank_blocks, [[settings, *signs]])[0]
    blocks = ranked.counts["blocks"]
    if blocks <= SMALL:
        candidates = workshop.run(pair_small, [[settings, ranked, *signs]])
    else:
        bands = range(layout(config.duplicates.threshold)[0] + 1)
        candidates = workshop.run(pair_band, [[ranked, *signs]] * len(bands), bands)
    slices = range(-(-blocks // SLICE))
    verified = workshop.run(verify_pairs, [[settings, ranked, *signs, *candidates]] * len(slices), slices)
    resolved = workshop.run(resolve_pairs, [[settings, ranked, *signs, *verified]])[0]
    listed = workshop.run(list_pairs, [[ranked, *signs, one] for one in verified]) if pairs else []
    return Found(
        [resolved.file(_verdict(number)) for number in range(len(signs))], [one.file("pairs.jsonl") for one in listed]
    )


def _verdict(shard: int) -> str:
    return f"verdicts-{shard:06d}"


class SignedShards:
    """The arrays of all signed shards, seen as one, and the ranking: inputs of most tasks here."""

    def __init__(self, ranked: str, others: Sequence[str]) -> None:
        self.bases: I64 = np.asarray(store.load_array(ranked, "bases"))
        self.order: I64 = np.asarray(store.load_array(ranked, "order"))
        self.signs = list(others[: len(self.bases) - 1])
        self.rest = list(others[len(self.bases) - 1 :])
        self.blocks = len(self.order)

    @cached_property
    def ranks(self) -> I64:
        """Rank of each block by number."""
        ranks = np.empty_like(self.order)
        ranks[self.order] = np.arange(self.blocks)
        return ranks

    def column(self, name: str) -> Any:
        """One array over all blocks, in order of number."""
        return np.concatenate([store.load_array(sign, name) for sign in self.signs] or [np.empty(0, np.int64)])

    @cached_property
    def documents(self) -> I64:
        """Document of each block, counted over all shards."""
        bases = self.document_bases
        pieces = [store.load_array(sign, "document") + bases[i] for i, sign in enumerate(self.signs)]
        return np.concatenate(pieces or [np.empty(0, np.int64)])

    @cached_property
    def document_bases(self) -> I64:
        """Documents before each shard, and in all."""
        sizes = [len(store.load_array(sign, "total")) for sign in self.signs]
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(sizes, np.int64))])

    @cached_property
    def _shingles(self) -> list[tuple[I64, U64]]:
        names = ("offsets", "hashes")
        return [tuple(np.asarray(store.load_array(sign, name)) for name in names) for sign in self.signs]  # type: ignore[misc]

    def hashes_of_rank(self, rank: int) -> U64:
        """Shingle hashes of a block."""
        number = int(self.order[rank])
        shard = int(np.searchsorted(self.bases, number, side="right")) - 1
        offsets, hashes = self._shingles[shard]
        row = number - int(self.bases[shard])
        return hashes[offsets[row] : offsets[row + 1]]


def rank_blocks(task: Task, folder: Path) -> Counts:
    """Inputs: settings, signed shards.

    Makes ``bases`` (blocks before each shard, and in all) and ``order`` (numbers of blocks by rank).
    """
    config = store.load(task.inputs[0], Config)
    signs = task.inputs[1:]
    lengths = [np.asarray(store.load_array(sign, "length")) for sign in signs]
    moments = [store.load_array(sign, "moment")[store.load_array(sign, "document")] for sign in signs]
    bases = np.cumsum([0, *map(len, lengths)], dtype=np.int64)
    nothing = [np.empty(0, np.int64)]
    order = ranking(config.duplicates.keeper, np.concatenate(lengths or nothing), np.concatenate(moments or nothing))
    store.save_arrays(folder, bases=bases, order=order)
    return {"blocks": len(order)}


def pair_band(task: Task, folder: Path) -> Counts:
    """Inputs: ranking, signed shards; ``part`` is the band, after the last band the exact keys.  Makes ``codes``."""
    shards = SignedShards(task.inputs[0], task.inputs[1:])
    short = shards.column("short").astype(np.bool_)
    bands = [store.load_array(sign, "keys") for sign in shards.signs]
    if task.part == len(bands[0]):
        codes = candidates_of_band(shards.column("exact"), shards.ranks[short], shards.blocks)
    else:
        keys = np.concatenate([band[task.part] for band in bands])
        codes = candidates_of_band(keys, shards.ranks[~short], shards.blocks)
    store.save_arrays(folder, codes=codes)
    return {"candidates": len(codes)}


def pair_small(task: Task, folder: Path) -> Counts:
    """Inputs: settings, ranking, signed shards with signatures.  Makes ``codes`` of all bands, through datasketch."""
    config = store.load(task.inputs[0], Config)
    shards = SignedShards(task.inputs[1], task.inputs[2:])
    short = shards.column("short").astype(np.bool_)
    exact = candidates_of_band(shards.column("exact").astype(np.uint64), shards.ranks[short], shards.blocks)
    bands = layout(config.duplicates.threshold)
    near = candidates_of_signatures(shards.column("signatures"), shards.ranks[~short], shards.blocks, bands)
    codes = np.union1d(exact, near)
    store.save_arrays(folder, codes=codes)
    return {"candidates": len(codes)}


def verify_pairs(task: Task, folder: Path) -> Counts:
    """Inputs: settings, ranking, signed shards, candidates; ``part``: which slice of ranks.

    Makes ``first``, ``second`` (ranks) and ``jaccard`` of the pairs at or over the threshold, sorted.
    """
    config = store.load(task.inputs[0], Config)
    shards = SignedShards(task.inputs[1], task.inputs[2:])
    n = shards.blocks
    low, high = (np.uint64(min(n, rank) * n) for rank in (task.part * SLICE, (task.part + 1) * SLICE))
    pieces = [np.empty(0, np.uint64)]
    for path in shards.rest:
        codes = store.load_array(path, "codes")
        pieces.append(codes[np.searchsorted(codes, low) : np.searchsorted(codes, high)])
    first, second = (side.astype(np.int64) for side in np.divmod(np.unique(np.concatenate(pieces)), np.uint64(n)))
    scores = jaccards(first, second, shards.hashes_of_rank)
    good = scores >= config.duplicates.threshold
    store.save_arrays(folder, first=first[good], second=second[good], jaccard=scores[good])
    return {"candidates": len(scores), "pairs": int(good.sum())}


def resolve_pairs(task: Task, folder: Path) -> Counts:
    """Inputs: settings, ranking, signed shards, verified pairs.  Makes a list of :class:`Verdict` for each shard."""
    duplicates = store.load(task.inputs[0], Config).duplicates
    shards = SignedShards(task.inputs[1], task.inputs[2:])
    first, second, scores = (
        np.concatenate([store.load_array(path, name) for path in shards.rest] or [np.empty(0)])
        for name in ("first", "second", "jaccard")
    )
    ranks, keeper_ranks, likeness = resolve(first.astype(np.int64), second.astype(np.int64), scores)
    gone, keepers = shards.order[ranks], shards.order[keeper_ranks]
    stays = shards.column("short").astype(np.bool_)[gone] & (not duplicates.short_texts)
    verdicts = _verdicts(shards, gone, keepers, likeness, stays, duplicates.document_share, duplicates.drop_documents)
    for shard in range(len(shards.signs)):
        (folder / _verdict(shard)).write_bytes(store.encode(verdicts[shard]))
    return {"repeats": len(gone)}


def _verdicts(
    shards: SignedShards, gone: I64, keepers: I64, likeness: Any, stays: Any, share: float, drop: bool
) -> list[list[Verdict]]:
    """Verdicts of each shard's documents, from ``gone`` blocks and their ``keepers`` (numbers)."""
    ids = list(read_ids(shards.signs))
    documents, blocks, words = shards.documents, shards.column("block"), shards.column("words")
    totals = np.concatenate([store.load_array(sign, "total") for sign in shards.signs] or [np.empty(0, np.int64)])
    sizes = Counter(keepers.tolist())
    repeats: dict[int, list[Repeat]] = {}
    largest: Counter[int] = Counter()
    foreign: dict[int, Counter[int]] = {}  # words a document repeats, by the document they come from
    cited: set[int] = set()  # documents that others' removed blocks rely on
    for index in np.argsort(gone).tolist():
        number, keeper = int(gone[index]), int(keepers[index])
        document, twin = int(documents[number]), int(documents[keeper])
        kept = bool(stays[index])
        repeat = Repeat(int(blocks[number]), ids[twin], int(blocks[keeper]), float(likeness[index]), kept)
        repeats.setdefault(document, []).append(repeat)
        for one in (document, twin):
            largest[one] = max(largest[one], sizes[keeper] + 1)
        if document != twin and not kept:
            foreign.setdefault(document, Counter())[twin] += int(words[number])
            cited.add(twin)
    verdicts: list[list[Verdict]] = [[] for _ in shards.signs]
    for document in sorted(largest):
        sources = foreign.get(document, Counter())
        duplicate = bool(sources) and sum(sources.values()) >= share * int(totals[document])
        shard = int(np.searchsorted(shards.document_bases, document, side="right")) - 1
        verdicts[shard].append(
            Verdict(
                document - int(shards.document_bases[shard]),
                tuple(repeats.get(document, ())),
                largest[document],
                duplicate,
                # What another document's cut relies on must not go as well.
                drop and duplicate and document not in cited,
                ids[min(sources, key=lambda one: (-sources[one], one))] if duplicate else "",
            )
        )
    return verdicts


def list_pairs(task: Task, folder: Path) -> Counts:
    """Inputs: ranking, signed shards, verified pairs of one slice.  Makes ``pairs.jsonl``: the later block first."""
    from cleaner.writers.records import encode

    shards = SignedShards(task.inputs[0], task.inputs[1:])
    ids = list(read_ids(shards.signs))
    documents, blocks = shards.documents, shards.column("block")
    first, second, scores = (store.load_array(shards.rest[0], name) for name in ("first", "second", "jaccard"))
    ends = np.sort(np.stack([shards.order[first], shards.order[second]]), axis=0)
    with (folder / "pairs.jsonl").open("wb") as out:
        for twin, number, score in zip(*ends.tolist(), scores.tolist(), strict=True):
            row = {
                "doc_id": ids[documents[number]],
                "block": int(blocks[number]),
                "twin_id": ids[documents[twin]],
                "twin_block": int(blocks[twin]),
                "jaccard": round(score, 4),
            }
            out.write(encode(row))
    return {"pairs": len(scores)}
