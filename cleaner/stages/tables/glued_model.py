"""How likely two cells were glued together at each gap of a line.

A logistic model over the characters on both sides of a gap, the frequency of the words it
would leave (``wordfreq``), numbers, spaces and brackets gives log-odds; a few hard rules then
correct it where people never cut or always would.  The weights stand in ``weights.json`` and
say where they come from.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_CLASSES = {
    **dict.fromkeys(")]}", ")"),
    **dict.fromkeys("([{", "("),
    **dict.fromkeys("%‰°", "%"),
    **dict.fromkeys("$€£¥₹", "$"),
    **dict.fromkeys(".!?…", "."),
    **dict.fromkeys(",;:", ","),
    **dict.fromkeys("-‑−", "-"),
    **dict.fromkeys("–—", "_"),
    **dict.fromkeys("'’‘`", "'"),
    **dict.fromkeys('"“”', '"'),
    "/": "/",
    "+": "+",
    "#": "#",
}
"""Classes of signs; every other one is ``o``."""

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER = re.compile(r"\d[\d.,:]*")
_WHOLE = re.compile(
    r"(?<!\S)[#@][A-Za-z]\w*|https?://\S+|www\.\S+|(?<!\S)[^\s@]+@[^\s@]+\.\w+|\b[^\W_]+_\w+|\b[^\W_]+\.[^\W_]+\(\S*|`[^`]+`"
)
"""Tags, URLs, addresses, identifiers, code: never cut inside."""
_NAME_PREFIX = re.compile(r"(?:Mc|Mac|Fitz|De|Di|La|Le|Van|Du|O['’]|Da|Lo|i|e|Mo)")
_GROUPED = re.compile(r"\d{1,2}:\d\d(?::\d\d)?|(?:1[5-9]|20)\d\d|\d{1,3}(?:,\d{3})+")
"""Times, years, grouped numbers: never cut inside."""
_YEAR = re.compile(r"1[5-9]\d\d|20[0-4]\d")
_RANK = re.compile(r"\d{1,2}\.")
_DIGITS = re.compile(r"[\d.,]*")
_DIGITS_END = re.compile(r"[\d.,]{1,24}$")
_NUMBER_MAX = 24
"""No number is followed further than this from a gap."""
_KNOWN = 2.6
"""From this Zipf frequency on a string of letters is taken for a word."""
_LAST_HUMP = re.compile(r"[^\W\d_a-z]?[^\W\d_A-Z]{0,40}$")
_FIRST_HUMP = re.compile(r"[^\W\d_a-z]*[^\W\d_A-Z]*")
_HUMP_START = re.compile(r"(?<=[^\W\d_])[A-Z](?=[a-z])")
_HUMP_END = re.compile(r"(?<=[a-z])(?=[A-Z])")

# Log-odds of the hard rules.
_NEVER = -5.0
_BETWEEN_DIGITS = -0.3  # at least this inside a long number ...
_BETWEEN_FEW_DIGITS = -1.0  # ... or one of up to four digits: columns must be able to part them
_AFTER_RANK = -1.0
_INSIDE_WORD = -3.5
_AFTER_SIGN = 2.0
_LOWER_LOWER = 1.5


class Letters(NamedTuple):
    """A run of letters in a line: where it is, and how frequent it is as one word."""

    start: int
    end: int
    text: str
    frequency: float


@lru_cache(maxsize=1)
def _model() -> tuple[float, Mapping[str, float]]:
    stored = json.loads(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
    return stored["bias"], stored["weights"]


@lru_cache(maxsize=1)
def _frequencies() -> Mapping[str, float]:
    # One read of the whole list: zipf_frequency() would normalise the word anew at every call.
    from wordfreq import get_frequency_dict

    return get_frequency_dict("en")


@lru_cache(maxsize=50_000)
def frequency(word: str) -> float:
    """A word's frequency on the Zipf scale (log10 of occurrences in a billion words), 0 if unknown."""
    share = _frequencies().get(word.lower().replace("’", "'"))
    return max(0.0, math.log10(share) + 9) if share else 0.0


