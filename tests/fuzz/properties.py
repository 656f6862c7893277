"""What must hold for any input.  Each check raises on a breach; it returns what the caller counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import process_time

from cleaner import ledger
from cleaner.document import Document
from cleaner.pipeline import STAGES, finish
from cleaner.readers import Rejected, read_bytes
from cleaner.readers.decode import Decoded, decode
from cleaner.settings import Config
from cleaner.writers.records import Extras, document_line, ledger_lines
from cleaner.writers.tables import pipe_table, split_row, tidy_rows
from tests.support import text_document

SLOW = 5.0
"""Seconds of processor time after which a document of a few kilobytes counts as a hang."""


@dataclass
class Tally:
    """How often each part was executed, and what was seen."""

    runs: dict[str, int] = field(default_factory=dict)
    recleaned: int = 0
    changed: int = 0
    slowest: float = 0.0

    def add(self, part: str) -> None:
        self.runs[part] = self.runs.get(part, 0) + 1


def sound(document: Document) -> str:
    """The clean text, if blocks and ledger account for the source at this point."""
    cursor = 0
    for block in document.blocks:
        assert cursor <= block.start <= block.body <= block.body_end <= block.end, block
        assert 1 <= block.first_line <= block.last_line, block
        cursor = block.end
    for edit in document.edits:
        assert edit.rule, edit
        assert edit.action == "replace" or (edit.raw_text and not edit.new_text), edit
    text, _ = finish(document)
    return text


def through_stages(document: Document, config: Config, tally: Tally) -> tuple[str, Document]:
    """Run every stage, with conservation checked after each; the clean text and the finished document."""
    began = process_time()
    sound(document)
    for stage in STAGES:
        before = document
        document = stage.apply(document, config)
        assert len(document.edits) >= len(before.edits)
        assert document.source == before.source
        sound(document)
        tally.add(stage.name)
    text, document = finish(document)
    assert ledger.undo(text, document.edits) == document.source
    tally.add("restore")
    document_line(document, text, Extras(), config)
    ledger_lines(document)
    tally.add("write")
    taken = process_time() - began
    tally.slowest = max(tally.slowest, taken)
    assert taken < SLOW, f"{taken:.1f} s"
    return text, document


def check_text(text: str, config: Config, tally: Tally) -> str:
    """Plain text through everything; the clean text."""
    clean, _ = through_stages(text_document(text), config, tally)
    return clean


def check_again(clean: str, config: Config, tally: Tally) -> str:
    """Clean text cleaned again; counts it if that changes anything."""
    again, _ = through_stages(text_document(clean), config, tally)
    tally.recleaned += 1
    tally.changed += again != clean
    return again


def check_bytes(data: bytes, name: str, config: Config, tally: Tally) -> None:
    """Any bytes under any name: a document or a reason."""
    for result in read_bytes(data, name, config):
        tally.add("read " + name.rpartition(".")[2])
        if isinstance(result, Rejected):
            assert result.reason
        else:
            through_stages(result, config, tally)


def check_decode(data: bytes, tally: Tally) -> None:
    """Decoding gives text that UTF-8 can hold, and says of every byte lost where it was."""
    for markup in (False, True):
        decoded = _decoded(data, markup=markup)
        if decoded is not None:
            decoded.text.encode()
            assert all(decoded.text[edit.start] == "\ufffd" for edit in decoded.edits)
    tally.add("decode")


def _decoded(data: bytes, *, markup: bool) -> Decoded | None:
    from cleaner.errors import InputError

    try:
        return decode(data, markup=markup)
    except InputError:
        return None


def check_table(rows: tuple[tuple[str, ...], ...], tally: Tally) -> None:
    """A table as it is written reads back as the same cells."""
    lines = pipe_table(rows).split("\n")
    tidy = tidy_rows(rows)
    back = tuple(tuple(split_row(line)[1:-1]) for number, line in enumerate(lines) if number != 1)
    assert not tidy or back == tidy, (back, tidy)
    tally.add("tables writer")


CHECKS: tuple[Callable[..., object], ...] = (check_text, check_bytes, check_decode, check_table)
