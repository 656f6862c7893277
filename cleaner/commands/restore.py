"""``cleaner restore``: the decoded input of a text document, from what `cleaner run` wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.commands.options import FILE, options
from cleaner.commands.output import refuse_input, sink
from cleaner.errors import CleanerError

if TYPE_CHECKING:
    from cleaner.document import Edit

_DROPPED = ("doc_id", "seq")  # what a ledger row has beside an Edit's fields


@click.command("restore")
@click.argument("clean", type=FILE)
@click.argument("doc")
@click.option("-o", "--output", type=FILE, metavar="FILE", help="Write to this file.  [default: stdout]")
@options("verbose")
def command(clean: Path, doc: str, output: Path | None) -> None:
    """Rebuild the input of one document, to the character.

    CLEAN is a folder that `cleaner run` wrote; DOC is the id of a document in its documents.jsonl.
    The result is the input as it was decoded, before any stage, in UTF-8.  Pages of HTML can not be
    rebuilt: their ledger has no positions.
    """
    from cleaner.writers import forms

    documents, ledger = forms.paths(clean), clean / "ledger.jsonl"
    if not documents or not ledger.is_file():
        missing = ledger if documents else clean / "documents.jsonl"
        raise click.UsageError(f"there is no {missing}: name a folder that `cleaner run` wrote.")
    refuse_input(output, (*documents, ledger))
    record = next(forms.read(clean, doc), None)
    if record is None:
        raise click.UsageError(_unknown(clean, doc))
    text = rebuild(record, [_edit(row) for row in _lines_with(ledger, "doc_id", doc)])
    with sink(output) as stream:
        stream.write(text.encode())


def rebuild(record: dict[str, Any], edits: list[Edit]) -> str:
    """The decoded input of a record of ``documents.jsonl``, given its ledger rows.

    Raises :class:`CleanerError` if the document is HTML, or if record and ledger do not belong
    together (every row must be found where it says, and the length must be the recorded one).
    """
    from cleaner.ledger import undo

    metadata = record["metadata"]
    if metadata["format"] == "html":
        raise CleanerError(
            f"document {record['id']!r} was a page of HTML, which the ledger does not rebuild: "
            f"see the input itself ({metadata['file_path']})."
        )
    try:
        text = undo(record["text"], edits)
    except ValueError as error:
        raise _changed(record["id"], str(error)) from None
    if len(text) != metadata["raw_char_count"]:
        raise _changed(record["id"], f"{len(text)} characters instead of {metadata['raw_char_count']}")
    for edit in edits:
        if text[edit.start : edit.end] != edit.raw_text:
            raise _changed(record["id"], f"row {edit.stage}/{edit.rule} at {edit.start} does not fit")
    return text


def _changed(doc: str, detail: str) -> CleanerError:
    return CleanerError(
        f"document {doc!r} does not fit its ledger ({detail}). Was one of the files changed? Run `cleaner run` again."
    )


def _lines_with(path: Path, key: str, value: str) -> Iterator[dict[str, Any]]:
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


def _unknown(clean: Path, doc: str) -> str:
    from cleaner.schema import nearest
    from cleaner.writers import forms

    return f"no document {doc!r} in {clean}.{nearest(doc, [record['id'] for record in forms.read(clean)])}"
