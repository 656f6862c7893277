"""Guessing headings in plain text that has no markup, for stages ``structure`` and ``headings``.

A heading is a short line with no full stop that stands alone and has a body under it.  What
decides is the neighbourhood, not the words: the same line in a list, a menu, a table or an
address is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from typing import Literal

import msgspec

from cleaner.datenames import read_date
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
LONGEST_SPEAKER = 40  # characters, with the colon
SPEAKER_WORDS = 3
TITLE_REACH = 6  # units within which a title's first prose must come

_OPEN_ENDS = frozenset("-–—,;:.…、，；：。")  # a dash: the dateline of what follows
_CLOSING = "'\"”’»)]"
_RUNS_ON = (",", ";", "、", "，", "；")  # a line that ends so goes on in the next
_CLOCK = re.compile(r"\d:\d\d")
_ABBREVIATION_END = re.compile(r"\b(?:[^\W\d_]\.){2,9}$|\b(?:Inc|Ltd|Co|Jr|Sr|etc)\.$")
_LONGEST_ABBREVIATION = 20  # characters
_SENTENCE_END = re.compile(r"[.!?…:。！？：]['\"”’»)\]]*$")
_NOT_IN_A_HEADING = re.compile(r"https?://|www\.|@\w|\t| {2}")  # an address, cells
_NOT_A_HEADING = re.compile(r"[\d\W_]+$|[-–—*]\s")  # figures or ornaments only, a speech
_TITLE_AND_SITE = re.compile(r"[^|]{10,} \| [^|]{2,40}")
_TWO_SENTENCES = re.compile(r"[^\W\d_]{4}[.!?]['\"”’»)]* +['\"“‘«(]*[^\W\d_]")
_NUMBERED = re.compile(r"(?:\d{1,2}\.)(\d{1,2}\.?)?(\d{1,2}\.?)?\s")
_LABELLED = re.compile(r"[^\W\d_]+ \d{1,3}[:.)]\s")
_WORD = re.compile(r"\w+")
_LATIN = re.compile("[A-Za-z]")
_PROSE = re.compile(rf"\W*+(?:\w++\W++){{{PROSE_WORDS - 1}}}\w")
_SENTENCE = re.compile(rf"\W*+(?:\w++\W++){{{SENTENCE_WORDS - 1}}}\w")


class _Unit(msgspec.Struct, frozen=True, gc=False):
    """Blocks ``start..stop - 1``: one short ``line``, a ``group`` of adjacent ones, a ``body`` or ``other``."""

    start: int
    stop: int
    kind: Literal["line", "group", "body", "other"]


def guess(blocks: Sequence[Block], blanks: Callable[[], Sequence[bool]], max_words: int) -> dict[int, int]:
    """Indices of unmarked paragraphs that are headings, with their level (1 the title, 2, 3 …).

    ``blanks`` is asked, if need be, before which blocks a blank line (or the start of the text) stands.
    """
    stays = [index for index, block in enumerate(blocks) if block.removed is None]
    short = {index for index in stays if blocks[index].kind == "paragraph" and len(blocks[index].text) <= MAX_CHARS}
    if not short:
        return {}
    able = {text for text in {blocks[index].text for index in short} if _could_be(text, max_words)}
    candidates = {index for index in short if blocks[index].text in able}
    title = stays[0] in short and _could_be(blocks[stays[0]].text, TITLE_WORDS)
    if not candidates and not title:
        return {}  # spares most articles the rest
    blank_before = blanks()
    tight = sum([blank_before[index] for index in stays]) < TIGHT * len(stays)
    units = _units(blocks, stays, candidates, blank_before)
    found: dict[int, int] = {}
    for number, unit in enumerate(units):
        if unit.kind == "body" or (unit.kind == "group" and unit.stop - unit.start >= TABLE_LINES):
            for index in _above(blocks, units, number, tight, blank_before):
                if not _is_time_of_post(blocks[index].text):
                    found[index] = _level(blocks[index].text)
    if title and (stays[0] in found or _is_title(blocks, units, blank_before)):
        found[stays[0]] = 1
    return _without_speeches(found, blocks, stays)


def _without_speeches(found: dict[int, int], blocks: Sequence[Block], stays: Sequence[int]) -> dict[int, int]:
    """The headings that are no speech: "HOST: By how much?" is one where other paragraphs begin with "HOST:"."""
    speakers = {index: label for index in found if (label := _speaker(blocks[index].text))}
    if not speakers:
        return found
    speaking = {_speaker(blocks[index].text) for index in stays if index not in found}
    return {index: level for index, level in found.items() if speakers.get(index) not in speaking}


def _speaker(text: str) -> str:
    """What a line says before its first colon, if that could be a name and more comes after it."""
    label, colon, speech = text[:LONGEST_SPEAKER].partition(": ")
    return label if colon and speech and len(label.split()) <= SPEAKER_WORDS else ""


def is_marked(source: str, block: Block) -> bool:
    """Whether a heading is one by a mark that the text itself has ("# Title"), and not guessed."""
    return "#" in source[block.start : block.body]


def _units(
    blocks: Sequence[Block], stays: Sequence[int], candidates: Set[int], blank_before: Sequence[bool]
) -> list[_Unit]:
    units: list[_Unit] = []
    done = 0
    for start in stays:
        if start < done:
            continue
        if start in candidates:
            done = start + 1
            while done in candidates and not blank_before[done]:
                done += 1
            first = blocks[start].text
            alike = done == start + 1 or all(_alike(first, blocks[index].text) for index in range(start + 1, done))
            units.append(_Unit(start, done, "line" if alike else "group"))
        else:
            # A body counts only under a candidate, and near the top.
            asked = len(units) < TITLE_REACH or units[-1].kind in ("line", "group")
            units.append(_Unit(start, start + 1, "body" if asked and _is_body(blocks[start]) else "other"))
    return units


def _alike(one: str, other: str) -> bool:
    return one == other or _key(one) == _key(other)


def _above(
    blocks: Sequence[Block],
    units: Sequence[_Unit],
    number: int,
    tight: bool,
    blank_before: Sequence[bool],
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
        glued = before is not None and before.kind == "group" and tight and not blank_before[body.start]
        return [before.stop - 1] if before is not None and glued and body.kind == "body" else []
    if before is not None and not blank_before[chain[0]]:
        if blocks[before.stop - 1].text.endswith(_RUNS_ON):
            return []  # a verse, or a link inside a sentence
        if before.kind == "body" and blank_before[body.start] and not tight:
            return []  # the end of the paragraph above
    if before is not None and _inside_list(blocks, before, chain[0], body, blank_before):
        return []
    if len({_key(blocks[index].text) for index in chain}) <= STACKED:
        ends_list = before is not None and before.kind == "other" and not blank_before[chain[0]] and not tight
        return chain[1:] if ends_list and blank_before[chain[-1]] else chain
    return chain[-1:] if body.kind == "body" else []  # a menu above the first heading


def _inside_list(blocks: Sequence[Block], before: _Unit, line: int, body: _Unit, blank_before: Sequence[bool]) -> bool:
    """Whether a short line stands in a list: between two items, or glued to the item before it."""
    if blocks[before.stop - 1].kind != "list_item" or blank_before[line]:
        return False
    return blocks[body.start].kind == "list_item" or blank_before[line + 1]


def _could_be(text: str, max_words: int) -> bool:
    """Whether a short paragraph could be a heading.  The cheapest questions, which refuse most, come first."""
    first = text[:1] if text[:1].isalnum() else next((char for char in text if char.isalnum()), "")
    if not first or first.islower() or _ends_open(text):
        return False
    if len(text.split()) > max_words or (not text[0].isalpha() and _NOT_A_HEADING.match(text)):
        return False
    marked = "  " in text or "\t" in text or "@" in text or "://" in text or "www." in text
    if marked and _NOT_IN_A_HEADING.search(text):
        return False
    if ("." in text or "!" in text or "?" in text) and _TWO_SENTENCES.search(text):
        return False
    return "|" not in text or _TITLE_AND_SITE.fullmatch(text) is not None


def _is_time_of_post(text: str) -> bool:
    """Whether a line tells the day and the time of a post; it may stand between a heading and its body."""
    return ":" in text and _CLOCK.search(text) is not None and read_date(text) != ""


def _ends_open(text: str) -> bool:
    if text.rstrip(_CLOSING)[-1:] not in _OPEN_ENDS:
        return False
    return not (text[-1:] == "." and _ABBREVIATION_END.search(text, len(text) - _LONGEST_ABBREVIATION))


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


def _is_title(blocks: Sequence[Block], units: Sequence[_Unit], blank_before: Sequence[bool]) -> bool:
    """Whether the first line is the title though no body follows at once (a byline, a date, a subtitle does)."""
    first = units[0].start
    if len(_WORD.findall(blocks[first].text)) < TITLE_MIN_WORDS:
        return False
    follows = any(unit.kind == "body" for unit in units[1:TITLE_REACH])
    return follows and (units[0].stop - first > 1 or len(units) == 1 or blank_before[units[1].start])


def _level(text: str) -> int:
    match = _NUMBERED.match(text)
    if match:
        return 2 + sum(part is not None for part in match.groups())
    return 3 if _LABELLED.match(text) else 2


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
