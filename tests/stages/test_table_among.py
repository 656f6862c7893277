"""What the lines of a table say about each other's gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.stages.tables.among import NAMES, measure_among
from cleaner.stages.tables.glued_model import MOST_CUTS_AGAIN, Cuts, cut_again, cut_lines

TABLE = ["TeamPlayedPoints", "Lions1241", "Tigers1237", "Bears1230", "Wolves1228"]
CUTS = [
    Cuts([0, 4, 10, 16], [0.0, -3.0, -3.0, 0.0]),
    Cuts([0, 5, 6, 7, 9], [0.0, -4.0, 1.0, -0.5, 0.0]),
    Cuts([0, 6, 8, 10], [0.0, -4.0, -1.0, 0.0]),
    Cuts([0, 5, 7, 9], [0.0, -4.0, -1.0, 0.0]),
    Cuts([0, 6, 7, 10], [0.0, -4.0, 2.0, 0.0]),
]
ROWS = range(len(TABLE))


def features(name: str) -> list[float]:
    column: list[float] = measure_among(TABLE, CUTS, ROWS)[:, NAMES.index(name)].tolist()
    return column


def test_each_gap_has_its_features() -> None:
    assert measure_among(TABLE, CUTS, ROWS).shape == (sum(len(cut.offsets) - 2 for cut in CUTS), len(NAMES))
    assert measure_among(["Lions"], [Cuts([0, 5], [0.0, 0.0])], range(1)).shape == (0, len(NAMES))


def test_a_gap_is_held_against_those_of_its_kind_in_other_lines() -> None:
    # letter|digit: one in each of the four rows, each about as likely
    assert features("pair_share")[2] == pytest.approx(1 / (1 + np.exp(-4.0)), abs=1e-6)
    assert features("pair_seen")[2] == 3 / 4
    # digit|digit after two digits: two of three likely, and this line's own do not count
    at = 4  # Lions12|41
    assert features("left_number_share")[at] == pytest.approx(1 / (1 + np.exp(-1.0)), abs=1e-6)
    assert features("left_number_share")[3] < features("left_number_share")[at]


def test_a_line_is_held_against_the_header() -> None:
    header, wolves = features("header_sum")[0], features("header_sum")[-1]
    assert header == 0
    assert wolves > 0.5
    assert [bool(flag) for flag in features("header")[:3]] == [True, True, False]


def test_lines_that_are_no_rows_do_not_count() -> None:
    prose = "In 2024the lions won again, as theyhad done."
    around = measure_among(
        [prose, *TABLE], [Cuts([0, 7, 36, 43], [0.0, -2.0, -1.0, 0.0]), *CUTS], range(1, len(TABLE) + 1)
    )
    assert np.array_equal(around[2:], measure_among(TABLE, CUTS, ROWS))


GRIDS = [
    [["Stadt", "Einwohner", "Fläche"], ["Berlin", "3.677.472", "891,1"], ["Hamburg", "1.853.935", "755,2"]],
    [
        ["Country", "IATA", "Airport"],
        ["China", "HAK", "Haikou"],
        ["Vietnam", "HAN", "Noi Bai"],
        ["India", "HYD", "Goa"],
    ],
    [
        ["Stage", "Start", "Winner"],
        ["First", "10:15 AM", "Mara"],
        ["Second", "11:00 AM", "Ivo"],
        ["Third", "9:45 AM", "Alain"],
    ],
    [["tool", "purpose", "price"], ["hammer", "driving nails", "$12.50"], ["saw", "cutting wood", "$18.00"]],
    [["Region", "2019", "2020"], ["North", "12.5", "13.1"], ["South", "9.8", "10.4"], ["East", "101.2", "99.7"]],
    [
        ["Model", "Class", "Crew"],
        ["Falcon", "A", "4"],
        ["Heron", "B", "6"],
        ["Osprey", "A", "12"],
        ["Kestrel", "C", "3"],
    ],
]


def test_the_seams_are_surer_among_the_other_rows() -> None:
    """Nats by which the cuts of glued grids are not certain, by themselves and among each other."""

    def nats(cuts: list[Cuts], grid: list[list[str]]) -> float:
        total = 0.0
        for row, (offsets, costs) in zip(grid, cuts, strict=True):
            seams = set(np.cumsum([len(cell) for cell in row])[:-1].tolist())
            for offset, cost in zip(offsets[1:-1], costs[1:-1], strict=True):
                total += float(np.logaddexp(0, cost if offset in seams else -cost))
            total += 6.0 * len(seams.difference(offsets))
        return total

    alone = among = 0.0
    for grid in GRIDS:
        texts = ["".join(row) for row in grid]
        cuts = cut_lines(texts)
        again = cut_again(texts, cuts, range(len(texts)))
        alone += nats(cuts, grid)
        among += nats(again, grid)
    assert among < 0.8 * alone


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("aB1 .,-é中$"), min_size=1, max_size=40), min_size=1, max_size=8))
def test_any_lines_can_be_judged(texts: list[str]) -> None:
    for spaces in (False, True):
        cuts = cut_lines(texts, spaces=spaces)
        again = cut_again(texts, cuts, range(len(texts)), spaces=spaces)
        for before, after in zip(cuts, again, strict=True):
            assert set(after.offsets) <= set(before.offsets)
            assert after.offsets[0] == before.offsets[0]
            assert after.offsets[-1] == before.offsets[-1]
            assert np.isfinite(after.costs).all()
            assert len(after.offsets) <= MOST_CUTS_AGAIN + 2
