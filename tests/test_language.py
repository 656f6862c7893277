"""Language by script and function words."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.config import Override, load
from cleaner.document import Metadata
from cleaner.errors import ConfigError
from cleaner.language import guess_language, judge_language, lower_words, stop_words
from cleaner.words import odd_runs

LATIN = "cs da de en es fi fr hu id it nl no pl pt ro ru sv tr uk".split()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The council met on Friday and agreed that the bridge would be built by the end of the year."),
        ("de", "Der Rat hat am Freitag beschlossen, dass die Brücke bis zum Ende des Jahres gebaut wird."),
        ("fr", "Le conseil a décidé vendredi que le pont sera construit avant la fin de l'année."),
        ("es", "El consejo decidió el viernes que el puente se construirá antes de que termine el año."),
        ("it", "Il consiglio ha deciso venerdì che il ponte sarà costruito entro la fine dell'anno."),
        ("pt", "O conselho decidiu na sexta-feira que a ponte não será construída até ao fim do ano."),
        ("nl", "De raad besloot vrijdag dat de brug voor het einde van het jaar wordt gebouwd."),
        ("pl", "Rada zdecydowała w piątek, że most nie będzie gotowy do końca roku."),
        ("ru", "Совет решил в пятницу, что мост не будет построен до конца года."),
        ("uk", "Рада вирішила у п'ятницю, що міст не буде збудовано до кінця року, але це не все."),
        ("tr", "Meclis cuma günü köprünün yıl sonuna kadar bitirilmesi için bir karar aldı ve bu çok önemli."),
        ("zh", "市议会周五决定，大桥将在年底前建成。"),
        ("ja", "市議会は金曜日、橋を年末までに建設することを決めた。"),
        ("ar", "قرر المجلس يوم الجمعة بناء الجسر قبل نهاية العام."),
        ("und", "7 8 9"),
        ("und", "xyzzy plugh quux corge grault garply"),
    ],
)
def test_languages(language: str, text: str) -> None:
    guessed, score = guess_language(text)
    assert guessed == language
    assert 0.0 <= score <= 1.0
    assert (score > 0) == (language != "und")


GERMAN = "Der Rat hat am Freitag beschlossen, dass die Brücke bis zum Ende des Jahres gebaut wird, und das ist gut. "


@pytest.mark.parametrize(
    ("known", "text", "wanted"),
    [
        (Metadata(language="fr", language_score=0.8), GERMAN, ("fr", 0.8)),  # a record's own
        (Metadata(), GERMAN, ("de", guess_language(GERMAN)[1])),
        (Metadata(language="de"), GERMAN, ("de", guess_language(GERMAN)[1])),
        (Metadata(language="en"), GERMAN, ("de", guess_language(GERMAN)[1])),  # as templates declare
        (Metadata(language="fo"), GERMAN, ("fo", 0.0)),  # of which no word is known here
        (Metadata(language="en"), "7 8 9", ("en", 0.0)),
        (Metadata(), "7 8 9", ("und", 0.0)),
    ],
)
def test_what_outweighs_what(known: Metadata, text: str, wanted: tuple[str, float]) -> None:
    assert judge_language(text, known) == wanted


def test_a_weak_guess_does_not_outweigh_the_declaration() -> None:
    danish = "Rådet besluttede i fredags at broen skal bygges, og det er en god ting for byen med det hele."
    language, score = guess_language(danish)
    assert score < 0.5
    assert judge_language(danish, Metadata(language="sv" if language != "sv" else "da"))[1] == 0.0


def test_langid() -> None:
    pytest.importorskip("py3langid")
    assert judge_language(GERMAN, Metadata(), "langid")[0] == "de"
    bulgarian = "Съветът реши в петък мостът да бъде построен до края на годината."
    assert judge_language(bulgarian, Metadata(language="en"), "langid")[0] == "bg"
    assert judge_language(" \n", Metadata(), "langid") == ("und", 0.0)


def test_langid_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.config.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'article-cleaner\[langid\]'"):
        load(overrides=[Override("language_detector", "langid", "--set")], environment={})


@given(st.text() | st.text("aB1 _-’“\u00a0é\n"))
def test_words_are_runs_of_letters_in_lower_case(text: str) -> None:
    assert lower_words(text) == lower_words(text, odd_runs(text)) == re.findall(r"[^\W\d_]+", text.lower())


WORDS = st.lists(st.sampled_from("the of de la en on i og at det se na xyzzy qwert bridge".split()), max_size=60)


@given(WORDS.map(" ".join))
def test_each_language_has_an_equal_share_in_its_words(text: str) -> None:
    shared = Counter(word for code in LATIN for word in stop_words(code))
    hits = {code: sum(1 / shared[word] for word in text.split() if word in stop_words(code)) for code in LATIN}
    language, score = guess_language(text)
    enough = len(text.split()) >= 5 and max(hits.values()) >= 0.03 * len(text.split())
    assert (language != "und") == enough
    if enough:
        assert hits[language] == pytest.approx(max(hits.values()))
        assert score == pytest.approx(hits[language] / sum(hits.values()))
