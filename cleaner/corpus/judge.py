"""What becomes of each document of a shard, once it is known which blocks repeat which."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import attrgetter
from pathlib import Path

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.signed import SignedShards, load_list
from cleaner.corpus.tasks import Counts, Task
from cleaner.settings import Duplicates

SHOWINGS = 3
"""A refrain is shown at least so often."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A block that repeats another.  ``kept``: it stays all the same (a short text, a refrain)."""

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
class _Row:
    """A repeat with the numbers of the documents and what else judging needs."""

    document: int
    twin: int
    repeat: Repeat
    words: int
    size: int
    item: bool


def judge_shard(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of shards, what :func:`~cleaner.corpus.duplicates.resolve_pairs` makes.

    ``part`` is the shard.  Makes ``verdicts``: a :class:`Verdict` for each document that needs one.
    """
    settings = store.load_config(task.inputs[0]).duplicates
    shards = load_list(task.inputs[1])
    resolved = task.inputs[2]
    start, stop = shards.bases[task.part : task.part + 2]
    kept = store.load_array(resolved, "kept")
    own = slice(*np.searchsorted(kept, [start, stop]))
    largest: Counter[int] = Counter()
    columns = (shards.documents(np.asarray(kept[own])), store.load_array(resolved, "kept_size")[own])
    for document, size in zip(*(column.tolist() for column in columns), strict=True):
        largest[document] = max(largest[document], size)
    cited = set(columns[0][store.load_array(resolved, "kept_cited")[own]].tolist())
    verdicts = []
    repeats = {one: list(rows) for one, rows in groupby(_rows(resolved, shards, start, stop), attrgetter("document"))}
    sign, base = shards.signs[task.part], int(shards.document_bases[task.part])
    totals = store.load_array(sign, "total")
    blocks = store.load_array(sign, "block")
    ends = np.searchsorted(store.load_array(sign, "document"), np.arange(len(totals) + 1))
    for document in sorted({*largest, *repeats}):
        rows = repeats.get(document, [])
        number = document - base
        if settings.refrains:
            rows = _with_refrains(rows, blocks[ends[number] : ends[number + 1]].tolist())
        size = max([largest[document], 1, *(row.size for row in rows)])
        verdict = Verdict(number, tuple(row.repeat for row in rows), size)
        verdicts.append(_judged(verdict, rows, int(totals[number]), settings, rely=document in cited))
    (folder / "verdicts").write_bytes(store.encode(verdicts))
    return {"dropped": sum(verdict.dropped for verdict in verdicts)}


def _rows(resolved: str, shards: SignedShards, start: int, stop: int) -> Iterable[_Row]:
    """The repeats among the blocks ``start`` to ``stop``, in order."""
    gone = store.load_array(resolved, "gone")
    some = slice(*np.searchsorted(gone, [start, stop]))
    numbers, keepers = np.asarray(gone[some]), store.load_array(resolved, "keeper")[some]
    place = np.searchsorted(store.load_array(resolved, "kept"), keepers)
    columns = (
        shards.documents(numbers),
        store.load_array(resolved, "kept_document")[place],
        shards.at("block", numbers),
        store.load_texts(resolved, "kept_ids", place.tolist()),
        store.load_array(resolved, "kept_block")[place],
        store.load_array(resolved, "jaccard")[some],
        store.load_array(resolved, "stays")[some],
        shards.at("words", numbers),
        store.load_array(resolved, "kept_size")[place],
        shards.at("item", numbers),
    )
    for document, twin, block, name, twin_block, score, stays, words, size, item in zip(
        *(column if isinstance(column, list) else column.tolist() for column in columns), strict=True
    ):
        yield _Row(document, twin, Repeat(block, name, twin_block, score, stays), words, size, item)


def _with_refrains(rows: list[_Row], blocks: list[int]) -> list[_Row]:
    """The same rows, those of natural repetition within their document marked as kept.

    Natural are list items, and a block shown time and again with other text in between: a refrain.  What
    stands twice side by side, or as part of a longer stretch that is repeated, is no refrain.
    """
    inner = [row for row in rows if row.twin == row.document and not row.repeat.kept]
    if not inner:
        return rows
    involved = {block for row in inner for block in (row.repeat.block, row.repeat.twin_block)}
    others = [block for block in blocks if block not in involved]
    showings: dict[int, list[int]] = {}
    for row in inner:
        showings.setdefault(row.repeat.twin_block, [row.repeat.twin_block]).append(row.repeat.block)
    refrains = {
        twin
        for twin, places in showings.items()
        if len(places) >= SHOWINGS and all(bisect(others, a) < bisect(others, b) for a, b in pairwise(sorted(places)))
    }
    natural = [row.twin == row.document and (row.item or row.repeat.twin_block in refrains) for row in rows]
    return [
        replace(row, repeat=replace(row.repeat, kept=True)) if stays else row
        for row, stays in zip(rows, natural, strict=True)
    ]


def _judged(verdict: Verdict, rows: list[_Row], total: int, settings: Duplicates, *, rely: bool) -> Verdict:
    """The verdict with what follows for the document as a whole.

    ``rely``: cuts in other documents rely on it, so it must not go as well.
    """
    words: Counter[int] = Counter()  # that it repeats, by the document they come from
    names: dict[int, str] = {}
    for row in rows:
        if row.twin != row.document and not row.repeat.kept:
            words[row.twin] += row.words
            names[row.twin] = row.repeat.twin_id
    if not words or words.total() < settings.document_share * total:
        return verdict
    above_all = min(words, key=lambda twin: (-words[twin], twin))
    return replace(verdict, duplicate=True, dropped=settings.drop_documents and not rely, twin_id=names[above_all])
