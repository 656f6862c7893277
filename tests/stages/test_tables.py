"""Stage ``tables``: what is rebuilt, what is left alone, and that nothing is lost either way."""

from __future__ import annotations

import json
import random
import re
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from cleaner import ledger
from cleaner.document import Document, Metadata, remove
from cleaner.readers.text import read_text
from cleaner.settings import Config, Tables
from cleaner.stages import encoding, structure, tables
from cleaner.stages.tables import blob, glued
from cleaner.stages.tables.cells import PRIORS, Cell, Column, cell_type, make_cell
from cleaner.stages.tables.gaps import measure
from cleaner.stages.tables.glued_model import cut_lines
from cleaner.stages.tables.lines import looks_like_code, sections
from cleaner.stages.tables.look import LONGEST, look
from cleaner.stages.tables.weights import load
from cleaner.writers import markdown
from cleaner.writers.tables import pipe_table, split_row, tidy_rows
from tests.support import text_document

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


def cases(name: str) -> list[dict[str, object]]:
    loaded = tomllib.loads((ROOT / "tests" / "cases" / "tables" / name).read_text(encoding="utf-8"))
    return list(loaded["case"])


def document(text: str, form: str = "text") -> Document:
    return read_text(text, document_id="t", metadata=Metadata(format=form))


def rebuild(text: str, **switches: object) -> Document:
    return tables.apply(document(text), Config(tables=replace(Tables(), **switches)))  # type: ignore[arg-type]


def found(result: Document) -> list[tuple[int, int, str]]:
    return [(b.first_line, b.last_line, b.text) for b in result.blocks if b.kind == "table"]


def by_name(case: dict[str, object]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", cases("rebuilt.toml"), ids=by_name)
def test_rebuilt(case):
    result = rebuild(case["text"])
    assert found(result) == [(*case["lines"], case["table"].strip("\n"))]
    assert [edit.rule for edit in result.edits] == ([case["rule"]] if case["rule"] else [])
    for edit in result.edits:
        assert edit.stage == "tables"
        assert edit.action == "replace"
        assert edit.raw_text == result.source[edit.start : edit.end]
        assert (edit.first_line, edit.last_line) == tuple(case["lines"])
        assert 0.6 <= edit.score <= 1
    text, finished = markdown.render(result)
    ledger.verify(finished, text)


@pytest.mark.parametrize("case", cases("rebuilt.toml"), ids=by_name)
def test_a_written_table_is_read_again_as_it_is(case):
    text, finished = markdown.render(rebuild(case["text"]))
    again = rebuild(text)
    assert [b.rows for b in again.blocks if b.rows] == [b.rows for b in finished.blocks if b.rows]
    assert not again.edits


@pytest.mark.parametrize("case", cases("left_alone.toml"), ids=by_name)
def test_left_alone(case):
    before = document(case["text"])
    assert tables.apply(before, Config()) == before


@pytest.mark.parametrize(
    ("switch", "rule"), [("pipes", "pipes"), ("aligned", "tabs"), ("vertical", "vertical"), ("glued", "glued")]
)
def test_each_form_can_be_switched_off(switch, rule):
    case = next(case for case in cases("rebuilt.toml") if case["rule"] == rule)
    assert found(rebuild(case["text"]))
    assert rule not in {edit.rule for edit in rebuild(case["text"], **{switch: False}).edits}


def test_min_confidence_leaves_guesses_but_not_bars():
    guessed = next(case for case in cases("rebuilt.toml") if case["rule"] == "glued")
    assert not found(rebuild(guessed["text"], min_confidence=1.0))
    assert found(rebuild("| a | b |\n|---|---|\n| c | d |", min_confidence=1.0))


def test_a_removed_block_breaks_a_table():
    text = "a | b |\nc | d |\nmonths\ne | f |\ng | h |"
    cut = remove(document(text), "calendars", {2: ("month-grid", "a calendar", 1.0)})
    assert not found(tables.apply(cut, Config()))


def test_html_documents_come_with_their_tables():
    before = document("| a | b |\n|--|--|\n| c | d |", form="html")
    assert tables.apply(before, Config()) is before


def test_list_items_can_be_rows_between_bars():
    source = document("Nr | Song |\n---|---|\n1. | Intro |\n2. | Coda |")
    blocks = [
        structs.replace(b, kind="list_item", mark="1. ", text=b.text[3:], body=b.body + 3) if b.text[0] in "12" else b
        for b in source.blocks
    ]
    result = tables.apply(structs.replace(source, blocks=tuple(blocks)), Config())
    assert [b.rows for b in result.blocks] == [(("Nr", "Song"), ("1.", "Intro"), ("2.", "Coda"))]


@pytest.mark.skipif(not (SHARED / "golden").is_dir(), reason="needs ../shared")
@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_seeds(number):
    source = next((SHARED / "seeds").glob(f"{number}*.txt"))
    golden = json.loads((SHARED / "golden" / f"{source.stem}.json").read_text(encoding="utf-8"))
    result = rebuild(source.read_text(encoding="utf-8"))
    wanted = [(*b["lines"], b["rows"]) for b in golden["blocks"] if b["kind"] == "table"]
    got = [(b.first_line, b.last_line, [list(row) for row in b.rows]) for b in result.blocks if b.kind == "table"]
    assert got == wanted


# ---- properties ----------------------------------------------------------------------------


def test_what_encoding_took_out_at_a_lines_ends_does_not_come_back() -> None:
    document = text_document("| a | b |\u200b\n|---|---|\n\ufeff| c | d |\x1b[31m")
    for stage in (encoding, structure, tables):
        document = stage.apply(document, Config())
    assert [block.text for block in document.blocks] == ["| a | b |\n|---|---|\n| c | d |"]


CELL = st.text(alphabet=st.sampled_from("ab|\\`- \t\n\u00a0\u2028é1#*:"), max_size=8)
GRID = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width).map(tuple), min_size=1, max_size=5)
)


