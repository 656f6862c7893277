"""The gates of stage ``tables``: they only refuse, what they see is what they were trained on, and what is
left out before them could not have mattered."""

from __future__ import annotations

import gzip
import json
import math
import re
import tomllib
from collections.abc import Iterator
from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document
from cleaner.settings import Config
from cleaner.stages import structure, tables
from cleaner.stages.chrome.forest import load
from cleaner.stages.tables import blob, gaps, gate, glued, lattice, lines, spans, vertical
from cleaner.stages.tables.cells import make_cell
from cleaner.stages.tables.glued_model import cut_lines
from cleaner.stages.tables.lattice import build
from tests.support import ROOT, text_document

CASES = ROOT / "tests" / "cases" / "tables"
MADE = ROOT.parent / "shared" / "bench" / "tables" / "dev.jsonl.gz"
SEEN = {"glued": gate.ROWS, "spaced": gate.ROWS, "blob": gate.ONE_LINE, "vertical": gate.READING}
LINE = st.text(alphabet='aAbBéЖ中25.%)(]_-’" €,:', min_size=2, max_size=30).map(str.strip).filter(bool)
REFUSED = (
    "FunnelCloud - Leads and pipelines.\nQuickVal2 - Values in minutes.\nHireNow - Hiring plans.\nread more",
    "News\nSport\nWeather\nTravel\nCulture\nLetters\nObituaries\nCrossword\nContact us\nYour account",
)


def cleaned(text: str) -> Document:
    return tables.apply(structure.apply(text_document(text), Config()), Config())


def found(text: str) -> set[tuple[str, int, int, str]]:
    edits = cleaned(text).edits
    return {(edit.rule, edit.start, edit.end, edit.new_text) for edit in edits if edit.stage == tables.STAGE}


def texts() -> Iterator[str]:
    """The hand-made tables, and of those made by program a few if they are there."""
    for name in ("rebuilt.toml", "left_alone.toml"):
        yield from (case["text"] for case in tomllib.loads((CASES / name).read_text(encoding="utf-8"))["case"])
    if MADE.exists():
        with gzip.open(MADE, "rt", encoding="utf-8") as stream:
            yield from (json.loads(line)["text"] for line in islice(stream, 0, None, 40))


@pytest.mark.parametrize("form", SEEN)
def test_a_gate_sees_what_it_was_trained_on(form):
    assert load(f"gate_{form}", gate.FOLDER).features == SEEN[form]


