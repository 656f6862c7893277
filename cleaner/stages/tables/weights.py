"""What was learnt from tables glued by program: the weights of everything that says how cells are cut.

They stand in ``weights.json``, by name, and are written by ``benchmarks/train_glued_tables.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from cleaner.stages.tables.lattice import COLUMN, HEADER, PLAIN, Floats

PATH = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Weights:
    """Costs in nats: of a cell's features, of a unit of a gap's log-odds, of an empty cell, and of one more in
    the first column."""

    cell: Floats
    gap: float
    empty: float
    empty_first: float

    @property
    def flat(self) -> Floats:
        """All in one array, as the training sees them."""
        return np.array([*self.cell, self.gap, self.empty, self.empty_first])

    def empties(self, count: int) -> list[float]:
        """What an empty cell costs in each of ``count`` columns."""
        return [self.empty + self.empty_first * (number == 0) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of cells in a column that nothing is known of, in one that is learnt, and of a header's cells;
    weights of what tells the right number of columns (``choice``), a table from none: of glued cells (``table``),
    of cells one space apart (``spaced``), of one line (``blob``), of one cell a line (``vertical``)."""

    plain: Weights
    column: Weights
    header: Weights
    choice: Floats
    table: Floats
    spaced: Floats
    blob: Floats
    vertical: Floats


def weights_of(flat: Floats) -> Weights:
    """The inverse of :attr:`Weights.flat`."""
    return Weights(flat[:-3], *map(float, flat[-3:]))


CHOICE = ("header", "body", "worst", "columns", "two_columns", "empty", "unused", "header_empty", "cuts")
VERTICAL = (
    "bias",
    "rows_apart",
    "columns_apart",
    "all_apart",
    "dense",
    "gain",
    "gain_a_cell",
    "header_cost",
    "named_header",
    "named_body",
    "numeric_header",
    "rows",
    "columns",
    "cover",
    "contrast",
    "lower",
    "long",
    "sentences",
    "distinct",
    "mixed",
    "mixed_header",
    "regular",
)
TABLE = (
    "bias",
    "gain",
    "rows",
    "columns",
    "several",
    "empty",
    "header",
    "cuts",
    "like",
    "named_header",
    "numeric_header",
    "numbers",
    "regular",
    "repeated",
    "repeated_first",
    "full",
    "middle_gain",
    "least_gain",
    "header_cuts",
    "unused",
    "header_unused",
    "header_words",
    "words",
    "longest",
    "stops",
)
_LAST = ("gap", "empty", "empty_first")


def to_json(model: Model) -> dict[str, dict[str, float]]:
    """The weights by name, rounded to what matters."""

    def named(names: tuple[str, ...], values: Floats) -> dict[str, float]:
        return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}

    return {
        "plain": named((*PLAIN, *_LAST), model.plain.flat),
        "column": named((*COLUMN, *_LAST), model.column.flat),
        "header": named((*HEADER, *_LAST), model.header.flat),
        "choice": named(CHOICE, model.choice),
        "table": named(TABLE, model.table),
        "spaced": named(TABLE, model.spaced),
        "blob": named(TABLE, model.blob),
        "vertical": named(VERTICAL, model.vertical),
    }


def from_json(data: dict[str, dict[str, float]]) -> Model:
    """The inverse of :func:`to_json`; what is not learnt yet is 0."""

    def values(part: str, names: tuple[str, ...]) -> Floats:
        known = data.get(part, {})
        return np.array([known.get(name, 0.0) for name in names])

    return Model(
        weights_of(values("plain", (*PLAIN, *_LAST))),
        weights_of(values("column", (*COLUMN, *_LAST))),
        weights_of(values("header", (*HEADER, *_LAST))),
        values("choice", CHOICE),
        values("table", TABLE),
        values("spaced", TABLE),
        values("blob", TABLE),
        values("vertical", VERTICAL),
    )


@lru_cache(maxsize=1)
def load() -> Model:
    """The weights that come with the package."""
    return from_json(json.loads(PATH.read_text(encoding="utf-8")))
