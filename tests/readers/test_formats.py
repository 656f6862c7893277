"""Every input format gives the same documents, streams, and says what is wrong with it."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest
import zstandard

from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.readers import Rejected, read_bytes, read_file, read_open
from cleaner.readers.http_body import body_of
from cleaner.readers.records import field_of
from cleaner.settings import Config, Input

ROWS = [
    {"id": "a1", "text": 'He said "no",\nand left; twice.', "url": "https://www.example.org/a", "title": "Nö"},
    {"id": "b2", "text": "Zwei Wörter\tund mehr.", "url": "https://example.net/b", "title": "Zwei"},
]
PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
    ".bz2": bz2.compress,
    ".xz": lambda data: lzma.compress(data, preset=0),
}
PAGE = (
    b"<html><head><title>Caf\xe9</title></head><body><p>The caf\xe9 opens again after a long winter.</p></body></html>"
)


def with_input(**changes: Any) -> Config:
    return Config(input=replace(Input(), **changes))


def read(data: bytes, name: str, config: Config | None = None) -> list[Document | Rejected]:
    return list(read_bytes(data, name, config or Config()))


def documents(results: list[Document | Rejected]) -> list[Document]:
    assert all(isinstance(result, Document) for result in results), results
    return [result for result in results if isinstance(result, Document)]


def facts(results: list[Document | Rejected]) -> list[dict[str, str]]:
    return [
        {"id": one.id, "text": one.source, "url": one.metadata.url, "title": one.metadata.title}
        for one in documents(results)
    ]


def as_csv(delimiter: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["title", "id", "url", "text"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def as_parquet(rows: list[dict[str, Any]] = ROWS, **options: Any) -> bytes:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, **options)
    return out.getvalue()


WRITERS: dict[str, Callable[[], bytes]] = {
    ".jsonl": lambda: b"".join(json.dumps(row).encode() + b"\n" for row in ROWS),
    ".ndjson": lambda: b"\xef\xbb\xbf" + b"\r\n\r\n".join(json.dumps(row).encode() for row in ROWS),
    ".json": lambda: json.dumps(ROWS, indent=2).encode(),
    ".csv": lambda: as_csv(","),
    ".tsv": lambda: as_csv("\t"),
    ".parquet": as_parquet,
}


# ---- records -------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", PACK)
@pytest.mark.parametrize("ending", WRITERS)
def test_records_are_the_same_in_every_format_and_compression(tmp_path: Path, ending: str, packed: str) -> None:
    path = tmp_path / f"rows{ending}{packed}"
    path.write_bytes(PACK[packed](WRITERS[ending]()))
    assert facts(list(read_file(path, path.name, Config()))) == ROWS


@pytest.mark.parametrize(
    "data",
    [
        *(json.dumps(value) for value in (ROWS, {"articles": ROWS, "total": 2, "tags": []})),
        json.dumps({"articles": ROWS}, indent=1),
        "\n".join(map(json.dumps, ROWS)),
        "\n\n" + "\n".join(map(json.dumps, ROWS)) + "\n",
    ],
)
def test_json_files_of_many_shapes(data: str) -> None:
    assert facts(read(data.encode(), "a.json")) == ROWS


def test_a_json_file_of_one_record() -> None:
    assert facts(read(json.dumps(ROWS[0], indent=1).encode(), "a.json")) == ROWS[:1]
    assert facts(read(json.dumps({**ROWS[0], "parts": [{"a": 1}]}).encode(), "a.json")) == ROWS[:1]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the file is empty"),
        (b"3", "neither a JSON object nor a list"),
        (b"[1]", "not a JSON object"),
        (b"[{]", "not valid JSON"),
        (b'{"a": {"b": 1}}', "no text in the field"),
    ],
)
def test_json_files_that_hold_no_record(data: bytes, why: str) -> None:
    (only,) = read(data, "a.json")
    assert isinstance(only, Rejected)
    assert why in only.reason


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_csv_file_is_found(delimiter: str) -> None:
    assert facts(read(as_csv(delimiter), "a.csv")) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_csv_in_other_charsets(encoding: str) -> None:
    assert facts(read(as_csv(",").decode().encode(encoding), "a.csv")) == ROWS


def test_a_csv_record_is_named_by_its_line_and_a_bad_byte_is_in_the_ledger() -> None:
    data = b'text,n\r\n"two\r\nlines",1\r\n"a bad \xff byte in a text of more words than one",2\r\n,3\r\nshort\r\n'
    first, second, third, fourth = read(data + "ä".encode() * 9, "a.csv")[:4]
    assert isinstance(first, Document)
    assert (first.id, first.source) == ("a.csv:2", "two\r\nlines")
    assert isinstance(second, Document)
    assert (second.id, [edit.rule for edit in second.edits]) == ("a.csv:4", ["undecodable"])
    assert isinstance(third, Rejected)
    assert (third.line, third.reason) == (5, "its text is empty")
    assert isinstance(fourth, Document)


def test_long_cells_are_read_up_to_the_limit_and_the_process_is_left_as_it_was() -> None:
    before = csv.field_size_limit()
    data = b"text\n" + b"word " * 100_000 + b"\n"
    (only,) = documents(read(data, "a.csv"))
    assert len(only.source) == 500_000
    (bad,) = read(data, "a.csv", with_input(max_bytes=1000))
    assert isinstance(bad, Rejected)
    assert "not valid CSV" in bad.reason
    assert csv.field_size_limit() == before


def test_fields_have_the_names_that_settings_say() -> None:
    record = {"key": 5, "link": "https://example.org/x", "content": {"body": "Words."}, "text": "Not this."}
    config = with_input(text_field="content.body", id_field="key", url_field="link")
    (only,) = documents(read(json.dumps(record).encode(), "a.jsonl", config))
    assert (only.id, only.source, only.metadata.url) == ("id-5", "Words.", "https://example.org/x")
    (only,) = documents(read(as_parquet([record]), "a.parquet", config))
    assert (only.id, only.source, only.metadata.url) == ("id-5", "Words.", "https://example.org/x")


def test_a_named_html_field_goes_before_text() -> None:
    record = {"text": "Not this.", "body": "<p>Words of a page.</p>", "html": "<p>Nor this.</p>"}
    data = json.dumps(record).encode()
    assert [one.metadata.format for one in documents(read(data, "a.jsonl"))] == ["text"]
    (only,) = documents(read(data, "a.jsonl", with_input(html_field="body")))
    assert (only.metadata.format, only.source) == ("html", "Words of a page.")


def test_field_of() -> None:
    record = {"a": {"b": 1}, "a.c": 2}
    assert [field_of(record, name) for name in ("a.b", "a.c", "a.d", "x", "a.b.c")] == [1, 2, None, None, None]


def test_typed_columns_of_parquet() -> None:
    from datetime import UTC, date, datetime

    rows = [{"html": PAGE, "date": date(2024, 5, 1), "added": datetime(2024, 5, 2, tzinfo=UTC), "id": 7, "n": 0.5}]
    (only,) = documents(read(as_parquet(rows), "a.parquet"))
    assert only.source == "The café opens again after a long winter."
    assert (only.metadata.date, only.metadata.added) == ("2024-05-01", "2024-05-02T00:00:00.000Z")
    assert only.id == "id-7"


def test_broken_parquet() -> None:
    for data in (b"PAR1" + bytes(100), as_parquet()[:-20]):
        (only,) = read(data, "a.parquet")
        assert isinstance(only, Rejected)
        assert "broken Parquet data" in only.reason


# ---- web archives --------------------------------------------------------------------------


def http(body: bytes, *headers: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *headers, "", ""]).encode() + body


def warc_record(block: bytes, number: int, kind: str = "response", content: str = "application/http") -> bytes:
    head = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>",
        f"WARC-Target-URI: https://www.example.org/{number}",
        "WARC-Date: 2024-05-01T10:00:00Z",
        f"Content-Type: {content}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + block + b"\r\n\r\n"


def chunked(body: bytes) -> bytes:
    return (
        b"".join(b"%x\r\n%s\r\n" % (len(body[i : i + 7]), body[i : i + 7]) for i in range(0, len(body), 7))
        + b"0\r\n\r\n"
    )


RECORDS = [
    warc_record(b"software: test\r\n", 0, "warcinfo", "application/warc-fields"),
    warc_record(b"GET / HTTP/1.1\r\n\r\n", 1, "request"),
    warc_record(http(PAGE, kind="text/html; charset=iso-8859-1"), 2),
    warc_record(http(gzip.compress(PAGE), "Content-Encoding: gzip"), 3),
    warc_record(http(chunked(gzip.compress(PAGE)), "Transfer-Encoding: chunked", "Content-Encoding: gzip"), 4),
    warc_record(http(b"\x1f\x8bno gzip at all", "Content-Encoding: gzip"), 5),
    warc_record(http(b"\x89PNG", kind="image/png"), 6),
    warc_record(http(PAGE, status="404 Not Found"), 7),
    warc_record(PAGE, 8, "resource", "text/html"),
    warc_record(b"Plain words of a page.", 9, "conversion", "text/plain"),
    warc_record(http(PAGE, "Content-Encoding: br"), 10),
]


@pytest.fixture(scope="module")
def warc() -> bytes:
    pytest.importorskip("warcio")
    return b"".join(RECORDS)


@pytest.mark.parametrize("packed", PACK)
def test_pages_of_a_web_archive(tmp_path: Path, warc: bytes, packed: str) -> None:
    path = tmp_path / f"crawl.warc{packed}"
    path.write_bytes(b"".join(map(gzip.compress, RECORDS)) if packed == ".gz" else PACK[packed](warc))
    results = list(read_file(path, path.name, Config()))
    pages = [one for one in results if isinstance(one, Document)]
    assert [page.metadata.url.rpartition("/")[2] for page in pages] == ["2", "3", "4", "8", "9", "10"]
    assert {page.source for page in pages[:4]} == {"The café opens again after a long winter."}
    assert pages[0].id == "urn:uuid:00000000-0000-0000-0000-000000000002"
    known = pages[0].metadata
    assert (known.site, known.title, known.encoding) == ("example.org", "Café", "cp1252")
    assert (known.added, known.created) == ("2024-05-01T10:00:00.000Z",) * 2
    assert [page.metadata.format for page in pages] == ["html"] * 4 + ["text", "html"]
    (bad,) = [one for one in results if isinstance(one, Rejected)]
    assert bad.reason.startswith("https://www.example.org/5: broken gzip data")


def test_a_cut_web_archive_keeps_what_came(warc: bytes) -> None:
    cut = warc[: warc.index(b"Plain words") + 5]
    *pages, last = read(cut, "a.warc")
    assert len([page for page in pages if isinstance(page, Document)]) == 4
    assert isinstance(last, Rejected)
    assert "ends in the middle" in last.reason
    *_, last = read(b"junk junk\r\n\r\n", "a.warc")
    assert isinstance(last, Rejected)
    (none,) = read(RECORDS[0], "a.warc")
    assert isinstance(none, Rejected)
    assert "no page" in none.reason


def test_http_bodies() -> None:
    brotli = pytest.importorskip("brotli")
    page = PAGE * 50
    packed = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress, "br": brotli.compress}
    import zlib

    packed |= {"deflate": zlib.compress, "identity": bytes}
    for encoding, pack in packed.items():
        assert body_of(pack(page), "", encoding, 10**6) == page
        assert body_of(page, "", encoding, 10**6) == page
        if encoding != "identity":
            with pytest.raises(InputError, match="larger than"):
                body_of(pack(bytes(10**6)), "", encoding, 10**5)
    assert body_of(gzip.compress(brotli.compress(page)), "", "br, gzip", 10**6) == page
    assert body_of(chunked(page), "chunked", "", 10**6) == page
    assert body_of(chunked(page)[:-30], "chunked", "", 10**6) == page[:-13]
    assert body_of(page, "chunked", "", 10**6) == page


# ---- archives of files ---------------------------------------------------------------------

MEMBERS = {
    "a/one.html": PAGE,
    "a/.hidden.html": PAGE,
    "__MACOSX/a/one.html": b"x",
    "rows.csv": as_csv(","),
    "b/two.txt.gz": gzip.compress(b"Two words."),
    "../../up.txt": b"Out of the folder.",
    "picture.png": b"\x89PNG",
    "inner.zip": b"PK",
    "empty.txt": b"",
}


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/", b"")
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in MEMBERS.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("packed", PACK)
@pytest.mark.parametrize(("ending", "pack"), [(".zip", zipped), (".tar", tarred)])
def test_members_of_archives_are_read_like_files(
    tmp_path: Path, ending: str, pack: Callable[[], bytes], packed: str
) -> None:
    path = tmp_path / f"x{ending}{packed}"
    path.write_bytes(PACK[packed](pack()))
    results = list(read_file(path, path.name, Config()))
    name = path.name
    assert [one.id for one in results if isinstance(one, Document)] == [
        f"{name}/a/one.html",
        "a1",
        "b2",
        f"{name}/b/two.txt.gz",
        f"{name}/up.txt",
    ]
    assert [(one.path, one.reason.split(":")[0]) for one in results if isinstance(one, Rejected)] == [
        (f"{name}/picture.png", "not a format cleaner reads"),
        (f"{name}/inner.zip", "an archive inside an archive"),
        (f"{name}/empty.txt", "the file is empty"),
    ]


def test_short_names_of_packed_archives(tmp_path: Path) -> None:
    for ending, packed in ((".tgz", ".gz"), (".tbz2", ".bz2"), (".txz", ".xz")):
        path = tmp_path / f"x{ending}"
        path.write_bytes(PACK[packed](tarred()))
        assert len(list(read_file(path, path.name, Config()))) == 8


@pytest.mark.parametrize(("name", "why"), [("a.zip", "broken ZIP archive"), ("a.tar", "broken TAR archive")])
def test_broken_archives(name: str, why: str) -> None:
    (only,) = read(b"this is no archive" * 100, name)
    assert isinstance(only, Rejected)
    assert why in only.reason
    *_, last = read((zipped() if name == "a.zip" else tarred())[:600], name)
    assert isinstance(last, Rejected)


@pytest.mark.parametrize("packed", [".bz2", ".xz"])
def test_truncated_and_broken_compression(tmp_path: Path, packed: str) -> None:
    noise = random.Random(1).randbytes(1_500_000).hex()  # more than is decompressed at once
    lines = (b'{"text": "%s"}\n' % noise[at : at + 3000].encode() for at in range(0, 3 * 10**6, 3000))
    path = tmp_path / f"a.jsonl{packed}"
    path.write_bytes(PACK[packed](b"".join(lines))[:-40])
    *some, last = read_file(path, path.name, Config())
    assert some
    assert isinstance(last, Rejected)
    assert "ends too early" in last.reason
    path.write_bytes(b"this is not compressed at all")
    (only,) = read_file(path, path.name, Config())
    assert isinstance(only, Rejected)
    assert only.reason.startswith("broken")


@pytest.mark.parametrize("packed", [".gz", ".zst", ".bz2", ".xz"])
def test_bombs_are_not_read_on(tmp_path: Path, packed: str) -> None:
    path = tmp_path / f"a.jsonl{packed}"
    path.write_bytes(PACK[packed](bytes(70_000_000)))
    *_, last = read_file(path, path.name, with_input(max_bytes=1_000_000))
    assert isinstance(last, Rejected)
    assert "as no text does" in last.reason


def test_deadly_documents_are_passed_over_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped())
    deadly = {0: "it died", 2: "it died", 5: "it died"}
    results = list(read_file(path, path.name, Config(), deadly))
    assert [number for number, one in enumerate(results) if isinstance(one, Rejected) and one.reason == "it died"] == [
        0,
        2,
    ]
    assert len(results) == 8


# ---- what an input is, and how much of it is in memory -------------------------------------


@pytest.mark.parametrize("packed", PACK)
def test_inputs_without_a_name_are_known_by_how_they_begin(packed: str) -> None:
    pack = PACK[packed]
    assert facts(read(pack(WRITERS[".jsonl"]()), "stdin")) == ROWS
    assert facts(read(pack(WRITERS[".json"]()), "stdin")) == ROWS
    assert facts(read(pack(as_parquet()), "stdin")) == ROWS
    assert documents(read(pack(PAGE), "stdin"))[0].metadata.format == "html"
    long = json.dumps({"text": "word " * 50_000}).encode()
    assert documents(read(pack(long), "stdin"))[0].id == "stdin:1"


def test_the_setting_says_what_an_input_without_a_name_is() -> None:
    assert facts(read(as_csv(","), "stdin", with_input(format="csv"))) == ROWS
    assert documents(read(as_csv(","), "a.txt", with_input(format="csv")))[0].metadata.format == "text"


class Endless(io.RawIOBase):
    """Pieces of a file, made when they are asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._ready = self._ready or next(self._pieces, b"")
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count


