from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.corpus import clean, ranges, storage
from cleaner.corpus.run import run
from cleaner.corpus.sources import list_sources
from cleaner.engines.local import Local
from cleaner.readers import read_file
from cleaner.settings import Config, Duplicates, Headings, Input

FILES = ("documents.jsonl", "ledger.jsonl", "duplicates.jsonl", "rejected.jsonl", "run.json", "pairs.jsonl")
SHARED_PARAGRAPH = (
    "The council said on Monday that the old harbour bridge would stay closed to all traffic until the end of the "
    "summer, because inspectors had found cracks in two of the four pillars that carry the northern span."
)
TOPICS = "ferry museum bakery school library market theatre garden station tower".split()


def article(topic: str, *more: str) -> str:
    first = f"The {topic} opens again, {topic} friends were told, after a winter in which {topic} visits had to stop."
    second = f"Visitors of the {topic} came from afar; no {topic} like ours, they said, and no {topic} keeper as kind."
    return "\n\n".join([f"News of the {topic}", first, second, *more]) + "\n"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "b").mkdir(parents=True)
    for number, topic in enumerate(TOPICS):
        name = f"b/{topic}.txt" if number % 2 else f"{topic}.txt"
        more = [SHARED_PARAGRAPH] if number % 3 == 0 else []
        (folder / name).write_text(article(topic, *more))
    records = [{"id": f"r{i}", "text": article(f"record{i}")} for i in range(5)]
    (folder / "c.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records) + "{broken\n")
    (folder / "empty.txt").write_text("")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def output(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in FILES if (out / name).exists()}


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the documents that go through the stages, as they do."""
    import cleaner.pipeline

    names: list[str] = []
    stages = cleaner.pipeline.run_stages
    here = Local.run

    def noting(document: Any, config: Config) -> Any:
        names.append(document.metadata.file_path)
        return stages(document, config)

    monkeypatch.setattr(Local, "run", lambda self, tasks, done, *, risky=False: here(self, tasks, done))
    monkeypatch.setattr(Local, "prepare", lambda self, tasks, module: None)
    monkeypatch.setattr(cleaner.pipeline, "run_stages", noting)
    return names


def test_a_folder_becomes_the_output_files(tmp_path: Path, raw: Path) -> None:
    out = tmp_path / "out"
    summary = run(raw, out, Config())
    assert (summary.inputs, summary.documents, summary.rejected, summary.changed) == (13, 15, 3, True)
    documents = rows(out / "documents.jsonl")
    assert len(documents) == 15
    paths = [row["metadata"]["file_path"] for row in documents]
    assert paths == sorted(paths)
    assert sum(SHARED_PARAGRAPH in row["text"] for row in documents) == 1
    assert sum(row["metadata"]["duplicate_block_count"] for row in documents) == summary.duplicates == 3
    assert {row["metadata"]["minhash_cluster_size"] for row in documents} == {1, 4}
    removed = [row for row in rows(out / "ledger.jsonl") if row["stage"] == "duplicates"]
    assert [(row["doc_id"], row["twin_id"], row["twin_block"]) for row in removed] == [
        (row["doc_id"], row["twin_id"], row["twin_block"]) for row in rows(out / "duplicates.jsonl")
    ]
    assert {row["raw_text"].strip() for row in removed} == {SHARED_PARAGRAPH}
    assert {row["path"] for row in rows(out / "rejected.jsonl")} == {"c.jsonl", "empty.txt", "picture.png"}
    assert str(tmp_path) not in (out / "run.json").read_text()


def test_a_second_run_has_nothing_to_do(tmp_path: Path, raw: Path, cleaned: list[str]) -> None:
    run(raw, tmp_path / "out", Config())
    assert len(cleaned) == 15
    before = output(tmp_path / "out")
    summary = run(raw, tmp_path / "out", Config())
    assert (summary.changed, summary.reused, summary.documents) == (False, 13, 15)
    assert len(cleaned) == 15
    assert output(tmp_path / "out") == before


def test_only_what_changed_is_cleaned_again(tmp_path: Path, raw: Path, cleaned: list[str]) -> None:
    run(raw, tmp_path / "out", Config())
    cleaned.clear()
    (raw / "ferry.txt").write_text(article("steamer"))
    (raw / "new.txt").write_text(article("novelty"))
    (raw / "bakery.txt").unlink()
    summary = run(raw, tmp_path / "out", Config())
    assert sorted(cleaned) == ["ferry.txt", "new.txt"]
    assert summary.reused == 11
    run(raw, tmp_path / "fresh", Config())
    assert output(tmp_path / "out") == output(tmp_path / "fresh")
    assert not any(row["metadata"]["file_path"] == "bakery.txt" for row in rows(tmp_path / "out" / "documents.jsonl"))


def test_changed_settings_are_noticed_where_they_matter(tmp_path: Path, raw: Path, cleaned: list[str]) -> None:
    run(raw, tmp_path / "out", Config())
    cleaned.clear()
    assert run(raw, tmp_path / "out", Config(duplicates=Duplicates(enabled=False))).duplicates == 0
    assert cleaned == []
    assert run(raw, tmp_path / "out", Config(headings=Headings(repeats=False))).changed
    assert len(cleaned) == 15


def test_other_code_cleans_again(
    tmp_path: Path, raw: Path, cleaned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(raw, tmp_path / "out", Config())
    for module in ("workshop", "clean", "publish"):
        monkeypatch.setattr(f"cleaner.corpus.{module}.code_digest", lambda: "another version")
    assert run(raw, tmp_path / "out", Config()).changed
    assert len(cleaned) == 30


def test_an_interrupted_run_goes_on(
    tmp_path: Path, raw: Path, cleaned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("cleaner.corpus.chain.find_duplicates", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(raw, tmp_path / "out", Config())
    assert output(tmp_path / "out") == {}
    run(raw, tmp_path / "out", Config())
    assert len(cleaned) == 15
    assert len(rows(tmp_path / "out" / "documents.jsonl")) == 15


def test_check_and_dry_run_write_nothing(tmp_path: Path, raw: Path) -> None:
    out = tmp_path / "out"
    assert run(raw, out, Config(), check=True).changed
    assert run(raw, out, Config(), dry_run=True).inputs == 13
    assert not out.exists()
    run(raw, out, Config())
    assert not run(raw, out, Config(), check=True).changed
    (raw / "new.txt").write_text(article("novelty"))
    before = output(out)
    summary = run(raw, out, Config(), check=True)
    assert (summary.changed, summary.reused) == (True, 13)
    assert output(out) == before


def test_the_limit_is_a_number_of_documents(tmp_path: Path, raw: Path) -> None:
    run(raw, tmp_path / "all", Config(duplicates=Duplicates(enabled=False)))
    everything = rows(tmp_path / "all" / "documents.jsonl")
    for limit in (1, 12, 99):
        run(raw, tmp_path / "some", Config(duplicates=Duplicates(enabled=False)), limit=limit)
        assert [row["id"] for row in rows(tmp_path / "some" / "documents.jsonl")] == [
            row["id"] for row in everything[:limit]
        ]


def test_the_same_bytes_for_any_number_of_workers_and_any_order(
    tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(raw, tmp_path / "one", Config(), pairs=True)
    run(raw, tmp_path / "two", Config(), pairs=True, jobs=2)
    other = tmp_path / "other"
    for path in sorted(raw.rglob("*"), reverse=True):  # created in another order, elsewhere, one file a shard
        if path.is_file():
            (other / path.relative_to(raw)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, other / path.relative_to(raw))
    monkeypatch.setattr("cleaner.corpus.plan.BYTES_A_SHARD", 1)
    run(other, tmp_path / "three", Config(), pairs=True)
    assert output(tmp_path / "one") == output(tmp_path / "two") == output(tmp_path / "three")
    assert set(output(tmp_path / "one")) == set(FILES)


@given(
    lines=st.lists(
        st.sampled_from(["", "  ", "{broken", "[1]", "\ufeff{}", '{"text": "One line."}', '{"text": "", "id": 3}']),
        max_size=12,
    ),
    end=st.sampled_from(["", "\n"]),
    size=st.integers(1, 60),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_parts_of_a_file_give_what_the_file_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], end: str, size: int
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(lines) + end, "utf-8")
    monkeypatch.setattr("cleaner.corpus.ranges.BYTES", size)
    parts = ranges.split("in.jsonl", path)[0]
    cut = [one for part in parts for one in clean._read(part, Config())]
    assert cut == list(read_file(path, "in.jsonl", Config()))


def test_a_part_of_a_remote_file_is_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fsspec")
    lines = "".join(json.dumps({"id": f"d{i}", "text": f"Line {i} of it."}) + "\n" for i in range(50))
    storage.write_all({"memory://parts/in.jsonl": lines.encode()})
    whole = list(read_file("memory://parts/in.jsonl", "in.jsonl", Config()))
    monkeypatch.setattr("cleaner.corpus.ranges.BYTES_CLEANED", 300)
    with list_sources([("in.jsonl", "memory://parts/in.jsonl")]) as sources:
        assert sources.parts > 5
        assert [one for part in sources for one in clean._read(part, Config())] == whole
    storage.remove(["memory://parts"])


def test_the_same_bytes_however_a_file_of_lines_is_cut(
    tmp_path: Path, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(raw / "c.jsonl", raw / "no ending")
    for out, size in (("whole", 8_000_000), ("lines", 1), ("some", 1500)):
        monkeypatch.setattr("cleaner.corpus.ranges.BYTES_CLEANED", size)
        summary = run([raw, raw / "no ending"], tmp_path / out, Config(input=Input(format="jsonl")))
        assert (summary.inputs, summary.documents) == (14, 20)
    assert output(tmp_path / "whole") == output(tmp_path / "lines") == output(tmp_path / "some")
    (raw / "c.jsonl").write_bytes((raw / "c.jsonl").read_bytes() + b"{}\n")
    summary = run([raw, raw / "no ending"], tmp_path / "some", Config(input=Input(format="jsonl")))
    assert (summary.inputs, summary.reused, summary.rejected) == (14, 13, 5)


def test_pairs_of_an_earlier_run_do_not_stay(tmp_path: Path, raw: Path) -> None:
    run(raw, tmp_path / "out", Config(), pairs=True)
    run(raw, tmp_path / "out", Config())
    assert not (tmp_path / "out" / "pairs.jsonl").exists()


def test_a_dropped_document_is_in_the_ledger(tmp_path: Path, raw: Path) -> None:
    (raw / "z.txt").write_text(article("ferry"))
    config = replace(Config(), duplicates=Duplicates(drop_documents=True, document_share=0.7))
    summary = run(raw, tmp_path / "out", config)
    assert (summary.documents, summary.dropped) == (15, 1)
    assert not any(row["id"] == "z.txt" for row in rows(tmp_path / "out" / "documents.jsonl"))
    gone = "\n".join(row["raw_text"] for row in rows(tmp_path / "out" / "ledger.jsonl") if row["doc_id"] == "z.txt")
    assert set(article("ferry").split()) <= set(gone.split())
    assert "z.txt" in {row["path"] for row in rows(tmp_path / "out" / "rejected.jsonl")}


def test_documents_of_one_id_get_names_of_their_own(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, topics in (("a.jsonl", ("ferry", "museum", "bakery")), ("b.jsonl", ("school", "library"))):
        records = [{"id": "one", "text": article(topic, SHARED_PARAGRAPH)} for topic in topics]
        (raw / name).write_text("".join(json.dumps(record) + "\n" for record in records))
    for jobs in (1, 2):
        run(raw, tmp_path / f"out{jobs}", Config(), jobs=jobs)
    assert output(tmp_path / "out1") == output(tmp_path / "out2")
    names = ["one", "one~2", "one~3", "one~4", "one~5"]
    assert [row["id"] for row in rows(tmp_path / "out1" / "documents.jsonl")] == names
    assert [row["doc_id"] for row in rows(tmp_path / "out1" / "duplicates.jsonl")] == names[1:]
    assert {row["twin_id"] for row in rows(tmp_path / "out1" / "duplicates.jsonl")} == {"one"}
    assert {row["doc_id"] for row in rows(tmp_path / "out1" / "ledger.jsonl")} == set(names)


def test_an_empty_folder_gives_empty_files(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    summary = run(tmp_path / "raw", tmp_path / "out", Config(), pairs=True)
    assert (summary.inputs, summary.documents) == (0, 0)
    assert rows(tmp_path / "out" / "documents.jsonl") == []
