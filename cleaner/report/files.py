"""Reading the files of an output folder, one document at a time, with as little decoding as possible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cleaner.corpus.publish import RUN
from cleaner.corpus.write import DOCUMENTS, DUPLICATES, LEDGER, REJECTED
from cleaner.document import Edit
from cleaner.errors import CleanerError

SOURCES = (DOCUMENTS, LEDGER, DUPLICATES, REJECTED, RUN)
"""The files that the report is made from."""
HTML = "html"


class Facts(msgspec.Struct, frozen=True):
    """The metadata that the report shows."""

    title: str
    url: str
    site: str
    language: str
    format: str
    encoding: str
    char_count: int
    raw_char_count: int
    removed_block_count: int
    edited_block_count: int
    duplicate_block_count: int


class Head(msgspec.Struct, frozen=True):
    """A line of ``documents.jsonl`` but for its text."""

    id: str
    metadata: Facts


class Row(msgspec.Struct, frozen=True):
    """What counting needs of a line of ``ledger.jsonl``."""

    doc_id: str
    stage: str
    rule: str
    action: str
    raw_text: str


class Pair(msgspec.Struct, frozen=True):
    """A line of ``duplicates.jsonl``."""

    doc_id: str
    block: int
    twin_id: str
    twin_block: int
    jaccard: float
    cluster: int
    kept: bool


class Refusal(msgspec.Struct, frozen=True):
    """A line of ``rejected.jsonl``."""

    path: str
    line: int
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands: byte ranges of its line in ``documents.jsonl`` and of its rows in ``ledger.jsonl``."""

    document: tuple[int, int]
    ledger: tuple[int, int]


class Clean:
    """An output folder that `cleaner run` wrote.  Raises :class:`CleanerError` if files are missing or are no such."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in SOURCES:
            if not (folder / name).is_file():
                raise CleanerError(f"there is no {folder / name}: name a folder that `cleaner run` wrote.")
        self.run: dict[str, Any] = msgspec.json.decode((folder / RUN).read_bytes())

    def heads(self) -> Iterator[tuple[Head, list[Row], Place]]:
        """Every document in order, with its ledger rows and where both stand.

        Rows of documents that were left out as duplicates are passed over.
        """
        decoder = msgspec.json.Decoder(Head)
        groups = self._groups()
        group = next(groups, None)
        skipping = bool(self.run["counts"]["dropped"])
        ids = {head.id for head in self._lines(DOCUMENTS, Head)} if skipping else frozenset()
        at = 0
        with (self.folder / DOCUMENTS).open("rb") as stream:
            for line in stream:
                head = decoder.decode(line)
                while skipping and group is not None and group[0] not in ids:
                    group = next(groups, None)
                rows: list[Row] = []
                place = (0, 0)
                if group is not None and group[0] == head.id:
                    _, rows, place = group
                    group = next(groups, None)
                yield head, rows, Place((at, at + len(line)), place)
                at += len(line)

    def pairs(self) -> Iterator[Pair]:
        """The lines of ``duplicates.jsonl``."""
        return self._lines(DUPLICATES, Pair)

    def refusals(self) -> Iterator[Refusal]:
        """The lines of ``rejected.jsonl``."""
        return self._lines(REJECTED, Refusal)

    def text(self, place: Place) -> str:
        """The clean text of a document."""
        return str(msgspec.json.decode(self._bytes(DOCUMENTS, place.document))["text"])

    def edits(self, place: Place) -> list[Edit]:
        """The ledger rows of a document."""
        decoder = msgspec.json.Decoder(Edit)
        return [decoder.decode(line) for line in self._bytes(LEDGER, place.ledger).split(b"\n") if line]

    def _groups(self) -> Iterator[tuple[str, list[Row], tuple[int, int]]]:
        """The rows of ``ledger.jsonl`` by document, with their byte range."""
        start = at = 0
        rows: list[Row] = []
        decoder = msgspec.json.Decoder(Row)
        with (self.folder / LEDGER).open("rb") as stream:
            for line in stream:
                row = decoder.decode(line)
                if rows and row.doc_id != rows[0].doc_id:
                    yield rows[0].doc_id, rows, (start, at)
                    rows, start = [], at
                rows.append(row)
                at += len(line)
        if rows:
            yield rows[0].doc_id, rows, (start, at)

    def _lines(self, name: str, kind: type[Any]) -> Iterator[Any]:
        decoder = msgspec.json.Decoder(kind)
        with (self.folder / name).open("rb") as stream:
            for line in stream:
                yield decoder.decode(line)

    def _bytes(self, name: str, span: tuple[int, int]) -> bytes:
        with (self.folder / name).open("rb") as stream:
            stream.seek(span[0])
            return stream.read(span[1] - span[0])
