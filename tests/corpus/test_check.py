"""``cleaner check`` finds what was changed, lost or added in a finished output."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cleaner.corpus.check import check
from cleaner.corpus.dedup import dedup
from cleaner.corpus.run import run
from cleaner.errors import CleanerError
from cleaner.settings import Config
from tests.corpus.test_run import SHARED_PARAGRAPH, article

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("raw")
    for topic in ("ferry", "museum", "bakery"):
        (raw / f"{topic}.txt").write_text(article(topic, SHARED_PARAGRAPH, f"“{topic}”,lost  space"))
    (raw / "latin.txt").write_bytes(article("café").encode("cp1252"))
    (raw / "page.html").write_text(f"<body><nav>Home</nav><h1>The page</h1><p>{SHARED_PARAGRAPH}</p></body>")
    (raw / "plain.txt").write_text("# Title\n\nNothing to mend.\n")
    (raw / "empty.txt").touch()
    out = tmp_path_factory.mktemp("out")
    run(raw, out, Config(), pairs=True)
    return out


@pytest.fixture
def out(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "out"))


def problems(out: Path) -> list[str]:
    return [f"{problem.file}:{problem.line}: {problem.what}" for problem in check(out)]


def change(out: Path, name: str, how: Callable[[Rows], object]) -> list[str]:
    """Change the rows of a file, and what run.json says of its hash, as a careful forger would."""
    from cleaner.corpus.store import sha256_of_file

    rows = [json.loads(line) for line in (out / name).read_text("utf-8").splitlines()]
    how(rows)
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    (out / name).write_text("".join(lines), "utf-8")
    content = json.loads((out / "run.json").read_text("utf-8"))
    content["files_sha256"][name] = sha256_of_file(out / name)
    (out / "run.json").write_text(json.dumps(content), "utf-8")
    return problems(out)


def test_a_whole_output_has_no_problems(out: Path) -> None:
    assert problems(out) == []
    assert (out / "duplicates.jsonl").stat().st_size


def test_any_changed_byte_is_noticed(out: Path) -> None:
    for name in ("documents.jsonl", "ledger.jsonl", "duplicates.jsonl", "rejected.jsonl", "pairs.jsonl"):
        data = (out / name).read_bytes()
        (out / name).write_bytes(data + b" ")
        assert any(name in problem and "SHA-256" in problem for problem in problems(out))
        (out / name).unlink()
        assert any(name in problem and "cannot be read" in problem for problem in problems(out))
        (out / name).write_bytes(data)
    assert problems(out) == []


@pytest.mark.parametrize(
    ("name", "how", "words"),
    [
        ("documents.jsonl", lambda rows: rows[0].update(text="Other words.\n"), "text_sha256"),
        ("documents.jsonl", lambda rows: rows[0].pop("source"), "schema"),
        ("documents.jsonl", lambda rows: rows[0].update(more=1), "schema"),
        ("documents.jsonl", lambda rows: rows[0].update(id=7), "schema"),
        (
            "documents.jsonl",
            lambda rows: rows[0].update(metadata=rows[0].pop("metadata"), id=rows[0].pop("id")),
            "order",
        ),
        ("documents.jsonl", lambda rows: rows.append(rows[0]), "there already"),
        ("documents.jsonl", lambda rows: rows.pop(0), "is not in documents.jsonl"),
        ("documents.jsonl", lambda rows: rows.pop(), "counts 6 documents, but there are 5"),
        ("ledger.jsonl", lambda rows: rows.pop(), "ledger"),
        ("ledger.jsonl", lambda rows: rows[1].update(raw_text="forged"), "ledger"),
        ("ledger.jsonl", lambda rows: rows[1].update(score=0), "form of numbers"),
        ("ledger.jsonl", lambda rows: rows.clear(), "has no row for it"),
        (
            "duplicates.jsonl",
            lambda rows: rows[1].update(twin_id=rows[0]["doc_id"], twin_block=rows[0]["block"]),
            "is not kept",
        ),
        ("duplicates.jsonl", lambda rows: rows.pop(), "duplicates, but there are"),
        ("rejected.jsonl", lambda rows: rows.clear(), "counts 1 rejected, but there are 0"),
        ("rejected.jsonl", lambda rows: rows[0].update(line="1"), "schema"),
        ("pairs.jsonl", lambda rows: rows[0].update(jaccard=None), "schema"),
    ],
)
def test_what_does_not_fit_is_noticed(out: Path, name: str, how: Callable[[Rows], object], words: str) -> None:
    found = change(out, name, how)
    assert any(words in problem for problem in found), found


def test_a_damaged_work_file_is_noticed(out: Path) -> None:
    path = next((out / ".cleaner").glob("clean_shard-*/items"))
    path.write_bytes(path.read_bytes()[:-1])
    (found,) = problems(out)
    assert "remove the folder" in found


def test_an_unfinished_output_is_no_output(out: Path) -> None:
    (out / "run.json").write_text("{}")
    assert "run.json" in problems(out)[0]
    (out / "run.json").unlink()
    with pytest.raises(CleanerError, match="finished"):
        problems(out)


def test_the_output_of_dedup(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"id": f"d{n}", "text": SHARED_PARAGRAPH}) + "\n" for n in range(3)))
    dedup([path], tmp_path / "out", Config())
    assert problems(tmp_path / "out") == []
    assert change(tmp_path / "out", "duplicates.jsonl", lambda rows: rows.pop()) != []
