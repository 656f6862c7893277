"""What the walk over a page yields: boxes (block elements) and pieces (runs of visible text)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from cleaner.document import Kind, Rows

MAX_PATH = 24
"""Tags a path names at most, and words a box hands down at most: nesting must not cost quadratic space."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
# Names a page builder or a theme puts on every box, content or not: WordPress' post_class()
# repeats the post's tags and categories, Elementor calls each of its boxes a widget.
_NOISE = re.compile(r"(?:tag|category|elementor|post_tag|status|type|format|has|no|with|is)[-_]|elementor$")


@dataclass(slots=True, eq=False)
class Box:
    """One block element, and what the text in it inherits from it.

    ``own`` are the words of the element's own class, id, role and itemprop, ``words`` those and
    its ancestors', nearest first.  ``kind``, ``level`` and ``mark`` are for the text directly in
    it; ``item`` is the list item it is or stands in.
    """

    parent: Box | None
    tag: str
    path: str = ""
    own: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    hidden: bool = False
    kind: Kind = "paragraph"
    level: int = 0
    mark: str = ""
    item: Box | None = None
    item_used: bool = False
    lists: int = 0  # open lists around the box, itself included
    next_number: int = 1  # of the next item, if this is an ordered list
    index: int = 0  # its place in document order
    end: int = 0  # the place of the first box after it that is not in it
    # What cleaner.readers.html.evidence finds out after the walk:
    mass: float = 0.0  # weighted characters in the box
    good: float = 0.0  # those that nothing speaks against
    holds_main: bool = False  # a <main> stands in it
    rule: str = ""  # what says that it is chrome
    main: float = 0.0  # 1 in the main container, less the farther off


@dataclass(slots=True, eq=False)
class Piece:
    """One run of text that will be a block; ``links`` of its characters stand inside links."""

    box: Box
    kind: Kind
    text: str
    links: int
    level: int = 0
    mark: str = ""
    rows: Rows = ()
    prose: int = 0  # characters of running text outside links


@lru_cache(maxsize=4096)
def name_words(names: str) -> tuple[str, ...]:
    """Lower-cased words of class and id names: ``"post-body relatedLinks"`` -> post, body, related, links."""
    found: list[str] = []
    for name in names.split():
        if len(name) < 80 and not _NOISE.match(name):
            found += [word.lower() for word in _WORD.findall(name)]
    return tuple(dict.fromkeys(found))


def squeeze(text: str) -> str:
    """Letters and digits only, case folded: two ways to write one name or title are the same so."""
    return "".join(character for character in text.casefold() if character.isalnum())
