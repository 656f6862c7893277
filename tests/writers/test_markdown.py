"""What the writer puts between and before blocks."""

from __future__ import annotations

from cleaner import ledger
from cleaner.document import Document
from cleaner.pipeline import run_stages
from cleaner.settings import Config
from cleaner.stages import structure
from cleaner.writers.markdown import render
from cleaner.writers.text import plain
from tests.support import text_document


def structured(text: str) -> Document:
    return structure.apply(text_document(text), Config())


def test_marks_of_every_kind() -> None:
    source = "\n".join(
        [
            "# Title",
            "Some words here.",
            "• one",
            "• two",
            "> said",
            "",
            "```py",
            "x = 1",
            "",
            "y = 2",
            "```",
            "",
            "End.",
        ]
    )
    text, _ = render(structured(source))
    assert text == ("# Title\n\nSome words here.\n\n- one\n- two\n\n> said\n\n```py\nx = 1\n\ny = 2\n```\n\nEnd.\n")


def test_clean_markdown_has_an_empty_ledger() -> None:
    text = "# Title\n\nSome words.\n\n- one\n- two\n  - inner\n- three\n\n3. c\n4. d\n\n> said\n\n```\nx = 1\n```\n"
    again, document = render(structured(text))
    assert again == text
    assert document.edits == ()


def test_a_row_of_the_writer_covers_only_what_changed() -> None:
    _, document = render(structured("One line of words.\n\n\n\n   Two.\n"))
    assert [(edit.raw_text, edit.new_text) for edit in document.edits] == [("\n\n   ", "")]


def test_a_paragraph_that_only_looks_marked_is_escaped() -> None:
    document = text_document("#1 in the charts\n\n# no heading because structure did not run")
    assert render(document)[0] == "#1 in the charts\n\n\\# no heading because structure did not run\n"


def test_a_row_stands_around_what_an_earlier_stage_deleted_in_a_seam() -> None:
    source = "  #  <br/> Words of a heading\u200b\n\u200b\n| 1 | of a line"
    document = run_stages(text_document(source), Config())
    text, document = render(document)
    assert ledger.undo(text, document.edits) == source


def test_nothing_kept_is_empty_text() -> None:
    assert render(text_document(" \n \n"))[0] == ""


def test_code_that_holds_a_fence_gets_a_longer_one() -> None:
    text = "````\n```\ninner\n```\n````\n"
    assert render(structured(text))[0] == text


def test_plain_text_has_no_marks() -> None:
    assert plain(structured("# Title\n\n- one\n- two\n\nWords.")) == "Title\n\none\ntwo\n\nWords.\n"
