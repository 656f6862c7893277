"""Stage ``headings``: a heading that repeats one close before it goes.

Before that, a text that has no heading yet is looked at once more: now that chrome is gone, its
title may stand at its head.  And headings of a wiki lose the links that stand behind them ("History[edit]").
Two headings are the same if their words are, whatever their case, quotes and punctuation, and
with or without a site's name after a bar or dash.  The first showing stays.  The document's
title repeated as a running title goes wherever it stands.  Refuses: two real sections of one
name that are far apart, and short headings ("Notes") that recur with text of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from unicodedata import normalize

from msgspec.structs import replace

from cleaner.alignment import rewrite
from cleaner.document import Block, Document, change_edits, remove
from cleaner.phrases import lexicon
from cleaner.settings import Config
from cleaner.stages import headlines
from cleaner.words import TITLE_SEPARATOR, words_of
from cleaner.writers.markdown import separator

STAGE = "headings"

WORDS_BETWEEN = 30  # with more text between them two headings of one name head two sections
RUNNING_TITLE_WORDS = 4  # a title of fewer words may be a section's name too
SUFFIX_WORDS = 5  # of a site's name
SHORT = 300  # characters: longer ones are no headings, whatever their mark says

_WORD = re.compile(r"\w+")
_BRACKETS = re.compile(r"(?<=\S)[ \u00a0]?\[([^\[\]]{2,60})\]$")


def apply(document: Document, config: Config) -> Document:
    """Mark repeated headings removed."""
    if config.structure.headings and document.metadata.format != "html":
        document = _reveal(document, config.structure.heading_max_words)
    if not config.headings.repeats or not any(block.kind == "heading" for block in document.blocks):
        return document
    document = _without_edit_links(document, config)
    reach = config.headings.reach
    seen: dict[str, _Showing] = {}
    title: Block | None = None
    goes: dict[int, tuple[str, str, float]] = {}
    place = words = 0
    under_heading = -1  # the place right after the last heading
    for index, block in enumerate(document.blocks):
        if block.removed is not None:
            continue
        could_repeat = block.kind == "heading" or (block.kind == "paragraph" and place == under_heading)
        if could_repeat and len(block.text) < SHORT:
            keys = heading_keys(block.text)
            earlier = next((seen[key] for key in sorted(keys) if key in seen), None)
            if earlier and _repeats(block, place - earlier.place, words - earlier.words, reach):
                goes[index] = ("repeated-heading", f"repeats the heading {_where(document, earlier.block)}", 0.0)
                continue
            if title and block.kind == "heading" and _is_running(title, keys):
                goes[index] = ("running-title", f"repeats the title {_where(document, title)}", 0.0)
                continue
            if block.kind == "heading":
                seen.update(dict.fromkeys(keys, _Showing(block, place, words)))
                under_heading = place + 1
                if block.level == 1 and title is None:
                    title = block
        place += 1
        if block.kind != "heading":
            words += block.text.count(" ") + 1
    return remove(document, STAGE, goes)


def _reveal(document: Document, max_words: int) -> Document:
    """The document with the headings of its kept blocks guessed, if none of them is one yet.

    If some are, but no title, the first block may be it; a text with marks is left as it is.
    """
    stays = [index for index, block in enumerate(document.blocks) if block.removed is None]
    kept = [document.blocks[index] for index in stays]
    headings = [block for block in kept if block.kind == "heading"]
    if any(block.level == 1 or headlines.is_marked(document.source, block) for block in headings):
        return document
    levels = headlines.guess(kept, partial(_blanks_as_written, kept), max_words)
    if headings:
        levels = {k: level for k, level in levels.items() if k == 0}
    if not levels:
        return document
    blocks = list(document.blocks)
    for k, level in levels.items():
        blocks[stays[k]] = replace(kept[k], kind="heading", level=level)
    return replace(document, blocks=tuple(blocks))


def _blanks_as_written(kept: Sequence[Block]) -> list[bool]:
    return [True, *(separator(before, after) != "\n" for before, after in pairwise(kept))]


def _without_edit_links(document: Document, config: Config) -> Document:
    """The document with headings that end in no links to change them: "[edit]", "[modifier | modifier le code]"."""
    bracketed = [
        index
        for index, block in enumerate(document.blocks)
        if block.kind == "heading" and block.removed is None and block.text.endswith("]")
    ]
    if not bracketed:
        return document
    named = lexicon(config).line
    blocks, edits = list(document.blocks), list(document.edits)
    for index in bracketed:
        link = _BRACKETS.search(blocks[index].text)
        if link and all("edit_link" in named(words_of(label)) for label in link[1].split("|")):
            blocks[index], spans = rewrite(blocks[index], [(link.start(), link.end(), "")])
            edits += change_edits(document.source, blocks[index], STAGE, "edit-link", spans, "link to change a section")
    return replace(document, blocks=tuple(blocks), edits=tuple(edits))


@dataclass(frozen=True, slots=True)
class _Showing:
    """A heading, how many kept blocks come before it, and how many words of text."""

    block: Block
    place: int
    words: int


def _repeats(block: Block, blocks_apart: int, words_apart: int, reach: int) -> bool:
    if block.kind != "heading":
        return blocks_apart == 1
    return blocks_apart <= reach and words_apart <= WORDS_BETWEEN


def _is_running(title: Block, keys: frozenset[str]) -> bool:
    return bool(keys & heading_keys(title.text)) and len(_WORD.findall(title.text)) >= RUNNING_TITLE_WORDS


@lru_cache(maxsize=256)
def heading_keys(text: str) -> frozenset[str]:
    """The words of a heading in one form, with and without a trailing site name."""
    keys = {_key(text)}
    if cuts := list(TITLE_SEPARATOR.finditer(text)):
        bare, site = text[: cuts[-1].start()], text[cuts[-1].end() :]
        if 0 < len(_WORD.findall(site)) <= SUFFIX_WORDS and len(_WORD.findall(bare)) >= 3:
            keys.add(_key(bare))
    return frozenset(keys - {""})


def _key(text: str) -> str:
    folded = normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return " ".join(_WORD.findall(folded))


def _where(document: Document, block: Block) -> str:
    return f"at line {block.first_line}" if document.positioned else f"“{block.text[:60]}”"