def cut_scores(text: str) -> list[tuple[int, float]]:
    """``(offset, log-odds)`` for each gap of a line where two cells could have been glued."""
    bias, weights = _model()
    letters = _letter_runs(text)
    numbers = _number_runs(text)
    whole = {offset for match in _WHOLE.finditer(text) for offset in range(match.start(), match.end())}
    scores: list[tuple[int, float]] = []
    depth = 0  # of open brackets
    for offset in range(1, len(text)):
        depth += (text[offset - 1] == "(") - (text[offset - 1] == ")")
        if offset in whole or offset - 1 in whole or text[offset - 1].isspace() or text[offset].isspace():
            continue
        run = letters[offset]
        if run and run is letters[offset - 1] and text[offset].isalpha() and text[offset - 1].isalpha():
            features = _inside_letters(text, offset, run)
        else:
            features = _between_classes(text, offset, letters)
        if features is None:
            continue
        pair = char_class(text[offset - 1]) + char_class(text[offset])
        features["pair:" + pair] = 1.0
        if depth > 0:
            features["bracket"] = features["bracket:" + pair] = 1.0
        score = bias + sum(weights.get(name, 0.0) * value for name, value in features.items())
        scores.append((offset, _corrected(text, offset, score, letters, numbers)))
    return scores


@lru_cache(maxsize=4096)
def char_class(char: str) -> str:
    """The class of a character: digit ``d``, capital ``U``, other letter ``l``, or a kind of sign."""
    if char.isdigit():
        return "d"
    if char.isalpha():
        return "U" if char.isupper() else "l"
    return _CLASSES.get(char, "o")


def _letter_runs(text: str) -> list[Letters | None]:
    """For each character the run of letters it is in."""
    runs: list[Letters | None] = [None] * len(text)
    for match in _LETTERS.finditer(text):
        start, end = match.span()
        runs[start:end] = [Letters(start, end, match.group(), frequency(match.group()))] * (end - start)
    return runs


def _number_runs(text: str) -> list[str]:
    """For each character the number it is in, "" outside one."""
    runs = [""] * len(text)
    for match in _NUMBER.finditer(text):
        number = match.group().rstrip(".,:")
        runs[match.start() : match.start() + len(number)] = [number] * len(number)
    return runs


@lru_cache(maxsize=50_000)
def _best_ending(piece: str) -> tuple[float, int]:
    """Frequency and length of the best known word at the end of a piece: all of it, or its last hump."""
    words = [piece, *(piece[hump.start() :] for hump in list(_HUMP_START.finditer(piece))[-1:])]
    return max((frequency(word), len(word)) for word in words)


@lru_cache(maxsize=50_000)
def _best_beginning(piece: str) -> tuple[float, int]:
    """The same at the beginning of a piece: all of it, or its first hump."""
    hump = _HUMP_END.search(piece)
    words = [piece, piece[: hump.start()]] if hump else [piece]
    return max((frequency(word), len(word)) for word in words)


def _inside_letters(text: str, offset: int, run: Letters) -> dict[str, float] | None:
    """Features of a gap between two letters of one run; ``None`` where nobody would cut."""
    left, right = text[run.start : offset], text[offset : run.end]
    pair = char_class(left[-1]) + char_class(right[0])
    features: dict[str, float] = {}
    if pair[1] == "l":
        if pair[0] == "U" or run.frequency >= _KNOWN or len(right) < 3 or len(left) < 2:
            return None
        right_frequency, left_frequency = _best_beginning(right)[0], _best_ending(left)[0]
        if right_frequency < _KNOWN:
            return None
        name = left[0].isupper() and min(len(left), len(right)) >= 4 and right_frequency >= 3.3
        if left_frequency < 2.2 and not name:
            return None
        features["inside:unknown-left"] = float(left_frequency < 2.2)
    left_frequency, left_size = _best_ending(left)
    right_frequency, right_size = _best_beginning(right)
    key = f"inside:{pair}:"
    features[key + "whole"] = run.frequency / 4
    features[key + "left"] = left_frequency / 4
    features[key + "right"] = right_frequency / 4
    features[key + "weaker"] = min(left_frequency, right_frequency) / 4
    features[key + "known"] = float(run.frequency > 1.0)
    features[key + "left-short"] = float(left_size <= 2)
    features[key + "left-three"] = float(left_size == 3)
    features[key + "right-short"] = float(right_size <= 2)
    features[key + "right-three"] = float(right_size == 3)
    features[key + "name-prefix"] = float(_NAME_PREFIX.fullmatch(left) is not None)
    features[key + "length"] = min(len(run.text), 24) / 10
    features[key + "capitals"] = float(run.text.isupper())
    features[key + "left-capital"] = float(left[0].isupper())
    if pair == "UU":
        features["inside:UU:lower-next"] = float(text[offset + 1 : offset + 2].islower())
    return features


