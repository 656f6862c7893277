"""Whether lines that could be cut into cells are worth the arithmetic of columns.

Most of what reaches the lattice is no table: a list of products with codes, an index of a forum.
Here the likely cuts are taken as they are, the pieces between them (or the lines, where each is a
cell) are sorted into a few kinds, and small forests say from a glance at those whether a table
could come of it.  They were trained (``benchmarks/train_table_gates.py``) to let nearly all tables
pass that are rebuilt without them; a gate only ever refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import exp, log
from pathlib import Path

import numpy as np

from cleaner.stages.chrome.forest import load
from cleaner.stages.tables.column_names import names_a_column
from cleaner.stages.tables.glued_model import Cuts

FOLDER = Path(__file__).parent

ROWS = (
    "lines",
    "length",
    "spread",
    "strongest",
    "weakest",
    "cuts",
    "cuts_spread",
    "header_cuts",
    "named_header",
    "any_named",
    "numeric_header",
    "numeric",
    "mixed",
    "spaces",
    "lower",
    "uncut",
    "repeated",
    "sentences",
    "piece",
    "like_first",
    "like_last",
    "like_rows",
    "whole",
    "sure",
    "digit_first",
    "loose",
)
ONE_LINE = (
    "length",
    "pieces",
    "density",
    "strength",
    "cuts",
    "numeric",
    "mixed",
    "lower",
    "capital_mixed",
    "named_head",
    "named_first",
    "named",
    "piece_spaces",
    "period",
    "spaces",
    "sentences",
    "repeated",
    "spread",
    "piece",
    "short",
    "word_number",
    "numbers",
    "colons",
    "unsure",
)
READING = (
    "rows_apart",
    "columns_apart",
    "all_apart",
    "dense",
    "lines",
    "rows",
    "columns",
    "cover",
    "named_header",
    "named_body",
    "sentences",
    "distinct",
    "figures",
    "header_figures",
    "contrast",
    "lower",
    "mixed",
    "regular",
    "gain",
    "like_header",
)
KINDS = "nmlwW"
"""A number, mixed, lower-cased, one or two words, more; of kinds as common as each other the first counts."""
_LAYOUTS = {
    layout: [float(layout == one) for one in ("rows", "columns", "apart", "dense")]
    for layout in ("rows", "columns", "apart", "dense")
}
_MOST_SURE = 5.0
_SURE = 2.0
_UNCUT = -1.5
_SHORT = 3
_HEAD = 6
_WIDEST = 7
_NUMBER = re.compile(r"\d[\d.,]*")
_DIGIT, _LETTER = re.compile("[0-9]"), re.compile("[A-Za-z]")


def passes(form: str, *features: Sequence[float]) -> bool:
    """Whether any of what could be a table of a form (``glued``, ``spaced``, ``blob``, ``vertical``) is worth it."""
    return passing(form, [features])[0]


def passing(form: str, groups: Sequence[Sequence[Sequence[float]]]) -> list[bool]:
    """Whether any in each group is worth it (a group is not empty); all are asked at once."""
    rows = np.array([features for group in groups for features in group], np.float32)
    worth = load(f"gate_{form}", FOLDER).log_odds(rows) > 0
    firsts = np.cumsum([0, *map(len, groups[:-1])])
    return list(map(bool, np.logical_or.reduceat(worth, firsts)))


def of_rows(texts: Sequence[str], cuts: Sequence[Cuts]) -> list[float]:
    """What lines that could be a table's rows, the first its header, show (:data:`ROWS`)."""
    count = len(texts)
    rows = [_pieces(text, one) for text, one in zip(texts, cuts, strict=True)]
    header, *body = [[kind(piece) for piece in row] for row in rows]
    named = [names_a_column(piece) for piece in rows[0]]
    pieces = [piece for row in rows[1:] for piece in row]
    kinds = [one for row in body for one in row]
    some = max(1, len(pieces))
    expected = [_expected(one) for one in cuts]
    middle = sum(expected) / count
    strongest = [min(_MOST_SURE, one.strongest) for one in cuts]
    sizes = [len(text) for text in texts]
    mean = sum(sizes) / count
    return [
        log(count),
        log(mean),
        sum(abs(size - mean) for size in sizes) / count / mean,
        max(strongest),
        min(strongest),
        middle,
        sum(abs(one - middle) for one in expected) / count / (middle + 0.5),
        expected[0],
        sum(named) / len(named),
        float(any(named)),
        sum(one in "nm" for one in header) / len(header),
        kinds.count("n") / some,
        kinds.count("m") / some,
        sum(piece.count(" ") for piece in pieces) / some,
        kinds.count("l") / some,
        sum(one <= _UNCUT for one in strongest) / count,
        1 - len(set(pieces)) / some,
        sum(". " in text or text[-1] in ".!?" for text in texts) / count,
        log(sum(map(len, pieces)) / some + 1),
        _commonest([row[0] for row in body]),
        _commonest([row[-1] for row in body]),
        _commonest(["".join(row) for row in body]),
        sum(len(row) == 1 for row in rows) / count,
        sum(one > _SURE for one in strongest) / count,
        sum(piece[0].isdigit() for piece in pieces) / some,
        sum(piece[-1] in ",;:(-" or piece[0] in ",;:)-." for piece in pieces) / some,
    ]


