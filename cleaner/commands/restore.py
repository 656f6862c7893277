"""``cleaner restore``: the decoded input of a text document, from what `cleaner run` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.commands.options import FILE, options
from cleaner.commands.output import refuse_input, sink
from cleaner.commands.stored import files, find
from cleaner.errors import CleanerError

if TYPE_CHECKING:
    from cleaner.document import Edit


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
    refuse_input(output, files(clean))
    found = find(clean, doc)
    text = rebuild(found.record, found.edits)
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
