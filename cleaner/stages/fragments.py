"""Sentences that an extractor broke at their links, for stage ``structure``.

Where a page's text is taken out piece by piece, each link and each bold word stands on a line of its own, and what
follows it as well: "The report was", "first seen by", "a reader", ", who sent us a copy."  Such a line begins in
the middle of a sentence, and the line before it does not end one.  Verse does the same, but its lines are
short: so a line as long as prose has to take part, or one that goes on after a comma or the like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

PROSE = 80
"""A line of so many characters is none of verse, a menu or an address; a link is shorter."""

_SHORT = 40  # characters: a shorter line at the end may be a byline
_CLAUSE = 12  # characters: no piece of a list begins with a comma and is so long
_TAIL = 40  # characters at the end of a line that tell how it ends

_ENDS = re.compile(r"[.!?…:。！？]['\"”’»)\]]{0,3}$")
_LEFT_OPEN = re.compile(r"(?:[,;(\[„“«–—-]|(?<![^\W\d_])[^\W\d_]+)$")
_LITTLE_WORD = re.compile(r"(?:,|(?:^|\s)[^\W\d_A-ZÀ-ÖØ-Þ]{1,3}|\s[(\[])$")  # "the", "of", "und": no heading ends so
_WORD = re.compile(r"([^\W\d_]+(?:[-'’][^\W\d_]+){0,3})[,;:.!?)]{0,2}(?:\s|$)")  # no address
_CLOSING = re.compile(r"[,.;:!?)\]”’]{1,3}(?=\s|$)")
_JOINS = re.compile(r"[(\[]$|^(?![AEIOUYÀÁÉÓÖÜ])[^\W\d_a-zß-öø-ÿ]$")  # a bracket; a capital that is no word
_NO_PROSE = re.compile(r" {2}|[\t|{}<>=]|^o\s")  # cells, code, a bullet


def sentence_ends(texts: Sequence[str]) -> list[int]:
    """Where the sentences of adjacent lines end (exclusive): each line alone, but where one goes on in the next."""
    within = [_within(before, after) for before, after in pairwise(texts)] + [False]
    ends: list[int] = []
    start = 0
    for stop, before in enumerate(texts, start=1):
        opens = stop - start > 1 or len(before) >= PROSE or _LITTLE_WORD.search(before[-_TAIL:]) is not None
        if stop < len(texts):
            after = texts[stop]
            if (within[stop - 1] and opens) or _CLOSING.match(after) or _JOINS.search(before):
                continue
            if opens and within[stop] and _leads_to_link(before, after):
                continue
        whole = _whole(texts, start, stop)
        ends += range(whole, stop + 1)
        start = stop
    return ends


def seams(texts: Sequence[str]) -> list[str]:
    """What stands between the pieces of a sentence: a space, but not before a comma, in a bracket, after a drop cap."""
    return ["" if _CLOSING.match(after) or _JOINS.search(before) else " " for before, after in pairwise(texts)]


def _within(before: str, after: str) -> bool:
    """Whether a line begins within a sentence that the line before it does not end."""
    if _CLOSING.match(after):
        return True
    word = _WORD.match(after)
    return word is not None and word[1].islower() and not _ENDS.search(before[-_TAIL:])


def _leads_to_link(before: str, link: str) -> bool:
    """Whether what goes on after a link began before it."""
    return len(link) < PROSE and not _ENDS.search(link) and _LEFT_OPEN.search(before[-_TAIL:]) is not None


def _whole(texts: Sequence[str], start: int, stop: int) -> int:
    """Where the sentence that begins at ``start`` ends; after its first line if there is no telling."""
    while stop - start > 1 and hangs(texts[stop - 1]):
        stop -= 1
    pieces = texts[start:stop]
    prose = any(len(text) >= PROSE for text in pieces) or any(
        len(text) >= _CLAUSE and _CLOSING.match(text) for text in pieces[1:]
    )
    return stop if prose and not any(map(_NO_PROSE.search, pieces)) else start + 1


def hangs(text: str) -> bool:
    """Whether a last piece may be a line of its own ("by Jane Doe")."""
    return len(text) < _SHORT and not _ENDS.search(text) and not _CLOSING.match(text)
