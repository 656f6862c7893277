"""The output contract: what a real run writes, against the published schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cleaner.config import load
from cleaner.corpus.run import run
from cleaner.document import Document
from cleaner.pipeline import finish, run_stages
from cleaner.readers import read_bytes
from cleaner.writers.records import flatten, object_line, words_in
from tests.support import ROOT

FLAT = ROOT / "docs" / "schemas" / "documents-flat.schema.json"
SCHEMAS = {path.name.split(".")[0]: path for path in sorted((ROOT / "docs" / "schemas").glob("*.json")) if path != FLAT}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("raw")
    for path in (ROOT / "raw").iterdir():
        (raw / path.name).write_bytes(path.read_bytes())
        (raw / f"copy-of-{path.name}").write_bytes(path.read_bytes())
    (raw / "records.jsonl").write_text('{"id": 7, "text": "Words of a record."}\n{"broken\n[]\n', encoding="utf-8")
    (raw / "app.html").write_text("<html><title>App</title><body></body></html>", encoding="utf-8")
    folder = tmp_path_factory.mktemp("clean")
    run(raw, folder, load().config, pairs=True)
    return folder


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_row_fits_its_schema_in_content_and_order(out: Path, name: str) -> None:
    schema = json.loads(SCHEMAS[name].read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    written = rows(out / f"{name}.jsonl")
    assert written
    for row in written:
        validator.validate(row)
        assert list(row) == list(schema["properties"])
        if name == "documents":
            assert list(row["metadata"]) == list(schema["properties"]["metadata"]["properties"])


def test_flat_records_fit_theirs(out: Path) -> None:
    schema = json.loads(FLAT.read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    for row in rows(out / "documents.jsonl"):
        flat = flatten(row)
        validator.validate(flat)
        assert list(flat) == list(schema["properties"]) == schema["required"]
        assert not validator.is_valid(row)


def test_floats_have_a_point_and_nothing_is_null(out: Path) -> None:
    for name in SCHEMAS:
        for line in (out / f"{name}.jsonl").read_bytes().split(b"\n"):
            assert b":null" not in line
    line = (out / "documents.jsonl").read_bytes().split(b"\n")[0]
    assert b'"language_score":0.' in line or b'"language_score":1.0' in line


def test_ids_are_unique_and_rows_refer_to_them(out: Path) -> None:
    ids = [row["id"] for row in rows(out / "documents.jsonl")]
    assert len(set(ids)) == len(ids)
    assert "id-7" in ids
    assert {row["doc_id"] for row in rows(out / "ledger.jsonl")} <= set(ids)
    for row in rows(out / "duplicates.jsonl"):
        assert {row["doc_id"], row["twin_id"]} <= set(ids)


def test_counts_in_a_record_agree_with_text_and_ledger(out: Path) -> None:
    ledger: dict[str, list[dict[str, Any]]] = {}
    for row in rows(out / "ledger.jsonl"):
        ledger.setdefault(row["doc_id"], []).append(row)
    for record in rows(out / "documents.jsonl"):
        known, edits = record["metadata"], ledger.get(record["id"], [])
        gone = [row for row in edits if row["action"] != "replace"]
        assert known["char_count"] == len(record["text"])
        assert known["removed_block_count"] == len(gone)
        assert known["removed_char_count"] == sum(len(row["raw_text"]) for row in gone)
        assert known["duplicate_block_count"] == sum(row["stage"] == "duplicates" for row in gone)
        assert [row["seq"] for row in edits] == list(range(len(edits)))


def test_the_object_of_clean_has_blocks_and_ledger_with_lines() -> None:
    (document,) = read_bytes(b"# Title\n\nSome  words.\n\nADVERTISEMENT\n", "a.txt", load().config)
    assert isinstance(document, Document)
    text, document = finish(run_stages(document, load().config))
    shown = json.loads(object_line(document, text, load().config))
    assert shown["text"] == "# Title\n\nSome words.\n"
    assert [(b["kind"], b["level"], b["text"], b["lines"]) for b in shown["blocks"]] == [
        ("heading", 1, "Title", [1, 1]),
        ("paragraph", 0, "Some words.", [3, 3]),
    ]
    assert [(e["stage"], e["action"], e["lines"], e["raw_text"]) for e in shown["ledger"]] == [
        ("spacing", "replace", [3, 3], "  "),
        ("chrome", "remove", [5, 5], "ADVERTISEMENT"),
        ("write", "replace", [4, 4], "\n"),
        ("write", "replace", [5, 5], "\n"),
    ]


def test_the_object_of_a_page_has_no_lines() -> None:
    (document,) = read_bytes(b"<html><body><p>Words of a page.</p></body></html>", "a.html", load().config)
    assert isinstance(document, Document)
    text, document = finish(run_stages(document, load().config))
    shown = json.loads(object_line(document, text, load().config))
    assert [b["lines"] for b in shown["blocks"]] == [None]


def test_rows_of_a_page_are_in_the_order_of_the_page() -> None:
    prose = "The last boat used to leave at ten past seven, but it wasnâ€™t late {n}."
    page = f"""<nav><a href=/>Home</a></nav><article><h1>Boats</h1><p>{prose.format(n="once")}</p>
      <table><tr><th>Boat<th>Built<tr><td>Gannet<td>2004</table><p>ADVERTISEMENT</p><p>{prose.format(n="twice")}</p>
      </article><footer>Imprint of the paper</footer>"""
    (document,) = (one for one in read_bytes(page.encode(), "a.html", load().config) if isinstance(one, Document))
    text, document = finish(run_stages(document, load().config))
    written = json.loads(object_line(document, text, load().config))["ledger"]
    stages = [edit["stage"] for edit in written]
    assert len(set(stages)) >= 3
    places = [document.source.index(edit["raw_text"]) for edit in written if len(edit["raw_text"]) > 3]
    assert places == sorted(places)
    assert stages != sorted(stages, key=[edit.stage for edit in document.edits].index)


@given(st.text() | st.text("aB1 _-’“\u00a0é\n²"))
def test_words_are_runs_of_word_characters(text: str) -> None:
    assert words_in(text) == len(re.findall(r"\w+", text))
    many = text + "".join(map(chr, range(300)))
    assert words_in(many) == len(re.findall(r"\w+", many))
