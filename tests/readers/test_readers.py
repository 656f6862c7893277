"""Finding, decompressing and reading files: what comes out, and what is said of the rest."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from cleaner.document import Document
from cleaner.pipeline import finish
from cleaner.readers import Rejected, iso_millis, read_bytes, read_file, sniff
from cleaner.readers.places import find_place
from cleaner.settings import Config, Input

LINES = b"".join(json.dumps({"id": f"r{n}", "text": f"Words of record {n}."}).encode() + b"\n" for n in range(200))


def read(path: Path, config: Config | None = None) -> list[Document | Rejected]:
    return list(read_file(path, path.name, config or Config()))


def reason(results: list[Document | Rejected]) -> str:
    (only,) = results
    assert isinstance(only, Rejected)
    return f"{only.stage}: {only.reason}"


def test_find_is_sorted_and_says_what_it_left(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.HTML", "a/y.jsonl.gz", "c.md.zst", ".hidden.txt", "x.pdf", "Makefile"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    os.symlink(tmp_path, tmp_path / "a" / "loop")
    os.symlink(tmp_path / "gone", tmp_path / "dead.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    found, rejected = find_place(tmp_path)
    assert [name for name, _ in found] == ["a/y.jsonl.gz", "a/z.HTML", "b.txt", "c.md.zst"]
    assert [(r.path, r.reason.split(" (")[0].split(":")[0]) for r in rejected] == [
        ("Makefile", "not a format cleaner reads"),
        ("a/loop", "a link to a folder, which is not followed"),
        ("dead.txt", "cannot be looked at"),
        ("pipe.txt", "not a regular file"),
        ("x.pdf", "not a format cleaner reads"),
    ]


def test_a_name_that_is_no_utf8_gets_a_printable_one(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "wb") as stream:
        stream.write(b"words")
    found, _ = find_place(tmp_path)
    assert [name for name, _ in found] == ["caf\\xe9.txt"]
    assert len(read(found[0][1])) == 1


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_records_come_the_same_from_any_compression(tmp_path: Path, ending: str) -> None:
    pack = {"": lambda b: b, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}[ending]
    path = tmp_path / f"r.jsonl{ending}"
    path.write_bytes(pack(LINES[:6000]) + pack(LINES[6000:]))
    assert [d.id for d in read(path) if isinstance(d, Document)] == [f"r{n}" for n in range(200)]


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_truncated_archive_keeps_what_came_and_says_so(tmp_path: Path, ending: str) -> None:
    pack = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}[ending]
    path = tmp_path / f"r.jsonl{ending}"
    path.write_bytes(pack(LINES)[:-10])
    *_, last = read(path)
    assert isinstance(last, Rejected)
    assert "ends too early" in last.reason
    path = tmp_path / f"r.txt{ending}"
    path.write_bytes(pack(LINES)[:-10])
    assert "ends too early" in reason(read(path))


def test_broken_archives(tmp_path: Path) -> None:
    for name in ("a.txt.gz", "a.txt.zst"):
        (tmp_path / name).write_bytes(b"this is not compressed at all")
        assert reason(read(tmp_path / name)).startswith("decompress: broken")


def test_a_decompression_bomb_is_cut_short(tmp_path: Path) -> None:
    config = Config(input=replace(Input(), max_bytes=1_000_000))
    for name, data in (
        ("a.txt.gz", gzip.compress(bytes(50_000_000))),
        ("a.txt.zst", zstandard.ZstdCompressor().compress(bytes(50_000_000))),
    ):
        (tmp_path / name).write_bytes(data)
        assert "raise input.max_bytes" in reason(read(tmp_path / name, config))


def test_bad_records_are_named_by_line_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    good = b'{"id": 7, "text": "Words."}'
    path.write_bytes(
        b"\n".join(
            [good, b'{"text": "cut', b"[1]", b'{"body": "x"}', b'{"text": " "}', b"\xff", b"", b"[" * 9999, good]
        )
    )
    results = read(path)
    assert [r.id for r in results if isinstance(r, Document)] == ["id-7", "id-7"]
    rejected = [r for r in results if isinstance(r, Rejected)]
    assert [r.line for r in rejected] == [2, 3, 4, 5, 6, 8]
    assert "not valid JSON" in rejected[0].reason
    assert "--text-field" in rejected[2].reason


def test_a_record_over_the_limit_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"text": "' + b"x" * 5000 + b'"}\n{"text": "short"}\n')
    results = read(path, Config(input=replace(Input(), max_bytes=1000)))
    assert [type(r) for r in results] == [Rejected, Document]


def test_record_fields_become_metadata(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    record = {
        "text": "Words.",
        "url": "https://www.example.org/a",
        "metadata": {"title": "T", "author": "A", "date": "2024-05-01"},
        "added": "2024-05-02T10:00:00+02:00",
    }
    path.write_text(json.dumps(record))
    (document,) = read(path)
    assert isinstance(document, Document)
    known = document.metadata
    assert (document.id, known.site, known.title, known.author) == ("r.jsonl:1", "example.org", "T", "A")
    assert (known.date, known.added, known.created) == (
        "2024-05-01",
        "2024-05-02T08:00:00.000Z",
        "2024-05-01T00:00:00.000Z",
    )


def test_html_in_a_record(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps({"html": "<html><body><p>Words of a page.</p></body></html>"}))
    (document,) = read(path)
    assert isinstance(document, Document)
    assert document.metadata.format == "html"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"", "read: the file is empty"),
        ("a.txt", b" \n\t\n", "read: the file is empty"),
        ("a.jsonl", b"\n\n", "read: the file is empty"),
        ("a.txt", b"\0\1\2\3" * 100, "decode: this is binary data"),
        ("a.txt", "\u2028\n".encode(), "read: there is no text in it"),
    ],
)
def test_files_without_text(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert reason(read(tmp_path / name)).startswith(why)


def test_a_page_without_visible_text_is_an_empty_document() -> None:
    (document,) = read_bytes(b"<html><title>App</title><body><script>go()</script></body></html>", "a.html", Config())
    assert isinstance(document, Document)
    assert (document.source, document.blocks, document.metadata.title) == ("", (), "App")
    assert finish(document)[0] == ""


def test_missing_and_unreadable(tmp_path: Path) -> None:
    assert reason(read(tmp_path / "none.txt")) == "find: no such file"
    assert reason(read(tmp_path)).startswith("find: cannot be read")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"  <!DOCTYPE html><p>x", "html"),
        (b"\xef\xbb\xbf<html>", "html"),
        (b'{"text": "x"}\n', "jsonl"),
        (b"{not json}", "text"),
        (b"{}", "jsonl"),
        (b"Plain words", "text"),
    ],
)
def test_sniff(data: bytes, kind: str) -> None:
    assert sniff(data) == kind


def test_names_decide_before_sniffing() -> None:
    (document,) = read_bytes(b"<html> is how a page begins", "a.txt", Config())
    assert isinstance(document, Document)
    assert document.metadata.format == "text"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2024-05-01", "2024-05-01T00:00:00.000Z"),
        ("2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00.000Z"),
        ("2024-05-01 10:00:00.1234", "2024-05-01T10:00:00.123Z"),
        ("0001-01-01T00:00:00+14:00", ""),
        ("yesterday", ""),
    ],
)
def test_iso_millis(given: str, wanted: str) -> None:
    assert iso_millis(given) == wanted
