from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import datenames
from cleaner.document import Block, Document
from cleaner.settings import Calendars, Config
from cleaner.stages import calendars

CASES = sorted((Path(__file__).parent.parent / "cases" / "calendars").glob("*.txt"))


def document(lines: list[str]) -> Document:
    source, blocks = "\n".join(lines), []
    at = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            blocks.append(Block("paragraph", line, at, at + len(line), at, number, number))
        at += len(line) + 1
    return Document("case", source, tuple(blocks))


def kept(lines: list[str]) -> list[str]:
    return [block.text for block in calendars.apply(document(lines), Config()).blocks if block.removed is None]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    lines = [line.partition(" | ")[::2] for line in path.read_text(encoding="utf-8").splitlines()]
    assert {verdict for verdict, _ in lines} <= {"keep", "gone"}
    assert kept([text for _, text in lines]) == [text for verdict, text in lines if verdict == "keep"]


def test_every_removed_block_has_one_row() -> None:
    lines = [line.partition(" | ")[2] for line in CASES[0].read_text(encoding="utf-8").splitlines()]
    done = calendars.apply(document(lines), Config())
    assert [edit.raw_text for edit in done.edits] == [block.text for block in done.blocks if block.removed]
    assert {(edit.stage, edit.rule, edit.action) for edit in done.edits} == {("calendars", "calendar", "remove")}


def test_can_be_switched_off() -> None:
    lines = ["March 2025", "MTWTFSS", "12", "3456789", "10111213141516", "17181920212223", "24252627282930", "31"]
    source = document(lines)
    assert calendars.apply(source, Config(calendars=Calendars(enabled=False))) is source


def test_year_planner_stays() -> None:
    month = ["March 2025", "MTWTFSS", "12", "3456789", "10111213141516", "17181920212223", "24252627282930", "31"]
    assert kept(month * 3) == []
    assert kept(month * 12) == month * 12


@given(
    first=st.integers(0, 6),
    days=st.integers(28, 31),
    glued=st.booleans(),
    name=st.sampled_from(sorted(datenames._MONTHS)),
    month=st.integers(0, 11),
    week=st.sampled_from(sorted(datenames._WEEKDAYS)),
)
def test_any_month_in_any_language(first: int, days: int, glued: bool, name: str, month: int, week: str) -> None:
    numbers = [""] * first + [str(day) for day in range(1, days + 1)]
    rows = [numbers[i : i + 7] for i in range(0, len(numbers), 7)]
    title = f"{datenames._MONTHS[name].split()[month]} 2025"
    body = [("" if glued else " ").join(row).strip() for row in rows]
    assert kept([title, datenames._WEEKDAYS[week].title(), *body, "Text."]) == ["Text."]


@given(st.text(alphabet="0123456789 |\nMTWFSarch«»", max_size=300))
def test_never_fails(text: str) -> None:
    done = calendars.apply(document(text.split("\n")), Config())
    assert len(done.edits) == sum(block.removed is not None for block in done.blocks)


def test_long_documents_take_linear_time() -> None:
    lines = [str(number % 28 + 1) for number in range(20_000)]
    assert len(kept(lines)) == 20_000
