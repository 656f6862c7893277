from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.datenames import read_date
from cleaner.phrases import lexicon
from cleaner.phrases.matching import Reading
from cleaner.settings import Config, Phrases
from cleaner.words import fold, odd_runs, rest_after, word_count, words_of, words_of_each

FILES = sorted((Path(__file__).parent.parent / "config" / "phrases").glob("*.toml"))
LISTS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FILES}


def config(*languages: str, **lists: tuple[str, ...]) -> Config:
    return Config(phrases=(Phrases("en", tuple(lists.items())),), languages=languages)


def test_the_promised_languages_are_there() -> None:
    western = {"en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "no"}
    assert western | {"pl", "cs", "ru", "uk", "tr", "ar", "zh", "ja", "ko"} <= LISTS.keys()


@pytest.mark.parametrize("language", LISTS)
def test_every_language_has_every_concept(language: str) -> None:
    assert LISTS[language].keys() == LISTS["en"].keys()


@pytest.mark.parametrize("language", LISTS)
def test_every_entry_is_a_phrase(language: str) -> None:
    for concept, entries in LISTS[language].items():
        assert entries, concept
        assert all(isinstance(entry, str) and words_of(entry) for entry in entries), concept


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("12 Comments »", ("comments",)),
        ("COMMENTS (3)", ("comments",)),
        ("À lire aussi :", ("a", "lire", "aussi")),
        ("What's new?", ("what", "s", "new")),
        ("2. Comments", ("2", "comments")),
        ("4.2k shares", ("shares",)),
        ("* * *", ()),
        ("関連記事", ("関連記事",)),
        ("12件のコメント", ("件のコメント",)),
        ("Cookieを使う", ("cookie", "を使う")),
        ("YAZILAR yazılar", ("yazilar", "yazilar")),
        ("نُشر في", ("نشر", "في")),
        ("أيضاً", ("ايضا",)),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


def test_whole_line_prefix_sentence_and_clue() -> None:
    known = lexicon(
        config(
            share=("share this",), byline_prefix=("by", "written by"), ad_sentence=("goes on",), role_clue=("editor",)
        )
    )
    assert known.line(words_of("Share this!")) == {"share"}
    assert known.line(words_of("Share this now")) == frozenset()
    assert known.prefixes(words_of("Written by Jane")) == {"byline": 2}
    assert known.prefixes(words_of("Go by train")) == {}
    assert known.sentences(words_of("The story goes on below")) == {"ad"}
    assert known.clues(words_of("She is an editor")) == [("role", 3, 4)]
    assert known.vocabulary("byline_prefix") == {"by", "written"}


def test_a_line_is_read_in_one_go() -> None:
    known = lexicon(
        config(share=("share this", "share"), share_prefix=("share",), cookies_sentence=("use of cookies",))
    )
    read, whole, empty = known.read(["Share this: our use of cookies", "Share this!", "* * * 12"])
    assert read.words == ("share", "this", "our", "use", "of", "cookies")
    assert (read.concepts, read.prefixes, read.opens) == (set(), {"share": 1}, {"share"})
    assert read.sentences == {"cookies"}
    assert whole.concepts == {"share"}
    assert empty == Reading()


@given(st.text(), st.text(alphabet="漢 字か"))
def test_no_text_has_more_words_than_characters(some: str, unspaced: str) -> None:
    assert word_count(some) <= len(some)
    assert word_count(unspaced) <= len(unspaced)


@given(
    st.lists(st.text() | st.sampled_from(["12 Ärzte »", "“3k” 使用cookie", "\ud800 a", "a\0b", "Straße • ﬁ", "İ ı K"]))
)
def test_texts_are_told_apart_together_as_one_by_one(texts: list[str]) -> None:
    assert words_of_each(texts) == [words_of(text) for text in texts]


PHRASES = st.lists(st.sampled_from("we use cookies the of here".split()), min_size=1, max_size=4).map(" ".join)


@given(st.lists(PHRASES, min_size=1, max_size=4), st.lists(PHRASES, max_size=4).map(" ".join))
def test_a_sentence_is_found_wherever_its_words_stand_in_a_row(phrases: list[str], text: str) -> None:
    known = lexicon(config(box_sentence=tuple(phrases)))
    wanted = any(f" {phrase} " in f" {text} " for phrase in phrases)
    assert known.sentences(words_of(text)) == ({"box"} if wanted else set())


@given(st.lists(PHRASES, min_size=1, max_size=4), st.lists(PHRASES, max_size=4).map(" ".join))
def test_clues_come_in_order_with_their_places_the_longest_first(phrases: list[str], text: str) -> None:
    known, words = lexicon(config(role_clue=tuple(phrases), bio_clue=tuple(phrases[:1]))), words_of(text)
    wanted = [
        (concept, start, start + size)
        for start in range(len(words))
        for size in (4, 3, 2, 1)
        for concept, entries in (("bio", phrases[:1]), ("role", phrases))
        if start + size <= len(words) and " ".join(words[start : start + size]) in entries
    ]
    assert known.clues(words) == wanted


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("plain text, 12 %\n\t", ""),
        ("“Ça va?” a\u0301", " “Ç ” \u0301 "),
        ("a\x00b\x0bc\x7f", " \x00 \x01 \x7f "),
        ("\ud800", " \ud800 "),
    ],
)
def test_odd_runs(text: str, odd: str) -> None:
    assert odd_runs(text) == odd


