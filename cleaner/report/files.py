"""Reading the files of an output folder, one document at a time, with as little decoding as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import Any, TypeVar

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


class Facts(msgspec.Struct, frozen=True, gc=False):
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


class Record(msgspec.Struct, frozen=True, gc=False):
    """A document of the output, but for its text."""

    id: str
    metadata: Facts


class Written(Record, frozen=True, gc=False):
    """A document of the output."""

    text: str


R = TypeVar("R", bound=Record)


class Row(msgspec.Struct, frozen=True, gc=False):
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

    def documents(self, kind: type[R]) -> Iterator[R]:
        """Every document, in order, as :class:`Record` or :class:`Written`."""
        return map(msgspec.json.Decoder(kind).decode, forms.lines(self.folder))

    def texts(self, numbers: Set[int]) -> dict[str, str]:
        """The clean text of each of some documents, by id; they are named by their places in the run."""
        decoder = msgspec.json.Decoder(Written)
        lines = enumerate(forms.lines(self.folder))
        found = (decoder.decode(line) for number, line in lines if number in numbers)
        return {one.id: one.text for one in found}

    def documents_with_rows(self, kind: type[R]) -> Iterator[tuple[R, list[Row], Span]]:
        """Every document, in order, with its ledger rows and where these stand.

        Rows of documents that were left out are passed over.
        """
        left_out = self.run["counts"]["dropped"] or self.run["counts"].get("filtered")
        kept = Hashes(hash_of(record.id) for record in self.documents(Record)) if left_out else None
        return with_rows(self.documents(kind), self.folder / LEDGER, kept)

    def pairs(self) -> Iterator[Duplicate]:
        """The lines of ``duplicates.jsonl``."""
        return self._lines(DUPLICATES, Duplicate)

    def refusals(self) -> Iterator[Rejection]:
        """The lines of ``rejected.jsonl``."""
        return self._lines(REJECTED, Rejection)

    def edits(self, spans: Iterable[Span]) -> Iterator[list[Edit]]:
        """The ledger rows that stand in each of some ranges of bytes."""
        decoder = msgspec.json.Decoder(Edit)
        with (self.folder / LEDGER).open("rb") as stream:
            for start, stop in spans:
                stream.seek(start)
                yield decoder.decode_lines(stream.read(stop - start))

    def _lines(self, name: str, kind: type[Any]) -> Iterator[Any]:
        decoder = msgspec.json.Decoder(kind)
        with (self.folder / name).open("rb") as stream:
            for line in stream:
                yield decoder.decode(line)


def with_rows(documents: Iterable[R], ledger: Path, kept: Hashes | None = None) -> Iterator[tuple[R, list[Row], Span]]:
    """Documents, in order, with their rows of a ledger; ``kept`` holds all their ids, if it has rows of others too."""
    groups = _groups(ledger)
    group = next(groups, None)
    for record in documents:
        while kept is not None and group is not None and hash_of(group[0]) not in kept:
            group = next(groups, None)
        if group is not None and group[0] == record.id:
            yield record, group[1], group[2]
            group = next(groups, None)
        else:
            yield record, [], (0, 0)


def _groups(ledger: Path) -> Iterator[tuple[str, list[Row], Span]]:
    """The rows of a ledger by document, with their byte range."""
    start = at = 0
    rows: list[Row] = []
    decoder = msgspec.json.Decoder(Row)
    with ledger.open("rb") as stream:
        for line in stream:
            row = decoder.decode(line)
            if rows and row.doc_id != rows[0].doc_id:
                yield rows[0].doc_id, rows, (start, at)
                rows, start = [], at
            rows.append(row)
            at += len(line)
    if rows:
        yield rows[0].doc_id, rows, (start, at)