def of_one_line(text: str, cuts: Cuts) -> list[float]:
    """What a line that could be a whole table shows (:data:`ONE_LINE`)."""
    pieces = _pieces(text, cuts)
    count = len(pieces)
    kinds = [kind(piece) for piece in pieces]
    named = [names_a_column(piece) for piece in pieces]
    figures = [one in "nm" for one in kinds]
    odds = [-cost for cost in cuts.costs[1:-1]]
    sizes = [len(piece) for piece in pieces]
    mean = sum(sizes) / count
    return [
        log(len(text)),
        log(count),
        count / len(text),
        sum(max(0.0, min(_MOST_SURE, one)) for one in odds) / count,
        _expected(cuts) / count,
        kinds.count("n") / count,
        kinds.count("m") / count,
        kinds.count("l") / count,
        sum(one == "m" and piece[0].isupper() for one, piece in zip(kinds, pieces, strict=True)) / count,
        sum(named[:_HEAD]),
        float(named[0]),
        sum(named) / count,
        sum(piece.count(" ") for piece in pieces) / count,
        _period(figures),
        text.count(" ") / len(text),
        text.count(". ") / count,
        1 - len(set(pieces)) / count,
        sum(abs(size - mean) for size in sizes) / count / mean,
        log(mean),
        sum(size < _SHORT for size in sizes) / count,
        "".join(kinds).count("wn") / count,
        len(_NUMBER.findall(text)) / count,
        text.count(":") / count,
        sum(-_SURE < one <= 0 for one in odds) / count,
    ]


def of_reading(
    layout: str, columns: Sequence[str], named: Sequence[Sequence[bool]], stopped: int, distinct: bool, lines: int
) -> list[float]:
    """What one cell a line shows, read as a grid (:data:`READING`).

    ``columns`` are the :func:`kind` of each cell, a column each, its header first; ``named`` whether it names
    a column.  ``stopped`` cells end like a sentence; the stretch has so many ``lines``.
    """
    width, rows = len(columns), len(columns[0])
    size = width * rows
    bodies = [column[1:] for column in columns]
    heads = "".join(column[0] for column in columns)
    body = "".join(bodies)
    figures = [(one.count("n") + one.count("m")) / (rows - 1) for one in bodies]
    commonest = [max(KINDS, key=one.count) for one in bodies]
    regular = sum(map(str.count, bodies, commonest)) / len(body)
    names = sum(column[0] for column in named)
    return [
        *_LAYOUTS[layout],
        log(lines),
        log(rows),
        width,
        size / lines,
        names / width,
        (sum(map(sum, named)) - names) / len(body),
        stopped / size,
        float(distinct),
        sum(figures) / width,
        (heads.count("n") + heads.count("m")) / width,
        max(figures) - min(figures),
        body.count("l") / len(body),
        body.count("m") / len(body),
        regular,
        regular - max(map(body.count, set(body))) / len(body),
        sum(map(str.__eq__, heads, commonest)) / width,
    ]


def _pieces(text: str, cuts: Cuts) -> list[str]:
    """A line (not empty) cut wherever that is likelier than not."""
    inner = zip(cuts.offsets[1:-1], cuts.costs[1:-1], strict=True)
    at = [0, *(offset for offset, cost in inner if cost < 0), len(text)]
    return [piece for a, b in pairwise(at) if (piece := text[a:b].strip())]


def kind(piece: str) -> str:
    """What a cell (not empty) is, one of :data:`KINDS`."""
    plain = piece.isascii()
    if _DIGIT.search(piece) if plain else any(map(str.isdigit, piece)):
        return "m" if (_LETTER.search(piece) if plain else any(map(str.isalpha, piece))) else "n"
    return "l" if piece[0].islower() else "w" if piece.count(" ") < 2 else "W"


def _expected(cuts: Cuts) -> float:
    """How many cuts a line can be expected to have."""
    return sum(1 / (1 + exp(cost)) for cost in cuts.costs[1:-1])


def _commonest(values: list[str]) -> float:
    """The share of the commonest value."""
    return max(map(values.count, set(values))) / len(values)


def _period(figures: list[bool]) -> float:
    """How much more alike pieces are that stand a row's width apart, for the best width, than any two."""
    share = sum(figures) / len(figures)
    alike = [
        sum(map(bool.__eq__, figures, figures[width:])) / (len(figures) - width)
        for width in range(2, min(_WIDEST, len(figures) - 1))
    ]
    return max(alike, default=0.0) - share**2 - (1 - share) ** 2
