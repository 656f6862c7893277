"""Corpus stage ``sites``: chrome known by its coming back on page after page of one site.

Counted are blocks near the ends of a document, digits and dates masked ("Updated 3 hours ago" is
one line on all pages).  What is on enough of a site's documents goes, every copy, from the ends
inwards until other text comes.  So do lines that vary a little ("Photo: Ann Lee for the Wave"): words that
are at the ends of few of a site's documents are masked, and what is left must be most of the line and
recur on even more of them.  Left alone: sites with few documents; headings, but for those that
head nothing else; tables and code; long texts, which stage ``duplicates`` thins out to one copy;
and documents that would lose most of their text (copies of one another rather than chrome).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cleaner.corpus import store
from cleaner.document import Block, Document, remove
from cleaner.hashes import hash_of
from cleaner.language import lower_words
from cleaner.settings import Sites

LONGEST = 300
"""A text of more characters (some 50 words) is no line of chrome."""
GAP = 2
"""So many other blocks in a row (a title, a dateline) may stand between lines of chrome."""
MIN_KEPT = 0.5
"""A document of which less than this share of characters would stay is left as it is."""

VARIED_WORDS = 0.7
"""A line that varies keeps at least this share of its words,"""
VARIED_SLOTS = 2
"""differs in at most so many places,"""
VARIED_SHARE = 0.5
"""and is on at least this share of a site's documents."""
SHORTEST = 4
"""A line of fewer words may recur as it is, but not vary."""

_NUMBER = re.compile(r"\d[\d.,:/-]*")
_LETTERS = re.compile(r"([^\W\d_]{3,})")


@dataclass(frozen=True, slots=True)
class Template:
    """What recurs on one site: hashes of lines, words, and hashes of lines whose other words are masked."""

    lines: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    varied: frozenset[int] = frozenset()

    def key(self, text: str | None) -> int | None:
        """The hash under which a line (see :func:`line_of`) recurs; ``None`` if it does not."""
        if text is None:
            return None
        if (whole := hash_of(text)) in self.lines:
            return whole
        key = masked(text, self.words) if self.varied else None
        return key if key in self.varied else None


Recurring = Mapping[str, Template]
"""By site."""
Tally = Mapping[str, tuple[int, dict[int, int]]]
"""By site: its documents, and on how many of them each of the lines stands that recur."""


def load_recurring(path: str) -> Recurring:
    """What recurs, from a file of :mod:`cleaner.corpus.recurring`."""
    found = store.load(path, dict[str, tuple[list[int], list[str], list[int]]])
    return {
        site: Template(frozenset(lines), frozenset(words), frozenset(varied))
        for site, (lines, words, varied) in found.items()
    }


def load_tally(path: str) -> Tally:
    """The tally, from a file of :mod:`cleaner.corpus.recurring`."""
    found = store.load(path, dict[str, tuple[int, list[tuple[int, int]]]])
    return {site: (number, dict(lines)) for site, (number, lines) in found.items()}


def remove_recurring(document: Document, recurring: Recurring, sites: Sites, tally: Tally | None = None) -> Document:
    """Mark the recurring lines at the document's ends removed; with a tally the ledger says on how many they are."""
    template = recurring.get(document.metadata.site)
    if template is None or not (template.lines or template.varied):
        return document
    edges = edges_of(document, sites.edge)
    goes = _reached(document, edges, template) | _reached(document, edges[::-1], template)
    goes -= _heading_others(document, goes)
    size = sum(len(block.text) for block in document.blocks if block.removed is None)
    if size - sum(len(document.blocks[index].text) for index in goes) < MIN_KEPT * size:
        return document
    number, counts = (tally or {}).get(document.metadata.site, (0, {}))
    reasons = {}
    for index in goes:
        key = template.key(line_of(document.blocks[index]))
        rule = "recurring-line" if key in template.lines else "recurring-variation"
        reasons[index] = (rule, f"recurs on {counts.get(key or 0, 0):,} of {number:,} documents of this site", 0.0)
    return remove(document, "sites", reasons)


def edges_of(document: Document, edge: int) -> list[int]:
    """Indices of the kept blocks at most ``edge`` from either end."""
    kept = [index for index, block in enumerate(document.blocks) if block.removed is None]
    return kept if len(kept) <= 2 * edge else kept[:edge] + kept[-edge:]


def _reached(document: Document, indices: list[int], template: Template) -> set[int]:
    """Recurring blocks, from one end on, until more than :data:`GAP` others in a row come."""
    reached: set[int] = set()
    others = 0
    for index in indices:
        if template.key(line_of(document.blocks[index])) is not None:
            reached.add(index)
            others = 0
        else:
            others += 1
            if others > GAP:
                break
    return reached


def _heading_others(document: Document, goes: set[int]) -> set[int]:
    """Headings among ``goes`` whose next block stays: they may be section names that many pages share."""
    heading: set[int] = set()
    stays = False
    for index in range(len(document.blocks) - 1, -1, -1):
        block = document.blocks[index]
        if block.removed is not None:
            continue
        if index not in goes:
            stays = True
        elif block.kind == "heading" and stays:
            heading.add(index)
        else:
            stays = False
    return heading


def line_of(block: Block) -> str | None:
    """The block's text, folded, digits and dates masked; ``None`` if it is no line of chrome by form."""
    if block.kind in ("table", "code") or len(block.text) > LONGEST:
        return None
    text = " ".join(unicodedata.normalize("NFKC", block.text).casefold().split())
    names = _date_names()
    if not names.isdisjoint(lower_words(text)):
        text = "".join(["#" if piece in names else piece for piece in _LETTERS.split(text)])
    return _NUMBER.sub("0", text)


def masked(text: str, words: frozenset[str]) -> int | None:
    """A hash of a line with all but ``words`` masked; ``None`` if it does not vary, or too much of it does."""
    found = text.split()
    stays = [word in words for word in found]
    if len(found) < SHORTEST or not VARIED_WORDS * len(found) <= stays.count(True) < len(found):
        return None
    masks = [word if stay else "*" for word, stay in zip(found, stays, strict=True)]
    parts = [one for before, one in pairwise(["", *masks]) if one != "*" or before != "*"]  # a slot of any length
    return hash_of(" ".join(parts)) if parts.count("*") <= VARIED_SLOTS else None


@lru_cache(maxsize=1)
def _date_names() -> frozenset[str]:
    from cleaner.datenames import months, weekdays

    return frozenset(name for name in {*months(), *weekdays()} if _LETTERS.fullmatch(name))
