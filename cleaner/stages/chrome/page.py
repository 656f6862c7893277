"""What the detectors look at: a document's blocks, measured once, and what was found so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from cleaner.document import Block, Document
from cleaner.phrases import Lexicon, Words, lexicon, unspaced, word_count, words_of
from cleaner.settings import Config

LONGEST = 700
"""Blocks of more characters are prose of the article for every detector; author boxes are looked at apart."""
LEAST_BLOCKS = 12
"""A text of fewer blocks has no neighbourhood that a classifier could judge by."""
_TITLE_WORDS = 3
_SIGNATURES = frozenset({"byline", "timestamp"})
_REACH = 30  # how far to look for the next line that stays: keeps long menus linear
_PROSE_WORDS = 12  # a sentence of fewer words may be a headline or a link
_PROSE_WORDS_UNENDED = 25
_PROSE_CHARS_UNSPACED = 40  # scripts without spaces between words
_ENDED = re.compile(r"[.!?…。！？][\"'”’»)\]」』）]*(?:\s|$)")
_TARGET = re.compile(r"\]\([^()\s]*\)")  # of a Markdown link

Certainty = Literal["sure", "likely", "doubtful"]


@dataclass(frozen=True, slots=True)
class Line:
    """A block and what is known of its words.  ``concepts`` list the whole line, ``sentences`` occur in it."""

    index: int
    block: Block
    words: Words
    concepts: frozenset[str]
    sentences: frozenset[str]
    prose: bool
    gone: bool

    @property
    def text(self) -> str:
        """The block's text."""
        return self.block.text

    @property
    def short(self) -> bool:
        """Whether the line could be a link, a label or a heading."""
        return not self.prose and not self.gone


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a block is chrome.  ``fields`` are what it tells of the document (``("author", "Jane Doe")``)."""

    rule: str
    reason: str
    fields: tuple[tuple[str, str], ...] = ()


Found = Mapping[int, Finding]


@dataclass(frozen=True, slots=True)
class Page:
    """A document as the detectors see it."""

    document: Document
    lexicon: Lexicon
    lines: tuple[Line, ...]

    def kept_prose(self, index: int, found: Found) -> bool:
        """Whether a line is prose that nothing has taken."""
        line = self.lines[index]
        return line.prose and not line.gone and index not in found

    def over_prose(self, index: int, found: Found) -> bool:
        """Whether the next line that stays is prose: a heading there has a text of its own."""
        for after in range(index + 1, min(len(self.lines), index + 1 + _REACH)):
            line = self.lines[after]
            if not line.gone and after not in found:
                return line.prose
        return False

    def titles_prose(self, index: int, found: Found) -> bool:
        """Whether a line is a heading with prose under it."""
        return self.lines[index].block.kind == "heading" and self.over_prose(index, found)

    def head_end(self, found: Found, prose: int = 1) -> int:
        """Index of the ``prose``-th prose line that stays; all lines before it are the page's head.

        With fewer prose lines it is the last one, with none there is no head.
        """
        last = 0
        for line in self.lines:
            if self.kept_prose(line.index, found):
                last = line.index
                prose -= 1
                if prose == 0:
                    break
        return last

    def tail_start(self, found: Found) -> int:
        """Index after the last prose line that stays; without prose there is no tail."""
        for line in reversed(self.lines):
            if self.kept_prose(line.index, found):
                return line.index + 1
        return len(self.lines)

    def signed(self, index: int, found: Found) -> bool:
        """Whether a line may be the title: it has a few words, and byline or date stand in the next two lines."""
        line = self.lines[index]
        return (
            line.short
            and word_count(line.text) >= _TITLE_WORDS
            and not line.concepts
            and any(after in found and found[after].rule in _SIGNATURES for after in (index + 1, index + 2))
        )

    def taken(self, index: int, found: Found) -> bool:
        """Whether a line is chrome already (or removed by an earlier stage)."""
        return 0 <= index < len(self.lines) and (index in found or self.lines[index].gone)


Find = Callable[[Page, Found], Iterable[tuple[int, Finding]]]


@dataclass(frozen=True, slots=True)
class Detector:
    """A named detector; ``certainty`` decides at which ``favor`` it runs."""

    name: str
    certainty: Certainty
    find: Find


def read(document: Document, config: Config) -> Page:
    """Measure every block."""
    known = lexicon(config)
    return Page(document, known, tuple(_measure(index, block, known) for index, block in enumerate(document.blocks)))


def _measure(index: int, block: Block, known: Lexicon) -> Line:
    none: frozenset[str] = frozenset()
    gone = block.removed is not None
    if gone or block.kind in ("table", "code") or len(block.text) > LONGEST:
        return Line(index, block, (), none, none, not gone, gone)
    words = words_of(_TARGET.sub("]", block.text) if "](" in block.text else block.text)
    return Line(index, block, words, known.line(words), known.sentences(words), _is_prose(block, words), False)


def _is_prose(block: Block, words: Words) -> bool:
    if block.kind == "heading":
        return False
    if len(words) >= _PROSE_WORDS_UNENDED:
        return True
    ended = _ENDED.search(block.text) is not None
    return ended and (
        len(words) >= _PROSE_WORDS
        or unspaced(block.text) >= _PROSE_CHARS_UNSPACED
        or (len(words) < len(block.text) / 15 and len(block.text) >= _PROSE_CHARS_UNSPACED)
    )
