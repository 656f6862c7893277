from __future__ import annotations

import re
import unicodedata
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.corpus.shingles import sequence_hashes, shingle_hashes, word_hashes, words

# Few different words, so that shingles meet; with letters that fold, compose and decompose.
vocabulary = st.sampled_from(
    ["a", "B", "b", "ß", "SS", "ﬁ", "fi", "é", "e\u0301", "İ", "１２", "12", "中文", "ไทย", "x_y"]
)
spoken = st.lists(vocabulary, max_size=12).map(" ".join)
texts = st.lists(st.one_of(spoken, st.text(max_size=40)), max_size=8)


def plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def plain_shingles(text: str) -> set[tuple[str, ...]]:
    found = plain_words(text)
    return {tuple(found[i : i + 3]) for i in range(max(1, len(found) - 2))} if found else set()


def hashed(batch: list[str]) -> list[list[int]]:
    hashes, offsets = shingle_hashes(*word_hashes(batch))
    return [hashes[offsets[i] : offsets[i + 1]].tolist() for i in range(len(batch))]


@given(st.text())
def test_words_are_the_normal_form_of_any_text(text: str) -> None:
    assert words(text) == plain_words(text)


@given(texts)
def test_hashes_stand_for_shingles_one_to_one(batch: list[str]) -> None:
    expected = [plain_shingles(text) for text in batch]
    got = [set(hashes) for hashes in hashed(batch)]
    for (wanted, found), (wanted2, found2) in combinations(zip(expected, got, strict=True), 2):
        assert len(wanted & wanted2) == len(found & found2)
        assert len(wanted | wanted2) == len(found | found2)


@given(texts)
def test_a_text_hashes_the_same_in_any_batch(batch: list[str]) -> None:
    assert hashed(batch) == [hashed([text])[0] for text in batch]


@given(texts)
def test_sequences_are_equal_if_their_words_are(batch: list[str]) -> None:
    hashes = sequence_hashes(*word_hashes(batch)).tolist()
    for (a, x), (b, y) in combinations(zip(batch, hashes, strict=True), 2):
        assert (x == y) == (plain_words(a) == plain_words(b))


@pytest.mark.parametrize(
    ("text", "number"), [("", 0), ("...", 0), ("one", 1), ("one two", 1), ("one two three", 1), ("a b c d", 2)]
)
def test_short_texts_are_one_shingle(text: str, number: int) -> None:
    assert len(hashed([text])[0]) == number


def test_word_order_counts() -> None:
    first, second = hashed(["man bites dog", "dog bites man"])
    assert first != second


def test_no_texts_no_hashes() -> None:
    hashes, offsets = shingle_hashes(*word_hashes([]))
    assert hashes.dtype == np.uint64
    assert offsets.tolist() == [0]
