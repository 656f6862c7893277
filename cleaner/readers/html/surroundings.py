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
from cleaner.readers.html.looks import Look
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
_OF_BOXES = ("depth", "chars", "text", "prose", "density", "links", "blocks", "twins")
_LEAST_TITLE = 6  # letters; a heading of fewer says the title's words by chance


def unpack(packed: Iterable[bytes]) -> Floats:
    """What ``Hints.surroundings`` of blocks (at least one) hold, a row each and a column for each of :data:`NAMES`."""
    return np.frombuffer(b"".join([row or _UNKNOWN for row in packed])).reshape(-1, len(NAMES))


def measure(tree: Tree, evidence: Evidence, boxes: Sequence[Box], pieces: Sequence[Piece], title: str) -> list[bytes]:
    """For each piece (at least one) the numbers that :data:`NAMES` lists, for :func:`unpack`."""
    of_boxes = _of_boxes(tree)
    core = _core(tree, evidence, boxes)
    headline = _headline(pieces, title)
    landmark = core if headline is None else pieces[headline].box.index
    meeting, branch = _way(tree, core)
    title_meeting, title_branch = _way(tree, landmark)
    inner, outer = _units(tree, boxes, of_boxes)
    parent = np.maximum(0, tree.parent)
    above = parent[tree.at]

    def of(places: Places | int) -> dict[str, Floats]:
        return dict(zip(_OF_BOXES, of_boxes.take(places, axis=1), strict=True))

    box, over, high = of(tree.at), of(above), of(parent[parent[above]])
    around, beside = of(meeting[tree.at]), of(branch[tree.at])
    around_title, beside_title = of(title_meeting[tree.at]), of(title_branch[tree.at])
    unit, group = of(inner[tree.at]), of(outer[tree.at])
    the_core, the_title = of(core), of(landmark)
    columns: dict[str, Floats | Places | float] = {
        "prose": tree.prose,
        "levels_to_core": box["depth"] - around["depth"],
        "levels_from_core": the_core["depth"] - around["depth"],
        "prose_around": around["prose"],
        "text_around": around["text"],
        "branch_prose": beside["prose"],
        "branch_density": beside["density"],
        "branch_links": beside["links"],
        "branch_size": np.log1p(beside["chars"]),
        "branch_blocks": beside["blocks"],
        "branch_twins": beside["twins"],
        "levels_to_title": box["depth"] - around_title["depth"],
        "levels_from_title": the_title["depth"] - around_title["depth"],
        "prose_around_title": around_title["prose"],
        "branch_prose_title": beside_title["prose"],
        "blocks_from_title": NO_TITLE if headline is None else np.arange(len(pieces)) - headline,
        "unit_count": unit["twins"],
        "unit_density": unit["density"],
        "unit_share": unit["text"],
        "group_count": group["twins"],
        "group_share": group["text"],
        "box_blocks": box["blocks"],
        "box_twins": box["twins"],
        "box_links": box["links"],
        "parent_links": over["links"],
        "parent_density": over["density"],
        "outer_links": high["links"],
        "outer_density": high["density"],
        "outer_share": high["text"],
        "outer_blocks": high["blocks"],
        "core_text": the_core["text"],
        "core_prose": the_core["prose"],
        "core_links": the_core["links"],
    }
    table = np.empty((len(NAMES), len(pieces)))
    for row, name in zip(table, NAMES, strict=True):
        row[:] = columns[name]
    packed, size = table.T.tobytes(), len(_UNKNOWN)
    return [packed[start : start + size] for start in range(0, len(packed), size)]


def _of_boxes(tree: Tree) -> Floats:
    """For each of :data:`_OF_BOXES` a row, for each box a column; the last column, all 0, is for no box."""
    chars, prose = tree.within(tree.chars), tree.within(tree.prose)
    size = np.maximum(1.0, chars)
    kinds: dict[tuple[int, Look], int] = {}
    kind = [kinds.setdefault(one, len(kinds)) for one in zip(tree.parent.tolist(), tree.looks, strict=True)]
    rows = np.zeros((len(_OF_BOXES), len(tree.looks) + 1))
    rows[:, :-1] = (
        tree.depth(),
        chars,
        chars / size[0],
        prose / max(1.0, prose[0]),
        prose / size,
        tree.within(tree.linked) / size,
        tree.within(),
        np.bincount(kind)[kind],
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
    """For each box, the innermost and the outermost unit that it is or stands in; -1 for none."""
    of = dict(zip(_OF_BOXES, of_boxes[:, :-1], strict=True))
    repeated = np.flatnonzero((of["twins"] >= LEAST_TWINS) & (of["chars"] > 0)).tolist()
    ends = tree.end.tolist()
    inner, outer = np.full((2, len(boxes)), -1)
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
