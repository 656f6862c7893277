"""Stage ``sign``: the blocks of a shard as shingle hashes and band keys.

From here on a block is a number, and text is not read again until the parts are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.corpus import store
from cleaner.corpus.clean import documents
from cleaner.corpus.fast import Kernel, kernel
from cleaner.corpus.minhash import PERMUTATIONS, U32, layout, minhash
from cleaner.corpus.ranking import moment
from cleaner.corpus.shingles import I64, U64, count_words, offsets_of
from cleaner.corpus.sites import load_recurring, remove_recurring
from cleaner.corpus.tasks import Counts, Task
from cleaner.document import Document
from cleaner.settings import Config, Duplicates

SMALL = 2_000
"""Up to so many blocks go through datasketch itself, one by one; more through the batch kernel.
Both give the same signatures."""
SMALL_SHINGLES = 200_000
"""And so many shingles: datasketch takes 512 bytes for each, all of a text's at once."""
BATCH = 1_024
"""Articles hashed, and blocks signed, at a time."""

_CANDIDATES = ("paragraph", "list_item", "quote")
_SHORT_CANDIDATES = ("paragraph", "quote")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that may be a duplicate; ``short``: also if it is short; ``item``: it is a list item."""

    block: int
    text: str
    short: bool = True
    item: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """What duplicates are sought in.

    ``others`` are texts that are none but count as its words; ``identity`` is what makes it, in an
    index, the same article as an earlier one ("" for its id).
    """

    id: str
    date: str
    passages: tuple[Passage, ...]
    others: tuple[str, ...] = ()
    identity: str = ""


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
    """Inputs: settings, documents of a shard (at most ``part``), their names, recurring lines.  See :func:`sign`."""
    config = store.load(task.inputs[0], Config)
    recurring = load_recurring(task.inputs[3])
    named = documents(task.inputs[1], task.part, task.inputs[2])
    cleaned = (remove_recurring(document, recurring, config.sites) for document in named)
    return sign(map(article, cleaned), config, folder, Path(task.inputs[1]).stat().st_size)


def signing_settings(config: Config) -> Config:
    """The settings that matter to this stage: others may change without signing again."""
    chosen = Duplicates(threshold=config.duplicates.threshold, min_words=config.duplicates.min_words)
    return Config(input=config.input, sites=config.sites, duplicates=chosen)


def article(document: Document) -> Article:
    """A document's kept blocks.

    Headings, tables and code are never duplicates: a section would lose its name, and different
    tables may read alike word for word.  Nor are short list items: "Salt" belongs to many a recipe.
    """
    kept = [(index, block) for index, block in enumerate(document.blocks) if block.removed is None]
    passages = tuple(
        Passage(i, b.text, b.kind in _SHORT_CANDIDATES, b.kind == "list_item") for i, b in kept if b.kind in _CANDIDATES
    )
    others = tuple(block.text for _, block in kept if block.kind not in _CANDIDATES)
    return Article(document.id, document.metadata.date, passages, others)


def sign(articles: Iterable[Article], config: Config, folder: Path, size: int) -> Counts:
    """Write what the following stages need to know of the articles, some ``size`` characters in all.

    The arrays of :class:`Rows` (``offsets`` in place of ``sizes``); ``keys`` with a row a band and a column a
    block that is not short; their ``signatures`` in a small shard only.  One entry a document:
    ``total`` (words), ``moment`` (date), ``identity`` (a hash of it), and its id among the texts ``ids``.
    """
    compute = kernel(size)
    ids: list[str] = []
    moments: list[int] = []
    totals: list[I64] = [np.empty(0, np.int64)]
    pieces: list[Rows] = []
    identities: list[int] = []
    remaining = iter(articles)
    while batch := list(islice(remaining, BATCH)):
        rows, total = hash_passages(batch, config.duplicates.min_words, len(ids), compute)
        pieces.append(rows)
        totals.append(total)
        ids += (one.id for one in batch)
        identities += (_hash(one.identity or one.id) for one in batch)
        moments += (moment(one.date) for one in batch)
    rows = _joined(pieces or [hash_passages([], 1, 0, compute)[0]])
    bands = layout(config.duplicates.threshold)
    long = rows.sizes[~rows.short]
    offsets = offsets_of(rows.sizes)
    keys = [np.empty((bands[0], 0), np.uint64)]
    signed = [np.empty((0, PERMUTATIONS), np.uint32)]
    small = len(rows.short) <= SMALL
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
        total=np.concatenate(totals),
        moment=np.array(moments, np.int64),
        identity=np.array(identities, np.uint64),
    )
    store.save_texts(folder, "ids", ids)
    if small:
        store.save_arrays(folder, signatures=np.concatenate(signed))
    return {"blocks": len(rows.short), "documents": len(ids)}


def hash_passages(batch: Sequence[Article], min_words: int, first: int, compute: Kernel) -> tuple[Rows, I64]:
    """The rows of a batch, whose first article has number ``first``, and the words of each article."""
    passages = [passage for one in batch for passage in one.passages]
    document = np.repeat(np.arange(len(batch)), [len(one.passages) for one in batch])
    texts = [passage.text for passage in passages]
    found = compute.shingled(texts)
    total = np.array([count_words(one.others) for one in batch], np.int64)
    np.add.at(total, document, found.counts)

    short = found.counts < min_words
    may_be_short = np.array([passage.short for passage in passages], np.bool_)
    counted = (found.counts > 0) & (may_be_short | ~short)
    sizes = np.diff(found.offsets)
    stays = counted & ~short
    rows = Rows(
        (document + first)[counted],
        np.array([passage.block for passage in passages], np.int64)[counted],
        found.counts[counted],
        np.array([len(text) for text in texts], np.int64)[counted],
        short[counted],
        np.array([passage.item for passage in passages], np.bool_)[counted],
        found.sequences[counted],
        np.where(short, 0, sizes)[counted],
        found.hashes if stays.all() else found.hashes[np.repeat(stays, sizes)],
    )
    return rows, total


def signatures(hashes: U64, offsets: I64, compute: Kernel, *, small: bool) -> U32:
    """Signatures of texts with at least one shingle each; of a small shard through datasketch itself."""
    if small and len(hashes) <= SMALL_SHINGLES:
        sketches = [minhash(hashes[a:b]).hashvalues for a, b in pairwise(offsets.tolist())]
        return np.array(sketches, np.uint32).reshape(-1, PERMUTATIONS)
    return compute.signatures(hashes, offsets)


def _joined(pieces: Sequence[Rows]) -> Rows:
    return Rows(*(np.concatenate([getattr(rows, field.name) for rows in pieces]) for field in fields(Rows)))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
