"""What the walk over a page yields: boxes (block elements) and pieces (runs of visible text)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from string import ascii_lowercase
from typing import NamedTuple

import msgspec

from cleaner.document import Kind, Rows
from cleaner.readers.html import names

MAX_PATH = 24
"""Tags a path names at most, and words a box hands down at most: nesting must not cost quadratic space."""

NOTHING_PICKED: frozenset[str] = frozenset()

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_LOWER_WORDS = bytes(i if chr(i) in ascii_lowercase else ord(" ") for i in range(256))
# Names a page builder or a theme puts on every box, content or not: WordPress' post_class()
# repeats the post's tags and categories, Elementor calls each of its boxes a widget.
# A name so long is no name at all.
_TOO_LONG = 80
_NOISE = re.compile(
    r"(?:tag|category|elementor|post_tag|status|type|format|has|no|with|is)[-_]|elementor(?!\S)"
    rf"|\S{{{_TOO_LONG}}}"
)
_NOISY = frozenset("tag category elementor status type format has no with is".split())  # each has one of these words


class Names(NamedTuple):
    """The words of an element's class, id, role and itemprop, and the rule of chrome that they suggest, "" for none."""

    words: tuple[str, ...] = ()
    chrome: str = ""


NO_NAMES = Names()


class Box(msgspec.Struct, eq=False, gc=False):
    """One block element, and what the text in it inherits from it.

    ``path`` names the tags from ``body`` down to it, ``names`` are the element's own, ``words`` those
    of it and its ancestors, nearest first.  ``kind``, ``level`` and ``mark`` are for the text directly
    in it; ``item`` is the place of the list item that it is or stands in, -1 for none.
    """

    parent: Box | None
    tag: str
    index: int  # its place in document order
    path: str
    names: Names
    words: tuple[str, ...]
    hidden: bool
    kind: Kind
    level: int
    mark: str
    item: int
    lists: int  # open lists around the box, itself included
    end: int = 0  # the place of the first box after it that is not in it
    item_used: bool = False  # of a list item: its first line is read
    next_number: int = 1  # of the next item, if this is an ordered list
    # What cleaner.readers.html.evidence finds out after the walk:
    mass: float = 0.0  # weighted characters in the box
    good: float = 0.0  # those that nothing speaks against
    holds_main: bool = False  # a <main> stands in it
    rule: str = ""  # what says that it is chrome
    main: float = 0.0  # 1 in the main container, less the farther off


class Piece(msgspec.Struct, eq=False, gc=False):
    """One run of text that will be a block; ``links`` of its characters stand inside links."""

    box: Box
    kind: Kind
    text: str
    links: int
    level: int = 0
    mark: str = ""
    rows: Rows = ()
    prose: int = 0  # characters of running text outside links
    picked: frozenset[str] = NOTHING_PICKED  # the site rules whose selectors pick all of it


@lru_cache(maxsize=4096)
def read_names(told: str) -> Names:
    """Names, space between them, and what they mean; the elements of a page, and of a site, have few different ones."""
    words = name_words(told)
    return Names(words, names.CHROME_NAMES.meaning(words))


def name_words(told: str) -> tuple[str, ...]:
    """Lower-cased words of class and id names: ``"post-body relatedLinks"`` -> post, body, related, links."""
    words = _words(told)
    if len(told) >= _TOO_LONG or not _NOISY.isdisjoint(words):
        parts = told.split()
        real = [name for name in parts if not _NOISE.match(name)]
        if len(real) < len(parts):
            words = _words(" ".join(real))
    return tuple(dict.fromkeys(words))


def _words(told: str) -> Iterable[str]:
    if told.isascii() and told.islower():  # most are: some times as fast as a regular expression
        return told.encode().translate(_LOWER_WORDS).decode().split()
    words = _WORD.findall(told)
    return words if told.islower() else list(map(str.lower, words))
