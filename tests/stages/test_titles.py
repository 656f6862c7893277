"""The title of a plain text: which line it is, and what becomes of the others."""

from __future__ import annotations

import pytest

import cleaner
from cleaner.document import Document
from cleaner.stages.chrome import titles

PROSE = """The last night ferry left the harbour in March. From April the boats will cross again, twice a night.

The harbour board voted for three boats. Nobody on the board could say who would be on them at half past one.

The captain has waited for this for years. He says that ferries belong to the night as gulls belong to the day.

Tickets cost four pounds. Children travel free, and so do those who can prove that they missed the last bus.
"""
MENU = "Home\nLive\nNews\nSport\nWeather\nShop\nContact\n\n"
TITLE = "Night ferries return to the harbour"


def cleaned(head: str) -> Document:
    return cleaner.clean(MENU + head + "\n\n" + PROSE)


@pytest.mark.parametrize(
    "head",
    [
        TITLE,
        f"{TITLE}\nBy Jane Doe\n12 March 2024",
        f"Home > News > {TITLE}\n\n{TITLE}",
        f"{TITLE}\n\nFollow us on Facebook\n\n12 March 2024",
        f"LATEST\n\nLive\n\n{TITLE}\n\nBy Jane Doe",
    ],
)
def test_the_title_stays_among_the_chrome_of_the_head(head: str) -> None:
    result = cleaned(head)
    assert result.text.splitlines()[0] == f"# {TITLE}"
    assert result.metadata.title == TITLE


def test_the_page_title_goes_and_the_ledger_says_why() -> None:
    result = cleaner.clean(f"{TITLE} - The Harbour News\n{MENU}{TITLE}\n\nBy Jane Doe\n\n{PROSE}")
    assert result.text.count("ferries return") == 1
    (row,) = [edit for edit in result.edits if edit.rule == titles.PAGE_TITLE]
    assert row.raw_text == f"{TITLE} - The Harbour News"
    assert row.reason == "is the title at line 10, with the name of its site"


def test_a_marked_title_is_left_alone() -> None:
    result = cleaner.clean(f"{MENU}# Timetable\n\n{TITLE}\n\nBy Jane Doe\n\n{PROSE}")
    assert [line for line in result.text.splitlines() if line.startswith("# ")] == ["# Timetable"]


def test_there_is_one_title() -> None:
    result = cleaned(f"Skip to the harbour pages\n\n{TITLE}\n\nBy Jane Doe")
    assert [line for line in result.text.splitlines() if line.startswith("# ")] == [f"# {TITLE}"]


def test_a_text_without_a_line_that_could_be_it_has_no_title() -> None:
    assert cleaned("").metadata.title == ""


def test_it_is_told_without_spaces_between_words() -> None:
    prose = "夜のフェリーは三月に最後の便が港を出たが、四月からは一晩に二度、新しい船がまた川を渡る。\n\n"
    result = cleaner.clean("ホーム\nニュース\n天気\nスポーツ\nお店\n会社概要\n\n夜のフェリーが港に戻る\n\n" + prose * 6)
    assert result.text.startswith("# 夜のフェリーが港に戻る\n")
