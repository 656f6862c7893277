"""What holds for the whole pipeline on any input."""

from __future__ import annotations

import gzip
import json
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from unicodedata import is_normalized

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import ledger
from cleaner.config import load
from cleaner.document import Document
from cleaner.pipeline import STAGES, finish, run_stages
from cleaner.readers import Rejected, read_bytes
from cleaner.settings import Config
from cleaner.writers.records import object_line
from tests.support import text_document, texts

CONFIG = load().config


def rows_are_sound(document: Document) -> None:
    for edit in document.edits:
        assert edit.raw_text == document.source[edit.start : edit.end]
        assert edit.rule
        assert edit.first_line <= edit.last_line
        if edit.action != "replace":
            assert edit.new_text == ""
            assert edit.raw_text
        if edit.stage != "write":
            assert edit.start < edit.end
    for a in document.edits:
        for b in document.edits:
            apart = a.end <= b.start or b.end <= a.start
            nested = (a.start <= b.start and b.end <= a.end) or (b.start <= a.start and a.end <= b.end)
            assert apart or nested, (a, b)


@settings(max_examples=400)
@given(texts)
def test_conservation(text: str) -> None:
    clean, document = finish(run_stages(text_document(text), CONFIG))
    assert ledger.undo(clean, document.edits) == text
    rows_are_sound(document)


@settings(max_examples=150)
@given(texts)
def test_removals_are_whole_blocks_and_every_removed_block_has_one_row(text: str) -> None:
    _, document = finish(run_stages(text_document(text), CONFIG))
    removed = sorted((b.start, b.end) for b in document.blocks if b.removed is not None)
    assert sorted((e.start, e.end) for e in document.edits if e.action != "replace") == removed


@settings(max_examples=150)
@given(texts)
def test_the_text_is_nfc_and_ends_in_one_newline(text: str) -> None:
    clean, _ = finish(run_stages(text_document(text), CONFIG))
    assert is_normalized("NFC", clean)
    assert clean == "" or (clean.endswith("\n") and not clean.endswith("\n\n"))


@settings(max_examples=100)
@given(texts, st.sets(st.sampled_from([stage.name for stage in STAGES])))
def test_any_stage_can_be_left_out(text: str, skipped: set[str]) -> None:
    finish(run_stages(text_document(text), Config(skip_stages=tuple(sorted(skipped)), phrases=CONFIG.phrases)))


@settings(max_examples=200)
@given(
    st.one_of(st.binary(max_size=300), texts.map(str.encode)),
    st.sampled_from(["x.txt", "x.md", "x.html", "x.jsonl", "-"]),
)
def test_no_bytes_break_any_reader(data: bytes, name: str) -> None:
    for result in read_bytes(data, name, CONFIG):
        if isinstance(result, Rejected):
            assert result.reason
            continue
        text, document = finish(run_stages(result, CONFIG))
        object_line(document, text, CONFIG)


def test_cleaning_clean_text_changes_little_on_real_pages(shared: Path) -> None:
    """The writer's text is its own fixed point but for guesses that hang on lines since removed."""
    changed = lines = 0
    with gzip.open(shared / "lines" / "dev.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in islice(stream, 0, None, 25):
            source = "\n".join(item["text"] for item in json.loads(line)["lines"])
            once, _ = finish(run_stages(text_document(source), CONFIG))
            again, _ = finish(run_stages(text_document(once), CONFIG))
            before, after = once.split("\n"), again.split("\n")
            lines += len(before)
            changed += sum(tag != "equal" for tag, *_ in SequenceMatcher(None, before, after, False).get_opcodes())
    assert lines > 4_000
    assert changed < 0.005 * lines