@pytest.mark.parametrize("form", SEEN)
def test_the_page_says_what_passes(form):
    about = json.loads((gate.FOLDER / f"gate_{form}.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert f"| {about['tables']:,} | {about['others_passed']:.0%} |".replace("%", " %") in page


@given(st.lists(LINE, min_size=3, max_size=6))
def test_whatever_the_lines_are_they_are_measured(some):
    cuts = cut_lines(some)
    spaced = cut_lines(some, spaces=True)
    stretch = vertical.Stretch(some * 2)
    reading = vertical.Reading(0, 2 * len(some), 2, "dense")
    for row, names in (
        (gate.of_rows(some, cuts), gate.ROWS),
        (gate.of_rows(some, spaced), gate.ROWS),
        (gate.of_one_line(some[0], cuts[0]), gate.ONE_LINE),
        (stretch.glance(reading), gate.READING),
    ):
        assert len(row) == len(names)
        assert all(map(math.isfinite, row))


def test_gates_only_refuse(monkeypatch):
    every = list(texts())
    passed = [found(text) for text in every]
    monkeypatch.setattr(gate, "passing", lambda form, groups: [True] * len(groups))
    tried = [found(text) for text in every]
    assert all(some <= more for some, more in zip(passed, tried, strict=True))
    assert sum(map(len, passed)) >= 0.99 * sum(map(len, tried)) > 10


def test_what_is_asked_together_passes_as_it_does_alone():
    chance = np.random.default_rng(3)
    groups = [chance.normal(0, 2, (size, len(gate.READING))).tolist() for size in (1, 3, 2, 1, 5, 1, 1, 4)]
    together = gate.passing("vertical", groups)
    assert together == [gate.passes("vertical", *group) for group in groups]
    assert set(together) == {False, True}


def test_a_list_that_passes_its_gate_is_no_table_yet():
    products = (
        "ALF2210K spare lens",
        "ALF2214K spare lens, tinted",
        "Read how-tos on iView",
        "VX90 and VX95 owners only",
    )
    assert not found("\n".join([*products, "Ask MyGarage"]))


@pytest.mark.parametrize("text", REFUSED)
def test_lists_do_not_get_as_far_as_columns(text, monkeypatch):
    asked = []

    def ask(form, groups, passing=gate.passing):
        answers = passing(form, groups)
        asked.extend(answers)
        return answers

    monkeypatch.setattr(gate, "passing", ask)
    assert not found(text)
    assert asked
    assert not any(asked)


def test_of_kinds_as_common_as_each_other_one_is_always_the_first():
    row = gate.of_reading("dense", ["nnl", "lln"], [[False] * 3] * 2, 0, True, 6)
    assert row[gate.READING.index("like_header")] == 0.5
    assert max(gate.KINDS, key="ln".count) == "n"


@given(st.text(alphabet="aAbBéÉ中²5٣.%)(]_ ", max_size=20))
def test_the_faster_pattern_misses_no_seam(text):
    assert len(spans._SWITCH.findall(text)) >= len(spans._SEAM.findall(text))
    slow = re.search(r"[a-zß-öø-ÿ]{2}[.!?] [A-ZÀ-ÖØ-Þ]", text)
    assert (spans._PROSE.search(text) is None) == (slow is None)
    if spans._PROSE_OF_STATEMENTS.search(text):
        assert slow


WORDS = st.sampled_from(
    ["the", "Haus", "don’t", "МОСКВА", "Poland", "x_y", "b@c.de", "12,5%", "(b)", '"', "日本", "qzx"]
)


@given(
    st.lists(
        st.lists(st.tuples(WORDS, st.sampled_from(["", "", " "])).map("".join), min_size=1, max_size=8).map("".join),
        max_size=4,
    )
)
def test_lines_are_measured_together_as_they_are_alone(lines):
    """No line sees another, and none depends on what was asked before."""
    offsets, features = gaps.measure(lines)
    alone = [gaps.measure([line]) for line in reversed(lines)][::-1]
    assert offsets == [one for (one,), _ in alone]
    assert features.tobytes() == b"".join(rows.tobytes() for _, rows in alone)
    assert len(features) == sum(map(len, offsets))


def test_a_gap_has_its_features():
    """``joined`` stands for the two humps beside a gap, as one word."""
    (offsets,), rows = gaps.measure(['"Ro(2) BillGates12.50%'])
    at = dict(zip(offsets, (dict(zip(gaps.NAMES, row.tolist(), strict=True)) for row in rows), strict=True))
    gap = at[11]
    assert [gap[name] for name in ("before_letter", "after_capital", "before_digit", "after_letter")] == [1, 1, 0, 0]
    assert [gap[name] for name in ("left_length", "right_length", "whole_length")] == [4, 5, 9]
    assert gap["left_frequency"] == gap["left_hump_frequency"] > 3 > gap["whole_frequency"] == gap["joined_frequency"]
    assert [gap[name] for name in ("first_token", "last_token", "depth", "quote_open")] == [0, 1, 0, 1]
    assert [gap[name] for name in ("token_left", "token_right", "line_length", "line_seams")] == [4, 11, 22, 2]
    assert [at[4][name] for name in ("depth", "first_token", "left_length", "digits_right")] == [1, 1, 0, 1]
    gap = at[16]
    assert [gap[name] for name in ("left_length", "right_length", "number_right", "right_formed")] == [9, 0, 5, 4]
    assert [gap[name] for name in ("before_class_before", "after_class_after", "before_two", "after_two")] == [
        *[gaps.CLASSES.index("letter"), gaps.CLASSES.index("digit")],
        *[gaps.CLASSES.index("letter"), gaps.CLASSES.index("stop")],
    ]
    assert at[20]["left_formed"] == 3
    assert at[21]["token_right"] == 1


FORMS = ("barred", "aligned", "glued", "cells", "spaced", "one_line")


def found_everywhere(text: str) -> set[tuple[str, int, int, str]]:
    """What the forms find if each examines every line that is free."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "plain", lambda source, picked: False)
        for form in FORMS:
            patch.setattr(spans, form, lambda page, free: iter(spans._runs(free, page.begins, 1)))
        return found(text)


def test_what_is_left_out_at_once_is_no_table():
    assert all(found(text) == found_everywhere(text) for text in texts())


ROW = st.sampled_from(
    [
        *(
            "Name  Age",
            "Ann\t12",
            "a | b",
            "--|--",
            "Team Goals",
            "Lions 41  ",
            "CityShare",
            "Rome12%",
            "Oslo7,5%",
            "Oslo",
        ),
        *("Oslo", "- item12B", "## HeadA1", "It was so. It ended then.", "Team", "Goals", "Lions", "41", "", "  "),
        "TeamPointsLions41Tigers37Bears29Wolves25",
        "\u200bZagreb3%",
        "A sentence that goes on and on, as one does in an article of some length. " * 5,
    ]
)


@given(st.lists(ROW, max_size=14).map("\n".join))
def test_nor_in_any_mixture_of_lines(text):
    assert found(text) == found_everywhere(text)


def test_a_bar_where_no_line_could_be_a_row():
    code = text_document("```\na | b\n```")
    assert structure.apply(code, Config()).blocks[0].kind == "code"
    assert not found("```\na | b\n```")
    assert not found("|")


def test_an_article_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(lines, "look", None)
    prose = "An opening sentence. Then McLaren 12C owners said so, 3 of them."
    document = structure.apply(text_document("\n\n".join(["A title", *[prose] * 100])), Config())
    assert tables.apply(document, Config()) is document


def test_lines_without_a_possible_gap_are_not_all_measured(monkeypatch):
    measured: list[str] = []

    def cut(texts, **options):
        measured.extend(texts)
        return cut_lines(texts, **options)

    monkeypatch.setattr(glued, "cut_lines", cut)
    table = ["CountryShare", "Norway12%", "Spain7%", "Greece31%", "Malta9%"]
    notes = ["Open 24 hours", "A room with a view", "The iPhone", "A long way home", "Gate 17"]
    assert glued.cut_unless_hopeless([notes, table, notes]) == [[], cut_lines(table), []]
    assert sorted(measured) == sorted([*table, *["A room with a view", "A long way home"] * 2])


def test_one_cell_a_line_has_numbers_or_a_word_that_names_columns():
    lines = [range(8)]
    plain = vertical.Stretch(["Apples", "Bread", "red", "white", "green", "brown", "sour", "old"])
    assert list(plain.candidates(lines, numbers=True))
    assert not list(plain.candidates(lines, numbers=False))
    named = vertical.Stretch(["Name", "Country", *plain.texts[2:]])
    assert vertical.Reading(0, 8, 2, "dense") in list(named.candidates(lines, numbers=False))


def test_numbers_of_columns_walked_together_or_alone_give_the_same():
    text = "TeamPointsLions41Tigers37Bears29Wolves25"
    cuts = cut_lines([text], most=blob.MOST_CUTS)[0]
    lattice = build([text], [cuts.offsets], [cuts.costs], reach=blob.REACH)
    chance = np.random.default_rng(1)
    steps = {count: chance.random((2 * count, len(lattice.line))) for count in (2, 3, 5)}
    together = blob._walk(lattice, steps)
    assert together == {
        count: walked for one in steps for count, walked in blob._walk(lattice, {one: steps[one]}).items()
    }
    assert set(together) == {2, 3, 5}
    for count, (path, cost) in together.items():
        states = [*range(count), *(count + place % count for place in range(len(path) - count))]
        assert cost == pytest.approx(sum(steps[count][state, cell] for state, cell in zip(states, path, strict=True)))
        assert len(path) % count == 0
        assert lattice.start[path].tolist() == [0, *lattice.stop[path].tolist()[:-1]]


@given(st.lists(LINE, min_size=1, max_size=3), st.integers(1, 5))
def test_cells_measured_in_their_line_are_as_they_are_alone(some, step):
    places = [[*(at for at in range(0, len(line), step) if line[at] != " "), len(line)] for line in some]
    cells = build(some, places, [[0.0] * len(line) for line in places]).cells
    assert {cell.text for cell in cells} == {
        line[a:b].strip() for line, at in zip(some, places, strict=True) for a, b in combinations(at, 2)
    }
    assert list(map(repr, cells)) == [repr(make_cell(cell.text)) for cell in cells]


def test_lines_that_are_tables_have_a_budget_of_cells(monkeypatch):
    """Work is counted, not time: a hundred lines cost no more than two of the most cuts."""
    measured: list[str] = []

    def counted(text, *known):
        measured.append(text)
        return make_cell(text, *known)

    monkeypatch.setattr(lattice, "make_cell", counted)
    names = ("Alpha", "Berlin", "Coast", "Delta") * 25
    rows = ["".join(f"{name}{number}" for number, name in enumerate(names, first)) for first in range(100)]
    page = "\n".join(f"TeamPoints{row}" for row in rows)
    assert cleaned(page).edits
    assert blob.MOST_CELLS / 2 < len(measured) < 2 * blob.MOST_CELLS
    cells = len(measured)
    measured.clear()
    cleaned(page * 10)
    assert len(measured) == cells


def test_lines_that_are_tables_have_a_budget_of_characters(monkeypatch):
    line = "TeamPointsLions41Tigers37Bears29Wolves25"
    text = "\n\n".join([line] * 3)
    assert len(found(text)) == 3
    monkeypatch.setattr(blob, "MOST_CHARACTERS", 2 * len(line))
    assert len(found(text)) == 2


def test_readings_of_a_stretch():
    stretch = vertical.Stretch(list("ABabcdef"))
    assert stretch.rows(vertical.Reading(0, 8, 2, "dense")) == (("A", "B"), ("a", "b"), ("c", "d"), ("e", "f"))
    assert stretch.rows(vertical.Reading(2, 8, 2, "columns")) == (("a", "d"), ("b", "e"), ("c", "f"))
