"""Filter ``gopher-repetition``: texts that repeat themselves.

Rules and thresholds: Rae et al. (arXiv 2112.11446), table A1, as the defaults of datatrove 0.10.1's
``GopherRepetitionFilter`` have them; shares of characters are of the whole text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from cleaner.settings import Filters
from cleaner.stages.filters.sample import Sample

MAX_REPEATS = 0.3
"""Share of the paragraphs, and of the lines, that repeat an earlier one,"""
MAX_REPEATED = 0.2
"""and of the characters in them."""
MAX_TOP = ((2, 0.2), (3, 0.18), (4, 0.16))
"""For so many words in a row: share of the characters in the commonest such run."""
MAX_AGAIN = ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10))
"""For so many words in a row: share of the characters in runs that have been there before."""

_PARAGRAPH_END = re.compile(r"\n{2,}")
_LINE_END = re.compile(r"\n+")


def judge(sample: Sample, _: Filters) -> str:
    """The first rule that the text breaks, with what was measured; "" if it breaks none."""
    text, size = sample.text, len(sample.text)
    if not size:
        return "has no text"
    for name, parts in (("paragraphs", _PARAGRAPH_END.split(text.strip())), ("lines", _LINE_END.split(text))):
        number, characters = repeated(parts)
        if number / len(parts) > MAX_REPEATS:
            return f"has {number / len(parts):.0%} {name} that repeat another, over {MAX_REPEATS:.0%}"
        if characters / size > MAX_REPEATED:
            return f"has {characters / size:.0%} of its characters in repeated {name}, over {MAX_REPEATED:.0%}"
    for words, most in MAX_TOP:
        if (share := _in_top(sample.tokens, words) / size) > most:
            return f"has {share:.0%} of its characters in one run of {words} words, over {most:.0%}"
    for words, most in MAX_AGAIN:
        if (share := _in_again(sample.tokens, words) / size) > most:
            return f"has {share:.0%} of its characters in repeated runs of {words} words, over {most:.0%}"
    return ""


def repeated(parts: Iterable[str]) -> tuple[int, int]:
    """How many parts repeat an earlier one, and how many characters these have."""
    seen: set[str] = set()
    number = characters = 0
    for part in parts:
        if part in seen:
            number += 1
            characters += len(part)
        seen.add(part)
    return number, characters


def _in_top(tokens: Sequence[str], words: int) -> int:
    """Characters in the commonest run of so many words: its own, spaces between them counted, times its showings."""
    runs = Counter(zip(*(tokens[start:] for start in range(words)), strict=False))
    if not runs:
        return 0
    run = max(runs, key=runs.__getitem__)  # the first of several
    return (sum(map(len, run)) + words - 1) * runs[run]


def _in_again(tokens: Sequence[str], words: int) -> int:
    """Characters in runs of so many words that have been there before; runs that count do not overlap."""
    seen: set[str] = set()
    at = characters = 0
    while at <= len(tokens) - words:
        run = "".join(tokens[at : at + words])
        if run in seen:
            characters += len(run)
            at += words
        else:
            seen.add(run)
            at += 1
    return characters
