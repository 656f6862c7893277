"""Guessing headings in plain text that has no markup, for stages ``structure`` and ``headings``.

A heading is a short line with no full stop that stands alone and has a body under it.  What
decides is the neighbourhood, not the words: the same line in a list, a menu, a table or an
address is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cleaner.document import Block

MAX_CHARS = 160
PROSE_WORDS = 12  # a paragraph of this many words is a body, whatever it ends in
SENTENCE_WORDS = 6  # so is one of this many that ends as a sentence does
STACKED = 2  # headings that may stand on one another; more short lines are a menu, an address, a verse
CHAIN = 8  # short lines looked at above a body
TABLE_LINES = 3  # adjacent short lines that may be a table, and so have a heading
TIGHT = 0.2  # a text with a blank line before fewer of its blocks than this does not use them to separate
TITLE_WORDS = 30
TITLE_MIN_WORDS = 3
TITLE_REACH = 6  # units within which a title's first prose must come

_ENDS_OPEN = re.compile(r"[,;:.…、，；：。]['\"”’»)\]]*$")
_ABBREVIATION_END = re.compile(r"\b(?:[^\W\d_]\.){2,9}$|\b(?:Inc|Ltd|Co|Jr|Sr|etc)\.$")
_SENTENCE_END = re.compile(r"[.!?…:。！？：]['\"”’»)\]]*$")
_NOT_A_HEADING = re.compile(
    r"https?://|www\.|\t|@\w| {2,}|^[\d\W_]+$|^[-–—*]\s"
)  # an address, cells, figures or ornaments only, a speech
_TITLE_AND_SITE = re.compile(r"[^|]{10,} \| [^|]{2,40}")
_TWO_SENTENCES = re.compile(r"[^\W\d_]{4}[.!?]['\"”’»)]* +['\"“‘«(]*[^\W\d_]")
_NUMBERED = re.compile(r"(?:\d{1,2}\.)(\d{1,2}\.?)?(\d{1,2}\.?)?\s")
_LABELLED = re.compile(r"[^\W\d_]+ \d{1,3}[:.)]\s")
_WORD = re.compile(r"\w+")
_LATIN = re.compile("[A-Za-z]")
_PROSE = re.compile(rf"\W*+(?:\w++\W++){{{PROSE_WORDS - 1}}}\w")
_SENTENCE = re.compile(rf"\W*+(?:\w++\W++){{{SENTENCE_WORDS - 1}}}\w")


@dataclass(frozen=True, slots=True)
class _Unit:
    """Blocks ``start..stop - 1``: one short ``line``, a ``group`` of adjacent ones, a ``body`` or ``other``."""

    start: int
    stop: int
    kind: Literal["line", "group", "body", "other"]


def guess(blocks: Sequence[Block], blank_before: Callable[[int], bool], max_words: int) -> dict[int, int]:
    """Indices of unmarked paragraphs that are headings, with their level (1 the title, 2, 3 …)."""
    stays = [index for index, block in enumerate(blocks) if block.removed is None]
    if not stays:
        return {}
    tight = sum(map(blank_before, stays)) < TIGHT * len(stays)
    units = list(_units(blocks, blank_before, max_words))
    found: dict[int, int] = {}
    for number, unit in enumerate(units):
        if unit.kind not in ("body", "group"):
            continue
        if unit.kind == "body" or unit.stop - unit.start >= TABLE_LINES:
            for index in _above(blocks, units, number, tight, blank_before):
                found[index] = _level(blocks[index].text)
    first = units[0]
    if _could_be(blocks[first.start], TITLE_WORDS) and (first.start in found or _is_title(blocks, units, blank_before)):
        found[first.start] = 1
    return found


def _units(blocks: Sequence[Block], blank_before: Callable[[int], bool], max_words: int) -> Iterator[_Unit]:
    i = 0
    while i < len(blocks):
        if blocks[i].removed is not None:
            i += 1
            continue
        if not _could_be(blocks[i], max_words):
            yield _Unit(i, i + 1, "body" if _is_body(blocks[i]) else "other")
            i += 1
            continue
        stop = i + 1
        while stop < len(blocks) and not blank_before(stop) and _could_be(blocks[stop], max_words):
            stop += 1
        alike = len({_key(block.text) for block in blocks[i:stop]}) == 1
        yield _Unit(i, stop, "line" if alike else "group")
        i = stop


def _above(
    blocks: Sequence[Block],
    units: Sequence[_Unit],
    number: int,
    tight: bool,
    blank_before: Callable[[int], bool],
) -> list[int]:
    """The headings right above a body (unit ``number``)."""
    body = units[number]
    chain: list[int] = []
    k = number - 1
    while k >= 0 and units[k].kind == "line" and len(chain) < CHAIN:
        chain[:0] = range(units[k].start, units[k].stop)
        k -= 1
    before = units[k] if k >= 0 else None
    if not chain:
        glued = before is not None and before.kind == "group" and tight and not blank_before(body.start)
        return [before.stop - 1] if before is not None and glued and body.kind == "body" else []
    if before is not None and _inside_list(blocks, before, chain[0], body, blank_before):
        return []
    if len({_key(blocks[index].text) for index in chain}) <= STACKED:
        return chain
    return chain[-1:] if body.kind == "body" else []  # a menu above the first heading


def _inside_list(
    blocks: Sequence[Block], before: _Unit, line: int, body: _Unit, blank_before: Callable[[int], bool]
) -> bool:
    """Whether a short line stands in a list: between two items, or glued to the item before it."""
    if blocks[before.stop - 1].kind != "list_item" or blank_before(line):
        return False
    return blocks[body.start].kind == "list_item" or blank_before(line + 1)


def _could_be(block: Block, max_words: int) -> bool:
    text = block.text
    if len(text) > MAX_CHARS or block.kind != "paragraph" or block.removed is not None:
        return False
    if _ENDS_OPEN.search(text) and not _ABBREVIATION_END.search(text):
        return False
    if len(text.split()) > max_words or _NOT_A_HEADING.search(text) or _TWO_SENTENCES.search(text):
        return False
    if "|" in text and not _TITLE_AND_SITE.fullmatch(text):
        return False
    start = next((char for char in text if char.isalnum()), "")
    return bool(start) and not start.islower()


def _is_body(block: Block) -> bool:
    """Whether a block can stand under a heading: prose, a list, a table, code."""
    if block.removed is not None or block.kind == "heading":
        return False
    if block.kind != "paragraph":
        return True
    text = block.text[:400]
    if not (
        _LATIN.search(text) or text.lower() != text.upper()
    ):  # scripts without capitals often have no spaces either
        return len(block.text) >= 24 and _WORD.search(text) is not None
    if _PROSE.match(text):
        return True
    return _SENTENCE.match(text) is not None and _SENTENCE_END.search(block.text) is not None


def _is_title(blocks: Sequence[Block], units: Sequence[_Unit], blank_before: Callable[[int], bool]) -> bool:
    """Whether the first line is the title though no body follows at once (a byline, a date, a subtitle does)."""
    first = units[0].start
    if len(_WORD.findall(blocks[first].text)) < TITLE_MIN_WORDS:
        return False
    follows = any(unit.kind == "body" for unit in units[1:TITLE_REACH])
    return follows and (units[0].stop - first > 1 or len(units) == 1 or blank_before(units[1].start))


def _level(text: str) -> int:
    match = _NUMBERED.match(text)
    if match:
        return 2 + sum(part is not None for part in match.groups())
    return 3 if _LABELLED.match(text) else 2


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
