"""The quality gate: what stays and goes on the labelled corpus must not get worse.

``floors.toml`` is a history.  The floor in force is the best figure of all records of this corpus, less
a small tolerance; so a worse record appended later lowers nothing, and a changed corpus needs a record
of its own, whose figures must pass the limits below.  Who means to lower a floor says why: a record with
``lowers = "reason"`` sets aside those before it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cleaner.settings import Chrome
from tests.eval.quality import (
    Labelled,
    Line,
    Verdict,
    corpus,
    digest,
    figures,
    measure,
    read_labelled,
    shipped,
    verdicts,
)

FLOORS = Path(__file__).parent / "floors.toml"
TOLERANCE = 0.005
# No record below these, whatever the corpus: who rewrites it must not make it easier to lose content.
LEAST = {"content_recall": 0.85, "content_f1": 0.87, "chrome_f1": 0.8}

DOCUMENTS = corpus()
DIGEST = digest(DOCUMENTS)
RECORDS: list[dict[str, Any]] = tomllib.loads(FLOORS.read_text(encoding="utf-8"))["record"]


def floors(records: list[dict[str, Any]], corpus_digest: str) -> dict[tuple[str, str], float]:
    """The best of each figure in the records of one corpus, less the tolerance."""
    best: dict[tuple[str, str], float] = {}
    for record in records:
        if record["corpus"] == corpus_digest:
            if record.get("lowers"):
                best.clear()
            for place, value in flat(record):
                best[place] = max(best.get(place, 0.0), value - TOLERANCE)
    return best


def flat(record: Mapping[str, Any]) -> list[tuple[tuple[str, str], float]]:
    """``((kind and favor, figure), value)`` of a record."""
    return [
        ((f"{kind}.{favor}", name), value)
        for kind, favors in record.items()
        if isinstance(favors, dict)
        for favor, values in favors.items()
        for name, value in values.items()
    ]


def test_no_figure_is_below_its_floor() -> None:
    wanted = floors(RECORDS, DIGEST)
    assert wanted, "the corpus has changed: append what `python -m tests.eval.quality` prints to floors.toml"
    got = measure(DOCUMENTS, shipped())
    below = {
        place: (got[place[0]][place[1]], floor) for place, floor in wanted.items() if got[place[0]][place[1]] < floor
    }
    assert below == {}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["corpus"][:8])
def test_every_record_is_whole_and_above_the_least(record: dict[str, Any]) -> None:
    places = dict(flat(record))
    assert len(places) == 2 * 3 * len(LEAST)
    assert {place: value for place, value in places.items() if value < LEAST[place[1]]} == {}


def test_a_worse_record_lowers_no_floor() -> None:
    good = {"corpus": "a", "text": {"balanced": {"content_f1": 0.95}}}
    worse = {"corpus": "a", "text": {"balanced": {"content_f1": 0.9}}}
    other = {"corpus": "b", "text": {"balanced": {"content_f1": 0.99}}}
    place = ("text.balanced", "content_f1")
    assert floors([good, worse, other], "a") == {place: pytest.approx(0.95 - TOLERANCE)}
    assert floors([good, {**worse, "lowers": "why"}], "a") == {place: pytest.approx(0.9 - TOLERANCE)}


def test_the_corpus_is_as_broad_as_promised() -> None:
    assert len(DOCUMENTS) >= 40
    assert len({one.name[:2] for one in DOCUMENTS}) >= 15
    assert min(sum(one.kind == kind for one in DOCUMENTS) for kind in ("text", "html")) >= 20
    for one in DOCUMENTS:
        assert {line.label for line in one.lines} >= {"content", "chrome"}, one.name


@pytest.mark.parametrize("one", [one for one in DOCUMENTS if one.kind == "html"], ids=lambda one: one.name)
def test_labels_of_html_find_their_words(one: Labelled) -> None:
    """With nothing removed, every labelled word is found again: what is scored as lost was lost by the pipeline."""
    every = replace(shipped(), chrome=Chrome(detectors=False, main_content=False))
    judged = [verdict for verdict in verdicts(one, every) if verdict.line.label == "content"]
    assert sum(verdict.kept for verdict in judged) >= 0.97 * sum(verdict.words for verdict in judged)


def test_figures_by_hand() -> None:
    content, chrome = Line("content", ""), Line("chrome", "")
    got = figures([Verdict(content, 8, 8), Verdict(content, 2, 0), Verdict(chrome, 2, 0), Verdict(chrome, 3, 3)])
    assert got == {
        "content_recall": pytest.approx(0.8),
        "content_f1": pytest.approx(16 / (16 + 2 + 3)),
        "chrome_f1": pytest.approx(2 / (2 + 1 + 1)),
    }


def test_a_line_without_a_label_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.txt:2: a line must begin"):
        read_labelled("x", ".txt", "+ a\nb\n")
