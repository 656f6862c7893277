"""What the classifier for plain text knows of each block by itself: its characters, words, phrases and kind.

Nothing here depends on other blocks, so a document is measured once however often it is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.language import STOP_WORDS
from cleaner.stages.chrome.characters import count
from cleaner.stages.chrome.forest import FloatArray
from cleaner.stages.chrome.page import Line, Page
from cleaner.words import Words, fold, words_of_each

Column = npt.NDArray[Any]

_LISTED = frozenset((
    "navigation", "sections", "share", "networks", "follow", "related", "widgets", "widget_items", "comments",
    "comment_actions", "comment_form", "form_fields", "footer", "time_words", "advertisement", "newsletter", "cookies",
))  # fmt: skip
"""Phrase lists whose whole-line hits are counted together as ``listed``."""
_CONCEPTS = {
    "comment": frozenset(("comments", "comment_actions", "comment_form", "form_fields", "time_ago")),
    "related": frozenset(("related", "widgets", "widgets_weak")),
    "social": frozenset(("share", "follow", "networks", "newsletter")),
}
"""Phrase lists that are told apart."""

NAMES = tuple(
    "words chars word_length stop_words stop_share capitals capital_share capital_start digits digit_share commas stops"
    " ended open_end exclaims quotes bars money heading list_item level listed comment related social prose"
    " indent".split()
)

_COMMON_WORDS = frozenset(map(fold, STOP_WORDS))
"""Stop words, folded as the words of a line are."""

_DENSE_WORD = 2  # characters of a script without spaces that make up a word
_LONGEST = 3000  # characters measured of a block
_WIDEST = 80  # columns of indentation


@dataclass(frozen=True, slots=True)
class Texts:
    """``own`` has a row for each of :data:`NAMES` and a column for each block.

    ``same`` numbers the texts: two blocks of one text have one number.
    """

    own: FloatArray
    same: npt.NDArray[np.intp]

    def only(self, kept: Sequence[int]) -> Texts:
        """Of these blocks alone."""
        return Texts(self.own[:, kept], self.same[kept])


def measure(page: Page) -> Texts:
    """Measure every block of a page (at least one)."""
    lines = page.lines
    texts = [line.text for line in lines]
    counts = count([text[:_LONGEST] for text in texts])
    chars = np.array([*map(len, texts)])
    words = counts["words"] + counts["dense"] // _DENSE_WORD
    size = np.maximum(1, words)
    is_common = _COMMON_WORDS.__contains__
    common = np.array([sum(map(is_common, one)) for one in _words(lines)])
    columns = {
        "words": words,
        "chars": chars,
        "word_length": chars / size,
        "stop_words": common,
        "stop_share": common / size,
        "capitals": counts["capitals"],
        "capital_start": counts["capital_start"],
        "capital_share": counts["capitals"] / size,
        "digits": counts["digit"],
        "digit_share": counts["digit"] / np.maximum(1, chars),
        "commas": counts["comma"] / size,
        "stops": counts["stops"],
        "ended": counts["ended"],
        "open_end": counts["open_end"],
        "bars": counts["bar"] / size,
        "money": counts["money"],
        "exclaims": counts["exclaim"],
        "quotes": counts["quote"],
        "prose": [line.prose for line in lines],
    }
    own = np.zeros((len(NAMES), len(lines)), np.float32)
    for row, name in enumerate(NAMES):
        if name in columns:
            own[row] = columns[name]
    _add_marks(own, page)
    numbers: dict[str, int] = {}
    same = np.array([numbers.setdefault(text, len(numbers)) for text in texts])
    return Texts(own, same)


def _words(lines: Sequence[Line]) -> list[Words]:
    """The words of each line, also of those that the phrase lists were not asked about."""
    words = [line.words for line in lines]
    unread = [line.index for line in lines if not line.words]
    for index, read in zip(unread, words_of_each([lines[index].text[:_LONGEST] for index in unread]), strict=True):
        words[index] = read
    return words


def _add_marks(own: FloatArray, page: Page) -> None:
    """What kinds, indentation and the phrase lists tell; most blocks have none of it."""
    at = {name: own[row] for row, name in enumerate(NAMES)}
    source = page.document.source
    for index, line in enumerate(page.lines):
        block, concepts = line.block, line.concepts
        if block.level:
            at["level"][index] = block.level
            at["list_item" if block.kind == "list_item" else "heading"][index] = 1
        if block.start < block.body:
            lead = source[block.start : block.body]
            at["indent"][index] = min(_WIDEST, len(lead.expandtabs(4)) - len(lead.strip()))
        if concepts:
            at["listed"][index] = len(concepts & _LISTED)
            for name, told in _CONCEPTS.items():
                if not concepts.isdisjoint(told):
                    at[name][index] = 1
