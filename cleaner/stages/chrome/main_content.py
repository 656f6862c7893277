"""Which blocks of an HTML page are not its main content.

A trained forest (:mod:`cleaner.stages.chrome.forest`) gives each block the probability that it is
main content, from its text, the boxes around it and its neighbours
(:mod:`cleaner.stages.chrome.page_features`).  A block under the limit of ``favor`` goes.  Where the
page itself says what a block is (a part named as navigation, comments …), that is the reason given;
else the features that weighed most are.  A page is never emptied.

Measured out of fold on 540 labelled pages (means over pages of precision / recall of the content's
word 4-grams): precision .909/.921, balanced .906/.926, recall .883/.950.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleaner.document import Block, Document, Hints
from cleaner.settings import Config, Favor
from cleaner.stages.chrome.forest import FloatArray, Probabilities, expected_f1, load
from cleaner.stages.chrome.page_features import features
from cleaner.words import squeeze

Verdict = tuple[str, str, float]
"""``(rule, reason, score)`` of a block that goes; the score says how sure that is (0–1)."""
Judged = list[tuple[int, Block, Hints]]

MODEL = "page"


@dataclass(frozen=True, slots=True)
class Limit:
    """A block that is less likely main content than ``most`` goes; on a page in doubt the limit is lower.

    There it is the F1 that the page can be expected to get, less ``doubt``.  To expect the best F1 the
    limit would be half of it (Ye et al. 2012, arXiv:1206.4625); measured, a line with a steeper slope does
    better, because the benchmark averages precision and recall over pages before it takes the F1.
    """

    most: float
    doubt: float

    def of(self, content: Probabilities, words: Probabilities) -> float:
        """The limit for a page whose blocks are content with these probabilities and have so many words."""
        return min(self.most, expected_f1(content, words) - self.doubt)


LIMITS: dict[Favor, Limit] = {
    "precision": Limit(0.8, 0.31),
    "balanced": Limit(0.6, 0.35),
    "recall": Limit(0.3, 0.5),
}
HEADING, MOSTLY_TEXT = 0.3, 0.3
"""A heading over a block that stays needs only this share of the limit, if less of it than this is linked."""

SURE, PARAGRAPH = 0.9, 100
"""A text of more characters than this that is so likely main content is taken for it by all.  (Of 6,556 such blocks
of labelled pages, which the model had seen, the detectors would have taken 7.)"""

TITLE = "title"
CLASSIFIER = "classifier"


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What the classifier makes of a page's blocks: how likely each of the ``judged`` is main content.

    ``votes`` are what each tree says of each of them, ``words`` how many they have.
    """

    document: Document
    judged: Judged
    votes: FloatArray
    content: Probabilities
    words: FloatArray

    def verdicts(self, config: Config) -> dict[int, Verdict]:
        """The blocks that are not main content: index -> ``(rule, reason, score)``.

        The rule ``title`` marks a level-1 heading that repeats the metadata's title: it is to be moved,
        not lost.
        """
        judged = self.judged
        goes = unlikely(judged, self.content, self.words, config)
        rows = [row for row, (index, _, _) in enumerate(judged) if index in goes]
        unmarked = [row for row in rows if not judged[row][2].rule]
        reasons = dict(zip(unmarked, load(MODEL).reasons(self.votes[unmarked], against=True), strict=True))
        scores = (1 - self.content).round(4).tolist()
        verdicts: dict[int, Verdict] = {}
        for row in rows:
            index, _, hints = judged[row]
            if hints.rule:
                verdicts[index] = hints.rule, f"stands in a part of the page marked as {hints.rule}", scores[row]
            else:
                verdicts[index] = CLASSIFIER, f"looks like chrome: {', '.join(reasons[row])}", scores[row]
        return verdicts | dict.fromkeys(titles(self.document, judged), (TITLE, "is the page's title", 1.0))

    def paragraphs(self) -> set[int]:
        """Indices of the blocks that surely are main content."""
        return {
            self.judged[row][0]
            for row in np.flatnonzero(self.content > SURE).tolist()
            if len(self.judged[row][1].text) > PARAGRAPH and self.judged[row][1].kind != "heading"
        }


def judge(document: Document) -> Judgement | None:
    """What the classifier makes of an HTML document; None if there is nothing to judge.

    Blocks already removed and blocks without hints are not judged.
    """
    judged = judged_blocks(document)
    if not judged:
        return None
    forest = load(MODEL)
    names, values = features([(block, hints) for _, block, hints in judged])
    votes = forest.votes(values)
    content = 1 / (1 + np.exp(-forest.sum_up(votes).astype(np.float64)))
    return Judgement(document, judged, votes, content, values[:, names.index("words")])


def judged_blocks(document: Document) -> Judged:
    """The blocks that can be judged, with their index and hints."""
    return [
        (index, block, block.hints)
        for index, block in enumerate(document.blocks)
        if block.removed is None and block.hints is not None
    ]


def unlikely(judged: Judged, content: Probabilities, words: FloatArray, config: Config) -> set[int]:
    """Indices of the blocks that go, given the probability of each that it is main content, and its words.

    The likeliest blocks stay, however unlikely, until ``config.chrome.min_kept`` of the words do.
    """
    sizes = words.astype(np.float64)
    limit = LIMITS[config.favor].of(content, sizes)
    order = np.argsort(-content, kind="stable")
    kept = np.cumsum(sizes[order])
    spared = set(order[: 1 + int(kept.searchsorted(config.chrome.min_kept * kept[-1]))].tolist())
    under = set(np.flatnonzero(content < limit).tolist()) - spared
    goes = {judged[row][0] for row in under}
    return goes - _headings_that_stay(judged, content, goes, limit)


def _headings_that_stay(judged: Judged, content: Probabilities, goes: set[int], limit: float) -> set[int]:
    """Headings in doubt, in no part marked as chrome, right over a block that stays."""
    stays: set[int] = set()
    chances = content.tolist()
    headings = [row for row, (_, block, _) in enumerate(judged) if block.kind == "heading"]
    for row in reversed(headings):
        index, _, hints = judged[row]
        below = judged[row + 1][0] if row + 1 < len(judged) else None
        heads_kept = below is not None and (below not in goes or below in stays)
        doubtful = not hints.rule and chances[row] >= HEADING * limit
        if doubtful and heads_kept and hints.link_density < MOSTLY_TEXT:
            stays.add(index)
    return stays


def titles(document: Document, judged: Judged) -> list[int]:
    """Indices of the level-1 headings outside of chrome that say what the metadata's title says."""
    title = squeeze(document.metadata.title)
    return [
        index
        for index, block, hints in judged
        if title and block.kind == "heading" and block.level == 1 and not hints.rule and squeeze(block.text) == title
    ]
