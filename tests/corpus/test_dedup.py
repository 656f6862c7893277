from __future__ import annotations

import gzip
import json
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.corpus.dedup import dedup
from cleaner.settings import Config, Duplicates

WORDS = [f"{a}{b}" for a in ("al", "be", "ci", "do", "é") for b in "klmnpr"]
LONG = " ".join(WORDS[:20])
NEAR = " ".join([*WORDS[:19], "other"])  # 17 of 19 shingles: Jaccard .89
HALF = " ".join(WORDS[10:28])


def config(**changes: Any) -> Config:
    return Config(duplicates=Duplicates(**changes))


def write(path: Path, records: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def cut(tmp_path: Path, texts: Sequence[str], chosen: Config | None = None) -> list[str]:
    """What is left of each text."""
    given = write(tmp_path / "in.jsonl", [{"id": f"d{i}", "text": text} for i, text in enumerate(texts)])
    dedup([given], tmp_path / "out", chosen or Config(), pairs=True)
    return [row["text"] for row in rows(tmp_path / "out" / "documents.jsonl")]


def plain_jaccard(a: str, b: str, min_words: int) -> float:
    """The definition, written down naively."""
    first, second = (re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()) for text in (a, b))
    if not first or not second:
        return 0.0
    if min(len(first), len(second)) < min_words:
        return float(first == second)
    grams = [{tuple(w[i : i + 3]) for i in range(max(1, len(w) - 2))} for w in (first, second)]
    return len(grams[0] & grams[1]) / len(grams[0] | grams[1])