@given(GRID)
def test_any_grid_written_is_read_back(grid):
    rows = tidy_rows(tuple(grid))
    text = pipe_table(rows)
    result = rebuild(text)
    assert [b.rows for b in result.blocks] == [rows]
    assert not result.edits


@given(
    st.lists(
        st.text(alphabet="aB1 |-\t.,%()é", max_size=14) | st.sampled_from(["", "---|---|", "Poland2.4%High", "x  y"]),
        max_size=14,
    )
)
def test_nothing_is_lost_and_the_input_order_stays(lines):
    before = document("\n".join(lines))
    result = tables.apply(before, Config())
    assert [b.start for b in result.blocks] == sorted(b.start for b in result.blocks)
    text, finished = markdown.render(result)
    ledger.verify(finished, text)


def test_pipe_table_pads_and_flattens():
    assert pipe_table((("a\nb", "c|d"), ("e",))) == "| a b | c\\|d |\n|---|---|\n| e |  |"
    assert pipe_table(()) == ""


def test_split_row_honours_code_only_when_asked():
    assert split_row("`a|b` | c") == ["`a", "b`", "c"]
    assert split_row("`a|b` | c", code=True) == ["`a|b`", "c"]
    assert split_row("``a ` | b | c", code=True) == ["``a `", "b", "c"]


# ---- the parts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1998", "year"),
        ("12", "rank"),
        ("1,234", "grouped"),
        ("2.4%", "percent"),
        ("$68,309", "money"),
        ("3rd", "ordinal"),
        ("2–1", "score"),
        ("12 May 2020", "date"),
        ("40 km", "unit"),
        ("Élan vital", "capital"),
        ("straße", "lower"),
        (", and", "junk"),
    ],
)
def test_cell_types(text, kind):
    assert cell_type(text) == kind
    assert kind in PRIORS


def test_a_column_expects_more_of_its_kind():
    column = Column((make_cell(text), 1.0) for text in ("1.9%", "2.4%", "3.5%"))

    def gap(cell: Cell) -> float:
        return column.cost(cell) - Column().cost(cell)

    assert gap(make_cell("1.2%")) < 0 < gap(make_cell("Largely in favour"))


def odds(text: str) -> dict[int, float]:
    """The log-odds of a line's likeliest gaps."""
    cuts = cut_lines([text])[0]
    return {offset: -cost for offset, cost in zip(cuts.offsets[1:-1], cuts.costs[1:-1], strict=True)}


@pytest.mark.parametrize(
    ("text", "at"), [("PolandHigh", 6), ("Italy1.4%Focus", 5), ("Italy1.4%Focus", 9), ("areaPotential", 4)]
)
def test_likely_cuts(text, at):
    assert odds(text)[at] > 0


@pytest.mark.parametrize(("text", "at"), [("at 12:30", 4), ("https://a.bC", 11), ("in 1998", 5), ("1,234", 2)])
def test_unlikely_cuts(text, at):
    assert odds(text).get(at, -9.0) < 0


SEAM = re.compile(
    r"[^\W\d_]\d|\d[^\W\d_]|[a-zß-öø-ÿ][A-ZÀ-ÖØ-Þ]|[A-ZÀ-ÖØ-Þ]{2}[a-zß-öø-ÿ]|[)%\]”\x22][\w(]|\w\(|\d\d|\d\.\d+\."
    r"|[^\w\s\x00-\x7f‐-›][^\W\d_]"
)
SWITCH = re.compile(r"[a-zß-öø-ÿ)%\d][A-ZÀ-ÖØ-Þ]|[^\W\d_]\d|\d[^\W\d_]")


