"""The classifier for plain text: what no named detector knows is judged by its whole neighbourhood.

Operating points, measured out of fold on the labelled lines of 528 pages (share of the content's
words that stay / F1 of the chrome lines): recall .986 / .88, balanced .953 / .90, precision .936 / .90.
On the same pages with nearly all chrome left out, of the content's words .992, .978 and .972 stay.
It was trained on text with its chrome still in it and on the same text without, so that a
clean article stays whole.  A heading stays if what it heads does, and so does the title.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.settings import Favor
from cleaner.stages.chrome.forest import FloatArray, load
from cleaner.stages.chrome.page import Found, Page
from cleaner.stages.chrome.text_features import features

MODEL = "text"
LIMITS: dict[Favor, float] = {"precision": 0.35, "balanced": 0.45, "recall": 0.8}
"""From this probability of being chrome on, a block goes."""
EVEN, SPARSE, SPARSE_LIMIT = 0.5, 0.2, 0.9
"""With less than this share of blocks at even odds or more, the limit is at least the last figure."""
LEAST_BLOCKS = 12
"""A shorter document has no neighbourhood to judge by."""
_WORST = 3  # features named as reasons

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
    chrome = 1 / (1 + np.exp(-forest.log_odds(values)))
    over = over_limit(chrome[open_lines], favor)
    judged = (index for index, goes in zip(open_lines, over, strict=True) if goes)
    goes = {index for index in judged if page.lines[index].block.kind not in ("table", "code")}
    goes -= _headings_that_stay(page, open_lines, goes)
    return {
        index: ("classifier", _reason(forest.contributions(values[index])), round(float(chrome[index]), 4))
        for index in sorted(goes)
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


def _reason(moved: dict[str, float]) -> str:
    worst = sorted(moved, key=lambda name: (-moved[name], name))[:_WORST]
    return "looks like chrome: " + ", ".join(name.replace("_", " ") for name in worst)
