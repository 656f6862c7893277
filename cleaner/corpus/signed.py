"""Signed shards seen as one: what the tasks after signing look things up in.

Blocks are numbered in input order over all shards, those of earlier runs (an index, or what is
compared against) first.  Arrays are mapped, never loaded whole where a part will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cleaner.corpus import store
from cleaner.corpus.workshop import Made, Workshop
from cleaner.near_duplicates.shingles import I64, U64, offsets_of

Sized = tuple[str, int, int]
"""A signed shard: where it is, its blocks and its documents.  Nobody has to open all shards to count them."""


def sized(made: Sequence[Made]) -> list[Sized]:
    """Signed shards, as made by :func:`cleaner.corpus.sign.sign`, with their sizes."""
    return [(one.path, one.counts["blocks"], one.counts["documents"]) for one in made]


def keep_list(workshop: Workshop, made: Sequence[Made]) -> Made:
    """Signed shards as one input of tasks; read by :func:`load_list`."""
    return workshop.keep("shards", sized(made), store.sha256_of(*(one.sha256 for one in made)))


def load_list(path: str) -> SignedShards:
    """What :func:`keep_list` kept."""
    return SignedShards(store.load(path, list[Sized]))


class SignedShards:
    """The arrays of signed shards, in order.

    ``bases`` and ``document_bases``: blocks and documents before each shard, and in all.
    """

    def __init__(self, shards: Sequence[Sized]) -> None:
        self.shards = list(shards)
        self.signs = [path for path, _, _ in shards]
        self.bases = offsets_of(np.array([blocks for _, blocks, _ in shards], np.int64))
        self.document_bases = offsets_of(np.array([documents for _, _, documents in shards], np.int64))

    def column(self, name: str) -> Any:
        """One array over all blocks (or documents), in order."""
        return np.concatenate([store.load_array(sign, name) for sign in self.signs] or [np.empty(0, np.int64)])

    def spans(self) -> Iterator[tuple[str, int, int]]:
        """Each shard with its first block's number and the next shard's."""
        return zip(self.signs, self.bases[:-1].tolist(), self.bases[1:].tolist(), strict=True)

    def by_key(self, name: str, ranks: I64, band: int = -1) -> tuple[U64, I64]:
        """Keys and ranks of all blocks with a rank.

        ``ranks`` are by number, -1 for a block to leave out; ``name`` is an array with a key for each
        block, or with ``band`` one with a key a band for each block that is not short.
        """
        keys, found = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
        for sign, start, stop in self.spans():
            rank, key = ranks[start:stop], store.load_array(sign, name)
            if band >= 0:
                rank, key = rank[~store.load_array(sign, "short")], key[band]
            chosen = rank >= 0
            keys.append(key[chosen])
            found.append(rank[chosen])
        return np.concatenate(keys), np.concatenate(found)

    def at(self, name: str, numbers: I64) -> Any:
        """An array's entries for some blocks."""
        pieces = [(where, store.load_array(sign, name)[rows]) for sign, where, rows in self._located(numbers)]
        out = np.empty(len(numbers), pieces[0][1].dtype if pieces else np.int64)
        for where, values in pieces:
            out[where] = values
        return out

    def documents(self, numbers: I64) -> I64:
        """Document of each of some blocks, counted over all shards."""
        shard = np.searchsorted(self.bases, numbers, side="right") - 1
        return self.at("document", numbers) + self.document_bases[shard]  # type: ignore[no-any-return]

    def ids(self, numbers: I64) -> list[str]:
        """The id of the document of each of some blocks."""
        out = [""] * len(numbers)
        for sign, where, rows in self._located(numbers):
            found = store.load_texts(sign, "ids", store.load_array(sign, "document")[rows].tolist())
            for place, text in zip(where.tolist(), found, strict=True):
                out[place] = text
        return out

    def sizes(self, numbers: I64) -> I64:
        """How many shingles each of some blocks has, repeats included."""
        out = np.zeros(len(numbers), np.int64)
        for sign, where, rows in self._located(numbers):
            offsets = store.load_array(sign, "offsets")
            out[where] = offsets[rows + 1] - offsets[rows]
        return out

    def hashes(self, numbers: I64) -> tuple[U64, I64]:
        """Shingle hashes of some blocks (ascending), one block after the other, and their offsets."""
        ends = offsets_of(self.sizes(numbers))
        out = np.empty(int(ends[-1]), np.uint64)
        for sign, where, rows in self._located(numbers):
            starts = store.load_array(sign, "offsets")[rows]
            size = np.diff(ends[where[0] : where[-1] + 2])
            places = np.arange(int(size.sum())) + np.repeat(starts - offsets_of(size)[:-1], size)
            np.take(store.load_array(sign, "hashes"), places, out=out[ends[where[0]] : ends[where[-1] + 1]])
        return out, ends

    def _located(self, numbers: I64) -> Iterator[tuple[str, I64, I64]]:
        """For each shard that has any of ``numbers``: their places among them, and their rows in it."""
        order = np.argsort(numbers, kind="stable")
        ordered = numbers[order]
        ends = np.searchsorted(ordered, self.bases)
        for shard in np.flatnonzero(np.diff(ends)).tolist():
            some = slice(int(ends[shard]), int(ends[shard + 1]))
            yield self.signs[shard], order[some], ordered[some] - self.bases[shard]
