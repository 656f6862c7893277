"""Which language a text is in, told by its script and its commonest words.

Deliberately small: it starts in no time, needs no model, and is sure enough on paragraphs of
the languages below; for the rest it says ``und`` (ISO 639-2, undetermined).  py3langid, which knows 97
languages and is surer of single lines, takes a second to start: it is a setting and an extra
(docs/dependencies.md has the figures).
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING, Any

from cleaner.settings import Detector
from cleaner.words import odd_runs

if TYPE_CHECKING:
    from cleaner.document import Metadata

UNKNOWN = "und"
"""The code for a language that the text does not tell."""
SAMPLE = 8_000  # characters looked at
MIN_WORDS = 5
MIN_SHARE = 0.03  # of the words must be the language's own

# Function words that are frequent in one language and rare in the others.
_STOP_WORDS = {
    "cs": "a se na je že to ve byl jsou jako ale pro který není nebo také při podle jeho když",
    "da": "og i at det er en til af på som med for ikke den har de var blev også efter fra",
    "de": "der die und das ist den von mit für auf ein eine im dem nicht des auch sich wird als nach bei aus wie oder",
    "en": "the of and to in is that for it was with as on are be by this have from at which not but has were an they",
    "es": "el la de que y en los del las por con una para es un no su al lo como más pero sus fue",
    "fi": "ja on ei se että oli hän mutta myös ovat kun joka niin kuin sen mukaan tai ole",
    "fr": "le la les de des et en un une du est que qui dans pour pas au sur par plus ce il avec sont",
    "hu": "a az és hogy nem is egy volt meg csak de ez már mint még van el kell lehet",
    "id": "yang dan di dengan untuk dari ini itu tidak pada dalam akan juga adalah ke oleh",
    "it": "il di che e la per un in è non una del si con i le da sono della dei nel più alla come",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er die ook als om bij naar",
    "no": "og i det er på som en til av for at med har ikke den de var om et fra etter",
    "pl": "w i na z się nie że do jest to o jak po przez od za ale dla jego są był oraz",
    "pt": "o de que e a do da em um para é com não uma os no se na por mais as dos como foi",
    "ro": "de și în la a cu nu pe că este din o un pentru care mai au fost sunt dar",
    "ru": "и в не на что с он как это по но из за от его к для был уже или года также",
    "sv": "och i att det som en på är av för med den till inte har de om ett var från",
    "tr": "ve bir bu da de için ile olarak çok daha gibi olan en kadar ne ama olduğu sonra",
    "uk": "і в не на що з та як це до за від його про але для був вже або року також є",
}
_WORDS_OF = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}

STOP_WORDS = frozenset[str]().union(*_WORDS_OF.values())
"""Function words of all these languages."""

_HAVE = {word: [word in words for words in _WORDS_OF.values()] for word in STOP_WORDS}
_VOTE = lcm(*map(sum, _HAVE.values()))
_BITS = 32  # of a number that holds one language's votes in a sample
_VOTES = {
    word: sum(_VOTE // sum(have) << _BITS * place for place, has in enumerate(have) if has)
    for word, have in _HAVE.items()
}
"""What each word says for the languages that have it, all alike: one number holds the votes for all, side by side."""

# Scripts that one language uses nearly alone.  Kana before Han: Japanese has both.
_SCRIPTS = (
    ("ja", "\u3040-\u30ff"),
    ("ko", "\uac00-\ud7af"),
    ("zh", "\u4e00-\u9fff"),
    ("th", "\u0e00-\u0e7f"),
    ("el", "\u0370-\u03ff"),
    ("he", "\u0590-\u05ff"),
    ("ar", "\u0600-\u06ff"),
    ("hi", "\u0900-\u097f"),
    ("ka", "\u10a0-\u10ff"),
    ("hy", "\u0530-\u058f"),
)
_KNOWN = _WORDS_OF.keys() | {language for language, _ in _SCRIPTS}
_SURE = {"words": 0.5, "langid": 0.9}
"""With such a score, what the text tells outweighs what a page declares: templates often declare English."""
_SCRIPT_SHARE = 0.2  # of the letters; Japanese mixes kana with Han, so half would be too much
_OF_A_SCRIPT = re.compile(f"[{''.join(script for _, script in _SCRIPTS)}]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_BEYOND_LATIN_1 = re.compile(r"[^\W\d_\x00-\xff]")
_LATIN_LETTERS = "".join(chr(i).lower() if _WORD.match(chr(i)) else " " for i in range(256)).encode("latin-1")


def judge_language(text: str, known: Metadata, detector: Detector = "words") -> tuple[str, float]:
    """Language and score: a record's own, else what the text tells, else what the page declares (score 0).

    A page's declaration also stands where the text speaks against it less than surely, or could not
    speak for it, being in a language that the detector does not know.
    """
    declared = known.language
    if declared and known.language_score:
        return declared, known.language_score
    language, score = _langid(text) if detector == "langid" else guess_language(text)
    if declared and language != declared:
        could_tell = detector == "langid" or declared in _KNOWN
        if not could_tell or score < _SURE[detector]:
            return declared, 0.0
    return language, score


def stop_words(language: str) -> frozenset[str]:
    """Frequent function words of a language; none of one that is not known by its words."""
    return _WORDS_OF.get(language, frozenset())


def _langid(text: str) -> tuple[str, float]:
    sample = text[:SAMPLE].strip()
    if not sample:
        return UNKNOWN, 0.0
    language, score = _identifier().classify(sample)
    return str(language), float(score)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # config.load has seen that it is there

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def guess_language(text: str) -> tuple[str, float]:
    """ISO 639-1 code and a score (0–1); ``("und", 0.0)`` where the text does not say."""
    sample = text[:SAMPLE]
    odd = "" if sample.isascii() else odd_runs(sample)
    if _OF_A_SCRIPT.search(odd):
        letters = len(_LETTER.findall(sample))
        for language, script in _SCRIPTS:
            found = len(re.findall(f"[{script}]", sample))
            if found > _SCRIPT_SHARE * letters:
                return language, min(1.0, found / max(1, letters))
    words = lower_words(sample, odd)
    if len(words) < MIN_WORDS:
        return UNKNOWN, 0.0
    together = sum(filter(None, map(_VOTES.get, words)))
    hits = [together >> _BITS * place & (1 << _BITS) - 1 for place in range(len(_WORDS_OF))]
    best = max(hits)
    if best < max(1, MIN_SHARE * _VOTE * len(words)):
        return UNKNOWN, 0.0
    return list(_WORDS_OF)[hits.index(best)], best / sum(hits)


def lower_words(text: str, odd: str | None = None) -> list[str]:
    """The runs of letters, in lower case; ``odd`` are the :func:`~cleaner.words.odd_runs` of the text, if known."""
    if _BEYOND_LATIN_1.search(odd_runs(text) if odd is None else odd):
        return _WORD.findall(text.lower())
    return text.encode("latin-1", "replace").translate(_LATIN_LETTERS).decode("latin-1").split()  # some times as fast
