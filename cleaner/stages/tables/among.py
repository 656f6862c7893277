"""What the lines of a table say about each other's gaps.

A gap that nobody could judge alone is often plain among others: two digits are parted where the other
rows have as many, a word ends a cell where it ends one elsewhere, a row has about as many cells as the
header.  :func:`measure_among` takes how likely each gap is by itself (:mod:`.gaps`) and gives one row of
features for each; :mod:`.glued_model` judges it by them a second time.  The form is that of stacked
models (Wolpert 1992): what the first pass says of a line is evidence for the lines around it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import exp, log
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.stages.tables.gaps import char_class

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

KINDS = (
    "pair",
    "four",
    "left_at",
    "right_at",
    "left_word",
    "right_word",
    "left_shape",
    "right_shape",
    "both_shapes",
    "left_number",
    "right_number",
)
"""Gaps are of one kind if these are the same: the characters' classes beside them (two, four, two and how many
cells are likely to stand to the left or right), the word or the shape of the cell on each side, the number there."""

NAMES = (
    "odds",
    "before",
    "after",
    "before_two",
    "after_two",
    "digits_left",
    "digits_right",
    "left_length",
    "right_length",
    "rank",
    "left_sum",
    "right_sum",
    "line_sum",
    "line_length",
    "odds_before",
    "odds_after",
    "since",
    "until",
    "lines",
    "sum_apart",
    "sums_spread",
    "header_sum",
    "length_apart",
    "header",
    *(f"{kind}_{what}" for kind in KINDS for what in ("share", "seen")),
    "like_left",
    "like_right",
    "like_whole",
    "fine_left",
    "fine_right",
    "fine_whole",
    "left_size",
    "right_size",
    "left_size_end",
    "right_size_end",
    "left_same",
    "right_same",
    "left_same_end",
    "right_same_end",
)

_WORD = re.compile(r"[^\W\d_]+|\d+|.", re.DOTALL)
_NUMBER = re.compile(r"[\d.,:]*")
_WORDS = re.compile(r"(?<!A)A*+a[Aa]*+(?: [Aa]++)*+")
_ASCII = str.maketrans(
    {**dict.fromkeys(digits, "0"), **dict.fromkeys(ascii_uppercase, "A"), **dict.fromkeys(ascii_lowercase, "a")}
)
_AGAIN = re.compile(r"(.)\1+", re.DOTALL)
_NO_SIZE, _NO_SHARE = 9.0, -1.0  # where no other line has anything to compare with
_EDGE = 9.0  # the log-odds of a line's two ends


class Piece(NamedTuple):
    """What stands between two likely gaps of a line, or would if there were one more."""

    shape: str
    fine: str
    size: float


class _Line(NamedTuple):
    """A line as the first pass sees it: how likely its gaps are, and what stands between the likely ones.

    ``bounds`` are where the pieces begin and end, ``total`` is how many cells but one it is thought to have.
    """

    number: int
    text: str
    offsets: Sequence[int]
    odds: Sequence[float]
    chances: Sequence[float]
    bounds: Sequence[int]
    pieces: Sequence[Piece]
    total: float


class _Gap(NamedTuple):
    """A gap by itself: ``own`` are the first features, ``kinds`` what it has to share with a gap of its kind, for each
    of :data:`KINDS`; ``pieces`` stand to its left and right, and would be one without it, ``first`` is the place of
    the left one, and ``last`` come after the right one."""

    line: int
    own: tuple[float, ...]
    kinds: tuple[object, ...]
    pieces: tuple[Piece, Piece, Piece]
    first: int
    last: int


def measure_among(
    texts: Sequence[str], cuts: Sequence[tuple[Sequence[int], Sequence[float]]], rows: range
) -> npt.NDArray[np.float32]:
    """The features (:data:`NAMES`) of all gaps of the lines, in their order.

    ``cuts`` has the offsets and costs of each line's gaps, its two ends included (:class:`.glued_model.Cuts`).  Each
    gap is held against the other lines among ``rows``, of which the first is taken for the header.
    """
    lines = [
        _line(number, text, offsets, costs)
        for number, (text, (offsets, costs)) in enumerate(zip(texts, cuts, strict=True))
    ]
    gaps = [gap for line in lines for gap in _gaps(line)]
    if not gaps:
        return np.zeros((0, len(NAMES)), np.float32)
    inside = np.zeros(len(lines))
    inside[rows.start : rows.stop] = 1.0
    others = np.maximum(1.0, len(rows) - inside)
    where = np.array([gap.line for gap in gaps])
    numbers: dict[object, int] = {}
    kinds = np.array([[numbers.setdefault(pair, len(numbers)) for pair in enumerate(gap.kinds)] for gap in gaps])
    chances = np.array([chance for line in lines for chance in line.chances])
    shares = [_shares(kind, where, chances, inside[where], len(numbers), others) for kind in kinds.T]
    pieces = _Pieces([line.pieces if line.number in rows else None for line in lines])
    return np.column_stack(
        [
            np.array([gap.own for gap in gaps], float),
            _by_line(lines, rows, inside, others)[where],
            *shares,
            np.array([pieces.against(gap) for gap in gaps]),
        ]
    ).astype(np.float32)


def _line(number: int, text: str, offsets: Sequence[int], costs: Sequence[float]) -> _Line:
    odds = [-cost for cost in costs]
    odds[0] = odds[-1] = _EDGE
    chances = [1 / (1 + exp(cost)) for cost in costs[1:-1]]
    likely = [at for at, cost in zip(offsets[1:-1], costs[1:-1], strict=True) if cost < 0]
    bounds = [0, *likely, len(text)]
    pieces = [_piece(text[start:stop]) for start, stop in pairwise(bounds)]
    return _Line(number, text, offsets, odds, chances, bounds, pieces, sum(chances))


def _by_line(lines: Sequence[_Line], rows: range, inside: Floats, others: Floats) -> Floats:
    """What is the same for all gaps of a line: how it compares with the rows."""
    sums = np.array([line.total for line in lines])
    sizes = np.array([log(len(line.text) + 1) for line in lines])
    of_rows = sums[rows.start : rows.stop]
    return np.column_stack(
        [
            np.full(len(lines), len(rows)),
            sums - (of_rows.sum() - sums * inside) / others,
            np.full(len(lines), of_rows.std()),
            of_rows[0] - sums,
            sizes - sizes[rows.start : rows.stop].mean(),
            np.arange(len(lines)) == rows.start,
        ]
    )


def _gaps(line: _Line) -> Iterator[_Gap]:
    _, text, offsets, odds, chances, bounds, *_ = line
    inner = range(1, len(offsets) - 1)
    ranks = {index: rank for rank, index in enumerate(sorted(inner, key=lambda index: -odds[index]))}
    classes = [-1, *map(char_class, text), -1]
    sum_left = 0.0
    place = 0
    for index in inner:
        at = offsets[index]
        while bounds[place + 1] < at:
            place += 1
        likely = bounds[place + 1] == at
        start, stop = bounds[place], bounds[place + 1 + likely]
        end = at - (text[at - 1] == " ")
        left, right = text[start:end], text[at:stop]
        sum_right = line.total - sum_left - chances[index - 1]
        (two, one), (next_one, next_two) = classes[end - 1 : end + 1], classes[at + 1 : at + 3]
        pieces = _piece(left), _piece(right), _piece(text[start:stop])
        yield _Gap(
            line.number,
            (
                odds[index],
                one,
                next_one,
                two,
                next_two,
                len(left) - len(left.rstrip("0123456789")),
                len(right) - len(right.lstrip("0123456789")),
                len(left),
                len(right),
                ranks[index],
                sum_left,
                sum_right,
                line.total,
                len(text),
                odds[index - 1],
                odds[index + 1],
                at - offsets[index - 1],
                offsets[index + 1] - at,
            ),
            (
                (one, next_one),
                (two, one, next_one, next_two),
                (one, next_one, round(sum_left)),
                (one, next_one, round(sum_right)),
                _begins(_WORD, left[::-1]),  # backwards, as a search for the end is quadratic
                _begins(_WORD, right),
                pieces[0].shape,
                pieces[1].shape,
                (pieces[0].shape, pieces[1].shape),
                (_signs(_begins(_NUMBER, left[::-1])) or pieces[0].shape[-1:], next_one),
                (one, _signs(_begins(_NUMBER, right)) or pieces[1].shape[:1]),
            ),
            pieces,
            place,
            len(line.pieces) - 1 - place - likely,
        )
        sum_left += chances[index - 1]


def _shares(kind: Ints, line: Ints, chances: Floats, weight: Floats, kinds: int, others: Floats) -> Floats:
    """Of the gaps of its kind in other lines, how likely a gap is on average, and how many a line has."""
    _, here = np.unique(line * kinds + kind, return_inverse=True)

    def elsewhere(values: Floats) -> Floats:
        return np.asarray(np.bincount(kind, values, kinds)[kind] - np.bincount(here, values)[here], np.float64)

    seen = elsewhere(weight)
    share = np.where(seen > 0, elsewhere(chances * weight) / np.maximum(seen, 1.0), _NO_SHARE)
    return np.column_stack([share, seen / others[line]])


class _Pieces:
    """The pieces of a table's rows, counted; ``None`` is a line that is no row."""

    def __init__(self, lines: Sequence[Sequence[Piece] | None]) -> None:
        self._lines = lines
        rows = [row for row in lines if row is not None]
        self._rows = len(rows)
        self._shapes = Counter(piece.shape for row in rows for piece in row)
        self._fine = Counter(piece.fine for row in rows for piece in row)
        places: dict[int, list[Piece]] = defaultdict(list)  # by how many stand before, or, below 0, from the end
        for row in rows:
            for place, piece in enumerate(row):
                places[place].append(piece)
                places[place - len(row)].append(piece)
        self._sums = {
            place: (len(pieces), sum(piece.size for piece in pieces), Counter(piece.shape for piece in pieces))
            for place, pieces in places.items()
        }

    def against(self, gap: _Gap) -> tuple[float, ...]:
        """How the pieces left and right of a gap, and both in one, compare with those of other rows."""
        row = self._lines[gap.line]
        own = row or ()
        others = max(1, self._rows - (row is not None))
        shapes, fines = [piece.shape for piece in own], [piece.fine for piece in own]
        like = [(self._shapes[piece.shape] - shapes.count(piece.shape)) / others for piece in gap.pieces]
        fine = [(self._fine[piece.fine] - fines.count(piece.fine)) / others for piece in gap.pieces]
        left, right, _ = gap.pieces
        placed = [
            self._at(own, place, piece)
            for place, piece in (
                (gap.first, left),
                (gap.first + 1, right),
                (-gap.last - 2, left),
                (-gap.last - 1, right),
            )
        ]
        return (*like, *fine, *(size for size, _ in placed), *(share for _, share in placed))

    def _at(self, own: Sequence[Piece], place: int, piece: Piece) -> tuple[float, float]:
        """How much longer a piece is than those in its place in other lines, and the share that have its shape."""
        if place not in self._sums:
            return _NO_SIZE, _NO_SHARE
        count, size, shapes = self._sums[place]
        same = shapes[piece.shape]
        if -len(own) <= place < len(own):
            count, size, same = count - 1, size - own[place].size, same - (own[place].shape == piece.shape)
        return (piece.size - size / count, same / count) if count else (_NO_SIZE, _NO_SHARE)


@lru_cache(maxsize=4096)
def _piece(text: str) -> Piece:
    fine = _WORDS.sub("a", _signs(text.strip()))
    return Piece(_AGAIN.sub(r"\1", fine), fine, log(len(text) + 1))


def _signs(text: str) -> str:
    """``4 May`` as ``0 Aaa``."""
    if text.isascii():
        return text.translate(_ASCII)
    return "".join(
        "0" if sign.isdigit() else "A" if sign.isupper() else "a" if sign.isalpha() else sign for sign in text
    )


def _begins(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.match(text)
    return match[0] if match else ""
