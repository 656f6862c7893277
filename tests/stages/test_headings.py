"""Stage headings: which showings of a heading go."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cleaner.config import load
from cleaner.document import Document
from cleaner.settings import Config, Headings, Structure
from cleaner.stages import headings, headlines, structure
from tests.support import text_document

SHIPPED = load(environment={}).config
PROSE = "Some words that make a paragraph of prose, long enough that nobody takes it for anything else."


def run(*lines: str, config: Config | None = None) -> tuple[Document, list[str]]:
    config = config or Config()
    document = headings.apply(structure.apply(text_document("\n\n".join(lines)), config), config)
    return document, [block.text for block in document.blocks if block.removed]


@pytest.mark.parametrize(
    "repeat",
    [
        "Storm Warning for the Coast",
        "STORM WARNING FOR THE COAST",
        "“Storm Warning” for the coast!",
        "Storm Warning for the Coast - The Daily News",
        "Storm Warning for the Coast | News",
    ],
)
def test_a_heading_shown_twice_goes(repeat: str) -> None:
    document, gone = run(PROSE, "Storm Warning for the Coast", repeat, PROSE)
    assert gone == [repeat]
    assert document.edits[-1].reason == "repeats the heading at line 3"
    assert document.edits[-1].action == "remove"


def test_the_first_showing_stays_even_if_it_carries_the_site_name() -> None:
    _, gone = run("Storm Warning for the Coast – Reuters", "Storm Warning for the Coast", PROSE)
    assert gone == ["Storm Warning for the Coast"]


def test_two_sections_of_one_name_stay() -> None:
    _, gone = run(
        "## Results", PROSE, PROSE, "## Results", PROSE, PROSE, "## Notes", "- a", "- b", "- c", "## Notes", "- d"
    )
    assert gone == []


def test_a_running_title_goes_wherever_it_stands() -> None:
    page = ["## A section", PROSE, PROSE, PROSE, PROSE]
    _, gone = run("# The Annual Report of the Harbour", *page, "# The Annual Report of the Harbour", *page[:1], PROSE)
    assert gone == ["The Annual Report of the Harbour"]


def test_headings_that_differ_in_one_word_stay() -> None:
    _, gone = run("## Question 1: Why now?", PROSE, "## Question 2: Why now?", PROSE, "## Part - One", "## Part - Two")
    assert gone == []


def test_a_title_that_chrome_hid_is_revealed() -> None:
    lines = ["Storm Warning for the Coast", PROSE, "What to do", PROSE]
    config = Config(structure=Structure(headings=False))
    document = structure.apply(text_document("\n\n".join(lines)), config)
    levels = [block.level for block in headings.apply(document, Config()).blocks]
    assert levels == [1, 0, 2, 0]
    some = replace(document, blocks=(*document.blocks[:2], replace(document.blocks[2], kind="heading", level=2)))
    assert [block.level for block in headings.apply(some, Config()).blocks] == [1, 0, 2]


def test_switched_off_and_reach() -> None:
    twice = ("## Storm Warning", "## Storm Warning", PROSE)
    assert run(*twice, config=Config(headings=Headings(repeats=False)))[1] == []
    apart = ("## Storm Warning", PROSE, "## Storm Warning", PROSE)
    assert run(*apart, config=Config(headings=Headings(reach=1)))[1] == []
    assert run(*apart, config=Config(headings=Headings(reach=2)))[1] == ["Storm Warning"]


@given(st.text("aI.nc,:”') -\u2026"))
def test_a_line_ends_open_if_its_last_mark_but_for_quotes_says_so(text: str) -> None:
    ends = re.search(r"[-,:.\u2026]['”)]*$", text) is not None
    assert headlines._ends_open(text) == (ends and not headlines._ABBREVIATION_END.search(text))


@pytest.mark.parametrize("link", ["[edit]", " [ edit ]", "[modifier | modifier le code]", "[Bearbeiten]", "[編集]"])
def test_a_wiki_s_links_go_from_behind_headings(link: str) -> None:
    document, gone = run(PROSE, f"## History of the light{link}", PROSE, config=SHIPPED)
    assert [block.text for block in document.blocks if block.kind == "heading"] == ["History of the light"]
    assert [(edit.rule, edit.raw_text) for edit in document.edits[-1:]] == [("edit-link", link)]
    assert gone == []


def test_other_brackets_stay_behind_headings() -> None:
    document, _ = run("## The light [updated]", PROSE, "## [edit]", PROSE, config=SHIPPED)
    assert [block.text for block in document.blocks if block.kind == "heading"] == ["The light [updated]", "[edit]"]
