"""What the detectors look at: a document's blocks, measured once, and what was found so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import compress, pairwise
from typing import Literal

import msgspec
from msgspec.structs import replace

from cleaner.document import Block, Document
from cleaner.phrases import lexicon
from cleaner.phrases.matching import UNREAD, Lexicon
from cleaner.settings import Config, SiteRules
from cleaner.words import Words, unspaced, word_count

LONGEST = 400
"""Blocks of more characters, but for notices, are prose of the article for every detector; author boxes are looked at
apart."""
LONGEST_NOTICE = 700
"""So long may a notice about cookies be, the longest of the boxes that phrases tell."""
LEAST_BLOCKS = 12
"""A text of fewer blocks has no neighbourhood that a classifier could judge by."""
LEAST_SHORT = 3
"""So has one with fewer short lines: prose is chrome only among them.  (In 39 labelled texts that have no more than two
left after the detectors, the classifier took 5 of 37,000 words, and all of these were chrome.)"""
_TITLE_WORDS = 3
_MANY_BREAKS = 9
_SIGNATURES = frozenset({"byline", "timestamp"})
_REACH = 30  # how far to look for the next line that stays: keeps long menus linear
_PROSE_WORDS = 12  # a sentence of fewer words may be a headline or a link
_PROSE_WORDS_UNENDED = 25
_PROSE_CHARS_UNSPACED = 40  # scripts without spaces between words
_ENDED = re.compile(r"[.!?…。！？][\"'”’»)\]」』）]*(?:\s|$)")
_NOTICES = ("ookie", "onsent", "dvertis")  # "Cookies" in most languages, "consentement", lists of purposes
_TARGET = re.compile(r"\]\([^()\s]*\)")  # of a Markdown link

Certainty = Literal["sure", "likely", "doubtful"]


class Line(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A block and all that the detectors and classifiers ask of its text, measured once by :func:`read`.

    ``words`` to ``opens`` are what the phrase lists say (:class:`cleaner.phrases.matching.Reading`); a block
    that is long, a table, code, gone or known to be content has no words and no phrases.  ``short`` lines could
    be a link, a label or a heading.
    """

    index: int
    block: Block
    text: str
    words: Words
    concepts: frozenset[str]
    prefixes: Mapping[str, int]
    sentences: frozenset[str]
    opens: frozenset[str]
    prose: bool
    gone: bool
    short: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a block is chrome.  ``fields`` are what it tells of the document (``("author", "Jane Doe")``)."""

    rule: str
    reason: str
    fields: tuple[tuple[str, str], ...] = ()


Found = Mapping[int, Finding]


Apart = Callable[[Block, Block], int]
"""How many line breaks stand between two blocks."""
_Index = Mapping[str, Sequence[Line]]
"""Concept -> lines, in order."""


@dataclass(frozen=True, slots=True)
class Page:
    """A document as the detectors see it.

    ``shorts`` are its short lines, ``prose`` those of prose.  ``listed``, ``prefixed`` and ``telling`` give
    for a concept the lines that it lists whole, that begin with one of its entries, and in which one
    occurs.  A detector asks these first: most pages have no line for most of them.
    """

    document: Document
    lexicon: Lexicon
    lines: tuple[Line, ...]
    shorts: tuple[Line, ...]
    prose: tuple[Line, ...]
    _apart: Apart
    _listed: _Index
    _prefixed: _Index
    _telling: _Index

    def listed(self, concept: str) -> Sequence[Line]:
        """The lines that are an entry of a concept, in order."""
        return self._listed.get(concept, ())

    def prefixed(self, concept: str) -> Sequence[Line]:
        """The lines that begin with a ``_prefix`` entry of a concept, in order."""
        return self._prefixed.get(concept, ())

    def telling(self, concept: str) -> Sequence[Line]:
        """The lines in which a ``_sentence`` entry of a concept occurs, in order."""
        return self._telling.get(concept, ())

    def is_plain(self) -> bool:
        """Whether there is nothing but prose, and no phrase in it."""
        return not (self.shorts or self._listed or self._prefixed or self._telling)

    def gaps(self) -> list[int]:
        """How many line breaks stand before each block; before the first it is as if there were many."""
        blocks = [line.block for line in self.lines]
        return [_MANY_BREAKS, *(self._apart(before, after) for before, after in pairwise(blocks))]

    def kept_prose(self, index: int, found: Found) -> bool:
        """Whether a line is prose that nothing has taken."""
        return self.lines[index].prose and index not in found

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
        for line in self.prose:
            if line.index not in found:
                last = line.index
                prose -= 1
                if prose == 0:
                    break
        return last

    def tail_start(self, found: Found) -> int:
        """Index after the last prose line that stays; without prose there is no tail."""
        for line in reversed(self.prose):
            if line.index not in found:
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


def _apart(before: Block, after: Block) -> int:
    return after.first_line - before.last_line


Find = Callable[[Page, Found], Iterable[tuple[int, Finding]]]


@dataclass(frozen=True, slots=True)
class Detector:
    """A named detector; ``certainty`` decides at which ``favor`` it runs.

    ``in_prose`` says that it may find something where there is nothing but prose, without a phrase of the lists.
    """

    name: str
    certainty: Certainty
    find: Find
    in_prose: bool = False


def read(
    document: Document, config: Config, sites: tuple[SiteRules, ...] = (), content: Set[int] = frozenset()
) -> Page:
    """Measure every block, with the phrases of all and those that ``sites`` add.

    ``content`` are the indices of blocks that are known to be prose of the article: they are not searched.
    """
    known = lexicon(config, sites)
    phrased = [index not in content and _has_phrases(block) for index, block in enumerate(document.blocks)]
    texts = [block.text for block in compress(document.blocks, phrased)]
    readings = iter(known.read([_TARGET.sub("]", text) if "](" in text else text for text in texts]))
    lines = []
    for index, (block, has_phrases) in enumerate(zip(document.blocks, phrased, strict=True)):
        gone = block.removed is not None
        told = next(readings) if has_phrases else UNREAD
        prose = not gone and (not has_phrases or _is_prose(block, len(told.words)))
        short = not prose and not gone
        phrases = told.concepts, told.prefixes, told.sentences, told.opens
        lines.append(Line(index, block, block.text, told.words, *phrases, prose, gone, short))
    return _page(document, known, lines, _apart)


def reread(page: Page, kept: Iterable[int], apart: Apart) -> Page:
    """The page as if only the ``kept`` lines were there, so far apart from each other."""
    lines = [replace(page.lines[row], index=index) for index, row in enumerate(kept)]
    document = replace(page.document, blocks=tuple([line.block for line in lines]))
    return _page(document, page.lexicon, lines, apart)


def _has_phrases(block: Block) -> bool:
    if block.removed is not None or block.kind in ("table", "code"):
        return False
    size = len(block.text)
    return size <= LONGEST or (size <= LONGEST_NOTICE and any(part in block.text for part in _NOTICES))


def _is_prose(block: Block, words: int) -> bool:
    if block.kind == "heading":
        return False
    if words >= _PROSE_WORDS_UNENDED:
        return True
    text = block.text
    if words < _PROSE_WORDS and len(text) < _PROSE_CHARS_UNSPACED:
        return False  # spares most the rest
    long = (
        words >= _PROSE_WORDS
        or (words < len(text) / 15 and len(text) >= _PROSE_CHARS_UNSPACED)
        or unspaced(text) >= _PROSE_CHARS_UNSPACED
    )
    return long and _ENDED.search(text) is not None


def _page(document: Document, known: Lexicon, lines: Sequence[Line], apart: Apart) -> Page:
    return Page(
        document,
        known,
        tuple(lines),
        tuple([line for line in lines if line.short]),
        tuple([line for line in lines if line.prose]),
        apart,
        _by_concept([(line.concepts, line) for line in lines if line.concepts]),
        _by_concept([(line.prefixes, line) for line in lines if line.prefixes]),
        _by_concept([(line.sentences, line) for line in lines if line.sentences]),
    )


def _by_concept(told: Iterable[tuple[Iterable[str], Line]]) -> dict[str, list[Line]]:
    lines: dict[str, list[Line]] = {}
    for concepts, line in told:
        for concept in concepts:
            if concept in lines:
                lines[concept].append(line)
            else:
                lines[concept] = [line]
    return lines
