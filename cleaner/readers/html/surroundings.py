"""Where in the tree a block stands, in numbers: what the page classifier is told of the boxes around it.

Two boxes of a page are landmarks: the *core*, which holds the most running text by itself, and the
*title*, the first heading that says what the page's title says (else the first of level 1).  The
way from a block to a landmark leads up to the lowest box that holds both (their meeting place); the
child of that box in which the block stands is its *branch*: a related-links box, another article, a
comment thread are each one branch beside the core.  A *unit* is a box with at least two brothers of
the same tag and names (a post of a thread, a card of a list page).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from cleaner.readers.html.boxes import Box, Piece
from cleaner.readers.html.evidence import Evidence
from cleaner.readers.html.tree import Floats, Places, Tree
from cleaner.words import squeeze

NAMES = (
    "prose",  # characters of running text in the block
    "levels_to_core", "levels_from_core",  # up to the meeting place with the core, and down from there
    "prose_around", "text_around",  # share of the page's prose, of its text, in the meeting place
    "branch_prose", "branch_density", "branch_links", "branch_size", "branch_blocks", "branch_twins",
    "levels_to_title", "levels_from_title", "prose_around_title", "branch_prose_title", "blocks_from_title",
    "unit_count", "unit_density", "unit_share", "group_count", "group_share",  # innermost and outermost unit
    "box_blocks", "box_twins", "box_links",  # the box the text stands in, its parent, and two levels up
    "parent_links", "parent_density",
    "outer_links", "outer_density", "outer_share", "outer_blocks",
    "core_text", "core_prose", "core_links",
)  # fmt: skip
"""What each number of ``Hints.surroundings`` measures.  Shares are of the page; ``density`` is prose per
character, ``links`` linked characters per character, ``size`` the logarithm of characters, ``twins``
how many brothers a box has with its tag and names, itself counted."""

NO_TITLE = -999.0
_UNKNOWN = bytes(np.dtype(np.float64).itemsize * len(NAMES))
LEAST_TWINS = 3
_TEXT_TAGS = frozenset("p h1 h2 h3 h4 h5 h6 td th tr tbody".split())  # repeat everywhere: no units
_HOLDERS = frozenset("body article section main td".split())  # text directly in them is theirs, else their parent's
_LEAST_TITLE = 6  # letters; a heading of fewer says the title's words by chance

_OF_BOXES = ("depth", "chars", "text", "prose", "density", "links", "blocks", "twins")
_PLACES = (
    "box", "parent", "outer", "core",
    "meeting", "branch", "title_meeting", "title_branch",
    "unit", "group",
)  # fmt: skip
_READ = {
    "levels_to_core": "meeting depth", "levels_from_core": "meeting depth",  # from which the levels are reckoned
    "prose_around": "meeting prose", "text_around": "meeting text",
    "branch_prose": "branch prose", "branch_density": "branch density", "branch_links": "branch links",
    "branch_size": "branch chars", "branch_blocks": "branch blocks", "branch_twins": "branch twins",
    "levels_to_title": "title_meeting depth", "levels_from_title": "title_meeting depth",
    "prose_around_title": "title_meeting prose", "branch_prose_title": "title_branch prose",
    "unit_count": "unit twins", "unit_density": "unit density", "unit_share": "unit text",
    "group_count": "group twins", "group_share": "group text",
    "box_blocks": "box blocks", "box_twins": "box twins", "box_links": "box links",
    "parent_links": "parent links", "parent_density": "parent density",
    "outer_links": "outer links", "outer_density": "outer density", "outer_share": "outer text",
    "outer_blocks": "outer blocks",
    "core_text": "core text", "core_prose": "core prose", "core_links": "core links",
}  # fmt: skip
"""The box around a block, and the figure of it, that a number is read from; the others are set apart."""
_FIGURES = [_READ.get(name, "box depth").split() for name in NAMES]
_WHERE = np.array([_PLACES.index(place) for place, _ in _FIGURES])
_WHAT = np.array([_OF_BOXES.index(figure) for _, figure in _FIGURES])
_ROW = {name: row for row, name in enumerate(NAMES)}


def unpack(packed: Iterable[bytes]) -> Floats:
    """What ``Hints.surroundings`` of blocks (at least one) hold, a row each and a column for each of :data:`NAMES`."""
    return np.frombuffer(b"".join([row or _UNKNOWN for row in packed])).reshape(-1, len(NAMES))


def measure(tree: Tree, evidence: Evidence, boxes: Sequence[Box], pieces: Sequence[Piece], title: str) -> list[bytes]:
    """For each piece (at least one) the numbers that :data:`NAMES` lists, for :func:`unpack`."""
    of_boxes = _of_boxes(tree)
    core = _core(tree, evidence, boxes)
    headline = _headline(pieces, title)
    landmark = core if headline is None else pieces[headline].box.index
    above = np.maximum(0, tree.parent)
    places = np.array(
        (
            np.arange(len(boxes)), above, above[above[above]], np.full(len(boxes), core),
            *_way(tree, core), *_way(tree, landmark),
            *_units(tree, boxes, of_boxes),
        )
    ).take(tree.at, axis=1)  # fmt: skip
    table = of_boxes.take(places.take(_WHERE, axis=0) + (_WHAT * of_boxes.shape[1])[:, None])
    depth = of_boxes[0]
    for name, place in (("core", core), ("title", landmark)):
        up, down = table[_ROW[f"levels_to_{name}"]], table[_ROW[f"levels_from_{name}"]]
        np.subtract(depth[tree.at], up, out=up)
        np.subtract(depth[place], down, out=down)
    size = table[_ROW["branch_size"]]
    np.log1p(size, out=size)
    table[_ROW["prose"]] = tree.prose
    table[_ROW["blocks_from_title"]] = np.arange(len(pieces)) - headline if headline is not None else NO_TITLE
    packed, row = table.T.tobytes(), len(_UNKNOWN)
    return [packed[start : start + row] for start in range(0, len(packed), row)]


def _of_boxes(tree: Tree) -> Floats:
    """For each of :data:`_OF_BOXES` a row, for each box a column; the last column, all 0, is for no box."""
    chars, prose = tree.within(tree.chars), tree.within(tree.prose)
    size = np.maximum(1.0, chars)
    kind = tree.parent * len(tree.looks) + tree.look
    kinds = np.sort(kind)
    rows = np.zeros((len(_OF_BOXES), len(kind) + 1))
    rows[:, :-1] = (
        tree.depth(),
        chars,
        chars / size[0],
        prose / max(1.0, prose[0]),
        prose / size,
        tree.within(tree.linked) / size,
        tree.within(),
        kinds.searchsorted(kind, "right") - kinds.searchsorted(kind),
    )
    return rows


def _way(tree: Tree, landmark: int) -> tuple[Places, Places]:
    """For each box, its meeting place with a landmark, and its branch there (itself if it holds the landmark)."""
    way = tree.above(landmark)
    meeting = np.zeros(len(tree.end), np.intp)
    holds = np.zeros(len(tree.end), bool)
    holds[way] = True
    for box in reversed(way):
        meeting[box : tree.end[box]] = box
    branch = meeting.copy()
    for child in np.flatnonzero(holds[tree.parent] & ~holds & (tree.parent >= 0)).tolist():
        branch[child : tree.end[child]] = child
    return meeting, branch


def _units(tree: Tree, boxes: Sequence[Box], of_boxes: Floats) -> tuple[Places, Places]:
    """For each box, the innermost and the outermost unit that it is or stands in; the place after all for none."""
    twins, chars = (of_boxes[_OF_BOXES.index(figure), :-1] for figure in ("twins", "chars"))
    repeated = np.flatnonzero((twins >= LEAST_TWINS) & (chars > 0)).tolist()
    ends = tree.end.tolist()
    inner, outer = np.full((2, len(boxes)), len(boxes))
    done = 0  # what stands before it is in an outermost unit
    for box in repeated:
        if boxes[box].tag not in _TEXT_TAGS:
            inner[box : ends[box]] = box  # what is written later stands further in
            if box >= done:
                done = ends[box]
                outer[box:done] = box
    return inner, outer


def _core(tree: Tree, evidence: Evidence, boxes: Sequence[Box]) -> int:
    """The box that holds the most running text by itself, weighted by its nearness to the main container."""
    held: dict[int, float] = {0: 0.0}
    main = evidence.main.tolist()
    for piece in np.flatnonzero(tree.prose).tolist():
        box = boxes[tree.at[piece]]
        if not evidence.rules[box.index]:
            holder = box if box.tag in _HOLDERS or box.parent is None else box.parent
            held[holder.index] = held.get(holder.index, 0.0) + tree.prose[piece] * main[box.index]
    return min(held, key=lambda place: (-held[place], place))


def _headline(pieces: Sequence[Piece], title: str) -> int | None:
    wanted = squeeze(title)
    first = None
    for index, piece in enumerate(pieces):
        if piece.kind != "heading" or len(piece.text) > 300:
            continue
        words = squeeze(piece.text)
        if len(words) >= _LEAST_TITLE and (words == wanted or (piece.level == 1 and words in wanted)):
            return index
        if first is None and piece.level == 1:
            first = index
    return first
