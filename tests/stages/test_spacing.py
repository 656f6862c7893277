"""Stage spacing: lost spaces, doubled spaces, and what only looks like either."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from cleaner.document import Block
from cleaner.settings import Config, Spacing
from cleaner.stages import spacing
from tests.support import CASES, kept, text_document, texts

CASE_FILE = json.loads((CASES / "spacing" / "cases.json").read_text(encoding="utf-8"))


def spaced(text: str, config: Config | None = None) -> str:
    return "\n".join(text for _, text in kept(spacing.apply(text_document(text), config or Config())))


@pytest.mark.parametrize(("text", "expected"), CASE_FILE["fixed"])
def test_fixed(text: str, expected: str) -> None:
    assert spaced(text) == expected


@pytest.mark.parametrize("text", CASE_FILE["untouched"])
def test_untouched(text: str) -> None:
    assert spaced(text) == text


@given(texts)
def test_only_spaces_change_and_once_is_enough(text: str) -> None:
    document = text_document(text)
    after = spacing.apply(document, Config())
    for before, now in zip(document.blocks, after.blocks, strict=True):
        assert "".join(before.text.split()) == "".join(now.text.split())
    assert spacing.apply(after, Config()).blocks == after.blocks


def test_code_and_tables_keep_their_spaces() -> None:
    document = text_document("x,yy  z.Next")
    for kind in ("code", "table"):
        block = Block(kind, "aa,bb  cc.Dd", 0, 12, 0, 1, 1)  # type: ignore[arg-type]
        same = spacing.apply(type(document)("d", "aa,bb  cc.Dd", (block,)), Config())
        assert same.blocks == (block,)


def test_switched_off() -> None:
    assert spaced("end.Next  word", Config(spacing=Spacing(after_punctuation=False, runs=False))) == "end.Next  word"


def test_a_long_line_without_spaces_takes_linear_time() -> None:
    text = "word,word.Word;" * 20_000
    assert spaced(text) == text