def test_cover_takes_the_longest_entry_first() -> None:
    known = lexicon(config(share=("share", "share this"), networks=("facebook", "x")))
    assert known.cover(words_of("Share this Facebook X"), frozenset({"share", "networks"})) == [
        {"share"},
        {"networks"},
        {"networks"},
    ]
    assert known.cover(words_of("Share this car"), frozenset({"share", "networks"})) == []


def test_languages_choose_the_lists() -> None:
    assert lexicon(config("de", share=("share",))).line(("share",)) == frozenset()
    assert lexicon(config("en", share=("share",))).line(("share",)) == {"share"}


def test_a_telling_phrase_may_stand_inside_a_run_of_unspaced_letters() -> None:
    known = lexicon(
        config(cookies_sentence=("クッキーを使用", "使用cookie"), role_clue=("記者", "文"), ad_sentence=("goes on",))
    )
    assert known.sentences(words_of("当サイトではクッキーを使用しています。")) == {"cookies"}
    assert known.sentences(words_of("本网站使用 Cookie 来改善体验")) == {"cookies"}
    assert known.sentences(words_of("it forgoes one")) == frozenset()
    assert known.clues(words_of("二人とも、元記者である。")) == [("role", 1, 2)]
    assert known.clues(words_of("文化")) == []  # a single letter is no evidence inside a run


def test_rest_after_counts_words_as_words_of_does() -> None:
    assert rest_after("اقرأ أيضاً: البحار", 2) == ": البحار"
    assert rest_after("12 Written by: Jane", 2) == ": Jane"
    assert rest_after("By", 1) == ""


@given(st.text())
def test_fold_is_idempotent_and_words_are_folded(text: str) -> None:
    assert fold(fold(text)) == fold(text) or not text.isascii()
    assert all(word == word.casefold() or not word.isascii() for word in words_of(text))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-05-01T10:00", "2024-05-01"),
        ("Published on March 3rd, 2025 at 5 pm", "2025-03-03"),
        ("3. März 2024", "2024-03-03"),
        ("le 1er août 2023", "2023-08-01"),
        ("7 de febrero de 2022", "2022-02-07"),
        ("13 октября 2021", "2021-10-13"),
        ("2025年3月9日", "2025-03-09"),
        ("9. 5. 2023", "2023-05-09"),
        ("3. kvě 2023", "2023-05-03"),
        ("25/04/2025", "2025-04-25"),
        ("04/25/2025", "2025-04-25"),
        ("03.04.2025", "2025-04-03"),
        ("03/04/2025", ""),
        ("31 February 2025", ""),
        ("45/45/2025", ""),
        ("version 2.0.1", ""),
        ("", ""),
    ],
)
def test_dates(text: str, date: str) -> None:
    assert read_date(text) == date
