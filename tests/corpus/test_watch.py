"""What a document that kills, hangs or eats memory costs: itself, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cleaner.corpus.run import run
from cleaner.corpus.watch import OUT_OF_MEMORY, Watch, deaths, forget_all, reason, take
from cleaner.settings import Config, Limits
from tests.corpus.deadly import clean_shard
from tests.corpus.test_run import article, output, rows

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and signals are those of POSIX")

LIMITS = Limits(seconds=1.5, memory_mb=300)  # the first document of a worker pays for the imports


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name in ("ferry", "museum", "bakery"):
        (folder / f"{name}.txt").write_text(article(name))
    return folder


def run_deadly(raw: Path, out: Path, monkeypatch: pytest.MonkeyPatch, jobs: int = 2) -> dict[str, str]:
    """Reasons of the rejections, by path and line; checks that all the rest was written."""
    with monkeypatch.context() as patch:
        patch.setattr("cleaner.corpus.clean.clean_shard", clean_shard)
        summary = run(raw, out, Config(limits=LIMITS), jobs=jobs)
    rejected = {f"{row['path']}:{row['line']}": row["reason"] for row in rows(out / "rejected.jsonl")}
    assert summary.rejected == len(rejected)
    assert {"ferry.txt", "museum.txt", "bakery.txt"} <= {row["id"] for row in rows(out / "documents.jsonl")}
    return rejected


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("KILL", "SIGKILL"),
        ("CRASH", "SIGSEGV"),
        ("SPIN", "raise limits.seconds"),
        ("SLEEP", "raise limits.seconds"),
        ("EAT", "raise limits.memory_mb"),
        ("RAISE", "ZeroDivisionError: a bug"),
    ],
)
def test_a_deadly_document_costs_only_itself(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str, words: str
) -> None:
    (raw / "deadly.txt").write_text(f"{deed} this process.\n")
    rejected = run_deadly(raw, tmp_path / "out", monkeypatch, jobs=1)
    assert list(rejected) == ["deadly.txt:0"]
    assert words in rejected["deadly.txt:0"]


def test_a_deadly_record_costs_no_other_record(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [article("theatre"), "KILL it.", article("garden"), "CRASH it.", article("tower")]
    lines = [json.dumps({"id": f"r{number}", "text": text}) for number, text in enumerate(texts)]
    (raw / "records.jsonl").write_text("\n".join(lines) + "\n")
    rejected = run_deadly(raw, tmp_path / "out", monkeypatch)
    assert list(rejected) == ["records.jsonl:2", "records.jsonl:4"]
    ids = [row["id"] for row in rows(tmp_path / "out" / "documents.jsonl")]
    assert [one for one in ids if one.startswith("r")] == ["r0", "r2", "r4"]


def test_what_was_given_up_is_tried_again(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (raw / "deadly.txt").write_text("KILL this process.\n\n" + article("station"))
    run_deadly(raw, tmp_path / "out", monkeypatch)
    again = run(raw, tmp_path / "out", Config(limits=LIMITS))
    assert (again.documents, again.rejected) == (4, 0)
    fresh = run(raw, tmp_path / "fresh", Config())
    assert fresh.documents == 4
    there, here = output(tmp_path / "out"), output(tmp_path / "fresh")
    assert {n: b for n, b in there.items() if n != "run.json"} == {n: b for n, b in here.items() if n != "run.json"}


def test_notes_name_what_was_in_hand(tmp_path: Path) -> None:
    output = str(tmp_path / "out")
    child = os.fork()
    if child == 0:
        with Watch(output, Limits()) as watch, watch.over(3, 5, 100):
            os._exit(1)
    os.waitpid(child, 0)
    assert deaths(output) == [(3, 5)]
    with Watch(output, Limits()) as watch, watch.over(1, 2, 100):
        assert deaths(output) == [(3, 5), (1, 2)]
        assert take(output) == ((3, 5), (1, 2))
    assert deaths(output) == []
    (tmp_path / "out.in-hand").write_text("torn")
    assert deaths(output) == []
    forget_all(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_reasons_say_what_to_do() -> None:
    assert "split it" in reason(OUT_OF_MEMORY, Limits())
    assert "died, twice" in reason(3, Limits())
