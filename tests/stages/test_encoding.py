"""Stage encoding: ftfy's result without ftfy's cost, and nothing it should not touch."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from unicodedata import normalize

import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cleaner.document import Metadata
from cleaner.pipeline import finish
from cleaner.readers.html import read_html
from cleaner.settings import Config, Encoding
from cleaner.stages import encoding
from cleaner.words import odd_runs
from cleaner.writers.tables import pipe_table
from tests.support import CASES, kept, text_document

CASE_FILE = json.loads((CASES / "encoding" / "cases.json").read_text(encoding="utf-8"))


def cleaned(text: str, config: Config | None = None) -> str:
    document = encoding.apply(text_document(text), config or Config())
    return "\n".join(text for _, text in kept(document))


@pytest.mark.parametrize("case", CASE_FILE["fixed"], ids=lambda case: case["name"])
def test_fixed(case: dict[str, str]) -> None:
    assert cleaned(case["input"]) == case["expected"]


@pytest.mark.parametrize("text", CASE_FILE["untouched"])
def test_untouched(text: str) -> None:
    document = text_document(text)
    assert encoding.apply(document, Config()) is document


# Characters of ftfy's heuristic, its literal ones, and plain letters between them.
def _mojibake_alphabet() -> str:
    chars = set("abzAZ .,?! 0 \u00a0ŸŠšž°µ»®©·–—´ØÙà×²³√±≈∂∞‚Äâóêвгу ВГРС ЂвЂ ГўВЂВ ΒΓΞΟ β€ ā€ ÂÃÎÐ")
    for ranges in MOJIBAKE_CATEGORIES.values():
        k = 0
        while k < len(ranges):
            if k + 2 < len(ranges) and ranges[k + 1] == "-":
                chars |= {chr(c) for c in range(ord(ranges[k]), ord(ranges[k + 2]) + 1)}
                k += 3
            else:
                chars.add(ranges[k])
                k += 1
    return "".join(sorted(chars))


@hypothesis_settings(max_examples=3000)
@given(st.text(alphabet=_mojibake_alphabet(), max_size=6))
@example("ГўВЂВњx")
@example("a à ")
def test_every_text_that_ftfy_calls_bad_is_suspect(text: str) -> None:
    if is_bad(text):
        assert encoding.suspect(text)


@hypothesis_settings(max_examples=1000)
@given(st.text(max_size=8) | st.text(alphabet=f"{_mojibake_alphabet()}aA .\n\t\x00\x0b\x7f\u0301\u200bé", max_size=6))
@example("œ.")
@example("e\u0301")
@example("a\x0b")
def test_what_is_suspected_of_a_text_is_suspected_of_its_odd_runs(text: str) -> None:
    odd = odd_runs(text)
    for fix in encoding._FIXES:
        assert not (fix.odd and fix.suspects(text)) or fix.suspects(odd), fix.rule


def test_only_known_marks_make_one_character_with_ascii() -> None:
    for one in map(chr, range(0x80, sys.maxunicode + 1)):
        parts = normalize("NFD", one)
        if parts[0].isascii():
            assert "\u0300" <= parts[1:2] <= "\u036f" or normalize("NFC", one) != one, one


def test_every_pair_that_ftfy_calls_bad_is_suspect() -> None:
    alphabet = _mojibake_alphabet()
    missed = [
        around.replace("_", a + b)
        for a in alphabet
        for b in alphabet
        for around in ("_", "a_", "_a")
        if not encoding.suspect(around.replace("_", a + b)) and is_bad(around.replace("_", a + b))
    ]
    assert missed == []


@given(st.lists(st.text(alphabet=_mojibake_alphabet() + "&lt;<br >\u0301\u200b\x07", max_size=8), max_size=4))
def test_lines_are_repaired_beside_others_as_they_are_alone(lines: list[str]) -> None:
    lines = [line.strip() for line in lines if not set(line) & set("\n\r\x0b\x0c\u2028\u2029")]
    assert cleaned("\n".join(filter(None, lines))) == "\n".join(filter(None, map(cleaned, lines)))


@given(st.text(max_size=80))
def test_output_is_nfc_and_stable(text: str) -> None:
    once = cleaned(text)
    assert normalize("NFC", once) == once
    assert cleaned(once) == once


def test_rows_cover_only_what_changed() -> None:
    words = "Ein Satz mit vielen Wörtern und nur einem Fehler. " * 20
    document = encoding.apply(text_document(words + "CafÃ© zu."), Config())
    assert [(e.raw_text, e.new_text, e.rule) for e in document.edits] == [("Ã©", "é", "mojibake")]


def test_a_line_of_junk_is_removed_with_a_row() -> None:
    document = encoding.apply(text_document("\x00\x01\n\nWords."), Config())
    assert kept(document) == [("paragraph", "Words.")]
    assert [edit.action for edit in document.edits] == ["replace", "remove"]


def test_the_cells_of_a_table_are_repaired_too() -> None:
    page = "<p>Opening hours of the museum.</p><table><tr><th>Tag<th>Zeit<tr><td>Mo â€“ Fr<td>10â€“18</table>"
    document = read_html(page, document_id="d", metadata=Metadata(format="html"))
    repaired = encoding.apply(document, Config())
    (table,) = (block for block in repaired.blocks if block.kind == "table")
    assert table.rows == (("Tag", "Zeit"), ("Mo – Fr", "10–18"))
    assert table.text == pipe_table(table.rows)
    finish(repaired)


def test_switched_off() -> None:
    off = Config(encoding=Encoding(markup=False, mojibake=False, entities=False, controls=False, nfc=False))
    text = "CafÃ© &amp;amp; e\u0301\ufeff <br/>"
    assert cleaned(text, off) == text


def test_the_fast_test_agrees_with_ftfy_on_real_lines(shared: Path) -> None:
    import gzip

    with gzip.open(shared / "lines" / "dev.jsonl.gz", "rt", encoding="utf-8") as stream:
        lines = {item["text"] for line in stream for item in json.loads(line)["lines"]}
    foreign = [text for text in lines if not text.isascii()]
    bad = [text for text in foreign if is_bad(text)]
    assert bad
    assert [text for text in bad if not encoding.suspect(text)] == []
    assert sum(map(encoding.suspect, foreign)) < 0.1 * len(foreign)