@given(
    st.lists(
        st.text(alphabet="aAbBéÉжЖ中²5٣.%)(]_—‐’”€•-,: 👍\ud800\t\n", max_size=12) | st.text(max_size=30), max_size=6
    )
)
def test_the_first_look_sees_what_patterns_would(texts):
    shown = look(texts)
    for text, *one in zip(texts, *(column.tolist() for column in shown), strict=True):
        length, seam, switches, figures, spaces, gap, mark, stop = one
        assert length == len(text)
        assert (spaces, gap) == (text.count(" "), "\t" in text or "  " in text)
        assert (mark, stop) == (text[:1] in tuple("-*•#>"), text[-1:] in tuple(".!?:;,"))
        if max(text, default="") <= "\uffff":
            assert seam == bool(SEAM.search(text))
            assert switches >= len(SWITCH.findall(text))
            assert figures == len(re.findall(r"\d", text))


def test_the_first_look_takes_any_number_of_lines_and_skips_the_longest():
    shown = look(["a1"] * 1200 + ["a1" * LONGEST, "", "ab"])
    assert shown.seam.tolist() == [True] * 1200 + [False] * 3
    assert shown.length.tolist() == [2] * 1200 + [2 * LONGEST, 0, 2]


def test_no_line_that_could_be_a_table_is_given_up_unread(monkeypatch):
    chance = random.Random(1)
    cells = ["Team", "Price", "Alpha", "March", "Home", "About us", "12", "Lit", "(b)", "Storage Price"]
    lines = ["".join(chance.choices(cells, k=chance.randrange(6, 15))) for _ in range(40)]
    tables = [blob.read(line, load()) for line in lines]
    monkeypatch.setattr(blob, "_could_be_told_apart", lambda text, offsets: True)
    all_tables = [blob.read(line, load()) for line in lines]
    assert [table and table.rows for table in tables] == [table and table.rows for table in all_tables]
    assert any(tables)


def test_a_gap_in_a_word_is_no_gap():
    (known, joined), _ = measure(["known", "PolandHigh"])
    assert known == []
    assert 6 in joined


def test_a_long_word_of_humps_is_measured_quickly():
    start = time.process_time()
    measure(["a" * 160 + "B" * 160])
    assert time.process_time() - start < 1


@pytest.mark.parametrize("text", ['print("x")', "return a;", "<div class=x>", "a = b + c", "foo();"])
def test_code(text):
    assert looks_like_code(text)


@pytest.mark.parametrize("text", ["Toronto (2)Hard", "113(45)", "Accounts receivable, net$51", "from Spain"])
def test_no_code(text):
    assert not looks_like_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "aB1|" * 250_000,
        "| a |\n|--|\n" + "| " + "`" * 50_000 + "|" * 50_000,
        "\n".join(["-" * 50_000 + "x|"] * 4),
        "\n".join(f"Poland{n}%Strong" for n in range(20_000)),
        "\n".join(f"Word {n}" for n in range(20_000)),
        "\n".join(f"a{n} | b\nfoo" for n in range(10_000)),
        "a.  " + " " * 100_000 + "b\nc  d\ne  f",
        "\n".join(["Name12.5%Anna(4)7ÜberHigh2020" * 11] * 100),
    ],
    ids=["long line", "ticks", "dashes", "glued dump", "short lines", "broken rows", "spaces", "dense lines"],
)
def test_hostile_input_is_quick(text):
    start = time.process_time()
    rebuild(text)
    assert time.process_time() - start < 5


def test_entries_of_a_forum_are_not_all_tried(monkeypatch):
    tried: list[int] = []

    def judged(texts, cuts, *, spaces):
        tried.append(len(texts))
        return iter(())

    monkeypatch.setattr(glued, "judged", judged)
    entry = "Name of topic\n8 Topics 52 Posts Last post\nWed Nov 05, 2025 5:57 am"
    section = next(iter(sections(document("\n\n".join([entry] * 20)))))
    assert not list(glued.Finder().find_spaced([section]))
    assert len(tried) == glued.MOST_REFUSED


def test_the_budget_for_glued_lines_is_a_document_s_own(monkeypatch):
    monkeypatch.setattr(glued, "MOST_LINES", 5)
    table = "CountryShareView\nNorway1.9%In favour\nSpain1.2%Divided\nGreece3.5%In favour"
    for _ in range(2):
        result = rebuild(f"{table}\n\nA line of prose ends here. It has two parts.\n\n{table}")
        assert [edit.first_line for edit in result.edits] == [1]
