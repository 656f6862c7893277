"""What the page needs of documents that stand one after another: taken down while they are written.

The tasks that write a run's parts do so, each for its shard, and the page is made from all of theirs; `cleaner
report` does it for all documents, read from the output files.  Either way the same page comes out.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cleaner.hashes import hash_of
from cleaner.report.files import Record, Row, Span
from cleaner.report.sample import Listed, Sample
from cleaner.report.totals import Totals

FILE = "report"
"""The name of the file beside a shard's parts of the output."""


class Part(msgspec.Struct, frozen=True):
    """Documents and places are counted from the part's own beginning.

    ``listed`` are those that may be in the list of the page, ``clustered`` those that may be in its clusters of
    duplicates, by id, with number and rows; ``size``: bytes of the ledger; ``stages``: name and meaning of the stages
    of one document, which whoever puts the page together need not load.
    """

    totals: Totals
    listed: list[Listed]
    clustered: dict[str, tuple[int, Span]]
    size: int
    stages: list[tuple[str, str]]


class Gatherer:
    """Takes documents one by one, in the order of the output, and gives a :class:`Part`."""

    def __init__(self) -> None:
        self._totals, self._sample = Totals(), Sample()
        self._clustered: dict[str, tuple[int, Span]] = {}
        self._size = 0
        self._record, self._row = msgspec.json.Decoder(Record), msgspec.json.Decoder(Row)

    def add_lines(self, document: bytes, ledger: bytes, *, clustered: bool) -> None:
        """Add a document as it is written: its line of ``documents.jsonl`` and its lines of ``ledger.jsonl``."""
        span = self._size, self._size + len(ledger)
        self.add(self._record.decode(document), self._row.decode_lines(ledger), span, clustered=clustered)
        self._size = span[1]

    def skip(self, ledger: bytes) -> None:
        """Pass over a document that is left out: it has lines in the ledger all the same."""
        self._size += len(ledger)

    def add(self, record: Record, rows: Sequence[Row], span: Span, *, clustered: bool) -> None:
        """Add a document; ``clustered``: it may be in a cluster of duplicates."""
        number = self._totals.documents
        rules = tuple(sorted(self._totals.add(record, rows)))
        self._sample.add(Listed(number, record.id, hash_of(record.id), record.metadata, rules, span))
        if clustered:
            self._clustered[record.id] = number, span

    def part(self) -> Part:
        """All that was added."""
        from cleaner.pipeline import STAGES

        stages = [(stage.name, stage.summary) for stage in STAGES]
        return Part(self._totals, self._sample.offered(), self._clustered, self._size, stages)


def encode(part: Part) -> bytes:
    """A part as it is kept in a file."""
    return msgspec.msgpack.encode(part)


def decode(data: bytes) -> Part:
    """The opposite of :func:`encode`."""
    return msgspec.msgpack.decode(data, type=Part)
