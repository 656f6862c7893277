"""A page's boxes and pieces as columns of numbers, so that all of them are reckoned with at once.

Boxes come in document order, so a box and all in it are one slice, and sums over subtrees are
differences of running sums.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.readers.html.boxes import Box, Piece
from cleaner.readers.html.looks import Look, looks_of

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)\]]{0,3}$")
_SHORTEST = 20  # characters
_DENSE_SCRIPT = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")  # Thai, Japanese, Chinese: no spaces


@dataclass(frozen=True, slots=True)
class Tree:
    """The columns of a page's boxes (at least one), and of its pieces.

    ``looks`` are the different looks of the boxes, ``look`` says which of them each box has.  ``parent`` is -1
    for the outermost box; a box's subtree is the slice ``index:end``.  ``at`` is the box in which each piece
    stands, ``chars``, ``linked`` and ``prose`` are its characters, those in links and those of running text.
    """

    looks: Sequence[Look]
    look: Places
    parent: Places
    end: Places
    at: Places
    chars: Floats
    linked: Floats
    prose: Floats

    def within(self, values: Floats | None = None) -> Floats:
        """For each box the sum over the pieces in it of whole numbers, or how many pieces they are."""
        count = len(self.end)
        sums = np.zeros(count + 1)
        np.cumsum(np.bincount(self.at, values, count), out=sums[1:])
        whole: Floats = sums[self.end] - sums[:-1]
        return whole

    def depth(self) -> Places:
        """How many boxes each one stands in: of those before it all that have not ended."""
        count = len(self.end)
        ended = np.cumsum(np.bincount(self.end, minlength=count))
        deep: Places = np.arange(count) - ended[:count]
        return deep

    def above(self, box: int) -> list[int]:
        """A box and its ancestors, the outermost last."""
        way = [box]
        while (up := int(self.parent[way[-1]])) >= 0:
            way.append(up)
        return way


def tree_of(boxes: Sequence[Box], pieces: Sequence[Piece]) -> Tree:
    """The tree of a walk's boxes (at least one) and pieces."""
    looks, look = looks_of(boxes)
    chars = np.array([len(piece.text) for piece in pieces], np.float64)
    linked = np.array([piece.links for piece in pieces], np.float64)
    return Tree(
        looks,
        np.array(look, np.intp),
        np.array([-1 if box.parent is None else box.parent.index for box in boxes], np.intp),
        np.array([box.end for box in boxes], np.intp),
        np.array([piece.box.index for piece in pieces], np.intp),
        chars,
        linked,
        _prose(pieces, chars, linked),
    )


def _prose(pieces: Sequence[Piece], chars: Floats, linked: Floats) -> Floats:
    """The characters outside links of each piece that reads as running text, 0 for the others.

    A table does not, nor does what is half links or shorter than :data:`_SHORTEST`.
    """
    possible = np.flatnonzero((chars >= _SHORTEST) & (2 * linked <= chars)).tolist()
    running = [place for place in possible if pieces[place].kind != "table" and _runs(pieces[place].text)]
    prose = np.zeros(len(pieces))
    prose[running] = chars[running] - linked[running]
    return prose


def _runs(text: str) -> bool:
    """Whether a text has 15 words or more, 6 if they end as a sentence does, or 20 characters of a dense script."""
    words = text.count(" ") + 1
    if words >= 15 or (words >= 6 and _SENTENCE_END.search(text, max(0, len(text) - 8))):
        return True
    return not text.isascii() and len(_DENSE_SCRIPT.findall(text, 0, 200)) >= 20