def _between_classes(text: str, offset: int, letters: list[Letters | None]) -> dict[str, float]:
    """Features of a gap between characters of which one at least is no letter."""
    before, after = char_class(text[offset - 1]), char_class(text[offset])
    pair = before + after
    features: dict[str, float] = {}
    left, right = letters[offset - 1], letters[offset]
    if left and before in "Ul":
        _word_features(features, f"left:{pair}:", text[left.start : offset], _best_ending)
    if right and after in "Ul":
        _word_features(features, f"right:{pair}:", text[offset : right.end], _best_beginning)
    if before == "d":
        number = _DIGITS_END.search(text, max(0, offset - _NUMBER_MAX), offset)
        digits = number.group() if number else ""
        features[f"number-left:{min(4, len(digits))}:{after}"] = 1.0
        features["year-left:" + after] = float(_YEAR.fullmatch(digits) is not None)
    if after == "d":
        number = _DIGITS.match(text, offset, offset + _NUMBER_MAX)
        digits = number.group() if number else ""
        features[f"number-right:{min(4, len(digits))}:{before}"] = 1.0
        features["year-right:" + before] = float(_YEAR.fullmatch(digits) is not None)
    features["space-before:" + pair] = float(offset >= 2 and text[offset - 2].isspace())
    features["space-after:" + pair] = float(text[offset + 1 : offset + 2].isspace())
    return features


def _word_features(features: dict[str, float], key: str, piece: str, best: Callable[[str], tuple[float, int]]) -> None:
    known, size = best(piece)
    features[key + "frequency"] = known / 4
    features[key + "one-letter"] = float(size == 1)
    features[key + "two-letters"] = float(size == 2)
    features[key + "three-letters"] = float(size == 3)
    features[key + "capitals"] = float(piece.isupper())


def _corrected(text: str, offset: int, score: float, letters: list[Letters | None], numbers: list[str]) -> float:
    """The log-odds after the hard rules."""
    before, after = text[offset - 1], text[offset]
    if before.isdigit() and after.isdigit():
        number = numbers[offset]
        if _GROUPED.fullmatch(number):
            score = _NEVER
        else:
            few = len(number) <= 4 and number.isdigit()
            score = max(score, _BETWEEN_FEW_DIGITS if few else _BETWEEN_DIGITS)
    elif before == "." and after.isdigit() and _RANK.fullmatch(text, 0, offset):
        score = max(score, _AFTER_RANK)
    elif before.isalpha() and after.isalpha() and _parts_a_word(text, offset, letters[offset]):
        score += _INSIDE_WORD
    if after.isalpha() and before in "%)":
        score = max(score, _AFTER_SIGN)
    elif before.islower() and after.islower():
        score += _LOWER_LOWER
    return score


def _parts_a_word(text: str, offset: int, run: Letters | None) -> bool:
    """Whether a cut would go through a known word, or through one that the camel's humps on both sides make."""
    if run is None or run.start >= offset:
        return False
    if run.end - run.start >= 5 and run.frequency >= 2.0:
        return True
    if not text[offset].isupper():
        return False
    left = _LAST_HUMP.search(text, run.start, offset)
    right = _FIRST_HUMP.match(text, offset, run.end)
    word = (left.group() if left else "") + (right.group() if right else "")
    return len(word) >= 6 and frequency(word) >= 2.3
