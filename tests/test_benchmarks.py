"""The benchmarks: the pages say what was measured, and measuring works."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import bench_text, contest, material, ours, pages
from benchmarks.contest import RESULTS, each
from benchmarks.profile import profile
from cleaner.pipeline import STAGES
from tests.support import ROOT

MEASURED = json.loads(RESULTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_the_page_shows_what_was_measured(page: Path) -> None:
    """If this fails: `python -m benchmarks.pages`."""
    text = page.read_text(encoding="utf-8")
    assert text == pages.refreshed(text, MEASURED)


def test_every_table_is_on_some_page() -> None:
    texts = "".join(page.read_text(encoding="utf-8") for page in pages.PAGES)
    assert [name for name in pages.TABLES if f"<!-- measured: {name} -->" not in texts] == []


def test_refreshing_replaces_the_table_and_nothing_else() -> None:
    text = "before\n\n<!-- measured: versions -->\nold\nold\n\nafter\n"
    anew = pages.refreshed(text, MEASURED)
    assert anew.startswith("before\n\n<!-- measured: versions -->\narticle-cleaner ")
    assert anew.endswith("\n\nafter\n")
    assert "old" not in anew
    assert pages.refreshed(anew, MEASURED) == anew


def test_spread_and_ratios() -> None:
    assert pages.spread([3.0, 1.0, 2.0]) == "2.0 (1.0–3.0)"
    assert pages.spread([1.0, 1.01]) == "1.0"
    assert pages.ratios({"seconds": [4.0, 9.0]}, {"seconds": [2.0, 3.0]}) == [2.0, 3.0]
    assert (pages.figure(0.9531), pages.figure(1.0), pages.figure(None)) == (".953", "1.000", "")


def test_the_score_is_that_of_shingles() -> None:
    page = material.Page("", "one two three four five six")
    assert material.content_f1(["one two three four five six"], [page]) == 1.0
    assert material.content_f1(["one two three four"], [page]) == pytest.approx(2 * 1.0 * (1 / 3) / (1 + 1 / 3))
    assert material.content_f1([""], [page]) == 0.0
    assert material.content_f1(["anything"], [material.Page("", "")]) == 0.0


def test_words_that_may_come_or_not_do_not_count() -> None:
    page = material.Page("menu rain fell by Ann", "rain fell", either="by Ann")
    assert material.content_words_f1(["rain fell"], [page]) == 1.0
    assert material.content_words_f1(["rain fell by Ann"], [page]) == 1.0
    assert material.content_words_f1(["menu rain fell"], [page]) == pytest.approx(2 * 2 / (3 + 2))


def test_what_the_model_was_trained_on_is_scored_out_of_fold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = {"all": "all"}
    monkeypatch.setattr(ours, "SHARED", tmp_path)
    assert ours.out_of_fold("page.json", "balanced", "html", names) is None
    (tmp_path / "html").mkdir()
    found = ours.out_of_fold("page.json", "balanced", "html", names)
    assert found is not None
    assert 0.9 < found["all"] < 0.95


def test_a_peer_that_fails_on_an_input_gives_nothing_for_it() -> None:
    assert each(lambda number: str(1 // number))([1, 0]) == ["1", ""]


def test_a_contest_times_and_scores_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "RESULTS", tmp_path / "results.json")
    monkeypatch.delenv("BENCH_N", raising=False)
    contest.hold(replace(bench_text.CONTESTS[0], portions=2), 2, rounds=2)
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["sections"]["text_curly"]
    assert found["items"] == 2
    assert [way["name"] for way in found["ways"]] == ["cleaner", "ftfy.fix_text alone"]
    assert all(len(way["seconds"]) == 2 and min(way["seconds"]) > 0 for way in found["ways"])
    assert all(way["score"]["content"] > 0.9 and 10 < way["peak_mb"][0] < 1000 for way in found["ways"])


@pytest.mark.parametrize("kind", ["html", "jsonl"])
def test_the_profile_has_every_stage(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "SHARED", ROOT / "none")
    seconds, count, size = profile(kind, 2)
    assert (count, size > 0) == (2, True)
    assert set(seconds) >= {"read", "finish", "record", *(stage.name for stage in STAGES)}


def test_without_the_labelled_data_the_repositorys_own_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "SHARED", ROOT / "none")
    for make in (material.html_pages, material.chrome_texts):
        described, found = make(3)
        assert "tests/eval" in described
        assert [bool(page.truth) for page in found] == [True] * 3
    assert len(material.paragraphs(5)[1]) == 5
    assert material.planted_pairs()[1] == []


def test_no_result_names_a_machine() -> None:
    assert set(MEASURED["machine"]) == {"cores", "architecture", "memory_gb", "system", "python"}
