"""One document of an output folder, for the commands that look at what `cleaner run` wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.terminal import plain

if TYPE_CHECKING:
    from cleaner.document import Edit

_DROPPED = ("doc_id", "seq")  # what a ledger row has beside an Edit's fields


@dataclass(frozen=True, slots=True)
class Stored:
    """A record of ``documents.jsonl`` and its rows of ``ledger.jsonl``."""

    record: dict[str, Any]
    edits: list[Edit]


def files(clean: Path) -> tuple[Path, Path]:
    """``documents.jsonl`` and ``ledger.jsonl``; a usage error if one is missing."""
    paths = clean / "documents.jsonl", clean / "ledger.jsonl"
    for path in paths:
        if not path.is_file():
            raise click.UsageError(f"there is no {path}: name a folder that `cleaner run` wrote.")
    return paths


def find(clean: Path, doc: str) -> Stored:
    """A document by its id; a usage error if there is none (with the nearest id)."""
    documents, ledger = files(clean)
    record = next(lines_with(documents, "id", doc), None)
    if record is None:
        raise click.UsageError(_unknown(documents, doc))
    return Stored(record, [_edit(row) for row in lines_with(ledger, "doc_id", doc)])


def lines_with(path: Path, key: str, value: str) -> Iterator[dict[str, Any]]:
    """The records of a JSONL file whose ``key`` is ``value``; lines without the value are not parsed."""
    needle = json.dumps(value, ensure_ascii=False).encode()
    with path.open("rb") as stream:
        for line in stream:
            if needle in line:
                record = json.loads(line)
                if record[key] == value:
                    yield record


def _edit(row: dict[str, Any]) -> Edit:
    from cleaner.document import Edit

    return Edit(**{name: value for name, value in row.items() if name not in _DROPPED})


def _unknown(documents: Path, doc: str) -> str:
    from cleaner.schema import nearest

    with documents.open("rb") as stream:
        ids = [json.loads(line)["id"] for line in stream]
    return f"no document {doc!r} in {documents}.{plain(nearest(doc, ids))}"