def use(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all work done in one way, however small it is."""
    if way == "numba":
        pytest.importorskip("numba")
    if way != "datasketch":
        monkeypatch.setattr("cleaner.corpus.sign.SMALL", 0)
        monkeypatch.setattr("cleaner.corpus.duplicates.SMALL", 0)
    monkeypatch.delitem(sys.modules, "cleaner.near_duplicates.compiled", raising=False)
    monkeypatch.setattr("cleaner.near_duplicates.kernels.PAYS", 0 if way == "numba" else sys.maxsize)


def test_a_later_copy_goes_and_is_accounted_for(tmp_path: Path) -> None:
    assert cut(tmp_path, [f"A title\n{LONG}", f"Another\n{NEAR}\nThe end"]) == [f"A title\n{LONG}", "Another\nThe end"]
    (row,) = rows(tmp_path / "out" / "duplicates.jsonl")
    assert (row["doc_id"], row["block"], row["twin_id"], row["twin_block"], row["kept"]) == ("d1", 1, "d0", 1, False)
    assert row["jaccard"] == pytest.approx(17 / 19, abs=1e-4)
    (pair,) = rows(tmp_path / "out" / "pairs.jsonl")
    assert list(pair) == ["doc_id", "block", "twin_id", "twin_block", "jaccard"]


def test_one_of_several_copies_within_a_record_stays(tmp_path: Path) -> None:
    assert cut(tmp_path, [f"{LONG}\n{LONG}\n{LONG}"]) == [LONG]


def test_other_texts_stay(tmp_path: Path) -> None:
    assert cut(tmp_path, [LONG, HALF]) == [LONG, HALF]


def test_short_texts_are_found_but_stay_unless_wanted(tmp_path: Path) -> None:
    texts = ["Read more!", "read more", "Read more now"]
    assert cut(tmp_path, texts) == texts
    assert [row["kept"] for row in rows(tmp_path / "out" / "duplicates.jsonl")] == [True]
    assert len(rows(tmp_path / "out" / "pairs.jsonl")) == 1
    assert cut(tmp_path, texts, config(short_texts=True)) == ["Read more!", "", "Read more now"]


@pytest.mark.parametrize(("keeper", "left"), [("first", [0]), ("longest", [2]), ("earliest", [1])])
def test_the_keeper_is_chosen_by_policy(tmp_path: Path, keeper: str, left: list[int]) -> None:
    texts = [LONG, LONG + ".", LONG + "!!!"]
    dates = ["2024-03-01", "2023-01-01", ""]
    records = [{"id": i, "text": text, "date": date} for i, (text, date) in enumerate(zip(texts, dates, strict=True))]
    dedup([write(tmp_path / "in.jsonl", records)], tmp_path / "out", config(keeper=keeper))
    assert [row["id"] for row in rows(tmp_path / "out" / "documents.jsonl") if row["text"]] == left


def test_a_bucket_over_the_cap_leaves_one_under_every_policy(tmp_path: Path) -> None:
    texts = [LONG + "." * (i % 7) for i in range(200)]
    for keeper in ("first", "longest"):
        assert sum(map(bool, cut(tmp_path, texts, config(keeper=keeper)))) == 1


def test_duplicate_documents_are_marked_and_dropped_on_demand(tmp_path: Path) -> None:
    texts = [
        f"{LONG}\n{HALF}",
        f"{NEAR}\n{HALF}\nIts own end",
        f"{HALF}\nThis one has many more words of its own to say",
    ]
    given = write(tmp_path / "in.jsonl", [{"id": f"d{i}", "text": text} for i, text in enumerate(texts)])
    assert dedup([given], tmp_path / "out", Config()).duplicate_documents == 1
    summary = dedup([given], tmp_path / "out", config(drop_documents=True))
    assert (summary.documents, summary.dropped) == (2, 1)
    assert [row["id"] for row in rows(tmp_path / "out" / "documents.jsonl")] == ["d0", "d2"]
    (rejected,) = rows(tmp_path / "out" / "rejected.jsonl")
    assert "'d1'" in rejected["reason"]
    assert "'d0'" in rejected["reason"]


def test_a_document_that_others_rely_on_is_not_dropped(tmp_path: Path) -> None:
    third = " ".join(f"x{i}" for i in range(15))
    texts = [f"{LONG}\n{HALF} {LONG}", f"{LONG}\n{HALF} {LONG}\n{third}", f"{third}\nand more"]
    left = cut(tmp_path, texts, config(drop_documents=True, document_share=0.7))
    assert len(left) == 2
    assert sum(text.count(third) for text in left) == 1


def test_what_is_no_record_is_rejected_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"id": "a", "text": "x"}\n{broken\n\n[1]\n{"id": "b"}\n\xff\n{"id": "c", "text": "y"}')
    summary = dedup([path, tmp_path / "missing.jsonl"], tmp_path / "out", Config())
    assert (summary.documents, summary.rejected) == (2, 5)
    rejected = rows(tmp_path / "out" / "rejected.jsonl")
    assert [row["line"] for row in rejected] == [2, 4, 5, 6, 0]


def test_a_record_over_the_limit_is_rejected_and_the_next_one_read(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", [{"id": "a", "text": "x" * 500}, {"id": "b", "text": "y"}])
    small = replace(Config(), input=replace(Config().input, max_bytes=100))
    assert dedup([given], tmp_path / "out", small).rejected == 1
    assert [row["id"] for row in rows(tmp_path / "out" / "documents.jsonl")] == ["b"]


def test_records_are_kept_as_they_came(tmp_path: Path) -> None:
    lines = [
        '{ "text":"' + LONG + '", "id":7, "big":12345678901234567890123, "x":[1.50, null] }',
        '{"text":"' + LONG + '\\nmore", "id":"é\\u00e9", "y":"\\ud800"}',
    ]
    (tmp_path / "in.jsonl").write_text("".join(line + "\n" for line in lines), "utf-8")
    dedup([tmp_path / "in.jsonl"], tmp_path / "out", Config())
    first, second = (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines()
    assert first == lines[0]
    assert json.loads(second) == {"text": "more", "id": "éé", "y": "\ud800"}


def test_compressed_files_and_other_fields(tmp_path: Path) -> None:
    data = (json.dumps({"key": "k", "content": LONG}) + "\n").encode()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(data))
    (tmp_path / "b.jsonl.zst").write_bytes(zstandard.compress(data))
    fields = replace(Config(), input=replace(Config().input, text_field="content", id_field="key"))
    summary = dedup([tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.zst"], tmp_path / "out", fields)
    assert (summary.documents, summary.duplicates) == (2, 1)


def test_nothing_is_done_twice_and_other_settings_are_noticed(tmp_path: Path) -> None:
    given = write(tmp_path / "in.jsonl", [{"id": "a", "text": LONG}, {"id": "b", "text": NEAR}])
    assert dedup([given], tmp_path / "out", Config()).changed
    assert not dedup([given], tmp_path / "out", Config()).changed
    stricter = dedup([given], tmp_path / "out", config(threshold=0.95))
    assert (stricter.changed, stricter.duplicates) == (True, 0)
    (tmp_path / "out" / "documents.jsonl").write_text("tampered with")
    assert dedup([given], tmp_path / "out", config(threshold=0.95)).changed
    assert len(rows(tmp_path / "out" / "documents.jsonl")) == 2


@pytest.mark.parametrize("threshold", [0.5, 0.8, 1.0])
@pytest.mark.parametrize("way", ["datasketch", "numpy", "numba"])
def test_pairs_are_those_of_the_definition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, threshold: float
) -> None:
    """All ways, datasketch's index and both batch kernels, against all pairs compared one by one."""
    use(way, monkeypatch)
    texts = []
    for start in range(0, 60, 3):
        base = [WORDS[(start * 7 + 11 * i + i * i) % len(WORDS)] + str(i % 5) for i in range(14 + start)]
        for step in (0, 1, 2, 5):
            texts.append(" ".join([*base[step:], *(f"end{start}{i}" for i in range(step))]))
    cut(tmp_path, [*texts, "Ja!", "ja", "", "...", "..."], config(threshold=threshold))
    found = {(row["twin_id"], row["doc_id"]): row["jaccard"] for row in rows(tmp_path / "out" / "pairs.jsonl")}
    expected = {
        (f"d{i}", f"d{j}"): pytest.approx(score, abs=1e-4)
        for (i, a), (j, b) in combinations(enumerate([*texts, "Ja!", "ja", "", "...", "..."]), 2)
        if (score := plain_jaccard(a, b, 10)) >= threshold
    }
    assert found == expected


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.sampled_from([LONG, NEAR, HALF, "short", "", "Ünïcode \u2028 \x85"]), max_size=4), max_size=5)
)
def test_no_text_is_lost(tmp_path: Path, texts: list[list[str]]) -> None:
    """Lines come out in order; each that is missing has a twin in the output."""
    left = cut(tmp_path, ["\n".join(lines) for lines in texts])
    gone = {
        (row["doc_id"], row["block"]): row for row in rows(tmp_path / "out" / "duplicates.jsonl") if not row["kept"]
    }
    for number, text in enumerate(left):
        lines = "\n".join(texts[number]).split("\n")
        assert text == "\n".join(line for i, line in enumerate(lines) if (f"d{number}", i) not in gone)
    assert not {(row["twin_id"], row["twin_block"]) for row in gone.values()} & set(gone)


def test_recall_and_precision_on_planted_pairs(tmp_path: Path, shared: Path) -> None:
    with gzip.open(shared / "dedup" / "dev_small.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    given = [{"id": f"p{record['id']}", "text": " ".join(record["text"].split())} for record in records]
    dedup([write(tmp_path / "in.jsonl", given)], tmp_path / "out", Config(), pairs=True)
    found = {frozenset((row["doc_id"][1:], row["twin_id"][1:])) for row in rows(tmp_path / "out" / "pairs.jsonl")}
    truth = set()
    with gzip.open(shared / "dedup" / "dev_small.truth.tsv.gz", "rt") as lines:
        names = next(lines).rstrip("\n").split("\t")
        for line in lines:
            row = dict(zip(names, line.rstrip("\n").split("\t"), strict=True))
            if float(row["j3"]) >= 0.8:
                truth.add(frozenset((row["a"], row["b"])))
    assert len(found & truth) / len(truth) >= 0.999
    assert len(found & truth) / len(found) >= 0.999
