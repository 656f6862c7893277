"""The report as data: what it holds, that it is the same every time, and that it stays small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.errors import CleanerError
from cleaner.hashes import hash_of
from cleaner.report import page, sample
from cleaner.report.files import Facts
from cleaner.report.page import render
from tests.report.hostile import HOSTILE
from tests.support import ROOT, cleaner_run


def report(clean: Path) -> str:
    return b"".join(render(clean)).decode()


def held(html: str) -> dict[str, Any]:
    """The data blocks of a page by name."""
    blocks = re.findall(r'<script type="application/json" id="data-([\w-]+)">(.*?)</script>', html, re.DOTALL)
    return {name: json.loads(data) for name, data in blocks}


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_writes_the_report_and_the_command_writes_the_same(samples: Path, tmp_path: Path) -> None:
    written = (samples / "report.html").read_bytes()
    assert b"".join(render(samples)) == written
    result = CliRunner().invoke(cli, ["report", str(samples), "-o", str(tmp_path / "again.html")])
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "again.html").read_bytes() == written
    names = re.findall(rb"/(?:tmp|home|root|work)/|report-\w+-0", written)
    assert not names, "no path of this machine"


def test_the_report_of_many_shards_is_that_of_their_files(tmp_path: Path) -> None:
    """Each shard takes down its own part; documents that are left out have rows in the ledger all the same."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    for number in range(150):
        words = " ".join(f"word{number // 3 * 31 + place}" for place in range(40))
        (raw / f"article-{number}.txt").write_text(f"{words},and so on.\n", encoding="utf-8")
    cleaner_run(raw, clean, "--set", "duplicates.drop_documents=true", "--set", "filters.exact_duplicates=true")
    assert len(list((clean / ".cleaner").glob("write_documents-*.manifest"))) > 2
    summary = held(report(clean))["summary"]
    assert summary["totals"]["documents"] == summary["run"]["counts"]["documents"] == 50
    assert report(clean) == (clean / "report.html").read_text(encoding="utf-8")


def test_the_report_does_not_depend_on_jobs(samples: Path, tmp_path: Path) -> None:
    cleaner_run(ROOT / "raw", tmp_path, "-j", "2")
    assert (tmp_path / "report.html").read_bytes() == (samples / "report.html").read_bytes()


def test_the_figures_are_those_of_the_files(samples: Path) -> None:
    summary = held(report(samples))["summary"]
    documents, ledger = records(samples / "documents.jsonl"), records(samples / "ledger.jsonl")
    totals = summary["totals"]
    assert totals["documents"] == len(documents)
    assert totals["before"] == sum(document["metadata"]["raw_char_count"] for document in documents)
    assert totals["after"] == sum(len(document["text"]) for document in documents)
    assert sum(rows for *_, rows, _, _ in totals["rules"]) == len(ledger)
    for stage, rule, action, rows, touched, characters in totals["rules"]:
        mine = [row for row in ledger if (row["stage"], row["rule"], row["action"]) == (stage, rule, action)]
        assert (rows, touched) == (len(mine), len({row["doc_id"] for row in mine}))
        assert characters == sum(len(row["raw_text"]) for row in mine)
    assert sum(after for _, _, after in totals["sizes"]) == len(documents)
    assert summary["clusters"]["cut"] == sum(not pair["kept"] for pair in records(samples / "duplicates.jsonl"))


def test_before_and_after_of_every_document_are_complete(samples: Path) -> None:
    data = held(report(samples))
    documents = {document["id"]: document for document in records(samples / "documents.jsonl")}
    restored = 0
    for index, entry in enumerate(data["documents"]):
        detail = data[f"document-{index}"]
        document = documents[entry[0]]
        if document["metadata"]["format"] == "html":
            assert detail["text"] == document["text"]
            continue
        pairs = [(item, item) if isinstance(item, str) else item[:2] for item in detail["passages"]]
        assert "".join(new for _, new in pairs) == document["text"]
        source = (ROOT / "raw" / document["metadata"]["file_path"]).read_text(encoding="utf-8")
        assert "".join(raw for raw, _ in pairs) == source
        assert detail["left_out"] == 0
        restored += 1
    assert restored == 5


def test_clusters_show_the_keepers_text(samples: Path) -> None:
    clusters = held(report(samples))["clusters"]
    assert len(clusters) == 2
    for cluster in clusters:
        keeper, copy = cluster["keeper"][2], cluster["copies"][0][2]
        assert keeper.split()[:8] == copy.split()[:8]


