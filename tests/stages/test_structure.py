"""Stage structure: kinds and joins in plain text."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given

from cleaner.document import Document
from cleaner.settings import Config, Structure
from cleaner.stages import structure
from cleaner.writers.markdown import render
from tests.support import CASES, kept, text_document, texts

CASE_FILE = tomllib.loads((CASES / "structure" / "cases.toml").read_text(encoding="utf-8"))


def structured(text: str, kind: str = "text", config: Config | None = None) -> Document:
    return structure.apply(text_document(text, kind), config or Config())


@pytest.mark.parametrize("case", CASE_FILE["case"], ids=lambda case: case["name"])
def test_cases(case: dict[str, object]) -> None:
    document = structured(str(case["text"]))
    got: list[list[object]] = [
        [b.kind, b.level, b.text] if b.kind in ("heading", "list_item") else [b.kind, b.text] for b in document.blocks
    ]
    assert got == case["blocks"]


@pytest.mark.parametrize("case", CASE_FILE["case"], ids=lambda case: case["name"])
def test_cases_are_stable(case: dict[str, object]) -> None:
    once, _ = render(structured(str(case["text"])))
    again, document = render(structured(once))
    assert again == once
    assert document.edits == ()


def test_markdown_files_join_soft_breaks() -> None:
    text = "one line\nand another\n\n- item\n  goes on\n"
    assert kept(structured(text, "markdown")) == [("paragraph", "one line and another"), ("list_item", "item goes on")]
    assert kept(structured(text))[:2] == [("paragraph", "one line"), ("paragraph", "and another")]


def test_html_passes_untouched() -> None:
    document = text_document("# no mark here", "html")
    assert structure.apply(document, Config()) is document


def test_switched_off() -> None:
    off = Config(structure=Structure(headings=False, unwrap=False))
    text = "A Title\n\nThe words of the paragraph go on and on until there are enough of them to count."
    assert [kind for kind, _ in kept(structured(text, config=off))] == ["paragraph", "paragraph"]


@given(texts)
def test_no_character_is_lost(text: str) -> None:
    document = structured(text)
    assert [b.start for b in document.blocks] == sorted(b.start for b in document.blocks)
    for before, after in zip(document.blocks, document.blocks[1:], strict=False):
        assert not text[before.end : after.start].strip()
    render(document)
