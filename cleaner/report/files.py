"""Reading the files of an output folder, one document at a time, with as little decoding as possible."""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

import msgspec

from cleaner.document import Edit
from cleaner.errors import CleanerError
from cleaner.files import DOCUMENTS, DUPLICATES, LEDGER, REJECTED, RUN
from cleaner.hashes import Hashes, hash_of
from cleaner.rows import Duplicate, Rejection
from cleaner.writers import forms

SOURCES = (LEDGER, DUPLICATES, REJECTED, RUN)
"""The files that the report is made from, beside those of the documents (see :mod:`cleaner.writers.forms`)."""
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


class Record(msgspec.Struct, frozen=True):
    """A document of the output."""

    id: str
    text: str
    metadata: Facts


class _Named(msgspec.Struct, frozen=True):
    id: str


class _Text(msgspec.Struct, frozen=True):
    text: str


class Row(msgspec.Struct, frozen=True):
    """What counting needs of a line of ``ledger.jsonl``."""

    doc_id: str
    stage: str
    rule: str
    action: str
    raw_text: str


Span = tuple[int, int]
"""Where the rows of a document stand: a range of bytes of ``ledger.jsonl``."""


class Clean:
    """An output folder that `cleaner run` wrote.  Raises :class:`CleanerError` if files are missing or are no such."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in SOURCES:
            if not (folder / name).is_file():
                raise CleanerError(f"there is no {folder / name}: name a folder that `cleaner run` wrote.")
        if not forms.paths(folder):
            raise CleanerError(f"there is no {folder / DOCUMENTS}: name a folder that `cleaner run` wrote.")
        self.run: dict[str, Any] = msgspec.json.decode((folder / RUN).read_bytes())

    def documents(self) -> Iterator[Record]:
        """Every document, in order."""
        return map(msgspec.json.Decoder(Record).decode, forms.lines(self.folder))

    def texts(self, ids: Set[str]) -> dict[str, str]:
        """The clean text of each of some documents."""
        name, text = msgspec.json.Decoder(_Named), msgspec.json.Decoder(_Text)
        named = ((name.decode(line).id, line) for line in forms.lines(self.folder))
        return {one: text.decode(line).text for one, line in named if one in ids}

    def documents_with_rows(self) -> Iterator[tuple[Record, list[Row], Span]]:
        """Every document, in order, with its ledger rows and where these stand.

        Rows of documents that were left out are passed over.
        """
        groups = self._groups()
        group = next(groups, None)
        skipping = bool(self.run["counts"]["dropped"] or self.run["counts"].get("filtered"))
        ids = Hashes(hash_of(record.id) for record in self.documents()) if skipping else Hashes()
        for record in self.documents():
            while skipping and group is not None and hash_of(group[0]) not in ids:
                group = next(groups, None)
            if group is not None and group[0] == record.id:
                yield record, group[1], group[2]
                group = next(groups, None)
            else:
                yield record, [], (0, 0)

    def pairs(self) -> Iterator[Duplicate]:
        """The lines of ``duplicates.jsonl``."""
        return self._lines(DUPLICATES, Duplicate)

    def refusals(self) -> Iterator[Rejection]:
        """The lines of ``rejected.jsonl``."""
        return self._lines(REJECTED, Rejection)

    def edits(self, span: Span) -> list[Edit]:
        """The ledger rows that stand in a range of bytes."""
        decoder = msgspec.json.Decoder(Edit)
        with (self.folder / LEDGER).open("rb") as stream:
            stream.seek(span[0])
            return [decoder.decode(line) for line in stream.read(span[1] - span[0]).split(b"\n") if line]

    def _groups(self) -> Iterator[tuple[str, list[Row], Span]]:
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
