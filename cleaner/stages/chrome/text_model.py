"""The classifier for plain text: what no named detector knows is judged by its whole neighbourhood.

Operating points, measured out of fold on the labelled lines of 528 pages (share of the content's
words that stay / F1 of the chrome lines): recall .982 / .88, balanced .950 / .91, precision .941 / .91.
On the same pages with nearly all chrome left out, of the content's words .992, .981 and .978 stay.
It was trained on text with its chrome still in it and on the same text without, so that a
clean article stays whole.  A heading stays if what it heads does, and so does the line that looks
like the title.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from itertools import chain

import numpy as np

from cleaner.settings import Favor
from cleaner.stages.chrome.forest import FloatArray, expected_f1, load
from cleaner.stages.chrome.page import LEAST_BLOCKS, LEAST_SHORT, Found, Page
from cleaner.stages.chrome.text_features import NAMES, features
from cleaner.stages.chrome.texts import COMMON_WORDS, Texts
from cleaner.words import word_count, words_of

MODEL = "text"


@dataclass(frozen=True, slots=True)
class Limit:
    """A block goes from this probability of being chrome on: ``most``, less ``slope`` times the F1 to be expected.

    The F1 is the one over words that the best cut may be expected to get at chrome
    (:func:`~cleaner.stages.chrome.forest.expected_f1`).  It is low where little looks like chrome, or
    nothing clearly does: an article that comes nearly clean loses only what is surely chrome.
    """

    most: float
    slope: float

    def of(self, chrome: FloatArray, words: FloatArray) -> float:
        """The limit for a document whose blocks are chrome with these probabilities and have so many words."""
        return self.most - self.slope * expected_f1(chrome, words)


LIMITS: dict[Favor, Limit] = {
    "precision": Limit(0.9, 0.69),
    "balanced": Limit(0.9, 0.61),
    "recall": Limit(1.1, 0.42),
}
TITLE_REACH, TITLE_WORDS, TITLE_TOPIC = 30, range(3, 31), 0.6
"""A title stands at most so many blocks above the first prose, has so many words, and shares so
many of its content words with the prose."""
CONTENT_LETTERS = 3
"""A content word has more letters, and is no stop word."""

Verdict = tuple[str, str, float]


def judge_text(page: Page, found: Found, favor: Favor, texts: Texts | None = None) -> dict[int, Verdict]:
    """Blocks of a text document that are chrome: index -> ``(rule, reason, probability)``.

    Only blocks that neither an earlier stage nor a detector (``found``) has taken are judged;
    tables and code never go.
    """
    open_lines = [line.index for line in page.lines if not line.gone and line.index not in found]
    short = [line.index for line in page.shorts if line.index not in found]
    if len(open_lines) < LEAST_BLOCKS or len(short) < LEAST_SHORT:
        return {}
    forest = load(MODEL)
    values = features(page, found, texts)
    votes = forest.votes(values)
    chrome: FloatArray = (1 / (1 + np.exp(-forest.sum_up(votes)))).astype(np.float32)
    limit = LIMITS[favor].of(chrome[open_lines], values[open_lines, NAMES.index("words")])
    goes = {
        index
        for index in set(open_lines).intersection(np.flatnonzero(chrome >= limit).tolist())
        if page.lines[index].block.kind not in ("table", "code")
    }
    if not goes:
        return {}
    goes -= _headings_that_stay(page, open_lines, goes)
    goes -= _title(page, found, open_lines, goes)
    gone = sorted(goes)
    return {
        index: ("classifier", f"looks like chrome: {', '.join(why)}", round(score, 4))
        for index, why, score in zip(
            gone, forest.reasons(votes[gone], against=False), chrome[gone].tolist(), strict=True
        )
    }


def _headings_that_stay(page: Page, open_lines: list[int], goes: set[int]) -> set[int]:
    stays: set[int] = set()
    heads_kept = False  # whether the next block stays
    for index in reversed(open_lines):
        block = page.lines[index].block
        if block.kind == "heading" and (heads_kept or block.level == 1):
            stays.add(index)
        heads_kept = index not in goes or index in stays
    return stays


def _title(page: Page, found: Found, open_lines: list[int], goes: set[int]) -> set[int]:
    """The title, if any: the line of the page's head over the byline, or that speaks of what the prose does."""
    first = next((k for k, index in enumerate(open_lines) if index not in goes and page.lines[index].prose), 0)
    head = open_lines[max(0, first - TITLE_REACH) : first]
    kept = [page.lines[index].block for index in head if index not in goes]
    if any(block.kind == "heading" and block.level == 1 for block in kept):
        return set()
    able = [
        line
        for line in map(page.lines.__getitem__, head)
        if line.index in goes
        and not line.prose
        and not line.concepts
        and line.block.kind in ("paragraph", "heading")
        and TITLE_WORDS.start <= word_count(line.text) < TITLE_WORDS.stop
    ]
    if not able:
        return set()
    content = [{word for word in line.words if len(word) > CONTENT_LETTERS} - COMMON_WORDS for line in able]
    prose = [line.words or words_of(line.text) for line in page.prose]
    topic = set().union(*content).intersection(chain.from_iterable(prose))
    ranks = [
        (page.signed(line.index, found), _share(words, topic), line.block.kind == "heading", -line.index)
        for line, words in zip(able, content, strict=True)
    ]
    best = max((rank for rank in ranks if rank[0] or rank[1] >= TITLE_TOPIC), default=None)
    return set() if best is None else {-best[-1]}


def _share(words: set[str], topic: Set[str]) -> float:
    """The share of the words that the topic has too (-1 without words)."""
    return len(words & topic) / len(words) if words else -1.0
