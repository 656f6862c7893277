"""The phrase lists compiled ahead: up to date, equal to what they stand for, and left aside when they are not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner.config import load_phrases
from cleaner.phrases import lexicon, shipped
from cleaner.phrases.lists import read_lists
from cleaner.phrases.matching import compiled
from cleaner.settings import Config, Phrases
from cleaner.toml_file import defaults_dir


@pytest.fixture
def anew() -> Iterator[None]:
    """Nothing remembered, before and after."""
    caches = (shipped._stored, shipped._ready_lists, shipped._ready_lexicon)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def test_the_file_is_up_to_date() -> None:
    """If this fails: `make phrases`."""
    assert shipped.PATH.read_bytes() == shipped.build()


def test_what_is_read_is_what_would_be_made() -> None:
    lists = read_lists(defaults_dir() / "phrases")
    assert load_phrases() == lists
    assert lexicon(Config(phrases=lists)) == shipped.lexicon_of(lists) == compiled(lists)


def test_other_lists_have_no_lexicon_at_hand() -> None:
    lists = load_phrases()
    assert shipped.lexicon_of(lists[1:]) is None
    assert shipped.lexicon_of((*lists, Phrases("xx", ()))) is None
    assert shipped.lexicon_of(()) is None


@pytest.mark.usefixtures("anew")
def test_an_edited_list_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(defaults_dir() / "phrases", tmp_path / "phrases")
    (tmp_path / "phrases" / "en.toml").write_text('share = ["pass the parcel"]\n', encoding="utf-8")
    monkeypatch.setattr(shipped, "defaults_dir", lambda: tmp_path)
    lists = shipped.lists()
    assert {one.language: one.lists for one in lists}["en"] == (("share", ("pass the parcel",)),)
    assert shipped.lexicon_of(lists) is None


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("content", [b"", b"\xff no such thing", None])
def test_a_damaged_or_missing_file_costs_only_time(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read_lists(defaults_dir() / "phrases")
    monkeypatch.setattr(shipped, "PATH", tmp_path / "shipped.bin")
    if content is not None:
        (tmp_path / "shipped.bin").write_bytes(content)
    assert shipped.lists() == expected
    assert shipped.lexicon_of(expected) is None
