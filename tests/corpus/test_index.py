from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH

from cleaner.corpus import index as indexes
from cleaner.corpus.dedup import dedup
from cleaner.corpus.export import export
from cleaner.corpus.index import IndexUnfitError, open_index
from cleaner.corpus.run import run
from cleaner.settings import Config
from tests.corpus.test_dedup import HALF, LONG, NEAR, config, rows, write

THIRD = " ".join(f"third{i}" for i in range(20))


def records(*texts: str, start: int = 0) -> list[dict[str, Any]]:
    return [{"id": f"d{i}", "text": text} for i, text in enumerate(texts, start)]


def outputs(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def days(tmp_path: Path) -> list[Path]:
    """Three batches; each has something of the one before."""
    return [
        write(tmp_path / "monday.jsonl", records(LONG, "short", HALF)),
        write(tmp_path / "tuesday.jsonl", records(NEAR, THIRD, start=10)),
        write(tmp_path / "wednesday.jsonl", records(THIRD, HALF, "short", f"{THIRD}!", start=20)),
    ]


def test_a_batch_is_compared_with_all_earlier_ones(tmp_path: Path, days: list[Path]) -> None:
    left = []
    for number, day in enumerate(days):
        dedup([day], tmp_path / f"out{number}", Config(), index=tmp_path / "index")
        left.append([row["id"] for row in rows(tmp_path / f"out{number}" / "documents.jsonl") if row["text"]])
    assert left == [["d0", "d1", "d2"], ["d11"], ["d22"]]
    found = {row["doc_id"]: row["twin_id"] for row in rows(tmp_path / "out2" / "duplicates.jsonl")}
    assert found == {"d20": "d11", "d21": "d2", "d22": "d1", "d23": "d11"}


def test_a_batch_run_again_gives_the_same_and_is_added_once(tmp_path: Path, days: list[Path]) -> None:
    for number, day in enumerate(days):
        dedup([day], tmp_path / f"out{number}", Config(), index=tmp_path / "index")
    for number, day in enumerate(days):
        summary = dedup([day], tmp_path / f"again{number}", Config(), index=tmp_path / "index", jobs=1)
        assert outputs(tmp_path / f"again{number}") == outputs(tmp_path / f"out{number}")
        assert summary.changed
        assert not dedup([day], tmp_path / f"out{number}", Config(), index=tmp_path / "index").changed
    assert len(open_index(tmp_path / "index").generations) == 3


def test_in_one_go_or_batch_by_batch_the_same_goes(tmp_path: Path, days: list[Path]) -> None:
    dedup(days, tmp_path / "whole", Config())
    parts = b""
    for number, day in enumerate(days):
        dedup([day], tmp_path / f"out{number}", Config(), index=tmp_path / "index")
        parts += (tmp_path / f"out{number}" / "documents.jsonl").read_bytes()
    assert parts == (tmp_path / "whole" / "documents.jsonl").read_bytes()


@pytest.mark.parametrize("form", ["file", "index", "both"])
def test_against_only_reads(tmp_path: Path, days: list[Path], form: str) -> None:
    dedup([days[0]], tmp_path / "old", Config(), index=tmp_path / "index")
    against = {"file": [days[0]], "index": [tmp_path / "index"], "both": [tmp_path / "index", days[0]]}[form]
    dedup([days[1]], tmp_path / "out", Config(), against=against)
    (row,) = rows(tmp_path / "out" / "duplicates.jsonl")
    assert (row["doc_id"], row["twin_id"]) == ("d10", "d0")
    assert len(open_index(tmp_path / "index").generations) == 1
    dedup([days[0]], tmp_path / "same", Config(), against=against)
    assert [row["text"] for row in rows(tmp_path / "same" / "documents.jsonl")] == ["", "short", ""]


@pytest.mark.parametrize("keeper", ["first", "longest", "earliest"])
def test_older_copies_stay_under_every_policy(tmp_path: Path, keeper: str) -> None:
    old = write(tmp_path / "old.jsonl", [{"id": "old", "text": LONG, "date": "2024-01-01"}])
    new = write(tmp_path / "new.jsonl", [{"id": "new", "text": LONG + "!!!", "date": "2020-01-01"}])
    dedup([old], tmp_path / "a", config(keeper=keeper), index=tmp_path / "index")
    dedup([new], tmp_path / "b", config(keeper=keeper), index=tmp_path / "index")
    assert [row["text"] for row in rows(tmp_path / "b" / "documents.jsonl")] == [""]


def test_a_grown_batch_does_not_count_its_own_entries(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", records(LONG, HALF))
    dedup([given], tmp_path / "a", Config(), index=tmp_path / "index")
    write(given, records(LONG, HALF, THIRD, NEAR))
    dedup([given], tmp_path / "b", Config(), index=tmp_path / "index")
    left = [row["id"] for row in rows(tmp_path / "b" / "documents.jsonl") if row["text"]]
    assert left == ["d0", "d1", "d2"]
    other = write(tmp_path / "other.jsonl", records(HALF, LONG))  # the same ids, but other texts
    dedup([other], tmp_path / "c", Config(), index=tmp_path / "index")
    assert [row["text"] for row in rows(tmp_path / "c" / "documents.jsonl")] == ["", ""]


@pytest.mark.parametrize("changes", [{"threshold": 0.5}, {"min_words": 5}])
def test_an_index_made_otherwise_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    given = write(tmp_path / "in.jsonl", records(LONG))
    dedup([given], tmp_path / "a", Config(), index=tmp_path / "index")
    with pytest.raises(IndexUnfitError, match=r"made with .*, not .*: use the settings"):
        dedup([given], tmp_path / "b", config(**changes), index=tmp_path / "index")
    with pytest.raises(IndexUnfitError):
        dedup([given], tmp_path / "b", config(**changes), against=[tmp_path / "index"])


@pytest.mark.parametrize("field", ["scheme", "seed", "permutations", "shingles", "format"])
def test_an_index_of_another_kind_is_refused(tmp_path: Path, field: str) -> None:
    given = write(tmp_path / "in.jsonl", records(LONG))
    dedup([given], tmp_path / "a", Config(), index=tmp_path / "index")
    meta = tmp_path / "index" / "generation-000001" / "generation.json"
    changed = json.loads(meta.read_text())
    changed["spec"][field] = changed["spec"][field] * 2
    meta.write_text(json.dumps(changed))
    with pytest.raises(IndexUnfitError, match=field):
        dedup([given], tmp_path / "b", Config(), index=tmp_path / "index")


def test_what_is_no_index_is_left_alone(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", records(LONG))
    for folder in (tmp_path, given):
        with pytest.raises(IndexUnfitError, match="is no index"):
            dedup([given], tmp_path / "out", Config(), index=folder)


def test_of_two_that_add_at_once_one_fails_and_leaves_nothing(tmp_path: Path, days: list[Path]) -> None:
    dedup([days[0]], tmp_path / "a", Config(), index=tmp_path / "index")
    stale = open_index(tmp_path / "index")
    dedup([days[1]], tmp_path / "b", Config(), index=tmp_path / "index")
    with pytest.raises(IndexUnfitError, match="meanwhile"):
        indexes.append(stale, indexes.spec_of(Config()), "another", [])
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == ["generation-000001", "generation-000002"]


def test_exported_signatures_are_datasketch_s(tmp_path: Path, days: list[Path]) -> None:
    for number, day in enumerate(days):
        dedup([day], tmp_path / f"out{number}", Config(), index=tmp_path / "index")
    assert export(open_index(tmp_path / "index"), tmp_path / "index.npz") == 3
    lsh = MinHashLSH(threshold=0.7, num_perm=128)
    with np.load(tmp_path / "index.npz") as data:
        for key, values in zip(data["keys"], data["hashvalues"], strict=True):
            sketch = MinHash(
                hashvalues=values,
                seed=int(data["seed"]),
                scheme=str(data["scheme"]),
                permutations=data["permutations"],
            )
            lsh.insert(str(key), sketch)
    assert set(lsh.keys) == {"d0#0", "d2#0", "d11#0"}
    assert lsh.query(sketch) == ["d11#0"]


def test_a_folder_of_articles_day_by_day(tmp_path: Path) -> None:
    for day, name, text in ((1, "a.txt", LONG), (1, "b.txt", THIRD), (2, "c.txt", f"{NEAR}.\n\n{HALF}")):
        path = tmp_path / f"day{day}" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{text.capitalize()}.\n", "utf-8")
    for day in (1, 2, 2):
        run(tmp_path / f"day{day}", tmp_path / f"out{day}", Config(), index=tmp_path / "index")
    (row,) = rows(tmp_path / "out2" / "duplicates.jsonl")
    assert (row["doc_id"], row["twin_id"]) == ("c.txt", "a.txt")
    before = outputs(tmp_path / "out1")
    run(tmp_path / "day1", tmp_path / "out1", Config(), index=tmp_path / "index")
    assert outputs(tmp_path / "out1") == before
    # an article that was fetched again replaces its older version
    (tmp_path / "day2" / "a.txt").write_text(f"{LONG.capitalize()}.\n\nAnd more.\n", "utf-8")
    run(tmp_path / "day2", tmp_path / "out3", Config(), index=tmp_path / "index")
    texts = {row["id"]: row["text"] for row in rows(tmp_path / "out3" / "documents.jsonl")}
    assert LONG[1:] in texts["a.txt"]
