"""Our filters judge as datatrove's do: on real text, but for a few near a threshold, where tokens differ.

Needs datatrove with spaCy (``make consumers`` has them); skipped without.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cleaner import Pipeline
from cleaner.settings import Filters
from cleaner.stages.filters.judging import FILTERS
from cleaner.stages.filters.sample import Sample, sample_of

pytestmark = pytest.mark.filterwarnings("ignore")  # of datatrove, not ours
PAGES = 120
AGREEMENT = 0.98  # measured on 211 pages: .995 for gopher-quality, 1 for the others


@pytest.fixture(scope="module")
def judges() -> dict[str, tuple[Any, Filters]]:
    pytest.importorskip("spacy")
    filters = pytest.importorskip("datatrove.pipeline.filters")
    return {
        "gopher-quality": (filters.GopherQualityFilter(), Filters()),
        "gopher-repetition": (filters.GopherRepetitionFilter(), Filters()),
        "fineweb": (filters.FineWebQualityFilter(), Filters()),
        "c4": (filters.C4QualityFilter(filter_no_terminal_punct=False), Filters()),
        "c4, ends": (filters.C4QualityFilter(), Filters(c4_terminal_marks=True)),
    }


@pytest.fixture(scope="module")
def texts(shared: Path) -> list[str]:
    pipeline = Pipeline()
    found = []
    with gzip.open(shared / "html" / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 5 == 0 and len(found) < PAGES:
                document = pipeline.clean(json.loads(line)["html"], format="html")
                found.append(sample_of(document, "words").text)
    return [text for text in found if text]


@pytest.mark.parametrize("name", ["gopher-quality", "gopher-repetition", "fineweb", "c4", "c4, ends"])
def test_same_verdicts(name: str, judges: dict[str, tuple[Any, Filters]], texts: list[str]) -> None:
    from datatrove.data import Document

    theirs, settings = judges[name]
    ours: Callable[[Sample, Filters], str] = next(one for one in FILTERS if one.rule == name.partition(",")[0]).judge
    same = 0
    for text in texts:
        verdict = theirs.filter(Document(text=text, id="x"))
        same += (verdict is True) == (ours(Sample(text, "en"), settings) == "")
    assert len(texts) > 100
    assert same >= AGREEMENT * len(texts)


def test_same_lines_and_citations_go(judges: dict[str, tuple[Any, Filters]]) -> None:
    from datatrove.data import Document

    from cleaner.config import load
    from cleaner.pipeline import run_stages
    from tests.support import text_document

    lines = [f"This is line {number} of a text that says what it has to say." for number in range(6)]
    lines[2:2] = [
        "Turn on JavaScript to see it.",
        "Read our cookie policy now.",
        "It was so.[12] And [edit] so.",
        "Oh no!",
    ]
    theirs = Document(text="\n".join(lines), id="x")
    assert judges["c4"][0].filter(theirs) is True
    config = load(environment={}).config
    only_c4 = tuple(one for one in ("encoding", "structure", "tables", "spacing", "chrome", "headings", "calendars"))
    from dataclasses import replace

    config = replace(config, filters=Filters(c4=True), skip_stages=only_c4)
    document = run_stages(text_document("\n".join(lines)), config)
    assert [block.text for block in document.blocks if block.removed is None] == theirs.text.split("\n")
