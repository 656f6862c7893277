"""What the walk over a page yields: boxes (block elements) and pieces (runs of visible text)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import lru_cache
from string import ascii_lowercase

import msgspec

from cleaner.document import Kind, Rows
from cleaner.readers.html.names import CHROME_NAMES, named_rule

MAX_PATH = 24
"""Tags a path names at most, and words a box hands down at most: nesting must not cost quadratic space."""

NOTHING_PICKED: frozenset[str] = frozenset()

_NEITHER = re.compile(r"[\W_]+")
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


class Look(msgspec.Struct, eq=False, gc=False):
    """What elements of one tag and one set of names have in common, in boxes of one look: items of lists, cards.

    ``path`` names the tags from ``body`` down to them; ``names`` are the words of their own names, ``words``
    those of their ancestors too, nearest first; ``rule`` is what tag and names say that they are.
    """

    tag: str
    path: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    rule: str
    below: dict[tuple[str, str | tuple[str, ...]], Look]
    """The looks in it, by tag and names, as words and as they are written."""

    def add(self, tag: str, told: str) -> Look:
        """The look of an element in it, whose names, space between them, have not been written so before."""
        names, chrome = read_names(told) if told else ((), "")
        look = self.below.get((tag, names))
        if look is None:
            path = _path(self.path, tag)
            words = (names + self.words)[:MAX_PATH] if names else self.words
            look = Look(tag, path, names, words, named_rule(tag, path, chrome), {})
            self.below[tag, names] = look
        self.below[tag, told] = look
        return look


class Box(msgspec.Struct, eq=False, gc=False):
    """One block element.

    ``kind``, ``level`` and ``mark`` are for the text directly in it; ``item`` is the place of the list item
    that it is or stands in, -1 for none.
    """

    parent: Box | None
    look: Look
    index: int  # its place in document order
    hidden: bool
    kind: Kind
    level: int
    mark: str
    item: int
    lists: int  # open lists around the box, itself included
    end: int = 0  # the place of the first box after it that is not in it
    item_used: bool = False  # of a list item: its first line is read
    next_number: int = 1  # of the next item, if this is an ordered list


class Piece(msgspec.Struct, eq=False, gc=False):
    """One run of text that will be a block; ``links`` of its characters stand inside links."""

    box: Box
    kind: Kind
    text: str
    links: int
    level: int = 0
    mark: str = ""
    rows: Rows = ()
    picked: frozenset[str] = NOTHING_PICKED  # the site rules whose selectors pick all of it


def outside() -> Box:
    """What the outermost box inherits from."""
    return Box(None, Look("", "", (), (), "", {}), -1, False, "paragraph", 0, "", -1, 0)


def _path(above: str, tag: str) -> str:
    if tag == "body":
        return ""
    return f"{above}/{tag}" if above.count("/") < MAX_PATH else above


@lru_cache(maxsize=4096)
def read_names(told: str) -> tuple[tuple[str, ...], str]:
    """The words of names, space between them, and the rule of chrome that they suggest, "" for none.

    The elements of a page, and of a site, have few different ones.
    """
    words = name_words(told)
    return words, CHROME_NAMES.meaning(words)


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


def squeeze(text: str) -> str:
    """Letters and digits only, case folded: two ways to write one name or title are the same so."""
    return _NEITHER.sub("", text.casefold())


def may_begin(text: str, letters: Container[str]) -> bool:
    """Whether :func:`squeeze` may make of a text, not empty, what begins with one of these letters.

    A quick look, as most begin otherwise.
    """
    return not text[0].isalnum() or text[0].casefold()[0] in letters
