"""What the walk over a page yields: boxes (block elements) and pieces (runs of visible text)."""

from __future__ import annotations

import msgspec

from cleaner.document import Kind, Rows

NOTHING_PICKED: frozenset[str] = frozenset()


class Box(msgspec.Struct, eq=False, gc=False):
    """One block element; ``told`` are its class, id, role and itemprop as they are written, space between them.

    ``kind``, ``level`` and ``mark`` are for the text directly in it; ``item`` is the place of the list item
    that it is or stands in, -1 for none.
    """

    parent: Box | None
    tag: str
    told: str
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
    return Box(None, "", "", -1, False, "paragraph", 0, "", -1, 0)
