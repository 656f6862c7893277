from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.stages.chrome.characters import NAMES, count, occurrences

# What each count is, said as a regular expression of one text.
PATTERNS = {
    "digit": r"\d",
    "comma": "[,;:，；]",
    "exclaim": "[!?！？]",
    "quote": '["“„«]',
    "bar": "[|•·»›→/]",
    "money": "[$€£¥]",
    "dense": "[\u0e00-\u0e4f\u0e5a-\u0e7f\u3040-\u30ff\u3400-\u9fff]",
    "words": r"\w+",
    "capitals": r"\b[A-ZÀ-ÖØ-ÞА-ЯĀ-Ž]\w",
    "stops": r"[.。…!?！？](?:\s|$|[\"'”’»)])",
    "open_end": r"[,;:，；][\"'”’»)\]]?\Z",
    "capital_start": r"\A[A-ZÀ-ÖØ-ÞА-ЯĀ-Ž]",
    "ended": r"[.。…!?！？][\"'”’»)\]]?\Z",
}
PIECES = [
    *"NASA Élan iPhone 3D A AB a. b! “Quoted.” «x» (C) (c)2024 £5,— 12:30 € 5".split(),
    *"end.) what?” done.]' ja！".split(),
    *(
        "Ärzte",
        "ПРАВДА",
        "Москва",
        "中文。",
        "ไทย",
        "๓",
        "x_Y",
        "٣",
        "𝐀bc",
        "\U0010ffff",
        "\ud800",
        "\n",
        "\x85",
        " ",
        ".",
    ),
]
TEXT = st.one_of(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text(max_size=30))


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_counts_are_those_of_regular_expressions_text_by_text(texts: list[str]) -> None:
    counts = count(texts)
    assert set(counts) == set(NAMES) == set(PATTERNS)
    for name, pattern in PATTERNS.items():
        assert counts[name].tolist() == [len(re.findall(pattern, text)) for text in texts], name


def test_many_texts_are_counted_as_one_by_one() -> None:
    texts = [f"Line {number}, with A DIGIT or two" * (number % 3) for number in range(1500)]
    together = count(texts)
    assert all(together[name].tolist() == [count([text])[name][0] for text in texts] for name in NAMES)


@pytest.mark.parametrize("sets", [("a", ".!"), ("。é", " ")])
def test_occurrences(sets: tuple[str, str]) -> None:
    texts = ["a. b! é", "", "。。 a"]
    assert [found.tolist() for found in occurrences(texts, sets)] == [
        [sum(map(text.count, one)) for text in texts] for one in sets
    ]
