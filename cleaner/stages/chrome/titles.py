"""Which line of a plain text is its title: the one in its head that names what the prose under it is about.

Menus, site names, breadcrumbs, bylines stand around it, and a text has no tags to tell them apart.  Each
line of the head that could be the title is measured by :data:`NAMES` and scored by weights that were fitted
on real pages (``models/title.json``, ``benchmarks/train_titles.py``: a conditional logit, McFadden 1974,
in which "none of them" is a choice too, with score 0).  The best line is the title if it scores more than
``LEAST_SCORE``: below 0, as a lost title is worse than a line too many.

A page's own title, as extractors put it on top ("Night ferries return - The Harbour News"), tells the
title and is not a part of the article: it goes (:func:`without`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from cleaner.document import Document
from cleaner.stages import headlines
from cleaner.stages.chrome.page import Found, Line, Page
from cleaner.words import TITLE_SEPARATOR, squeeze, unspaced, word_count

NAMES = (
    "bias",
    "page_title",  # the first line says it too, with the name of its site behind or before it
    "first",  # it is the first line
    "topic",  # share of its content words that the prose has
    "signed",  # byline or date stand right under it
    "signed_soon",  # or in the two lines after that
    "crumb",  # it ends the breadcrumb trail
    "under_trail",  # the breadcrumb trail stands in the two lines before
    "space_before", "space_after",  # an empty line, or more
    "tight",  # the text has hardly any empty lines
    "distance",  # of the prose, up to 20 lines, as a share
    "few_words",
    "stopped",  # it ends as a sentence or a clause does
    "lower_case", "upper_case",
    "phrase",  # a phrase list names it, or its beginning
)  # fmt: skip

WEIGHTS = Path(__file__).parent / "models" / "title.json"
LEAST_SCORE = -1.5
REACH = 40
"""The head: so many lines before the first prose that stays."""
TIGHT = 0.1  # of its lines
WORDS = range(2, 31)
LONGEST = 220  # characters
_FAR = 20
_FEW = 4
_CONTENT_LETTERS = 4  # a word of fewer tells little
_ENDING = 2  # letters in which forms of a word may differ
_MOST_BODY = 20_000  # characters of prose looked into
_SIGNATURES = frozenset({"byline", "timestamp", "author-bio"})
_TRAIL = frozenset({"breadcrumb"})
_SIGNED_WITHIN, _TRAIL_WITHIN = 3, 2  # lines
_LEAST = 8  # letters; shorter titles are part of other lines by chance
_STEP = re.compile(r"[>»›→/|]")
_STOPS = frozenset(".,;:")
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"\w@\w|https?://|www\.")

PAGE_TITLE = "page-title"
Verdict = tuple[str, str, float]
Measures = tuple[float, ...]
"""A number for each of :data:`NAMES`."""


@dataclass(frozen=True, slots=True)
class _Head:
    """What the lines of a page's head are compared with."""

    found: Found
    first: Line
    start: int  # the first prose that stays
    body: str
    page_titles: frozenset[str]
    crumbs: frozenset[str]
    tight: float


def find(page: Page, found: Found, goes: Container[int]) -> int | None:
    """Index of the title among a page's lines, if it has one; ``goes`` are the lines that the classifier takes."""
    weights = _weights()
    best, most = None, LEAST_SCORE
    for line, measures in candidates(page, found, goes):
        score = sum([weight * measure for weight, measure in zip(weights, measures, strict=True)])
        if score > most:
            best, most = line, score
    if best is None:
        return None
    same = squeeze(best.text)  # of equal lines the first one that stays
    return next(
        (
            line.index
            for line in _able(found, page.lines[: best.index])
            if line.index not in goes and squeeze(line.text) == same
        ),
        best.index,
    )


def without(page: Page, verdicts: Mapping[int, Verdict], title: int) -> dict[int, Verdict]:
    """The verdicts on a page's lines, now that its title is known: that stays, and what says it above goes."""
    wanted = squeeze(page.lines[title].text)
    told = page.lines[:title] if len(wanted) >= _LEAST else ()
    said = f"is the title at line {page.lines[title].block.first_line}, with the name of its site"
    above = {}
    for line in told:
        parts = _parts(line.text) if line.short else []
        if len(parts) > 1 and wanted in parts:
            above[line.index] = PAGE_TITLE, said, 0.0
    return {index: verdict for index, verdict in verdicts.items() if index != title} | above


