"""Numbers in tables: what a cell is worth, how it is written, and columns of numbers that follow each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cleaner.stages.tables.cells import FLAWS, make_cell
from cleaner.stages.tables.gaps import NAMES, measure
from cleaner.stages.tables.lattice import PLAIN, build
from cleaner.stages.tables.sequences import counts_on, in_order


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4.", 4.0),
        ("#12", 12.0),
        ("3rd", 3.0),
        ("2004", 2004.0),
        ("1,234.50", 1234.5),
        ("1.234,5", 1234.5),
        ("230 891", 230891.0),
        ("12.345", 12345.0),
        ("27.29", 27.29),
        ("0,5", 0.5),
        ("-3", -3.0),
        ("($1,200)", -1200.0),
        ("15%", 15.0),
    ],
)
def test_what_a_cell_is_worth(text, value):
    assert make_cell(text).value == value


@pytest.mark.parametrize("text", ["4:30", "2–1", "5 May 2004", "Terminal 4", "n/a", "123456789"])
def test_no_number_alone(text):
    assert math.isnan(make_cell(text).value)


def test_decimals_are_no_times():
    assert [make_cell(text).type for text in ("27.29", "16.00", "03.30", "9:15", "9.15 pm")] == [
        "decimal2",
        "decimal2",
        "time",
        "time",
        "time",
    ]


@pytest.mark.parametrize(("text", "flawed"), [("AM15 min", True), ("th3", True), ("Amber", False), ("stop", False)])
def test_a_cell_does_not_begin_with_what_ends_a_number(text, flawed):
    assert make_cell(text).flaws[FLAWS.index("suffix")] == flawed


def gap_features(text: str, offset: int) -> dict[str, float]:
    (offsets,), rows = measure([text])
    return dict(zip(NAMES, rows[offsets.index(offset)].tolist(), strict=True))


def test_how_the_numbers_beside_a_gap_are_written():
    gap = gap_features("Lee27.29129.05", 8)
    assert (gap["left_formed"], gap["right_formed"], gap["joined_formed"]) == (4, 4, 0)
    assert gap_features("Lee12007", 4)["right_zero"] == 0
    assert gap_features("Lee12007", 6)["right_zero"] == 1


def test_letters_beside_a_digit():
    gap = gap_features("Tue 9AM15 min", 7)
    assert gap["left_after_digit"] == 1
    assert gap_features("Tue 9AM15 min", 5)["right_before_digit"] == 1


def with_the_other_point(texts: list[str], offsets: list[list[int]]) -> set[str]:
    lattice = build(texts, offsets, [[0.0] * len(places) for places in offsets])
    return {lattice.cells[number].text for number in lattice.text[lattice.plain[PLAIN.index("other_point")] > 0]}


def test_the_decimals_of_all_lines_are_written_alike():
    flawed = with_the_other_point(["Ann326,58444.7", "Bo36,8881.3"], [[0, 3, 9, 10, 14], [0, 2, 7, 8, 11]])
    assert {"326,58", "36,88"} <= flawed
    assert not {"326,584", "44.7", "4.7", "36,888", "1.3"} & flawed
    flawed = with_the_other_point(["1,5", "2,25", "Bo36.81,3"], [[0, 3], [0, 4], [0, 2, 6, 9]])
    assert "36.8" in flawed
    assert not {"1,5", "2,25", "1,3"} & flawed


def column(values: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array(values), np.arange(len(values)), np.ones(len(values))


def test_a_counter_knows_what_comes_next():
    value, line, mass = column([1, 2, 3, 4, 17])
    assert counts_on(value, line, mass, mass.sum()).tolist() == [0.8, 0.8, 0.8, 0.8, 0]


def test_a_sorted_column_knows_between_what_a_number_is():
    value, line, mass = column([90, 71, 71, 44, 30, 12, math.nan])
    assert (in_order(value, line, mass)[:6] == 1).all()
    value[3] = 444
    assert in_order(value, line, mass)[3] == 0
    assert not in_order(*column([3, 1, 4, 1, 5, 9, 2, 6])).any()
    assert not in_order(*column([5, 5, 5, 5, 5, 5])).any()
