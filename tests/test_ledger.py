"""Undo and verify, on ledgers written by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cleaner import ledger
from cleaner.document import Document, Edit
from cleaner.errors import ConservationError
from cleaner.writers.markdown import render
from tests.support import text_document


def row(start: int, end: int, raw: str, new: str = "") -> Edit:
    return Edit("test", "rule", "replace", 1, 1, start, end, raw, new)


def test_undo_uses_the_outermost_rows_and_the_latest_of_equals() -> None:
    inner, outer, later = row(2, 3, "c", "x"), row(1, 4, "bcd", "yx"), row(1, 4, "bcd", "z")
    assert ledger.undo("aze", [inner, outer, later]) == "abcde"


def test_undo_says_where_text_and_ledger_disagree() -> None:
    with pytest.raises(ValueError, match="at source position 1"):
        ledger.undo("aQe", [row(1, 4, "bcd", "z")])


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_verify_notices_a_missing_row(lost: int) -> None:
    text, document = render(text_document("  one\n\n\n\ntwo  \n"))
    ledger.verify(document, text)
    broken = replace(document, edits=document.edits[:lost] + document.edits[lost + 1 :])
    with pytest.raises(ConservationError, match="'test'"):
        ledger.verify(broken, text)


def test_verify_notices_a_row_that_misquotes_its_source() -> None:
    text, document = render(text_document("one"))
    with pytest.raises(ConservationError, match="does not quote"):
        ledger.verify(replace(document, edits=(*document.edits, row(0, 2, "xx", "on"))), text)


@given(st.text("ab", max_size=8), st.data())
def test_verify_accepts_what_undo_can_take_back_and_nothing_else(source: str, data: st.DataObject) -> None:
    edits = []
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(source)))
        end = data.draw(st.integers(start, len(source)))
        edits.append(row(start, end, source[start:end], data.draw(st.text("ab", max_size=2))))
    text = data.draw(st.just(ledger.redo(source, edits)) | st.text("ab", max_size=8))
    try:
        back = ledger.undo(text, edits)
    except ValueError:
        back = None
    document = Document("d", source, (), tuple(edits))
    if back == source:
        ledger.verify(document, text)
    else:
        with pytest.raises(ConservationError):
            ledger.verify(document, text)
