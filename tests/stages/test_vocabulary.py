"""The packed vocabulary: what it knows, and that its file is what the builder packs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaner.stages.tables import vocabulary
from cleaner.stages.tables.vocabulary import PATH, STEP, frequency, pack


def test_words_of_many_languages_are_known():
    for word in ("House", "überall", "maison", "ciudad", "gatto", "szkoła", "дом", "don’t"):
        assert frequency(word) > 2.5, word
    assert frequency("the") > frequency("harbour") > frequency("qwxzk") == 0.0
    assert frequency("a" * 10_000) == 0.0


WORDS = st.text(st.characters(categories=("Ll",)), min_size=1, max_size=9)


@given(st.dictionaries(WORDS, st.floats(0.1, 8), max_size=40))
def test_what_is_packed_is_found(words):
    data = pack(words)
    count = int.from_bytes(data[8:12], "little")
    assert count <= len(words)
    assert len(data) == 12 + 5 * count
    keys = memoryview(data[12 : 12 + 4 * count]).cast("I").tolist() if count else []
    assert keys == sorted(set(keys))
    for word, zipf in words.items():
        assert data[12 + 4 * count + keys.index(vocabulary.word_key(word))] * STEP >= zipf - STEP


def test_the_file_is_small_and_whole():
    assert PATH.stat().st_size < 4_000_000
    assert len(vocabulary._vocabulary().keys) == len(vocabulary._vocabulary().steps)
