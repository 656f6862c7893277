"""Columns that training tables are made of."""

from __future__ import annotations

import inspect
import random
import re

import pytest

from benchmarks import made_columns
from benchmarks.made_columns import Cells

OTHERS = ("ordinal", "date_style", "listed")
MAKERS = [
    maker
    for name, maker in inspect.getmembers(made_columns, inspect.isfunction)
    if name not in OTHERS and maker.__module__ == made_columns.__name__
]


@pytest.mark.parametrize("cells", [*MAKERS, made_columns.listed("Won", "Lost")], ids=lambda maker: maker.__name__)
def test_a_column_has_a_cell_for_every_row_and_is_the_same_each_time(cells: Cells) -> None:
    for seed in range(200):
        column = cells(random.Random(seed), rows := 3 + seed % 10)
        assert len(column) == rows
        assert all(cell and cell == " ".join(cell.split()) for cell in column)
        assert column == cells(random.Random(seed), rows)


def test_a_column_is_written_in_one_style() -> None:
    for seed in range(100):
        shapes = {re.sub(r"\d", "0", cell) for cell in made_columns.codes(random.Random(seed), 8)}
        assert len({re.sub(r"[A-Z]", "A", shape) for shape in shapes}) == 1


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinal(number: int, text: str) -> None:
    assert made_columns.ordinal(number) == text
