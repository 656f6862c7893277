"""The classifier for plain text: what no named detector knows is judged by its whole neighbourhood.

Operating points, measured out of fold on the labelled lines of 528 pages (share of the content's
words that stay / F1 of the chrome lines): recall .986 / .88, balanced .953 / .90, precision .936 / .90.
On the same pages with nearly all chrome left out, of the content's words .992, .978 and .972 stay.
It was trained on text with its chrome still in it and on the same text without, so that a
clean article stays whole.  A heading stays if what it heads does, and so does the line that looks
like the title.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.phrases import word_count
from cleaner.settings import Favor
from cleaner.stages.chrome.forest import FloatArray, load
from cleaner.stages.chrome.page import LEAST_BLOCKS, Found, Page
from cleaner.stages.chrome.text_features import NAMES, features

MODEL = "text"
LIMITS: dict[Favor, float] = {"precision": 0.35, "balanced": 0.45, "recall": 0.8}
"""From this probability of being chrome on, a block goes."""
EVEN, SPARSE, SPARSE_LIMIT = 0.5, 0.2, 0.9
"""With less than this share of blocks at even odds or more, the limit is at least the last figure."""
TITLE_REACH, TITLE_WORDS, TITLE_TOPIC = 30, range(3, 31), 0.6
"""A title stands at most so many blocks above the first prose, has so many words, and shares so
many of its content words with the prose."""

Verdict = tuple[str, str, float]


def judge_text(page: Page, found: Found, favor: Favor) -> dict[int, Verdict]:
    """Blocks of a text document that are chrome: index -> ``(rule, reason, probability)``.

    Only blocks that neither an earlier stage nor a detector (``found``) has taken are judged;
    tables and code never go.
    """
    open_lines = [line.index for line in page.lines if not line.gone and line.index not in found]
    if len(open_lines) < LEAST_BLOCKS:
        return {}
    forest = load(MODEL)
    values = features(page, found)
    votes = forest.votes(values)
    chrome: FloatArray = (1 / (1 + np.exp(-forest.sum_up(votes)))).astype(np.float32)
    over = over_limit(chrome[open_lines], favor)
    judged = (index for index, goes in zip(open_lines, over, strict=True) if goes)
    goes = {index for index in judged if page.lines[index].block.kind not in ("table", "code")}
    goes -= _headings_that_stay(page, open_lines, goes)
    goes -= _title(page, found, open_lines, goes, values[:, NAMES.index("topic")])
    if not goes:
        return {}
    gone = sorted(goes)
    reasons = forest.reasons(votes[gone], against=False)
    return {
        index: ("classifier", f"looks like chrome: {', '.join(why)}", round(float(chrome[index]), 4))
        for index, why in zip(gone, reasons, strict=True)
    }


def over_limit(chrome: FloatArray, favor: Favor) -> npt.NDArray[np.bool_]:
    """Which of a document's judged blocks go, from their probabilities of being chrome.

    Where few look like chrome at all the document is an article that comes nearly clean: then
    only what is sure goes.
    """
    limit = LIMITS[favor]
    if np.mean(chrome >= EVEN) < SPARSE:
        limit = max(limit, SPARSE_LIMIT)
    return chrome >= limit


def _headings_that_stay(page: Page, open_lines: list[int], goes: set[int]) -> set[int]:
    stays: set[int] = set()
    heads_kept = False  # whether the next block stays
    for index in reversed(open_lines):
        block = page.lines[index].block
        if block.kind == "heading" and (heads_kept or block.level == 1):
            stays.add(index)
        heads_kept = index not in goes or index in stays
    return stays


def _title(page: Page, found: Found, open_lines: list[int], goes: set[int], topic: FloatArray) -> set[int]:
    """The title, if any: the line of the page's head over the byline, or that speaks of what the kept prose does."""
    first = next((k for k, index in enumerate(open_lines) if index not in goes and page.lines[index].prose), 0)
    head = open_lines[max(0, first - TITLE_REACH) : first]
    kept = [page.lines[index].block for index in head if index not in goes]
    if any(block.kind == "heading" and block.level == 1 for block in kept):
        return set()
    able = [
        index
        for index in head
        if index in goes
        and not page.lines[index].prose
        and page.lines[index].block.kind in ("paragraph", "heading")
        and TITLE_WORDS.start <= word_count(page.lines[index].text) < TITLE_WORDS.stop
        and not page.lines[index].concepts
        and (topic[index] >= TITLE_TOPIC or page.signed(index, found))
    ]
    best = max(
        able, key=lambda k: (page.signed(k, found), topic[k], page.lines[k].block.kind == "heading", -k), default=None
    )
    return set() if best is None else {best}