def stream_of(kind: str, number: int) -> IO[bytes]:
    text = "A sentence of some words. " * 400
    match kind:
        case "warc":
            pieces = (warc_record(text.encode(), n, "conversion", "text/plain") for n in range(number))
        case "csv":
            pieces = (b"text\n" if n == 0 else f'"{text}"\n'.encode() for n in range(number + 1))
        case _:
            pieces = (json.dumps({"text": text}).encode() + b"\n" for _ in range(number))
    return io.BufferedReader(Endless(pieces))


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "warc", "stdin"])
def test_a_long_input_is_never_whole_in_memory(kind: str) -> None:
    if kind == "warc":
        pytest.importorskip("warcio")
    tracemalloc.start()
    try:
        count = sum(isinstance(one, Document) for one in read_open(stream_of(kind, 1000), f"a.{kind}", Config()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 1000
    assert peak < 4_000_000  # of 10,400,000 bytes


def test_parquet_is_read_some_rows_at_a_time(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rng = random.Random(1)
    some = ["".join(map(chr, rng.choices(range(97, 123), k=10_000))) for _ in range(50)]
    path = tmp_path / "a.parquet"
    table = pa.table({"text": some * 100})
    pq.write_table(table, path, compression="none", use_dictionary=False, row_group_size=5000)
    del table
    before, peak, count = pa.total_allocated_bytes(), 0, 0
    for _ in read_file(path, path.name, Config()):
        count += 1
        peak = max(peak, pa.total_allocated_bytes() - before)
    assert count == 5000
    assert (
        peak < 15_000_000
    )  # a page of the file (10 MB, as pyarrow writes them); there are 50 MB in a single row group
