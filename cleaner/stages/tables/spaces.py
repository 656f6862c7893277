"""The spaces of a line between which a row's cells could stand, and what is to be seen around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from cleaner.stages.tables.gaps import CLASSES, Features, char_class
from cleaner.stages.tables.vocabulary import frequency

NAMES = (
    *(f"before_{name}" for name in CLASSES),
    *(f"after_{name}" for name in CLASSES),
    "left_start",
    "right_end",
    "left_length",
    "right_length",
    "left_frequency",
    "right_frequency",
    "left_lower",
    "right_lower",
    "left_digits",
    "right_digits",
    "left_year",
    "right_year",
    "same_class",
    "depth",
    "quote_open",
    "position",
    "left",
    "words",
    "digit_words",
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_WORD = re.compile(r"\S+")
_EDGES = "()[]{}\"'“”‘’.,;:!?"


def measure_spaces(texts: Sequence[str]) -> tuple[list[list[int]], Features]:
    """The offsets after each line's spaces, and a row of features (:data:`NAMES`) for each space of all lines."""
    rows: list[list[float]] = []
    offsets = [_measure(text, rows) for text in texts]
    return offsets, np.array(rows, np.float32).reshape(-1, len(NAMES))


def _measure(text: str, rows: list[list[float]]) -> list[int]:
    """The offsets of a line; its features are added to ``rows``."""
    words = list(_WORD.finditer(text))
    offsets: list[int] = []
    depth = quotes = 0
    digit_words = sum(any(map(str.isdigit, word.group())) for word in words)
    bare = [word.group().strip(_EDGES) for word in words]
    known = [frequency(word) if word else 0.0 for word in bare]
    digits = [sum(map(str.isdigit, word.group())) / len(word.group()) for word in words]
    for number in range(1, len(words)):
        before, after = words[number - 1].group(), words[number].group()
        depth += sum(map(before.count, "([{")) - sum(map(before.count, ")]}"))
        quotes += before.count('"')
        last, first = char_class(before[-1]), char_class(after[0])
        row = [0.0] * (2 * len(CLASSES))
        row[last] = row[len(CLASSES) + first] = 1.0
        row += (
            char_class(before[0]),
            char_class(after[-1]),
            len(before),
            len(after),
            known[number - 1],
            known[number],
            before.islower(),
            after.islower(),
            digits[number - 1],
            digits[number],
            _YEAR.fullmatch(bare[number - 1]) is not None,
            _YEAR.fullmatch(bare[number]) is not None,
            last == first,
            depth,
            quotes % 2,
            number,
            len(words) - number,
            len(words),
            digit_words,
        )
        offsets.append(words[number].start())
        rows.append(row)
    return offsets
