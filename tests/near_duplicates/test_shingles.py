from __future__ import annotations

import re
import sys
import unicodedata
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.near_duplicates import kernels
from cleaner.near_duplicates.kernels import NUMPY, Kernel
from cleaner.near_duplicates.shingles import UNSPACED, classes, shingled, words

# Few different words, so that shingles meet; with letters that fold, compose and decompose.
vocabulary = st.sampled_from(
    ["a", "B", "b", "ß", "SS", "ﬁ", "fi", "é", "e\u0301", "İ", "１２", "12", "中文", "ไทย", "x_y"]
)
spoken = st.lists(vocabulary, max_size=12).map(" ".join)
scripts = st.one_of(
    *(st.characters(min_codepoint=first, max_codepoint=last) for _, first, last in UNSPACED),
    st.characters(max_codepoint=0x24F),
    st.characters(categories=["Mn", "Mc", "Lo", "Lm", "Nd", "So"]),
)
texts = st.lists(st.one_of(spoken, st.text(max_size=40), st.text(scripts, max_size=20)), max_size=8)


def plain_words(text: str) -> list[str]:
    """The definition, character by character."""
    found: list[str] = []
    inside = ""  # what kind of word the last character belongs to
    for character in unicodedata.normalize("NFKC", text).casefold():
        unspaced = any(first <= ord(character) <= last for _, first, last in UNSPACED)
        if unspaced and unicodedata.category(character)[0] == "M":
            if inside == "single":
                found[-1] += character
            else:
                inside = ""
        elif not re.match(r"\w", character):
            inside = ""
        elif not unspaced and inside == "run":
            found[-1] += character
        else:
            found.append(character)
            inside = "single" if unspaced else "run"
    return found


def plain_shingles(text: str) -> set[tuple[str, ...]]:
    found = plain_words(text)
    return {tuple(found[i : i + 3]) for i in range(max(1, len(found) - 2))} if found else set()


def hashed(batch: list[str]) -> list[list[int]]:
    found = shingled(batch)
    return [found.hashes[found.offsets[i] : found.offsets[i + 1]].tolist() for i in range(len(batch))]


@given(st.one_of(st.text(), st.text(scripts)))
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
    hashes = shingled(batch).sequences.tolist()
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
    found = shingled([])
    assert found.hashes.dtype == np.uint64
    assert found.offsets.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("世界人口", "世 界 人 口"),
        ("2024年のTOKYOタワー", "2024 年 の tokyo タ ワ ー"),
        ("ที่นี่มี", "ที่ นี่ มี"),
        ("ປະເທດລາວ", "ປ ະ ເ ທ ດ ລ າ ວ"),
        ("ကမ္ဘာ", "က မ္ ဘာ"),
        ("កម្ពុជា", "ក ម្ ពុ ជា"),
        ("한국어 문장", "한국어 문장"),
        ("ﬁne ＡＢＣ straße", "fine abc strasse"),
        ("x\u0e31y", "x y"),
    ],
)
def test_scripts_without_spaces_are_cut_by_letter(text: str, found: str) -> None:
    assert words(text) == [unicodedata.normalize("NFKC", word) for word in found.split()]


@pytest.fixture(scope="module")
def compiled() -> Kernel:
    pytest.importorskip("numba")
    return kernels.compiled()


@settings(max_examples=200)
@given(batch=st.lists(st.one_of(spoken, st.text(max_size=40), st.text(scripts, max_size=20)), max_size=8))
def test_the_compiled_kernel_gives_the_same(compiled: Kernel, batch: list[str]) -> None:
    one, other = NUMPY.shingled(batch), compiled.shingled(batch)
    for field in ("counts", "hashes", "offsets", "sequences"):
        assert np.array_equal(getattr(one, field), getattr(other, field))
    some = np.diff(one.offsets) > 0
    hashes, offsets = one.hashes, np.concatenate([[0], one.offsets[1:][some]])
    signed = NUMPY.signatures(hashes, offsets)
    assert np.array_equal(signed, compiled.signatures(hashes, offsets))
    assert np.array_equal(NUMPY.band_keys(signed, 21, 6), compiled.band_keys(signed, 21, 6))
    first, second = np.triu_indices(len(batch), 1)
    pairs = (first, second, hashes, one.offsets)
    for a, b in zip(NUMPY.common(*pairs), compiled.common(*pairs), strict=True):
        assert np.array_equal(a, b)


def test_without_a_place_to_keep_compiled_code_it_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    numba = pytest.importorskip("numba")
    from cleaner.near_duplicates import compiled

    def njit(**options: object) -> object:
        if options.get("cache"):
            raise RuntimeError("no locator available")
        return lambda function: function

    monkeypatch.setattr(numba, "njit", njit)
    assert compiled._compiled(len)([1, 2]) == 2


@pytest.mark.parametrize(("size", "loaded", "expected"), [(10, False, True), (10, True, False), (10**9, False, False)])
def test_the_compiled_kernel_is_loaded_only_where_it_pays(
    monkeypatch: pytest.MonkeyPatch, size: int, loaded: bool, expected: bool
) -> None:
    pytest.importorskip("numba")
    from cleaner.near_duplicates import compiled  # noqa: F401  (so that it is quick to load again)

    if not loaded:
        monkeypatch.delitem(sys.modules, "cleaner.near_duplicates.compiled")
    assert (kernels.kernel(size) is NUMPY) == expected
    monkeypatch.setattr("cleaner.near_duplicates.kernels.find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "cleaner.near_duplicates.compiled", raising=False)
    assert kernels.kernel(10**9) is NUMPY


def test_all_letters_have_a_class() -> None:
    assert [code for code in range(sys.maxunicode + 1) if chr(code).isalnum() and not classes()[code]] == []
