"""Inputs on the command line: globs, lists, several folders, standard input, field names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import cli

WORDS = "The ferry left at dawn, and nobody but the cook was on it."


def cleaner(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments], input=stdin, prog_name="cleaner")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEANER_CONFIG", raising=False)
    for number, name in enumerate(("one/a.txt", "one/b.html", "two/a.txt", "two/c.md")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"Number {number}. {WORDS}")
    return tmp_path


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def ids(out: str = "clean") -> list[str]:
    return [record["id"] for record in records(Path(out) / "documents.jsonl")]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["one", "two"], ["one/a.txt", "one/b.html", "two/a.txt", "two/c.md"]),
        (["*/*.txt"], ["one/a.txt", "two/a.txt"]),
        (["one/a.txt"], ["a.txt"]),
        (["--files-from", "list"], ["one/b.html", "two/a.txt", "two/c.md"]),
        (["one/a.txt", "--files-from", "list"], ["one/a.txt", "one/b.html", "two/a.txt", "two/c.md"]),
    ],
)
def test_run_reads_whatever_is_named(tree: Path, given: list[str], wanted: list[str]) -> None:
    (tree / "list").write_text("# ours\none/b.html\ntwo\n\n")
    result = cleaner("run", *given, "-j", 1)
    assert result.exit_code == 0, result.stderr
    assert ids() == wanted


def test_run_reads_standard_input(tree: Path) -> None:
    lines = "".join(json.dumps({"body": f"{WORDS} {n}", "key": f"k{n}"}) + "\n" for n in range(3))
    result = cleaner("run", "-", "-j", 1, "--text-field", "body", "--id-field", "key", stdin=lines)
    assert result.exit_code == 0, result.stderr
    assert ids() == ["k0", "k1", "k2"]
    assert {record["metadata"]["file_path"] for record in records(tree / "clean" / "documents.jsonl")} == {"stdin"}
    assert cleaner("run", "-", "one", stdin=lines).exit_code == 2
    assert cleaner("run", "--files-from", "-", "-j", 1, stdin="one/a.txt\n").exit_code == 0
    assert ids() == ["a.txt"]


def test_clean_reads_globs_and_named_formats(tree: Path) -> None:
    assert cleaner("clean", "*/a.txt").stdout.count(WORDS) == 2
    result = cleaner("clean", "-", "--input-format", "csv", "--text-field", "body", stdin=f'n,body\n1,"{WORDS}"\n')
    assert result.stdout == f"{WORDS}\n"
    record = json.dumps({"page": f"<p>{WORDS}</p>", "link": "https://www.example.org/x"})
    result = cleaner("clean", "-", "--format", "json", "--html-field", "page", "--url-field", "link", stdin=record)
    known = json.loads(result.stdout)["metadata"]
    assert (known["format"], known["url"], known["site"]) == ("html", "https://www.example.org/x", "example.org")


def test_clean_names_members_of_archives_behind_the_path(tree: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tree / "one" / "x.zip", "w") as archive:
        archive.writestr("a/words.txt", WORDS)
        archive.writestr("a/picture.png", b"\x89PNG")
    result = cleaner("clean", "one/x.zip")
    assert (result.exit_code, result.stdout) == (3, f"{WORDS}\n")
    assert result.stderr.startswith("rejected: one/x.zip/a/picture.png: not a format")


def test_a_url_that_needs_an_extra_says_which(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    for command in ("clean", "run"):
        result = cleaner(command, "s3://bucket/a.txt")
        assert result.exit_code == 2
        assert "pip install 'article-cleaner[s3]'" in result.stderr
