"""What a page's structure says about its boxes: which are chrome, which hold the main content.

The judgement of single blocks is the chrome stage's; this module gives it what the tree knows
and the text does not.  A box is suspected by its tag or by what its class and id words name.
A suspicion falls if the box holds much of the page's mass: names lie (``class="has-sidebar"``
on the body, one ``<form>`` around the whole page), masses do not.

The shares were set by hand on labelled pages.  None of those that were varied by a quarter or
more (``SUSPECT_SHARE``, ``NAMED_SHARE``, ``MAIN_SHARE``, ``PLAIN_WEIGHT``) moved the mean F1 over
541 pages by more than .005, so they are no fit to these pages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.readers.html.boxes import Box
from cleaner.readers.html.names import CONTENT_NAMES, FORUM
from cleaner.readers.html.tree import Floats, Tree

SUSPECT_SHARE = 0.35
"""A box suspected by name that holds more of the page's mass than this is no chrome."""

SUSPECT_SHARES = {
    "navigation": 0.15,
    "controls": 0.15,
    "caption": 0.1,
    "meta": 0.1,
    "author": 0.2,
    "ads": 0.2,
    "hidden": 0.5,
}
"""The same for what is never long, and for what scripts may reveal."""

COMMENTS_SHARE = 0.9
"""The same for comments, which often outweigh the article they stand under."""

FORUM_COMMENTS_SHARE = 0.5
"""On a forum they are chrome only where they weigh less than the posts beside them."""

LEAST_ARTICLE = 25_000
"""With less than this mass (some 500 characters of prose) beside them, comments are what the page is for."""

FORUM_BOXES = 12
"""How many boxes from the top may say that the page is a forum."""

NAMED_SHARE = 0.4
"""A box that is named as content and holds this share of the unsuspected mass is the main container."""

MAIN_SHARE = 0.7
"""Without one, it is the smallest box reached from the top through boxes that each hold this share."""

STEP = 0.8
"""What a box outside the main container loses for each level up to an ancestor that holds both."""

PROSE_WEIGHT, PLAIN_WEIGHT, LINK_WEIGHT = 50, 5, 1
"""What a character counts for: in prose, on top of what any character does outside and inside of a link.

Whole numbers, whose sums are the same in any order: boxes that hold the same text weigh the same.
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of each box the rule that says that it is chrome, "" for none, and how near it is to the main container (0–1)."""

    rules: list[str]
    main: Floats


def weigh(tree: Tree, boxes: Sequence[Box]) -> Evidence:
    """What a page's tree and the names of its boxes say of them."""
    plain = np.maximum(0, tree.chars - tree.linked)
    weights = PROSE_WEIGHT * tree.prose + PLAIN_WEIGHT * plain + LINK_WEIGHT * tree.linked
    mains = [box.index for box in boxes if box.tag == "main"]
    rules = _suspect(tree, boxes, mains, tree.within(weights).tolist())
    suspected = np.array([rule != "" for rule in rules])  # with a box all that is in it
    good = tree.within(np.where(suspected[tree.at], 0, weights))
    return Evidence(rules, _spread(tree, _main_container(tree, boxes, mains, suspected, good)))


def _suspect(tree: Tree, boxes: Sequence[Box], mains: Sequence[int], masses: Sequence[float]) -> list[str]:
    """For each box the rule that its own or an ancestor's tag or names suggest."""
    rules = [""] * len(boxes)
    total = masses[0]
    comments = others = 0.0
    done = 0  # what stands before it is suspected with a box around it
    own = [look.rule for look in tree.looks]
    for box, look in zip(boxes, tree.look.tolist(), strict=True):
        rule = "hidden" if box.hidden else own[look]
        if not rule or box.index < done:
            continue
        mass = masses[box.index]
        if rule == "comments":
            comments += mass
        elif mass <= SUSPECT_SHARES.get(rule, SUSPECT_SHARE) * total and not _holds(box, mains):
            others += mass
        else:
            continue
        done = box.end
        rules[box.index : done] = [rule] * (done - box.index)
    forum = any(not FORUM.isdisjoint(tree.looks[look].names) for look in tree.look[:FORUM_BOXES].tolist())
    rest = total - comments - others
    most = FORUM_COMMENTS_SHARE if forum else COMMENTS_SHARE
    if rest < LEAST_ARTICLE or comments > most * (comments + rest):
        _acquit(tree, boxes, rules, "comments")
    return rules


def _holds(box: Box, places: Sequence[int]) -> bool:
    """Whether one of the boxes at these places (ascending) stands in a box."""
    at = bisect_right(places, box.index)
    return at < len(places) and places[at] < box.end


def _acquit(tree: Tree, boxes: Sequence[Box], rules: list[str], rule: str) -> None:
    """Take a rule back from all boxes; what stands in them may still be suspected of something else."""
    for index in [index for index, suspected in enumerate(rules) if suspected == rule]:
        above, own = boxes[index].parent, tree.looks[tree.look[index]].rule
        rules[index] = (rules[above.index] if above else "") or (own if own != rule else "")


def _main_container(
    tree: Tree, boxes: Sequence[Box], mains: Sequence[int], suspected: npt.NDArray[np.bool_], good: Floats
) -> int:
    """The box that is named as content, or the smallest one that holds nearly all unsuspected mass."""
    best = next((main for main in mains if good[main] >= NAMED_SHARE * good[0]), 0)
    large = np.flatnonzero((good >= NAMED_SHARE * good[best]) & ~suspected).tolist()
    bodies = [box for box in large if CONTENT_NAMES.meaning(tree.looks[tree.look[box]].names)]
    named = bodies or [box for box in large if boxes[box].tag == "article"]
    if named:
        return max(named, key=lambda box: good[box])
    for box in np.flatnonzero(good >= MAIN_SHARE * good[best]).tolist():
        if tree.parent[box] == best:
            best = box
    return best


def _spread(tree: Tree, main: int) -> Floats:
    """1 in the main container, less in each of its ancestors, and so in what else they hold."""
    nearness = np.empty(len(tree.end))
    way = tree.above(main)
    values = [1.0]
    for _ in way[1:]:
        values.append(values[-1] * STEP)
    for box, value in zip(reversed(way), reversed(values), strict=True):
        nearness[box : tree.end[box]] = value
    return nearness
