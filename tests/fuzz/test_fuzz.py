"""What fuzzing has found stays found, and a short campaign of it in every run of the tests."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.config import load
from tests.fuzz import documents, properties
from tests.fuzz.campaign import FINDINGS, KINDS, Campaign

CONFIG = load().config


@pytest.mark.parametrize("path", sorted(FINDINGS.iterdir()), ids=lambda path: path.name)
def test_findings(path: Path) -> None:
    """Each once broke a property; ``again-`` ones changed when they were cleaned a second time."""
    data = path.read_bytes()
    tally = properties.Tally()
    if path.suffix == ".txt":
        clean = properties.check_text(data.decode("utf-8"), CONFIG, tally)
        again = properties.check_again(clean, CONFIG, tally)
        if path.name.startswith("again"):
            assert again == clean
    else:
        for ending in ("txt", "html", "jsonl"):
            properties.check_bytes(data, f"x.{ending}", CONFIG, tally)


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_campaign(kind: str) -> None:
    texts, pages = documents.material()
    campaign = Campaign(texts, pages, CONFIG, FINDINGS, properties.Tally())
    for seed in range(30):
        KINDS[kind](campaign, Random(seed))
    assert sum(campaign.tally.runs.values()) >= 30


@settings(max_examples=100)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=5).map(tuple), min_size=1, max_size=6).map(tuple))
def test_tables_read_back(rows: tuple[tuple[str, ...], ...]) -> None:
    properties.check_table(rows, properties.Tally())


def test_cleaning_clean_text_changes_at_most_one_document_in_a_hundred() -> None:
    texts, _ = documents.material()
    tally = properties.Tally()
    for seed in range(250):
        clean = properties.check_text(documents.text(texts, Random(seed)), CONFIG, tally)
        properties.check_again(clean, CONFIG, tally)
    assert tally.changed <= 0.01 * tally.recleaned, tally
