"""Stage ``sign``: the blocks of a shard as shingle hashes and band keys.

From here on a block is a number, and text is not read again until the parts are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.corpus import store
from cleaner.corpus.clean import documents
from cleaner.corpus.ranking import moment
from cleaner.corpus.sites import load_recurring, remove_recurring
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.document import Document
from cleaner.hashes import hash_of
from cleaner.near_duplicates.kernels import Kernel, kernel
from cleaner.near_duplicates.minhash import PERMUTATIONS, U32, layout, minhash
from cleaner.near_duplicates.shingles import I64, U64, count_words, offsets_of
from cleaner.settings import Config, Duplicates

SMALL, SMALL_RUN = 2_000, 2_000_000
"""Up to so many blocks, of a run with up to so many bytes of work files, go through datasketch itself, one by one; more
through the batch kernel.  Both give the same signatures."""
SMALL_SHINGLES = 200_000
"""And so many shingles: datasketch takes 512 bytes for each, all of a text's at once."""
BATCH = 1_024
"""Articles hashed, and blocks signed, at a time."""

_CANDIDATES = ("paragraph", "list_item", "quote")
_SHORT_CANDIDATES = ("paragraph", "quote")


Passage = tuple[int, str, bool, bool]
"""A text that may be a duplicate: its block; the text; whether it is one also if it is short; whether a list item."""


@dataclass(slots=True)
class Batch:
    """Some articles, column by column: objects for each of many millions of passages would cost more than hashing them.

    One entry an article: its ``ids`` and ``moments`` (see :func:`~cleaner.corpus.ranking.moment`), and how many words
    it has in ``others``, texts that can be no duplicates.  One entry a passage: the columns of
    :data:`Passage`, and its article's number in the batch.
    """

    ids: list[str] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    may_be_short: list[bool] = field(default_factory=list)
    items: list[bool] = field(default_factory=list)

    def add(self, name: str, date: str, passages: Iterable[Passage], others: Iterable[str] = ()) -> None:
        """Add an article."""
        document = len(self.ids)
        for block, text, short, item in passages:
            self.documents.append(document)
            self.blocks.append(block)
            self.texts.append(text)
            self.may_be_short.append(short)
            self.items.append(item)
        self.ids.append(name)
        self.moments.append(moment(date))
        self.others.append(count_words(others))


@dataclass(frozen=True, slots=True)
class Volume:
    """How much a run signs: whether that is little (see :data:`SMALL_RUN`), and how many bytes fall to one worker."""

    small: bool
    share: int


