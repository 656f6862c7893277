"""Bytes to text: every charset of the web, and nothing lost in silence."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import InputError
from cleaner.readers.decode import decode, replace_surrogates

GERMAN = "Der Bürgermeister erklärte am Freitag, die Straße müsse größer werden. Über die Kosten schwieg er. "
RUSSIAN = (
    "Мэр города сообщил, что мост будет закрыт до конца месяца. "
    "Жители недовольны решением властей и требуют объяснений. "
)
JAPANESE = "市長は月末まで橋を閉鎖すると発表した。住民は決定に不満を持っている。詳しい説明を求めている。"


@given(st.text(max_size=60))
def test_valid_utf8_is_taken_as_it_is(text: str) -> None:
    if "\0" not in text:
        decoded = decode(text.encode())
        assert (decoded.text, decoded.utf8) == (text, text.encode())


def test_a_utf8_mark_stays_for_the_ledger() -> None:
    assert decode(b"\xef\xbb\xbfWords").text == "\ufeffWords"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_wide_charsets_with_and_without_mark(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding)).text == GERMAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (GERMAN, "iso8859-15"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift-jis"),
        (JAPANESE, "euc-jp"),
    ],
)
def test_undeclared_charsets_are_detected(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("text", "declared", "actual"),
    [
        (GERMAN, "iso-8859-1", "cp1252"),
        (GERMAN + "„Ja“ – 20 €", "latin1", "cp1252"),
        (RUSSIAN, "windows-1251", "cp1251"),
        (JAPANESE, "Shift_JIS", "shift-jis"),
        (GERMAN, "no-such-charset", "cp1252"),
        (GERMAN, "utf-8", "cp1252"),
    ],
)
def test_a_declared_charset_counts_if_it_can_be_true(text: str, declared: str, actual: str) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body>'.encode() + text.encode(actual)
    decoded = decode(page, markup=True)
    assert decoded.text.endswith(text)
    assert decoded.edits == ()


def test_stray_bytes_are_marked_counted_and_named() -> None:
    decoded = decode(("Größe, Länge, Höhe " * 9).encode()[:-1] + b"\xff end\nnext \xfe")
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == len(decoded.edits) == 2
    assert [(e.first_line, e.reason) for e in decoded.edits] == [
        (1, "byte 0xFF is not valid utf-8"),
        (2, "byte 0xFE is not valid utf-8"),
    ]
    assert all(decoded.text[e.start : e.end] == e.raw_text == e.new_text == "\ufffd" for e in decoded.edits)


@given(st.binary(max_size=200))
def test_no_bytes_can_break_it(data: bytes) -> None:
    with suppress(InputError):
        decode(data).text.encode()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n\x80\x81", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG image"),
        (b"\x1f\x8b\x08\0\xff", "gzip"),
        (bytes(range(256)) * 4, "binary data"),
    ],
)
def test_binary_data_is_refused_by_name(data: bytes, kind: str) -> None:
    with pytest.raises(InputError, match=kind):
        decode(data)


def test_lone_surrogates_are_replaced_with_a_row_each() -> None:
    text, edits = replace_surrogates("a\ud800b\U0001f600\udc00")
    assert text == "a\ufffdb\U0001f600\ufffd"
    assert [edit.reason for edit in edits] == ["lone surrogate U+D800", "lone surrogate U+DC00"]
