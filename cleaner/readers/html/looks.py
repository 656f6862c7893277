"""What the tags and names of a page's boxes say of them, once for all boxes that look the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from string import ascii_lowercase

import msgspec

from cleaner.readers.html.boxes import Box
from cleaner.readers.html.names import CHROME_NAMES, named_rule

MAX_PATH = 24
"""Tags a path names at most, and words a box hands down at most: nesting must not cost quadratic space."""

_BETWEEN = "\0"  # no attribute has it: the parser replaces it
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_LOWER_WORDS = bytes(i if chr(i) in ascii_lowercase + _BETWEEN else ord(" ") for i in range(256))
# Names a page builder or a theme puts on every box, content or not: WordPress' post_class()
# repeats the post's tags and categories, Elementor calls each of its boxes a widget.
# A name so long is no name at all.
_TOO_LONG = 80
_NOISE = re.compile(
    r"(?<!\S)(?:(?:tag|category|elementor|post_tag|status|type|format|has|no|with|is)[-_]|elementor(?!\S)"
    rf"|\S{{{_TOO_LONG}}})\S*"
)
_NOISY = frozenset("tag category elementor status type format has no with is".split())  # each has one of these words
_Meant = tuple[tuple[str, ...], str]


class Look(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What elements of one tag and one set of names have in common, in boxes of one look: items of lists, cards.

    ``path`` names the tags from ``body`` down to them; ``names`` are the words of their own class, id, role and
    itemprop, ``words`` those of their ancestors too, nearest first; ``rule`` is what tag and names say that they are.
    """

    path: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    rule: str


_OUTSIDE = Look("", (), (), "")


def looks_of(boxes: Sequence[Box]) -> tuple[list[Look], list[int]]:
    """The different looks of boxes (in document order), and for each box the number of its own among them."""
    meant = read_names({box.told for box in boxes})
    known: dict[tuple[int, str, str | tuple[str, ...]], int] = {}  # in boxes of which look, of which tag and names
    looks: list[Look] = []
    numbers: list[int] = []
    for box in boxes:
        above = numbers[box.parent.index] if box.parent else -1
        key = above, box.tag, box.told
        number = known.get(key)
        if number is None:
            names, chrome = meant[box.told]
            alike = above, box.tag, names  # the same words may be written in several ways
            if alike not in known:
                known[alike] = len(looks)
                looks.append(_below(looks[above] if box.parent else _OUTSIDE, box.tag, names, chrome))
            number = known[key] = known[alike]
        numbers.append(number)
    return looks, numbers


def _below(above: Look, tag: str, names: tuple[str, ...], chrome: str) -> Look:
    """The look of elements in boxes of a look; their names suggest the rule ``chrome``."""
    path = above.path
    if tag == "body":
        path = ""
    elif path.count("/") < MAX_PATH:
        path = f"{path}/{tag}"
    words = (names + above.words)[:MAX_PATH] if names else above.words
    return Look(path, names, words, named_rule(tag, path, chrome))


def read_names(told: Collection[str]) -> dict[str, _Meant]:
    """For each of some elements' names, space between them, their words and the rule of chrome that they suggest.

    Words are lower-cased, each is there once: ``"post-body relatedLinks"`` -> post, body, related, links.
    The rule is "" where they suggest none.
    """
    lines = _BETWEEN.join(told).encode("utf-8", "replace").translate(_LOWER_WORDS).decode().split(_BETWEEN)
    meant = {}
    for one, line in zip(told, lines, strict=False):  # none gives one empty line
        words = line.split() if one.isascii() and one.islower() else _words(one)  # most are: faster by far
        if not _NOISY.isdisjoint(words) or (len(one) >= _TOO_LONG and max(map(len, one.split())) >= _TOO_LONG):
            real = _NOISE.sub("", one)
            words = words if real == one else _words(real)
        different = tuple(dict.fromkeys(words))
        meant[one] = different, CHROME_NAMES.meaning(different)
    return meant


def _words(told: str) -> list[str]:
    if told.isascii() and told.islower():
        return told.encode().translate(_LOWER_WORDS).decode().split()
    words = _WORD.findall(told)
    return words if told.islower() else list(map(str.lower, words))
