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

import re

from cleaner.readers.html import names
from cleaner.readers.html.boxes import Box, Piece

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

LEAST_ARTICLE = 500
"""With less than this mass beside them, comments are what the page is for."""

FORUM_BOXES = 12
"""How many boxes from the top may say that the page is a forum."""

NAMED_SHARE = 0.4
"""A box that is named as content and holds this share of the unsuspected mass is the main container."""

MAIN_SHARE = 0.7
"""Without one, it is the smallest box reached from the top through boxes that each hold this share."""

STEP = 0.8
"""What a box outside the main container loses for each level up to an ancestor that holds both."""

PLAIN_WEIGHT, LINK_WEIGHT = 0.1, 0.02
"""What a character counts for that stands in no prose, outside and inside of a link; in prose it is 1 more."""

# What only a container can be: on a paragraph such a name tells of its looks ("text-secondary").
_PARTS = frozenset(("navigation", "sidebar", "footer", "widget"))
_TEXT_TAGS = frozenset(("p", "h2", "h3", "h4", "h5", "h6", "blockquote"))
_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]{0,3}$")
_DENSE_SCRIPT = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")  # Thai, Japanese, Chinese: no spaces


def prose_chars(text: str, links: int) -> int:
    """Characters of ``text`` outside links if it reads as running text, else 0; ``links`` stand in links.

    Running text is 15 words or more, 6 if they end as a sentence does, or 20 characters of a
    script without spaces; and not half of it links.
    """
    size = len(text)
    if size < 20 or links * 2 > size:
        return 0
    words = text.count(" ") + 1
    sentence = words >= 15 or (words >= 6 and _SENTENCE_END.search(text, max(0, size - 8)))
    running = sentence or (not text.isascii() and len(_DENSE_SCRIPT.findall(text, 0, 200)) >= 20)
    return size - links if running else 0


def weigh(boxes: list[Box], pieces: list[Piece]) -> None:
    """Fill in ``mass``, ``good``, ``rule`` and ``main`` of all boxes (in document order)."""
    if not boxes:
        return
    for piece in pieces:
        text, links = piece.text, piece.links
        prose = piece.prose = 0 if piece.kind == "table" else prose_chars(text, links)
        piece.box.mass += prose + PLAIN_WEIGHT * max(0, len(text) - links) + LINK_WEIGHT * links
    for box in reversed(boxes):  # children come after their parents
        parent = box.parent
        if parent is not None:
            parent.mass += box.mass
            if box.holds_main or box.tag == "main":
                parent.holds_main = True
    _suspect(boxes)
    _spread(boxes, _main_container(boxes))


def _suspect(boxes: list[Box]) -> None:
    """Give each box the rule that its own or an ancestor's tag or names suggest."""
    total = boxes[0].mass
    comments = others = 0.0
    for box in boxes:
        parent = box.parent
        if parent is not None and parent.rule:
            box.rule = parent.rule
            continue
        rule = "hidden" if box.hidden else named_rule(box)
        if rule == "comments":
            box.rule = rule
            comments += box.mass
        elif rule and not box.holds_main and box.mass <= SUSPECT_SHARES.get(rule, SUSPECT_SHARE) * total:
            box.rule = rule
            others += box.mass
    forum = any(not names.FORUM.isdisjoint(box.names.words) for box in boxes[:FORUM_BOXES])
    rest = total - comments - others
    most = FORUM_COMMENTS_SHARE if forum else COMMENTS_SHARE
    if rest < LEAST_ARTICLE or comments > most * (comments + rest):
        _acquit(boxes, "comments")


def _acquit(boxes: list[Box], rule: str) -> None:
    """Take a rule back from all boxes; what stands in them may still be suspected of something else."""
    for box in boxes:
        if box.rule == rule:
            own = named_rule(box)
            box.rule = (box.parent.rule if box.parent is not None else "") or (own if own != rule else "")


def named_rule(box: Box) -> str:
    """What a box's tag or its own words say it is, or ``""``."""
    if box.tag in names.TAGS:
        return names.TAGS[box.tag]
    if box.tag == "header" and "/article/" not in box.path and "/main/" not in box.path:
        return "navigation"
    rule = box.names.chrome
    if not rule or box.tag in ("html", "body", "main", "article", "h1"):
        return ""
    return "" if box.tag in _TEXT_TAGS and rule in _PARTS else rule


def _main_container(boxes: list[Box]) -> Box:
    """The box that is named as content, or the smallest one that holds nearly all unsuspected mass."""
    for box in boxes:
        box.good = 0.0 if box.rule else box.mass
    for box in reversed(boxes):  # what a suspected box holds does not count for its ancestors
        parent = box.parent
        if parent is not None and not parent.rule:
            parent.good -= box.mass - box.good
    best = boxes[0]
    least = NAMED_SHARE * best.good
    best = next((box for box in boxes if box.tag == "main" and box.good >= least), best)
    least = NAMED_SHARE * best.good
    large = [box for box in boxes if box.good >= least and not box.rule]
    bodies = [box for box in large if names.CONTENT_NAMES.meaning(box.names.words)]
    named = bodies or [box for box in large if box.tag == "article"]
    if named:
        return max(named, key=lambda box: box.good)
    least = MAIN_SHARE * best.good
    for box in boxes:
        if box.parent is best and box.good >= least:
            best = box
    return best


def _spread(boxes: list[Box], main: Box) -> None:
    """Set ``main``: 1 in the main container, less in each of its ancestors, and so in what else they hold."""
    value = 1.0
    box: Box | None = main
    while box is not None:
        box.main = value
        value *= STEP
        box = box.parent
    for box in boxes:
        if not box.main and box.parent is not None:
            box.main = box.parent.main
