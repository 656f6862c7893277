"""Where in the tree a block stands, in numbers: what the page classifier is told of the boxes around it.

Two boxes of a page are landmarks: the *core*, which holds the most running text by itself, and the
*title*, the first heading that says what the page's title says (else the first of level 1).  The
way from a block to a landmark leads up to the lowest box that holds both (their meeting place); the
child of that box in which the block stands is its *branch*: a related-links box, another article, a
comment thread are each one branch beside the core.  A *unit* is a box with at least two brothers of
the same tag and names (a post of a thread, a card of a list page).

Boxes come in document order, so a box and all in it are one slice, and sums over subtrees are
differences of running sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.readers.html.boxes import Box, Piece
from cleaner.words import squeeze

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

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


@dataclass(frozen=True, slots=True)
class _Tree:
    """A page's boxes as columns, in document order; a box's subtree is the slice ``index:end``."""

    parent: Places
    end: Places
    depth: Places
    chars: Floats
    linked: Floats
    prose: Floats
    blocks: Floats
    twins: Floats

    def way(self, landmark: int) -> tuple[Places, Places]:
        """For each box, its meeting place with a landmark, and its branch there (itself if it holds the landmark)."""
        above = [landmark]
        while self.parent[above[-1]] >= 0:
            above.append(int(self.parent[above[-1]]))
        meeting = np.zeros(len(self.parent), np.intp)
        holds = np.zeros(len(self.parent), bool)
        holds[above] = True
        for box in reversed(above):
            meeting[box : self.end[box]] = box
        branch = meeting.copy()
        for child in np.flatnonzero(holds[self.parent] & ~holds & (self.parent >= 0)):
            branch[child : self.end[child]] = child
        return meeting, branch

    def units(self, repeated: list[bool]) -> tuple[Places, Places]:
        """For each box, the innermost and the outermost ``repeated`` one that it is or stands in; -1 for none."""
        inner, outer = [-1] * (len(repeated) + 1), [-1] * (len(repeated) + 1)  # the last one is no box's
        for box, (above, one) in enumerate(zip(self.parent.tolist(), repeated, strict=True)):
            if one or inner[above] >= 0:
                inner[box] = box if one else inner[above]
                outer[box] = box if outer[above] < 0 else outer[above]
        return np.array(inner[:-1]), np.array(outer[:-1])


def unpack(packed: Iterable[bytes]) -> Floats:
    """What ``Hints.surroundings`` of blocks (at least one) hold, a row each and a column for each of :data:`NAMES`."""
    return np.frombuffer(b"".join([row or _UNKNOWN for row in packed])).reshape(-1, len(NAMES))


def measure(boxes: list[Box], pieces: list[Piece], title: str) -> list[bytes]:
    """For each piece the numbers that :data:`NAMES` lists, for :func:`unpack`; call after ``weigh``."""
    if not boxes or not pieces:
        return [_UNKNOWN for _ in pieces]
    at = np.array([piece.box.index for piece in pieces], np.intp)
    tree = _tree(boxes, pieces, at)
    core = _core(boxes, pieces)
    meeting, branch = (way[at] for way in tree.way(core))
    headline = _headline(pieces, title)
    landmark = core if headline is None else pieces[headline].box.index
    title_meeting, title_branch = (way[at] for way in tree.way(landmark))
    page_chars, page_prose = max(1.0, tree.chars[0]), max(1.0, tree.prose[0])
    density = tree.prose / np.maximum(1.0, tree.chars)
    links = tree.linked / np.maximum(1.0, tree.chars)
    named = np.array([box.tag not in _TEXT_TAGS for box in boxes])
    repeated = (tree.twins >= LEAST_TWINS) & named & (tree.chars > 0)
    inner, outer = (unit[at] for unit in tree.units(repeated.tolist()))
    parent = np.maximum(0, tree.parent)
    above = parent[at]
    high = parent[parent[above]]
    columns = {
        "prose": np.array([piece.prose for piece in pieces]),
        "levels_to_core": tree.depth[at] - tree.depth[meeting],
        "levels_from_core": tree.depth[core] - tree.depth[meeting],
        "prose_around": tree.prose[meeting] / page_prose,
        "text_around": tree.chars[meeting] / page_chars,
        "branch_prose": tree.prose[branch] / page_prose,
        "branch_density": density[branch],
        "branch_links": links[branch],
        "branch_size": np.log1p(tree.chars[branch]),
        "branch_blocks": tree.blocks[branch],
        "branch_twins": tree.twins[branch],
        "levels_to_title": tree.depth[at] - tree.depth[title_meeting],
        "levels_from_title": tree.depth[landmark] - tree.depth[title_meeting],
        "prose_around_title": tree.prose[title_meeting] / page_prose,
        "branch_prose_title": tree.prose[title_branch] / page_prose,
        "blocks_from_title": NO_TITLE if headline is None else np.arange(len(pieces)) - headline,
        "unit_count": np.where(inner < 0, 0, tree.twins[inner]),
        "unit_density": np.where(inner < 0, 0, density[inner]),
        "unit_share": np.where(inner < 0, 0, tree.chars[inner] / page_chars),
        "group_count": np.where(outer < 0, 0, tree.twins[outer]),
        "group_share": np.where(outer < 0, 0, tree.chars[outer] / page_chars),
        "box_blocks": tree.blocks[at],
        "box_twins": tree.twins[at],
        "box_links": links[at],
        "parent_links": links[above],
        "parent_density": density[above],
        "outer_links": links[high],
        "outer_density": density[high],
        "outer_share": tree.chars[high] / page_chars,
        "outer_blocks": tree.blocks[high],
        "core_text": tree.chars[core] / page_chars,
        "core_prose": tree.prose[core] / page_prose,
        "core_links": links[core],
    }
    table = np.empty((len(NAMES), len(pieces)))
    for row, name in zip(table, NAMES, strict=True):
        row[:] = columns[name]
    packed, size = table.T.tobytes(), len(_UNKNOWN)
    return [packed[start : start + size] for start in range(0, len(packed), size)]


def _tree(boxes: list[Box], pieces: list[Piece], at: Places) -> _Tree:
    count = len(boxes)
    parent = [box.parent.index if box.parent is not None else -1 for box in boxes]
    depth = [0] * count
    for index in range(1, count):
        depth[index] = depth[parent[index]] + 1
    end = np.array([box.end for box in boxes], np.intp)
    first = np.arange(count)

    def subtree(values: list[int] | None) -> Floats:
        sums = np.concatenate(([0.0], np.cumsum(np.bincount(at, values, count))))
        whole: Floats = sums[end] - sums[first]
        return whole

    kinds: dict[tuple[int, str, tuple[str, ...]], int] = {}
    kind = [kinds.setdefault((up, box.tag, box.names.words), len(kinds)) for up, box in zip(parent, boxes, strict=True)]
    return _Tree(
        np.array(parent, np.intp),
        end,
        np.array(depth, np.intp),
        subtree([len(piece.text) for piece in pieces]),
        subtree([piece.links for piece in pieces]),
        subtree([piece.prose for piece in pieces]),
        subtree(None),
        np.bincount(kind)[kind].astype(np.float64),
    )


def _core(boxes: list[Box], pieces: list[Piece]) -> int:
    """The box that holds the most running text by itself, weighted by its nearness to the main container."""
    held = np.zeros(len(boxes))
    for piece in pieces:
        box = piece.box
        if piece.prose and not box.rule:
            holder = box if box.tag in _HOLDERS or box.parent is None else box.parent
            held[holder.index] += piece.prose * box.main
    return int(held.argmax())


def _headline(pieces: list[Piece], title: str) -> int | None:
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
