"""Stage ``sign``: the blocks of a shard as shingle hashes and band keys.

From here on a block is a number, and text is not read again until the parts are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.corpus import store
from cleaner.corpus.clean import documents
from cleaner.corpus.minhash import PERMUTATIONS, U32, band_keys, layout, minhash, signatures
from cleaner.corpus.resolve import moment
from cleaner.corpus.shingles import I64, U64, sequence_hashes, shingle_hashes, word_hashes, words
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
"""Articles hashed at a time."""

_CANDIDATES = ("paragraph", "list_item", "quote")
_SHORT_CANDIDATES = ("paragraph", "quote")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that may be a duplicate; ``short``: also if it is short."""

    block: int
    text: str
    short: bool = True


@dataclass(frozen=True, slots=True)
class Article:
    """What duplicates are sought in.  ``others`` are texts that are none but count as its words."""

    id: str
    date: str
    passages: tuple[Passage, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Arrays with one entry a block.

    ``document`` (within the shard) and ``block``: where it stands; ``length`` in characters; ``sizes``: how
    many of ``hashes`` are its own (its shingles; of a short text one hash of all its words).
    """

    document: I64
    block: I64
    words: I64
    length: I64
    short: npt.NDArray[np.bool_]
    sizes: I64
    hashes: U64


def sign_documents(task: Task, folder: Path) -> Counts:
    """Inputs: settings, documents of a shard (at most ``part``), their names, recurring lines.  See :func:`sign`."""
    config = store.load(task.inputs[0], Config)
    recurring = load_recurring(task.inputs[3])
    named = documents(task.inputs[1], task.part, task.inputs[2])
    cleaned = (remove_recurring(document, recurring, config.sites) for document in named)
    return sign(map(article, cleaned), config, folder)


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
    passages = tuple(Passage(i, b.text, b.kind in _SHORT_CANDIDATES) for i, b in kept if b.kind in _CANDIDATES)
    others = tuple(block.text for _, block in kept if block.kind not in _CANDIDATES)
    return Article(document.id, document.metadata.date, passages, others)


def sign(articles: Iterable[Article], config: Config, folder: Path) -> Counts:
    """Write what the following stages need to know of the articles.

    The arrays of :class:`Rows` (``offsets`` in place of ``sizes``); ``keys`` with a row a band and a column a
    block that is not short, ``exact`` with a key for each that is; ``signatures`` in a small shard
    only.  One entry a document: ``total`` (words), ``moment`` (date), and the list ``ids``.
    """
    ids: list[str] = []
    moments: list[int] = []
    totals: list[I64] = [np.empty(0, np.int64)]
    pieces: list[Rows] = []
    remaining = iter(articles)
    while batch := list(islice(remaining, BATCH)):
        rows, total = hash_passages(batch, config.duplicates.min_words, len(ids))
        pieces.append(rows)
        totals.append(total)
        ids += (one.id for one in batch)
        moments += (moment(one.date) for one in batch)
    rows = _joined(pieces)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(rows.sizes)])
    signed = _signatures(rows, offsets)
    store.save_arrays(
        folder,
        document=rows.document,
        block=rows.block,
        words=rows.words,
        length=rows.length,
        short=rows.short,
        offsets=offsets,
        hashes=rows.hashes,
        exact=rows.hashes[offsets[:-1][rows.short]],
        keys=band_keys(signed, *layout(config.duplicates.threshold)),
        total=np.concatenate(totals),
        moment=np.array(moments, np.int64),
    )
    if len(rows.short) <= SMALL:
        store.save_arrays(folder, signatures=signed)
    (folder / "ids").write_bytes(store.encode(ids))
    return {"blocks": len(rows.short), "documents": len(ids)}


def hash_passages(batch: Sequence[Article], min_words: int, first: int) -> tuple[Rows, I64]:
    """The rows of a batch, whose first article has number ``first``, and the words of each article."""
    passages = [(number, passage) for number, one in enumerate(batch) for passage in one.passages]
    hashes, counts = word_hashes([passage.text for _, passage in passages])
    document = np.array([number for number, _ in passages], np.int64)
    total = np.array([sum(len(words(text)) for text in one.others) for one in batch], np.int64)
    np.add.at(total, document, counts)

    short = counts < min_words
    may_be_short = np.array([passage.short for _, passage in passages], np.bool_)
    counted = (counts > 0) & (may_be_short | ~short)
    shingles, offsets = shingle_hashes(hashes, counts)
    sizes = np.diff(offsets)
    sequences = sequence_hashes(hashes, counts)
    # A short text keeps the place of its first shingle, which is overwritten; the rest goes.
    within = np.arange(len(shingles)) - np.repeat(offsets[:-1], sizes)
    stays = np.repeat(counted, sizes) & (~np.repeat(short, sizes) | (within == 0))
    shingles = np.where(np.repeat(short, sizes), np.repeat(sequences, sizes), shingles)[stays]
    sizes = np.where(short, 1, sizes)[counted]
    lengths = np.array([len(passage.text) for _, passage in passages], np.int64)
    blocks = np.array([passage.block for _, passage in passages], np.int64)
    rows = Rows(
        document[counted] + first, blocks[counted], counts[counted], lengths[counted], short[counted], sizes, shingles
    )
    return rows, total


def _joined(pieces: Sequence[Rows]) -> Rows:
    pieces = pieces or [hash_passages([], 1, 0)[0]]
    return Rows(
        np.concatenate([rows.document for rows in pieces]),
        np.concatenate([rows.block for rows in pieces]),
        np.concatenate([rows.words for rows in pieces]),
        np.concatenate([rows.length for rows in pieces]),
        np.concatenate([rows.short for rows in pieces]),
        np.concatenate([rows.sizes for rows in pieces]),
        np.concatenate([rows.hashes for rows in pieces]),
    )


def _signatures(rows: Rows, offsets: I64) -> U32:
    """Signatures of the blocks that are not short."""
    long = np.flatnonzero(~rows.short)
    if len(rows.short) <= SMALL and len(rows.hashes) <= SMALL_SHINGLES:
        sketches = [minhash(rows.hashes[offsets[i] : offsets[i + 1]]).hashvalues for i in long.tolist()]
        return np.array(sketches, np.uint32).reshape(-1, PERMUTATIONS)
    sizes = rows.sizes[long]
    hashes = rows.hashes[np.repeat(~rows.short, rows.sizes)]
    return signatures(hashes, np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]))


def read_ids(signs: Iterable[str]) -> Iterator[str]:
    """The ids of all documents of some signed shards, in order."""
    for sign_folder in signs:
        yield from store.load(Path(sign_folder, "ids"), list[str])