def mark(document: Document, title: int, *, to_metadata: bool) -> Document:
    """The document with a block as its title: the one heading of level 1 that was not marked as such in the text."""
    blocks = list(document.blocks)
    for index, block in enumerate(blocks):
        if index == title:
            blocks[index] = replace(block, kind="heading", level=1)
        elif block.kind == "heading" and block.level == 1:
            blocks[index] = replace(block, level=2)
    metadata = document.metadata
    if to_metadata and not metadata.title:
        metadata = replace(metadata, title=blocks[title].text)
    return replace(document, blocks=tuple(blocks), metadata=metadata)


def candidates(page: Page, found: Found, goes: Container[int]) -> Iterator[tuple[Line, Measures]]:
    """The lines that could be the title, with their measures; none for a text that marks its own title."""
    stays = [line for line in page.prose if line.index not in found and line.index not in goes]
    if not stays or any(is_marked(page, line) for line in page.lines):
        return
    start, first = stays[0].index, next(line for line in page.lines if not line.gone)
    near = page.lines[max(0, start - REACH) : start]
    able = list(_able(found, near if first.index >= start - REACH else (first, *near)))
    if not able:
        return
    gaps = page.gaps()
    head = _head(page, found, stays, first, float(sum([gap > 1 for gap in gaps]) < TIGHT * len(gaps)))
    for line in able:
        yield line, _measures(head, line, gaps[line.index], gaps[line.index + 1])


def is_marked(page: Page, line: Line) -> bool:
    """Whether a line is a heading of level 1 by a mark that the text itself has ("# Title")."""
    block = line.block
    return (
        block.kind == "heading"
        and block.level == 1
        and not line.gone
        and headlines.is_marked(page.document.source, block)
    )


def _able(found: Found, lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        if not line.short or line.index in found or line.block.kind not in ("paragraph", "heading"):
            continue
        if len(line.text) <= LONGEST and word_count(line.text) in WORDS and not _ADDRESS.search(line.text):
            yield line


def _head(page: Page, found: Found, prose: list[Line], first: Line, tight: float) -> _Head:
    trails = [page.lines[index].text for index, finding in found.items() if finding.rule == "breadcrumb"]
    body = " ".join([line.text for line in prose])[:_MOST_BODY].lower()
    return _Head(
        found,
        first,
        prose[0].index,
        body,
        frozenset(_parts(first.text)),
        frozenset(squeeze(_STEP.split(trail)[-1]) for trail in trails),
        tight,
    )


def _parts(text: str) -> list[str]:
    return [squeeze(part) for part in TITLE_SEPARATOR.split(text)]


def _measures(head: _Head, line: Line, before: int, after: int) -> Measures:
    text, said = line.text, squeeze(line.text)
    above = range(line.index - _TRAIL_WITHIN, line.index)
    below = range(line.index + 2, line.index + 1 + _SIGNED_WITHIN)
    return (
        1.0,
        float(line is not head.first and len(said) >= _LEAST and said in head.page_titles),
        float(line is head.first),
        _topic(text, head.body),
        float(_has_rule(head.found, (line.index + 1,), _SIGNATURES)),
        float(_has_rule(head.found, below, _SIGNATURES)),
        float(said in head.crumbs),
        float(_has_rule(head.found, above, _TRAIL)),
        float(before > 1),
        float(after > 1),
        head.tight,
        min(_FAR, head.start - line.index) / _FAR,
        float(word_count(text) < _FEW),
        float(text.rstrip()[-1:] in _STOPS),
        float(text[:1].islower()),
        float(text.isupper()),
        float(bool(line.concepts or line.prefixes)),
    )


def _has_rule(found: Found, indices: Iterable[int], rules: frozenset[str]) -> bool:
    return any(index in found and found[index].rule in rules for index in indices)


def _topic(text: str, body: str) -> float:
    """The share of a line's content words, or pairs of letters of a script without spaces, that the prose has."""
    text = text.lower()
    if 2 * unspaced(text) > len(text):
        parts = {text[at : at + 2] for at in range(len(text) - 1)}
    else:
        words = [word for word in _WORD.findall(text) if len(word) >= _CONTENT_LETTERS]
        parts = {word[: max(_CONTENT_LETTERS, len(word) - _ENDING)] for word in words}
    return sum([part in body for part in parts]) / len(parts) if parts else 0.0


@lru_cache(maxsize=1)
def _weights() -> Measures:
    told: Mapping[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]
    return tuple(told[name] for name in NAMES)
