"""Documents that filters leave out of a run: listed, accounted for, and no twin of anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.config import Override, load
from cleaner.corpus.check import check
from cleaner.corpus.run import run
from cleaner.settings import Config
from tests.support import cleaner_run

STORY = (
    "The last boat used to leave at ten past seven, and from April it will leave at half past one.\n\n"
    "Nobody knows who will be on board at that hour, says the captain, who has waited for this for years.\n"
)
OTHER = STORY + "\nThis one says something else at its end, so that it is not the same as the others are.\n"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, text in {"a.txt": "Two words.\n", "b.txt": STORY, "c.txt": STORY, "d.txt": OTHER, "e.txt": STORY}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def config(**settings: object) -> Config:
    return load(overrides=[Override(f"filters.{key}", value, "test") for key, value in settings.items()]).config


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_left_out_listed_and_accounted_for(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary = run(raw, out, config(min_words=3, exact_duplicates=True))
    assert [row["id"] for row in rows(out / "documents.jsonl")] == ["b.txt", "d.txt"]
    assert [(row["path"], row["stage"], row["reason"]) for row in rows(out / "rejected.jsonl")] == [
        ("a.txt", "filters", "length: document 'a.txt' has 2 words, fewer than 3"),
        ("c.txt", "filters", "exact-duplicate: document 'c.txt' has exactly the text of 'b.txt'"),
        ("e.txt", "filters", "exact-duplicate: document 'e.txt' has exactly the text of 'b.txt'"),
    ]
    assert (summary.documents, summary.rejected, summary.dropped) == (2, 0, 0)
    assert summary.filtered == {"exact-duplicate": 2, "length": 1}
    assert json.loads((out / "run.json").read_text())["counts"]["filtered"] == summary.filtered
    gone = [row for row in rows(out / "ledger.jsonl") if row["stage"] == "filters"]
    assert {row["doc_id"]: row["twin_id"] for row in gone} == {"a.txt": "", "c.txt": "b.txt", "e.txt": "b.txt"}
    assert {row["raw_text"] for row in gone if row["doc_id"] == "c.txt"} == set(STORY.strip().split("\n\n"))
    assert not list(check(out))
    twins = {(row["doc_id"], row["twin_id"]) for row in rows(out / "duplicates.jsonl")}
    assert twins == {("d.txt", "b.txt")}  # what is left out is neither a twin nor a keeper


def test_off_nothing_is_left_out(raw: Path, tmp_path: Path) -> None:
    summary = run(raw, tmp_path / "out", config())
    assert (summary.documents, summary.filtered) == (5, {})


def test_skipping_the_stage_skips_all_of_it(raw: Path, tmp_path: Path) -> None:
    wanted = load(
        overrides=[Override("filters.exact_duplicates", True, ""), Override("filters.min_words", 3, "")],
        skip_stages=("filters",),
    ).config
    assert run(raw, tmp_path / "out", wanted).documents == 5


def test_the_keeper_is_the_first_whatever_the_policy_for_blocks(raw: Path, tmp_path: Path) -> None:
    wanted = load(
        overrides=[Override("filters.exact_duplicates", True, ""), Override("duplicates.keeper", "longest", "")]
    ).config
    run(raw, tmp_path / "out", wanted)
    assert [row["id"] for row in rows(tmp_path / "out" / "documents.jsonl")] == ["a.txt", "b.txt", "d.txt"]
    assert not list(check(tmp_path / "out"))


def test_one_setting_on_does_not_clean_again(raw: Path, tmp_path: Path) -> None:
    run(raw, tmp_path / "out", config())
    assert run(raw, tmp_path / "out", config(exact_duplicates=True)).reused == 5


def test_the_same_bytes_for_any_number_of_processes(raw: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        run(raw, tmp_path / str(jobs), config(min_words=3, exact_duplicates=True), jobs=jobs)
    for name in ("documents.jsonl", "ledger.jsonl", "rejected.jsonl", "duplicates.jsonl", "run.json", "report.html"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_a_run_that_leaves_all_out_is_no_failure(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text("Two words.\n", encoding="utf-8")
    cleaner_run(raw, tmp_path / "out", "--set", "filters.min_words=3")
    assert (tmp_path / "out" / "documents.jsonl").read_bytes() == b""
    assert not list(check(tmp_path / "out"))
