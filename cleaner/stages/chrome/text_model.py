"""The classifier for plain text: what no named detector knows is judged by its whole neighbourhood.

Operating points, measured out of fold on the labelled lines of 528 pages (share of the content's
words that stay / F1 of the chrome lines): recall .978 / .89, balanced .951 / .90, precision .939 / .90.
On the same pages with nearly all chrome left out, of the content's words .990, .981 and .976 stay.
It was trained on text with its chrome still in it, on the same text without, so that a clean article
stays whole, and on short parts of both.  Short lines with no blank line between them, such as a list's, are
judged together.  A heading stays if what it heads does, and so does a marked title.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleaner.settings import Favor
from cleaner.stages.chrome.forest import BoolArray, FloatArray, expected_f1, load
from cleaner.stages.chrome.page import LEAST_BLOCKS, LEAST_SHORT, Found, Page
from cleaner.stages.chrome.text_features import NAMES, features
from cleaner.stages.chrome.texts import Texts
from cleaner.stages.chrome.titles import is_marked

MODEL = "text"

RUN_WORDS = 15  # a line of more words stands for itself
RUN_LINES = 3  # fewer lines are no list
LEAST_SURE, MANY_WORDS = 0.5, 1500  # so much the expected F1 counts in an empty text; all of it in one of 750 words


@dataclass(frozen=True, slots=True)
class Limit:
    """A block goes from this probability of being chrome on: ``most``, less ``slope`` times the F1 to be expected.

    The F1 is the one over words that the best cut may be expected to get at chrome
    (:func:`~cleaner.stages.chrome.forest.expected_f1`).  It is low where little looks like chrome, or
    nothing clearly does: an article that comes nearly clean loses only what is surely chrome.  In a text of few
    words it counts for less: there a cut that is wrong takes much of the article.
    """

    most: float
    slope: float

    def of(self, chrome: FloatArray, words: FloatArray) -> float:
        """The limit for a document whose blocks are chrome with these probabilities and have so many words."""
        sure = min(1.0, LEAST_SURE + float(words.sum()) / MANY_WORDS)
        return self.most - self.slope * sure * expected_f1(chrome, words)


LIMITS: dict[Favor, Limit] = {
    "precision": Limit(0.8, 0.57),
    "balanced": Limit(0.9, 0.6),
    "recall": Limit(0.9, 0.27),
}
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
    judged = np.zeros(len(values), bool)
    judged[open_lines] = True
    chrome = likely(forest.sum_up(votes), values, judged, favor)
    limit = LIMITS[favor].of(chrome[open_lines], values[open_lines, NAMES.index("words")])
    goes = {
        index
        for index in set(open_lines).intersection(np.flatnonzero(chrome >= limit).tolist())
        if page.lines[index].block.kind not in ("table", "code")
    }
    if not goes:
        return {}
    goes -= _headings_that_stay(page, open_lines, goes)
    gone = sorted(goes)
    return {
        index: ("classifier", f"looks like chrome: {', '.join(why)}", round(score, 4))
        for index, why, score in zip(
            gone, forest.reasons(votes[gone], against=False), chrome[gone].tolist(), strict=True
        )
    }


def likely(log_odds: FloatArray, values: FloatArray, judged: BoolArray, favor: Favor) -> FloatArray:
    """The probability of each block to be chrome, one a row of ``values``.

    The lines of a list or of a menu go together or stay together: of :data:`RUN_LINES` or more ``judged``
    lines of at most :data:`RUN_WORDS` words with no blank line between them each gets their mean log-odds.
    Where ``favor`` is "recall" a line goes only if it would go alone as well.
    """
    words, gap = values[:, NAMES.index("words")], values[:, NAMES.index("gap")]
    joins = judged & (words <= RUN_WORDS)
    run = np.cumsum(~(joins & np.concatenate(([False], joins[:-1])) & (gap <= 1)))
    lines = np.bincount(run)[run]
    mean = np.bincount(run, log_odds)[run] / lines
    if favor == "recall":
        mean = np.minimum(mean, log_odds)
    together = np.where(lines >= RUN_LINES, mean, log_odds)
    probability: FloatArray = (1 / (1 + np.exp(-together))).astype(np.float32)
    return probability


def _headings_that_stay(page: Page, open_lines: list[int], goes: set[int]) -> set[int]:
    stays: set[int] = set()
    heads_kept = False  # whether the next block stays
    for index in reversed(open_lines):
        block = page.lines[index].block
        if block.kind == "heading" and (heads_kept or is_marked(page, page.lines[index])):
            stays.add(index)
        heads_kept = index not in goes or index in stays
    return stays
