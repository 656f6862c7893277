"""Every rule of every filter at its border, and what becomes of a document that a filter refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from cleaner import Pipeline
from cleaner.config import load
from cleaner.pipeline import finish, run_stages
from cleaner.settings import Filters
from cleaner.stages.filters import c4, sample
from cleaner.stages.filters.judging import FILTERS
from cleaner.stages.filters.sample import Sample, is_word, tokenize
from tests.support import kept, text_document, texts

CONFIG = load(environment={}).config
ALL = Filters(
    languages=("en", "de"),
    min_words=3,
    max_words=500,
    min_chars=5,
    max_chars=5000,
    gopher_repetition=True,
    gopher_quality=True,
    c4=True,
    c4_terminal_marks=True,
    fineweb=True,
)
PROSE = """\
The last boat used to leave at ten past seven, and from April it will leave at half past one. Three boats will share \
the work that one has done since the war. Their crews have been told of it, and be ready they must by Monday. \
Nobody knows who will be on board at that hour. Students, nurses and bakers, says the captain, who has waited for \
this for years."""


def judged(rule: str, text: str, language: str = "en", settings: Filters = ALL, score: float = 1.0) -> str:
    """What the filter says of a text."""
    return next(one for one in FILTERS if one.rule == rule).judge(Sample(text, language, score), settings)


def words(number: int, word: str = "boat") -> str:
    """So many words, all different, of the length of ``word`` and three digits."""
    return " ".join(f"{word}{count:03}" for count in range(number))


def lines(good: int, bad: int, line: str = "{}") -> str:
    """``good`` plain lines and ``bad`` ones of the form of ``line``, all different."""
    plain = [f"The boat and crew number {count} had to be there with that net." for count in range(good)]
    return "\n".join([*plain, *(line.format(f"the crew of boat {count} and more") for count in range(bad))])


def parts(end: str, size: int) -> str:
    """Five parts, of which the last repeats one; the first has ``size`` characters."""
    return end.join(["a" * size, "b", "c", "d" * 20, "d" * 20])


# ---- the borders ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "stays", "goes", "says"),
    [
        ("length", words(3), words(2), "2 words, fewer than 3"),
        ("length", words(500), words(501), "501 words, more than 500"),
        ("gopher-quality", words(50), words(49), "49 words, fewer than 50"),
        ("gopher-quality", words(100_000), words(100_001), "100,001 words, more than 100,000"),
        ("gopher-quality", "ab abcd " * 30, "ab abcd " * 30 + "ab", "words of 2.98 letters"),
        ("gopher-quality", words(60, "abcdefg"), f"{words(60, 'abcdefg')} abcdefghijk", "words of 10.02 letters"),
        ("gopher-quality", f"{words(90)} " + "#" * 10, f"{words(90)} " + "#" * 11, "hash signs"),
        ("gopher-quality", f"{words(90)} " + "… " * 10, f"{words(90)} " + "… " * 11, "ellipses for each"),
        ("gopher-quality", lines(1, 9, "- {}"), lines(1, 10, "- {}"), "91% lines with a bullet"),
        ("gopher-quality", lines(1, 9, "• {}"), lines(1, 10, "• {}"), "91% lines with a bullet"),
        ("gopher-quality", lines(7, 3, "{} …"), lines(7, 4, "{} ..."), "36% lines that end in an ellipsis"),
        ("gopher-quality", f"{words(80)} {'10000 ' * 20}", f"{words(80)} {'10000 ' * 21}", "letters in 79%"),
        ("gopher-quality", f"the to {words(60)}", f"the the {words(60)}", "1 different function words"),
        ("gopher-repetition", "a", "", "no text"),
        ("gopher-repetition", "\n\n".join("abcdefgaaa"), "\n\n".join("abcdefaaa"), "33% paragraphs"),
        ("gopher-repetition", "\n".join("abcdefgaaa"), "\n".join("abcdefaaa"), "33% lines"),
        ("gopher-repetition", parts("\n\n", 60), parts("\n\n", 40), "characters in repeated paragraphs"),
        ("gopher-repetition", parts("\n", 60), parts("\n", 40), "characters in repeated lines"),
        ("gopher-repetition", f"{'x' * 56} {'a b ' * 5}", f"{'x' * 40} {'a b ' * 5}", "one run of 2 words"),
        (
            "gopher-repetition",
            f"{words(50)} {words(10, 'crew')} {words(10, 'crew')}",
            f"{words(30)} {words(10, 'crew')} {words(10, 'crew')}",
            "repeated runs of 5",
        ),
        ("fineweb", lines(12, 88), lines(11, 89), "11% lines that end like a sentence, under 12%"),
        (
            "fineweb",
            lines(67, 33, "{} of the harbour."),
            "\n".join(["Short."] * 68 + [PROSE] * 32),
            "68% lines of at most 30",
        ),
        ("fineweb", "a", "", "no text"),
        ("fineweb", f"{lines(30, 0)}\nab.\nab.", f"{lines(3, 0)}\nab.\nab.", "of its characters in repeated lines"),
        (
            "fineweb",
            f"{'A' * 31} b c.\n\n{'B' * 31} b c.\n\nd e f",
            f"{'A' * 31}.\n{'B' * 31}.\n{'C' * 31}",
            "line ends for",
        ),
        ("c4", "\n".join(["One fine boat came."] * 5), "\n".join(["One fine boat came."] * 4), "4 sentences"),
        ("c4", "One fine boat came. " * 5, "One fine boat came. " * 4, "4 sentences"),
        ("c4", f"{PROSE}\nNet {'x' * 1001} {{a.", f"{PROSE}\nNet {'x' * 999} {{a.", "curly bracket"),
        ("c4", PROSE, f"{PROSE}\nThis is lorem ipsum text.", "lorem ipsum"),
        ("c4", f"{PROSE}\nfunction {{ x }}", f"{PROSE}\nThe boat {{came}} home.", "curly bracket"),
        ("c4", f"{PROSE}\nUse JavaScript for {{this}} one.", f"{PROSE}\nUse Java for {{this}} one.", "curly bracket"),
    ],
)
def test_the_border_of_each_rule(rule: str, stays: str, goes: str, says: str) -> None:
    """The rule has nothing to say of the first text (another one may), and of the second what it measured."""
    assert says not in judged(rule, stays)
    assert says in judged(rule, goes)


@pytest.mark.parametrize(
    ("settings", "stays", "goes"),
    [
        (Filters(min_chars=5), "abcde", "abcd"),
        (Filters(max_chars=5), "abcde", "abcdef"),
        (Filters(max_words=2), "a b", "a b c"),
    ],
)
def test_lengths(settings: Filters, stays: str, goes: str) -> None:
    assert not judged("length", stays, settings=settings)
    assert judged("length", goes, settings=settings)


@pytest.mark.parametrize("rule", [one.rule for one in FILTERS])
def test_ordinary_prose_stays(rule: str) -> None:
    assert not judged(rule, PROSE)


def test_function_words_are_those_of_the_language() -> None:
    german = " ".join(f"Boot{n:02}" for n in range(60))
    assert not judged("gopher-quality", f"{german} der und", "de")
    assert "function words" in judged("gopher-quality", f"{german} the und", "de")
    assert not judged("gopher-quality", german, "fo")  # of Faroese we know none


def test_languages_without_spaces_have_no_long_words() -> None:
    chinese = "渡轮从四月起改在凌晨出发港务局周二宣布三艘船分担工作" * 4
    assert not judged("gopher-quality", chinese, "zh")
    assert len(tokenize(chinese)) == len(chinese)


def test_language_and_its_score() -> None:
    settings = Filters(languages=("en", "de"), language_score=0.5)
    assert not judged("language", "x", "de", settings, 0.5)
    assert judged("language", "x", "de", settings, 0.49) == "is in de with score 0.49, under 0.5"
    assert judged("language", "x", "fr", settings, 0.9) == "is in fr (score 0.90), not in en or de"
    assert "no language that could be told" in judged("language", "x", "und", settings, 0.0)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It's a 3.14 test, isn't it?", ["It", "'s", "a", "3.14", "test", ",", "is", "n't", "it", "?"]),
        ("Mr. Lee of the U.S. left...", ["Mr.", "Lee", "of", "the", "U.S.", "left", "..."]),
        ("R&B, and/or 10:30 -- €14", ["R&B", ",", "and", "/", "or", "10:30", "--", "€", "14"]),
        ("|---|---|", ["|---|---|"]),
        ("see https://example.org/a-b?c=d now", ["see", "https://example.org/a-b?c=d", "now"]),
        ("漢字 и слово", ["漢", "字", "и", "слово"]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens
    assert all(is_word(token) == any(map(str.isalnum, token)) for token in tokens)


# ---- what becomes of documents -------------------------------------------------------------


def test_off_by_default() -> None:
    document = text_document("Short.")
    assert run_stages(document, CONFIG).dropped is None
    assert not any(one.wanted(CONFIG.filters) for one in FILTERS)


@pytest.mark.parametrize("rule", [one.rule for one in FILTERS])
def test_a_document_that_goes_says_why_and_is_whole_in_its_ledger(rule: str) -> None:
    settings = {
        "language": Filters(languages=("de",)),
        "length": Filters(min_words=50),
        "gopher-repetition": Filters(gopher_repetition=True),
        "gopher-quality": Filters(gopher_quality=True),
        "c4": Filters(c4=True),
        "fineweb": Filters(fineweb=True),
    }[rule]
    source = "The boats of the harbour\n\n" + "Boats for hire {here}\n\n" * 9
    config = replace(CONFIG, filters=settings, structure=replace(CONFIG.structure, headings=False))
    config = replace(config, skip_stages=("chrome", "headings"))
    text, document = finish(run_stages(text_document(source), config))
    assert document.dropped is not None
    assert (document.dropped.stage, document.dropped.rule) == ("filters", rule)
    assert text == ""
    rows = [edit for edit in document.edits if edit.stage == "filters"]
    assert len(rows) == len(document.blocks)
    assert {(edit.rule, edit.reason) for edit in rows} == {(rule, f"the document {document.dropped.reason}")}


def test_c4_cuts_lines_and_citations() -> None:
    cut = "Please turn on JavaScript to see this page.\n\nRead our privacy policy now."
    source = f"{PROSE}\n\n{cut}\n\nThe net[12] tore.[edit]"
    config = replace(CONFIG, filters=Filters(c4=True), skip_stages=("chrome",))
    text, document = finish(run_stages(text_document(source), config))
    assert document.dropped is None
    assert text == f"{PROSE}\n\nThe net tore.\n"
    reasons = [edit.reason for edit in document.edits if edit.rule == c4.RULE]
    assert reasons == [
        "the line speaks of JavaScript",
        "the line speaks of “privacy policy”",
        "citation mark",
        "citation mark",
    ]


def test_what_c4_cuts_no_later_filter_sees() -> None:
    source = f"{PROSE}\n\n" + "\n\n".join(f"Menu {n} of it" for n in range(20))
    settings = Filters(c4=True, c4_terminal_marks=True, fineweb=True)
    config = replace(CONFIG, filters=settings, skip_stages=("chrome", "structure", "headings"))
    assert run_stages(text_document(source), config).dropped is None
    without = run_stages(text_document(source), replace(config, filters=replace(settings, c4=False)))
    assert without.dropped is not None


def test_the_sample_has_marks_of_lists_only() -> None:
    document = run_stages(text_document("# Boats\n\n- one boat\n- two boats\n\n> The net tore.", "markdown"), CONFIG)
    assert sample.sample_of(document, "words").text == "Boats\n\n- one boat\n- two boats\n\nThe net tore."


def test_in_python() -> None:
    document = Pipeline(settings={"filters.min_words": 3}).clean("Two words")
    assert document.dropped is not None
    assert document.dropped.reason == "has 2 words, fewer than 3"
    assert document.text == ""


@given(texts)
def test_with_all_filters_on_nothing_is_lost(text: str) -> None:
    config = replace(CONFIG, filters=replace(ALL, languages=(), mask_emails=True, mask_ips=True, mask_phones=True))
    _, document = finish(run_stages(text_document(text), config))
    assert document.dropped is None or not kept(document)
