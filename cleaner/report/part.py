"""What the page needs of documents that stand one after another: figures, some to list, and where their rows are.

The tasks that write a run's parts take it down, each for its shard, and the page is made from all of theirs;
`cleaner report` does so for all documents at once, from the output files.  Either way the same page comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from pathlib import Path

import msgspec

from cleaner.files import DOCUMENTS, LEDGER
from cleaner.hashes import Hashes, hash_of
from cleaner.report.files import Record, Row, Span, with_rows
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


def gather(documents: Iterable[tuple[Record, Sequence[Row], Span]], ledger: Path, clustered: Set[str]) -> Part:
    """The part that documents make, with their rows of a ledger; ``clustered``: ids that may be in clusters."""
    from cleaner.pipeline import STAGES

    totals, sample = Totals(), Sample()
    places: dict[str, tuple[int, Span]] = {}
    for number, (record, rows, span) in enumerate(documents):
        rules = tuple(sorted(totals.add(record, rows)))
        sample.add(Listed(number, record.id, hash_of(record.id), record.metadata, rules, span))
        if record.id in clustered:
            places[record.id] = number, span
    stages = [(stage.name, stage.summary) for stage in STAGES]
    return Part(totals, sample.offered(), places, ledger.stat().st_size, stages)


def save(folder: Path, clustered: Set[str], kept: Iterable[str] | None = None) -> None:
    """Write the part of a shard, read from the files that were just written to a folder.

    ``kept``: the ids of its documents, if the ledger has rows of others too.
    """
    ids = None if kept is None else Hashes(map(hash_of, kept))
    with (folder / DOCUMENTS).open("rb") as lines:
        documents = with_rows(map(msgspec.json.Decoder(Record).decode, lines), folder / LEDGER, ids)
        part = gather(documents, folder / LEDGER, clustered)
    (folder / FILE).write_bytes(msgspec.msgpack.encode(part))


def decode(data: bytes) -> Part:
    """What :func:`save` wrote."""
    return msgspec.msgpack.decode(data, type=Part)