def volume(workshop: Workshop, size: int, jobs: int) -> Made:
    """An input of tasks that sign: of a run of so many bytes, by so many workers."""
    small = size <= SMALL_RUN
    return workshop.keep("volume", Volume(small, size // max(1, jobs)), str(small))  # any kernel makes the same


@dataclass(frozen=True, slots=True)
class Rows:
    """Arrays with one entry a block.

    ``document`` (within the shard) and ``block``: where it stands; ``length`` in characters; ``exact``: a hash of
    all its words; ``item``: a list item; ``sizes``: how many of ``hashes`` are its shingles (none of a short text).
    """

    document: I64
    block: I64
    words: I64
    length: I64
    short: npt.NDArray[np.bool_]
    item: npt.NDArray[np.bool_]
    exact: U64
    sizes: I64
    hashes: U64


def sign_documents(task: Task, folder: Path) -> Counts:
    """Inputs: settings, documents of a shard (at most ``part``), their names, recurring lines, :class:`Volume`.

    See :func:`sign`.
    """
    config = store.load_config(task.inputs[0])
    recurring = load_recurring(task.inputs[3])
    named = documents(task.inputs[1], task.part, task.inputs[2])
    cleaned = (remove_recurring(document, recurring, config.sites) for document in named)

    def batches() -> Iterator[Batch]:
        while some := list(islice(cleaned, BATCH)):
            batch = Batch()
            for document in some:
                add_document(batch, document)
            yield batch

    return sign(batches(), config, folder, store.load(task.inputs[4], Volume))


def signing_settings(config: Config) -> Config:
    """The settings that matter to this stage: others may change without signing again."""
    chosen = Duplicates(threshold=config.duplicates.threshold, min_words=config.duplicates.min_words)
    return Config(input=config.input, sites=config.sites, duplicates=chosen)


def add_document(batch: Batch, document: Document) -> None:
    """Add a document's kept blocks to a batch.

    Headings, tables and code are never duplicates: a section would lose its name, and different
    tables may read alike word for word.  Nor are short list items: "Salt" belongs to many a recipe.
    """
    kept = [(index, block) for index, block in enumerate(document.blocks) if block.removed is None]
    batch.add(
        document.id,
        document.metadata.date,
        ((i, b.text, b.kind in _SHORT_CANDIDATES, b.kind == "list_item") for i, b in kept if b.kind in _CANDIDATES),
        (block.text for _, block in kept if block.kind not in _CANDIDATES),
    )


def sign(batches: Iterable[Batch], config: Config, folder: Path, run: Volume, *, by_content: bool = False) -> Counts:
    """Write what the following stages need to know of some of the articles of a run.

    The arrays of :class:`Rows` (``offsets`` in place of ``sizes``); ``keys`` with a row a band and a column a
    block that is not short; in a small run their ``signatures``.  One entry a document: ``total``
    (words), ``moment`` (date), its id among the texts ``ids``, and ``identity``: a hash of what makes it the same
    document as one in an index, its id, and with ``by_content`` its words.
    """
    compute = kernel(run.share)
    ids: list[str] = []
    passages = 0
    columns: list[tuple[I64, I64, U64]] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint64))]
    pieces: list[Rows] = []
    for batch in batches:
        rows, total, content = hash_batch(batch, config.duplicates.min_words, len(ids), compute)
        pieces.append(rows)
        identity = np.array([hash_of(name) for name in batch.ids], np.uint64) + (
            content if by_content else np.uint64(0)
        )
        columns.append((total, np.array(batch.moments, np.int64), identity))
        ids += batch.ids
        passages += len(batch.texts)
    rows = _joined(pieces or [hash_batch(Batch(), 1, 0, compute)[0]])
    total, moments, identity = map(np.concatenate, zip(*columns, strict=True))
    bands = layout(config.duplicates.threshold)
    long = rows.sizes[~rows.short]
    offsets = offsets_of(rows.sizes)
    keys = [np.empty((bands[0], 0), np.uint64)]
    signed = [np.empty((0, PERMUTATIONS), np.uint32)]
    small = run.small and len(rows.short) <= SMALL
    for start in range(0, len(long), BATCH):
        some = offsets_of(long[start : start + BATCH])
        first = int(long[:start].sum())
        values = signatures(rows.hashes[first : first + int(some[-1])], some, compute, small=small)
        keys.append(compute.band_keys(values, *bands))
        if small:
            signed.append(values)
    store.save_arrays(
        folder,
        document=rows.document,
        block=rows.block,
        words=rows.words,
        length=rows.length,
        short=rows.short,
        item=rows.item,
        exact=rows.exact,
        offsets=offsets,
        hashes=rows.hashes,
        keys=np.concatenate(keys, axis=1),
        total=total,
        moment=moments,
        identity=identity,
    )
    store.save_texts(folder, "ids", ids)
    if small:
        store.save_arrays(folder, signatures=np.concatenate(signed))
    return {"blocks": len(rows.short), "documents": len(ids), "passages": passages, "small": int(small)}


def hash_batch(batch: Batch, min_words: int, first: int, compute: Kernel) -> tuple[Rows, I64, U64]:
    """The rows of a batch, whose first article has number ``first``; the words of each article; a hash of them."""
    found = compute.shingled(batch.texts)
    document = np.array(batch.documents, np.int64)
    total = np.array(batch.others, np.int64)
    content = np.zeros(len(total), np.uint64)
    np.add.at(total, document, found.counts)
    np.add.at(content, document, found.sequences)

    short = found.counts < min_words
    counted = (found.counts > 0) & (np.array(batch.may_be_short, np.bool_) | ~short)
    sizes = np.diff(found.offsets)
    stays = counted & ~short
    rows = Rows(
        (document + first)[counted],
        np.array(batch.blocks, np.int64)[counted],
        found.counts[counted],
        np.fromiter(map(len, batch.texts), np.int64, len(batch.texts))[counted],
        short[counted],
        np.array(batch.items, np.bool_)[counted],
        found.sequences[counted],
        np.where(short, 0, sizes)[counted],
        found.hashes if stays.all() else found.hashes[np.repeat(stays, sizes)],
    )
    return rows, total, content


def signatures(hashes: U64, offsets: I64, compute: Kernel, *, small: bool) -> U32:
    """Signatures of texts with at least one shingle each; of a small run through datasketch itself."""
    if small and len(hashes) <= SMALL_SHINGLES:
        sketches = [minhash(hashes[a:b]).hashvalues for a, b in pairwise(offsets.tolist())]
        return np.array(sketches, np.uint32).reshape(-1, PERMUTATIONS)
    return compute.signatures(hashes, offsets)


def _joined(pieces: Sequence[Rows]) -> Rows:
    return Rows(*(np.concatenate([getattr(rows, field.name) for rows in pieces]) for field in fields(Rows)))