def test_what_does_not_fit_is_left_out_and_said(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "ROOM", 12_000)
    monkeypatch.setattr(sample, "CLUSTERS", 1)
    monkeypatch.setattr("cleaner.report.details.LONGEST", 1_500)
    monkeypatch.setattr(page, "Sample", lambda: sample.Sample(6))
    data = held(report(samples))
    assert 6 <= data["summary"]["listed"] == len(data["documents"]) < 9
    assert data["summary"]["totals"]["documents"] == 9
    shown = [name for name in data if name.startswith("document-")]
    assert data["summary"]["held"] == len(shown) == sum(entry[-1] for entry in data["documents"]) < 6
    assert sum(len(json.dumps(data[name])) for name in shown) < 30_000
    assert len(data["clusters"]) == 1
    left = [data[name]["left_out"] for name in shown]
    assert any(left)


def test_the_sample_depends_on_ids_alone(tmp_path: Path) -> None:
    """The same documents in two orders of arrival: the same ones are chosen."""
    heads = [f"document {number}" for number in range(300)]
    chosen = []
    for order in (heads, heads[::-1]):
        taken = sample.Sample(20)
        for number, name in enumerate(order):
            taken.add(listed(number, name))
        chosen.append({one.id for one in taken.by_merit()})
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 20


def listed(number: int, name: str, *rules: tuple[str, str, str]) -> sample.Listed:
    facts = Facts("", "", "", "en", "text", "utf-8", 1, 1, 0, 0, 0)
    return sample.Listed(number, name, hash_of(name), facts, rules, (0, 0))


def test_every_rule_has_an_example() -> None:
    taken = sample.Sample(50)
    rare = ("chrome", "rare", "remove")
    for number in range(50):
        common = ("chrome", "common", "remove")
        taken.add(listed(number, f"document {number}", common, *([rare] if number == 33 else [])))
    assert 33 in [one.number for one in taken.by_merit()[:2]]
    small = sample.Sample(3)
    for one in taken.by_merit():
        small.add(one)
    assert 3 <= len(small.by_merit()) <= 4
    assert 33 in [one.number for one in small.by_merit()]


def test_nothing_of_the_input_is_markup(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for number, text in enumerate(HOSTILE):
        (tmp_path / "raw" / f"{number}.txt").write_text(text, encoding="utf-8")
    cleaner_run(tmp_path / "raw", tmp_path / "clean")
    html = (tmp_path / "clean" / "report.html").read_text(encoding="utf-8")
    own = {name: page.asset(name) for name in ("report.html", "report.css", *page.SCRIPTS)}
    block = re.compile(r'<script type="application/json" id="[\w-]+">([^<]*)</script>\n')
    assert len([json.loads(data) for data in block.findall(html)]) == 3 + len(HOSTILE)
    rest = block.sub("", html)
    assert len(rest) < sum(map(len, own.values())) + 2_000, "what came from the inputs stands in data blocks alone"
    assert "alert(" not in rest
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    for tag in ("script", "style"):
        content = html.rpartition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        sha = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{sha}'" in policy[1]


def test_left_out_duplicates_do_not_disturb_the_others(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    text = " ".join(f"Sentence number {number} of a story about the ferry and its captain." for number in range(12))
    for name in "abc":
        own = f"The {name} edition has one line of its own, which no other paper prints.\n" if name == "c" else ""
        (tmp_path / "raw" / f"{name}.txt").write_text(f"{text}\n\n{own}", encoding="utf-8")
    cleaner_run(tmp_path / "raw", tmp_path / "clean", "--set", "duplicates.drop_documents=true")
    assert len(records(tmp_path / "clean" / "documents.jsonl")) < 3
    data = held((tmp_path / "clean" / "report.html").read_text(encoding="utf-8"))
    kept = records(tmp_path / "clean" / "documents.jsonl")
    assert [entry[0] for entry in data["documents"]] == [document["id"] for document in kept]
    assert data["summary"]["totals"]["documents"] == len(kept)
    assert data["summary"]["clusters"]["cut"] >= 1


def test_an_empty_run_has_a_report(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "picture.png").write_bytes(b"\x89PNG")
    cleaner_run(tmp_path / "raw", tmp_path / "clean")
    data = held((tmp_path / "clean" / "report.html").read_text(encoding="utf-8"))
    assert data["summary"]["rejected"]["total"] == 1
    assert data["documents"] == []


def test_a_folder_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CleanerError, match="name a folder that `cleaner run` wrote"):
        list(render(tmp_path))
    result = CliRunner().invoke(cli, ["report", str(tmp_path)])
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())
