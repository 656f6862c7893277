"""What the classifier for plain text knows of each block by itself: its characters, words, phrases and kind.

Nothing here depends on other blocks, so a document is measured once however often it is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.language import STOP_WORDS
from cleaner.stages.chrome.bylines import is_name
from cleaner.stages.chrome.characters import count
from cleaner.stages.chrome.forest import FloatArray
from cleaner.stages.chrome.page import Line, Page

Column = npt.NDArray[Any]

_CONCEPTS = frozenset((
    "navigation", "sections", "share", "networks", "follow", "related", "widgets", "widget_items", "comments",
    "comment_actions", "comment_form", "form_fields", "footer", "time_words", "advertisement", "newsletter", "cookies",
))  # fmt: skip
"""Phrase lists whose whole-line hits are counted together as ``listed``."""
_KINDS_OF_CONCEPTS = {
    "comment": ("comments", "comment_actions", "comment_form", "form_fields", "time_ago"),
    "related": ("related", "widgets", "widgets_weak"),
    "social": ("share", "follow", "networks", "newsletter"),
}
_KINDS_OF_BLOCKS = ("heading", "list_item", "table", "code", "quote")

NAMES = tuple(
    "words chars word_length stop_share stop_words capital_share all_capitals digit_share commas stops ended open_end"
    " bars money date link lower_start heading list_item table code quote level listed sentenced personal exclaims"
    " quotes name comment related social prose indent".split()
)
_AT = {name: column for column, name in enumerate(NAMES)}

_CLOSING = "\"'”’»)]"
_ENDINGS = frozenset(".!?。！？…")
_OPENINGS = frozenset(":,;-–—")
_LAST = _ENDINGS | _OPENINGS | {*_CLOSING, "\n"}
_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?[$€£¥]")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[:/.]\d{2}")
_LINK = re.compile(r"https?:|www\.|\.com\b|@\w|©|\(c\)", re.IGNORECASE)
_NAME_WORDS = 4
_CONTENT_LETTERS = 3  # a content word has more
_DENSE_WORD = 2  # characters of a script without spaces that make up a word
_LONGEST = 3000  # characters measured of a block
_WIDEST = 80  # columns of indentation
_PERSONAL = frozenset(
    "i you my your me i'm i’m don't don’t lol thanks ich du mein je tu mon yo mi io mio eu meu ik mijn".split()
)


@dataclass(frozen=True, slots=True)
class Texts:
    """``own`` has a row for each block and a column for each of :data:`NAMES`; ``content`` are its content words."""

    own: FloatArray
    content: Sequence[set[str]]

    def only(self, kept: Sequence[int]) -> Texts:
        """Of these blocks alone."""
        return Texts(self.own[kept], [self.content[row] for row in kept])

    def topic(self) -> list[float]:
        """The share of each block's content words that other prose of the document has too (-1 without such words)."""
        is_prose = (self.own[:, _AT["prose"]] > 0).tolist()
        once: set[str] = set()
        twice: set[str] = set()
        for own in compress(self.content, is_prose):
            twice |= once & own
            once |= own
        return [
            len(own & (twice if prose else once)) / len(own) if own else -1.0
            for own, prose in zip(self.content, is_prose, strict=True)
        ]


def measure(page: Page) -> Texts:
    """Measure every block of a page (at least one)."""
    texts = [line.text[:_LONGEST] for line in page.lines]
    columns = _of_characters(texts, page.lines) | _of_blocks(page)
    stop_words, personal, content = [], [], []
    for text in texts:
        words = text.lower().split()
        stop_words.append(len([word for word in words if word in STOP_WORDS]))
        personal.append(0 if _PERSONAL.isdisjoint(words) else sum([word in _PERSONAL for word in words]))
        content.append({word for word in words if len(word) > _CONTENT_LETTERS} - STOP_WORDS)
    columns["personal"] = np.array(personal)
    columns["stop_words"] = np.array(stop_words)
    columns["stop_share"] = columns["stop_words"] / np.maximum(1, columns["words"])
    own = np.empty((len(texts), len(NAMES)), np.float32)
    for column, name in enumerate(NAMES):
        own[:, column] = columns[name]
    return Texts(own, content)


def _of_characters(texts: Sequence[str], lines: Iterable[Line]) -> dict[str, Column]:
    counts = count(texts)
    chars = np.array([len(text) for text in texts])
    words = counts["tokens"] + counts["dense"] // _DENSE_WORD
    size = np.maximum(1, words)
    few = (words <= _NAME_WORDS).tolist()
    return {
        "words": words,
        "word_length": chars / size,
        "capital_share": counts["capitals"] / size,
        "all_capitals": counts["all_capitals"] / size,
        "digit_share": counts["digit"] / np.maximum(1, chars),
        "commas": counts["comma"] / size,
        "stops": counts["stops"],
        "ended": np.array([text[-1:] in _LAST and _is_ended(text) for text in texts]),
        "open_end": np.array([text[-1:] in _LAST and text[-2:].removesuffix("\n")[-1:] in _OPENINGS for text in texts]),
        "bars": counts["bar"] / size,
        "money": _matching(_MONEY, texts, (counts["money"] > 0) & (counts["digit"] > 0)),
        "date": _matching(_DATE, texts, counts["digit"] > 2),
        "link": _matching(_LINK, texts, counts["addresses"] > 0),
        "lower_start": np.array([text[:1].islower() for text in texts]),
        "exclaims": counts["exclaim"] + np.array([text.count("...") for text in texts]),
        "quotes": np.minimum(9, counts["quote"]),
        "name": np.array(
            [short and not line.prose and is_name(text) for short, line, text in zip(few, lines, texts, strict=True)]
        ),
    }


def _is_ended(text: str) -> bool:
    return text[-8:].removesuffix("\n").rstrip(_CLOSING)[-1:] in _ENDINGS


def _matching(pattern: re.Pattern[str], texts: Sequence[str], possible: npt.NDArray[np.bool_]) -> Column:
    """Whether a pattern occurs in each text; it is looked for only where the character counts allow it."""
    matches = np.zeros(len(texts), bool)
    for index in np.flatnonzero(possible).tolist():
        matches[index] = pattern.search(texts[index]) is not None
    return matches


def _of_blocks(page: Page) -> dict[str, Column]:
    """What kinds, marks and the phrase lists tell."""
    source, lines = page.document.source, page.lines
    columns: dict[str, Column] = {
        "chars": np.array([len(line.text) for line in lines]),
        "level": np.array([line.block.level for line in lines]),
        "sentenced": np.array([len(line.sentences) for line in lines]),
        "prose": np.array([line.prose for line in lines]),
    }
    names = ("indent", "listed", *_KINDS_OF_BLOCKS, *_KINDS_OF_CONCEPTS)
    columns |= {name: np.zeros(len(lines), np.int16) for name in names}
    for line in lines:
        block = line.block
        if block.kind != "paragraph":
            columns[block.kind][line.index] = 1
        if block.start < block.body:
            lead = source[block.start : block.body]
            columns["indent"][line.index] = min(_WIDEST, len(lead.expandtabs(4)) - len(lead.strip()))
        if line.concepts:
            columns["listed"][line.index] = len(line.concepts & _CONCEPTS)
            for name, concepts in _KINDS_OF_CONCEPTS.items():
                columns[name][line.index] = not line.concepts.isdisjoint(concepts)
    return columns
