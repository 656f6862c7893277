"""Other tools read a real run's output as it is, and lose nothing.

Each test needs its tool (``make consumers`` has them all) and is skipped without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cleaner.config import load
from cleaner.corpus.run import run
from cleaner.writers.forms import Form
from cleaner.writers.records import flatten

ROOT = Path(__file__).parents[2]
Row = dict[str, Any]
pytestmark = pytest.mark.filterwarnings("ignore")  # of the tools, not ours


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample articles, and records made to break readers that guess types."""
    folder = tmp_path_factory.mktemp("raw")
    for path in (ROOT / "raw").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    rows = [
        {"id": 7, "text": "An id of digits only.", "date": "2024-05-01"},
        {"id": "1e5", "text": "12", "title": "2024-01-01", "author": "null"},
        {"id": "x", "text": 'Quotes "here", a tab\there, and a comma, twice.', "title": "NaN"},
        {
            "id": "ü ~ \u2028",
            "text": "Zeilentrenner \u2028 und \U0001f600, 中文段落，没有空格。",
            "url": "https://www.example.org/?a=1&b=2",
        },
        {"text": "True"},
        *({"id": f"r{n}", "text": f"Record {n} has words of its own, all of them number {n}."} for n in range(300)),
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def cleaned(raw: Path, folder: Path, form: Form) -> Path:
    run(raw, folder, load().config, form=form)
    return folder


@pytest.fixture(scope="module")
def plain(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cleaned(raw, tmp_path_factory.mktemp("plain"), Form())


@pytest.fixture(scope="module")
def flat(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cleaned(raw, tmp_path_factory.mktemp("flat"), Form("jsonl", "zst", flat=True))


@pytest.fixture(scope="module")
def packed(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cleaned(raw, tmp_path_factory.mktemp("packed"), Form("jsonl", "gz", 50_000))


@pytest.fixture(scope="module")
def parquet(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pyarrow")
    return cleaned(raw, tmp_path_factory.mktemp("parquet"), Form("parquet"))


@pytest.fixture(scope="module")
def wanted(plain: Path) -> list[Row]:
    return rows(plain / "documents.jsonl")


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def same(found: Iterable[Row], wanted: list[Row]) -> None:
    found = [dict(row) for row in found]
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert one == other
        assert list(one) == list(other)
        kinds = {name: type(value) for name, value in one.items() if not isinstance(value, dict)}
        assert kinds == {name: type(value) for name, value in other.items() if not isinstance(value, dict)}


def untimed(row: Row) -> Row:
    """The row with its times as they are written."""
    return {
        name: untimed(value)
        if isinstance(value, dict)
        else f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
        if isinstance(value, datetime)
        else value
        for name, value in row.items()
    }


# ---- frames and data bases -----------------------------------------------------------------


def test_datasets(plain: Path, packed: Path, parquet: Path, wanted: list[Row], tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    for kind, files in (
        ("json", str(plain / "documents.jsonl")),
        ("json", [str(path) for path in sorted(packed.glob("documents-*.jsonl.gz"))]),
        ("parquet", str(parquet / "documents.parquet")),
    ):
        same(datasets.load_dataset(kind, data_files=files, split="train", cache_dir=str(tmp_path)), wanted)
    ledger = datasets.load_dataset(
        "json", data_files=str(plain / "ledger.jsonl"), split="train", cache_dir=str(tmp_path)
    )
    same(ledger, rows(plain / "ledger.jsonl"))


def test_duckdb(plain: Path, packed: Path, parquet: Path, wanted: list[Row]) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pytz")  # with which it returns times

    def table(source: str) -> list[Row]:
        result = duckdb.sql(f"select * from {source}")
        return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]

    same(table(f"'{parquet}/documents.parquet'"), wanted)
    for source in (f"{plain}/documents.jsonl", f"{packed}/documents-*.jsonl.gz"):
        found = table(f"'{source}'")
        assert len(found) == len(wanted)
        same(map(untimed, found), wanted)  # DuckDB knows times when it sees them
    same(table(f"'{plain}/ledger.jsonl'"), rows(plain / "ledger.jsonl"))
    ((count,),) = duckdb.sql(f"select count(distinct metadata.site) from '{plain}/documents.jsonl'").fetchall()
    assert count == len({row["metadata"]["site"] for row in wanted})


def test_polars(plain: Path, flat: Path, parquet: Path, wanted: list[Row]) -> None:
    polars = pytest.importorskip("polars")
    same(polars.read_ndjson(plain / "documents.jsonl").to_dicts(), wanted)
    same(polars.read_parquet(parquet / "documents.parquet").to_dicts(), wanted)
    same(polars.read_ndjson(flat / "documents.jsonl.zst").to_dicts(), [flatten(row) for row in wanted])
    same(polars.read_ndjson(plain / "ledger.jsonl").to_dicts(), rows(plain / "ledger.jsonl"))


def test_pandas(plain: Path, flat: Path, packed: Path, parquet: Path, wanted: list[Row]) -> None:
    pandas = pytest.importorskip("pandas")
    same(
        pandas.read_json(plain / "documents.jsonl", lines=True, convert_dates=False, precise_float=True).to_dict(
            "records"
        ),
        wanted,
    )
    frames = [
        pandas.read_json(path, lines=True, convert_dates=False, precise_float=True)
        for path in sorted(packed.glob("documents-*.jsonl.gz"))
    ]
    same(pandas.concat(frames).to_dict("records"), wanted)
    frame = pandas.read_json(flat / "documents.jsonl.zst", lines=True, convert_dates=False, precise_float=True)
    assert frame["text"].tolist() == [row["text"] for row in wanted]
    assert frame["id"].tolist() == [row["id"] for row in wanted]
    assert frame["char_count"].tolist() == [row["metadata"]["char_count"] for row in wanted]
    same(pandas.read_parquet(parquet / "documents.parquet").to_dict("records"), wanted)


def test_pyarrow(plain: Path, parquet: Path, wanted: list[Row]) -> None:
    pa_json = pytest.importorskip("pyarrow.json")
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    found = pa_json.read_json(plain / "documents.jsonl").to_pylist()
    assert [(row["id"], row["text"]) for row in found] == [(row["id"], row["text"]) for row in wanted]
    same(pq.read_table(parquet / "documents.parquet").to_pylist(), wanted)
    same(ds.dataset(parquet / "documents.parquet").to_table().to_pylist(), wanted)
    assert all(not field.nullable for field in pq.read_schema(parquet / "documents.parquet"))


# ---- pipelines for training data -----------------------------------------------------------


def test_datatrove(plain: Path, flat: Path, packed: Path, parquet: Path, wanted: list[Row]) -> None:
    readers = pytest.importorskip("datatrove.pipeline.readers")
    pytest.importorskip("orjson")
    for reader in (
        readers.JsonlReader(str(plain), glob_pattern="documents.jsonl"),
        readers.JsonlReader(str(packed), glob_pattern="documents-*.jsonl.gz"),
        readers.ParquetReader(str(parquet), glob_pattern="documents.parquet"),
    ):
        found = list(reader.run())
        assert [document.id for document in found] == [row["id"] for row in wanted]
        assert [document.text for document in found] == [row["text"] for row in wanted]
        for document, row in zip(found, wanted, strict=True):
            assert {name: document.metadata[name] for name in row["metadata"]} == {
                **row["metadata"],
                "file_path": document.metadata["file_path"],  # datatrove puts its own here
            }
    found = list(readers.JsonlReader(str(flat), glob_pattern="documents.jsonl.zst").run())
    assert [document.metadata["site"] for document in found] == [row["metadata"]["site"] for row in wanted]


def test_dolma(plain: Path) -> None:
    pytest.importorskip("dolma")
    import msgspec
    from dolma.core.data_types import InputSpecWithMetadata

    decoder = msgspec.json.Decoder(InputSpecWithMetadata)
    with (plain / "documents.jsonl").open("rb") as stream:
        for line in stream:
            found, row = decoder.decode(line), json.loads(line)
            assert (found.id, found.text, found.source) == (row["id"], row["text"], row["source"])
            assert (found.added, found.created, found.metadata) == (row["added"], row["created"], row["metadata"])


def test_langchain(plain: Path, wanted: list[Row]) -> None:
    loaders = pytest.importorskip("langchain_community.document_loaders")
    pytest.importorskip("jq")

    def metadata(record: Row, _: Row) -> Row:
        return {"id": record["id"], **record["metadata"]}

    loader = loaders.JSONLoader(
        plain / "documents.jsonl", jq_schema=".", content_key="text", json_lines=True, metadata_func=metadata
    )
    found = loader.load()
    assert [document.page_content for document in found] == [row["text"] for row in wanted]
    assert [document.metadata for document in found] == [{"id": row["id"], **row["metadata"]} for row in wanted]


def test_llama_index(plain: Path, wanted: list[Row]) -> None:
    schema = pytest.importorskip("llama_index.core.schema")
    lines = rows(plain / "documents.jsonl")
    found = [schema.Document(text=row["text"], id_=row["id"], metadata=row["metadata"]) for row in lines]
    assert [(one.id_, one.text, one.metadata) for one in found] == [
        (row["id"], row["text"], row["metadata"]) for row in wanted
    ]
    readers = pytest.importorskip("llama_index.readers.json")
    loaded = readers.JSONReader(is_jsonl=True, clean_json=False).load_data(str(plain / "documents.jsonl"))
    assert len(loaded) == len(wanted)
    assert [json.loads(one.text) for one in loaded] == wanted
