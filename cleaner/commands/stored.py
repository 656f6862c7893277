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


def files(clean: Path) -> list[Path]:
    """The files of the documents and ``ledger.jsonl``; a usage error if they are missing."""
    from cleaner.writers import forms

    documents, ledger = forms.paths(clean), clean / "ledger.jsonl"
    if not documents or not ledger.is_file():
        missing = ledger if documents else clean / "documents.jsonl"
        raise click.UsageError(f"there is no {missing}: name a folder that `cleaner run` wrote.")
    return [*documents, ledger]


def find(clean: Path, doc: str) -> Stored:
    """A document by its id; a usage error if there is none (with the nearest id)."""
    from cleaner.writers import forms

    ledger = files(clean)[-1]
    record = next(forms.read(clean, doc), None)
    if record is None:
        raise click.UsageError(_unknown(clean, doc))
    return Stored(record, [_edit(row) for row in lines_with(ledger, "doc_id", doc)])


def lines_with(path: Path, key: str, value: str) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file whose ``key`` is ``value``; lines without the value are not parsed."""
    needle = json.dumps(value, ensure_ascii=False).encode()
    with path.open("rb") as stream:
        for line in stream:
            if needle in line:
                row = json.loads(line)
                if row[key] == value:
                    yield row


def _edit(row: dict[str, Any]) -> Edit:
    from cleaner.document import Edit

    return Edit(**{name: value for name, value in row.items() if name not in _DROPPED})


def _unknown(clean: Path, doc: str) -> str:
    from cleaner.document import WHOLE
    from cleaner.schema import nearest
    from cleaner.writers import forms

    for row in lines_with(clean / "ledger.jsonl", "doc_id", doc):
        if row["reason"].startswith(WHOLE):
            return f"{doc!r} was left out: {row['reason']} ({row['stage']}/{row['rule']}). Its text is in ledger.jsonl."
    near = nearest(doc, [record["id"] for record in forms.read(clean)])
    return f"no document {doc!r} in {clean}.{plain(near)}"
