"""The forms of a run's documents: the same records in all of them, and the same bytes every time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner, Result

from cleaner.cli import cli
from cleaner.corpus.run import run
from cleaner.errors import CleanerError
from cleaner.settings import Config
from cleaner.writers.forms import Form, paths, read
from cleaner.writers.records import METADATA, TOP, flatten, nest
from cleaner.writers.tree import place_of

FORMS = [
    Form("jsonl", "gz"),
    Form("jsonl", "zst"),
    Form("jsonl", flat=True),
    Form("jsonl", "zst", 2000, flat=True),
    Form("jsonl", shard_bytes=2000),
    Form("parquet"),
    Form("parquet", flat=True),
    Form("parquet", shard_bytes=2000),
    Form("markdown"),
]
TOPICS = "ferry museum bakery school library market theatre garden station tower".split()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    for number, topic in enumerate(TOPICS):
        (folder / f"f{number % 3}").mkdir(exist_ok=True)
        words = f"# The {topic}\n\nThe {topic} opens again after a winter in which all {topic} visits had to stop.\n"
        (folder / f"f{number % 3}" / f"{topic}.txt").write_text(words)
    (folder / "f0" / "ferry.html").write_text("<html><body><h1>F</h1><p>A ferry by the same name.</p></body></html>")
    (folder / "rows.jsonl").write_text(
        "".join(json.dumps({"id": f"../{n}", "text": f"Row {n}."}) + "\n" for n in (1, 2))
    )
    (folder / "unnamed.jsonl").write_text(json.dumps({"text": "A row without a name."}) + "\n")
    return folder


@pytest.fixture(scope="module")
def plain(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain")
    run(raw, out, Config())
    return out


def parquet(path: Path) -> list[dict[str, Any]]:
    pq = pytest.importorskip("pyarrow.parquet")
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


READERS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    ".jsonl": lambda path: lines(path.read_bytes()),
    ".gz": lambda path: lines(gzip.decompress(path.read_bytes())),
    ".zst": lambda path: lines(zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())),
    ".parquet": parquet,
}


def files(out: Path) -> Iterator[Path]:
    return (path for path in sorted(out.rglob("*")) if path.is_file() and ".cleaner" not in path.parts)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_form_holds_every_record(raw: Path, plain: Path, tmp_path: Path, form: Form) -> None:
    if form.format == "parquet":
        pytest.importorskip("pyarrow")
    summary = run(raw, tmp_path, Config(), form=form)
    wanted = lines((plain / "documents.jsonl").read_bytes())
    found = [record for path in paths(tmp_path) for record in READERS[path.suffix](path)]
    assert found == [flatten(record) if form.flat else record for record in wanted]
    assert [list(record) for record in found] == [
        list(record) for record in map(flatten if form.flat else nest, wanted)
    ]
    assert list(read(tmp_path)) == wanted
    assert list(read(tmp_path, wanted[3]["id"])) == [wanted[3]]
    assert (len(paths(tmp_path)) > 2) == bool(form.shard_bytes)
    assert all(path.stat().st_size < 2500 for path in paths(tmp_path) if form.shard_bytes and path.suffix == ".jsonl")
    assert summary.changed
    assert not run(raw, tmp_path, Config(), form=form).changed
    for name in ("ledger.jsonl", "duplicates.jsonl", "rejected.jsonl"):
        assert (tmp_path / name).read_bytes() == (plain / name).read_bytes()


def test_the_bytes_do_not_depend_on_jobs(raw: Path, tmp_path: Path) -> None:
    form = Form("jsonl", "gz", 2000, flat=True)
    run(raw, tmp_path / "a", Config(), form=form)
    run(raw, tmp_path / "b", Config(), form=form, jobs=2)
    names = [path.relative_to(tmp_path / "a") for path in files(tmp_path / "a")]
    assert names == [path.relative_to(tmp_path / "b") for path in files(tmp_path / "b")]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)


def test_what_another_form_left_is_removed_and_nothing_else(raw: Path, plain: Path, tmp_path: Path) -> None:
    run(raw, tmp_path, Config(), form=Form("markdown", shard_bytes=2000))
    (tmp_path / "documents" / "f0" / "mine.txt").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine")
    run(raw, tmp_path, Config())
    wanted = {*(path.relative_to(plain) for path in files(plain)), Path("notes.txt"), Path("documents/f0/mine.txt")}
    assert {path.relative_to(tmp_path) for path in files(tmp_path)} == wanted
    assert (tmp_path / "documents.jsonl").read_bytes() == (plain / "documents.jsonl").read_bytes()


def test_the_markdown_tree(raw: Path, plain: Path, tmp_path: Path) -> None:
    run(raw, tmp_path, Config(), form=Form("markdown"))
    texts = {
        path.relative_to(tmp_path / "documents").as_posix(): path.read_text("utf-8")
        for path in files(tmp_path / "documents")
    }
    records = lines((plain / "documents.jsonl").read_bytes())
    assert sorted(texts.values()) == sorted(record["text"] for record in records)
    assert {"f0/ferry.md", "f0/ferry~2.md", "f1/museum.md", "rows.jsonl/_._1.md", "unnamed.jsonl/1.md"} <= set(texts)
    assert texts["f1/museum.md"].startswith("# The museum\n")


@pytest.mark.parametrize(
    ("path", "own", "place"),
    [
        ("a/b.html", "a/b.html", "a/b"),
        ("a/b.html.gz", "a/b.html.gz", "a/b"),
        ("a/b.txt", "a/b.txt~2", "a/b~2"),
        ("a/b.jsonl", "a/b.jsonl:7", "a/b.jsonl/7"),
        ("a/b.jsonl", "../../etc/passwd", "a/b.jsonl/_._.._etc_passwd"),
        ("x.zip/a/b.html", "x.zip/a/b.html", "x.zip/a/b"),
        ("c.warc", "urn:uuid:1", "c.warc/urn_uuid_1"),
        ("a/..", "a/..", "a/-5ec1f7e700f37c3d"),
        ("../a.txt", "../a.txt", "a"),
        ("\0.txt", "\0.txt", "_"),
        ("a.txt", "", "a.txt/-e3b0c44298fc1c14"),
    ],
)
def test_where_a_document_goes(path: str, own: str, place: str) -> None:
    found = place_of({"id": own, "metadata": {"file_path": path}})
    assert not found.is_absolute()
    assert ".." not in found.parts
    if "-" not in place:
        assert found == PurePosixPath(place)


def test_long_names_are_cut_and_stay_apart() -> None:
    places = {
        place_of({"id": letter * 500 + end, "metadata": {"file_path": "a.jsonl"}}) for letter in "xé" for end in "12"
    }
    assert len(places) == 4
    assert all(len(str(place).encode()) < 200 for place in places)


def test_no_document_gives_an_empty_file(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("")
    for form in (Form("parquet"), Form("jsonl", "gz", 100)):
        run(tmp_path / "raw", tmp_path / "out", Config(), form=form)
        assert list(read(tmp_path / "out")) == []
        assert len(paths(tmp_path / "out")) == 1


def test_the_types_of_a_record_are_those_of_its_schema(plain: Path) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/schemas/documents.schema.json").read_text("utf-8"))
    names: dict[type, str] = {str: "string", int: "integer", float: "number"}
    told = {name: field["type"] for name, field in schema["properties"]["metadata"]["properties"].items()}
    assert list(told.items()) == [(name, names[kind]) for name, kind in METADATA.items()]
    assert list(schema["properties"]) == [*TOP, "metadata"]


def test_parquet_has_one_schema_and_no_nulls(plain: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from cleaner.writers.parquet import schema

    assert all(not field.nullable for flat in (True, False) for field in schema(flat=flat))
    assert len(schema(flat=True)) == len(TOP) + len(METADATA)


# ---- on the command line -------------------------------------------------------------------


def cleaner(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments], input=stdin, prog_name="cleaner")


def test_flags(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    flags = ["-j", 1, "--compress", "zst", "--shard-size", "2kB", "--flat"]
    assert cleaner("run", raw, "-o", out, *flags).exit_code == 0
    assert [path.name for path in paths(out)][:2] == ["documents-00000.jsonl.zst", "documents-00001.jsonl.zst"]
    result = cleaner("restore", out, "f1/museum.txt")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (raw / "f1" / "museum.txt").read_text()
    assert 'Did you mean "f1/museum.txt"' in cleaner("restore", out, "f1/musum.txt").stderr


@pytest.mark.parametrize(("text", "size"), [("500MB", 5 * 10**8), ("1.5 GiB", 3 * 2**29), ("7", 7), ("0.1", 1)])
def test_sizes(text: str, size: int) -> None:
    from cleaner.commands.options import SIZE

    assert SIZE.convert(text, None, None) == size


@pytest.mark.parametrize("flags", [["--shard-size", "much"], ["--format", "parquet", "--compress", "gz"]])
def test_wrong_flags(raw: Path, tmp_path: Path, flags: list[str]) -> None:
    pytest.importorskip("pyarrow")
    assert cleaner("run", raw, "-o", tmp_path / "out", *flags).exit_code == 2
    assert not (tmp_path / "out").exists()


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CleanerError, match=r"article-cleaner\[parquet\]"):
        Form("parquet").check()


def test_flat_records_of_clean() -> None:
    record = json.loads(cleaner("clean", "-", "--format", "jsonl", "--flat", stdin="Words of a text.").stdout)
    assert list(record) == [*TOP, *METADATA]
    shown = json.loads(cleaner("clean", "-", "--format", "json", "--flat", stdin="Words of a text.").stdout)
    assert list(shown) == [*TOP, *METADATA, "blocks", "ledger"]
    assert list(nest(shown)) == [*TOP, "metadata", "blocks", "ledger"]


@pytest.mark.parametrize("form", [FORMS[1], FORMS[3], FORMS[5]], ids=str)
def test_other_commands_read_every_form(raw: Path, tmp_path: Path, form: Form) -> None:
    if form.format == "parquet":
        pytest.importorskip("pyarrow")
    run(raw, tmp_path, Config(), form=form)
    assert cleaner("check", tmp_path).exit_code == 0
    assert cleaner("explain", tmp_path, "f1/museum.txt").exit_code == 0
    page = (tmp_path / "report.html").read_bytes()
    assert cleaner("report", tmp_path).exit_code == 0
    assert (tmp_path / "report.html").read_bytes() == page
