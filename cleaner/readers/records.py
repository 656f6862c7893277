"""Records (of JSON lines, tables, Parquet …) to documents: the text or HTML field cleaned like a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from msgspec.structs import replace

from cleaner.document import Document, Metadata
from cleaner.errors import InputError
from cleaner.readers import Rejected, Turn, default_time, iso_millis, to_document, with_site
from cleaner.readers.decode import decode, replace_surrogates
from cleaner.settings import Config, Input

STAGE = "read"
HTML_FIELDS = ("html", "raw_html")
"""Where HTML is looked for in a record without text."""
METADATA_FIELDS = ("title", "author", "date", "date_source", "language", "language_score", "added", "created")
"""What else is taken from a record, or from the object ``metadata`` in it."""

Numbered = tuple[int, Mapping[str, Any] | InputError]
"""A record with its line (or row) in the file, or why there is none."""


def to_documents(
    records: Iterable[Numbered], name: str, config: Config, turn: Turn, *, may_be_empty: bool = False
) -> Iterator[Document | Rejected]:
    """The document of each record, in order; a record that gives none is rejected with its line.

    A file without any is rejected too, unless it may be empty.
    """
    empty = not may_be_empty
    for number, record in records:
        empty = False
        yield turn.document(partial(_document, record, name, number, config), name, number)
    if empty:
        yield Rejected(name, STAGE, "the file is empty")


def fields_read(fields: Input) -> set[str]:
    """The names at the top of a record that are looked at: other columns of a table need not be read."""
    named = (fields.text_field, fields.html_field, fields.id_field, fields.url_field)
    return {*HTML_FIELDS, *METADATA_FIELDS, "metadata", *named, *(name.partition(".")[0] for name in named)} - {""}


def field_of(record: Mapping[str, Any], name: str) -> Any:
    """The value of a field; ``a.b`` is ``b`` in the object ``a`` unless a field has that very name."""
    if name in record or "." not in name:
        return record.get(name)
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def record_id(record: Mapping[str, Any], name: str, number: int, config: Config) -> str:
    """The record's own id, else file and line.  One of digits only gets ``id-`` before it.

    Readers of JSON that guess types would take a column of digits for numbers, and a later id
    with a letter in it would then be lost or break the load.
    """
    own = field_of(record, config.input.id_field)
    if isinstance(own, bool) or not isinstance(own, str | int) or own == "":
        return f"{name}:{number}"
    own = replace_surrogates(str(own))[0]
    return f"id-{own}" if own.lstrip("-").isdigit() else own


def _document(record: Mapping[str, Any] | InputError, name: str, number: int, config: Config) -> Document:
    if isinstance(record, InputError):
        raise record
    kind, text = _content(record, config.input)
    if not text.strip():
        raise InputError(STAGE, "its text is empty")
    if len(text) > config.input.max_bytes:
        raise InputError(STAGE, f"its text is larger than {config.input.max_bytes:,} bytes: raise input.max_bytes")
    source, edits = replace_surrogates(text)
    document = to_document(
        source,
        record_id(record, name, number, config),
        _metadata(record, source, kind, name, config),
        config.site_rules,
    )
    document = with_site(document)
    return replace(document, edits=edits + document.edits) if document.positioned else document


def _content(record: Mapping[str, Any], fields: Input) -> tuple[str, str]:
    """``html`` or ``text``, and the content: named HTML first, then text, then HTML under a usual name."""
    for kind, field in (
        ("html", fields.html_field),
        ("text", fields.text_field),
        *(("html", field) for field in HTML_FIELDS),
    ):
        value = field_of(record, field) if field else None
        if isinstance(value, bytes):
            value = decode(value, markup=kind == "html").text
        if isinstance(value, str):
            return kind, value
    raise InputError(
        STAGE,
        f"no text in the field {fields.text_field!r}: name the right one with --text-field or --html-field",
    )


def _metadata(record: Mapping[str, Any], source: str, kind: str, name: str, config: Config) -> Metadata:
    inner = record.get("metadata")
    inner = inner if isinstance(inner, Mapping) else {}

    def text_of(field: str) -> str:
        value = field_of(record, field)
        value = inner.get(field) if value is None else value
        if isinstance(value, date):  # a typed column of Parquet
            value = value.isoformat()
        return replace_surrogates(value)[0].strip() if isinstance(value, str) else ""

    day = text_of("date")
    if text_of("date_source") == "none":  # a record of ours: its date is a stand-in
        day = ""
    language = text_of("language")
    score = field_of(record, "language_score")
    score = inner.get("language_score") if score is None else score
    return Metadata(
        url=text_of(config.input.url_field),
        title=text_of("title"),
        author=text_of("author"),
        date=day if iso_millis(day) else "",
        date_source="record" if iso_millis(day) else "",
        language=language,
        language_score=min(1.0, max(0.0, score)) if isinstance(score, float) else float(bool(language)),
        site=name,
        file_path=name,
        format=kind,
        raw_sha256=hashlib.sha256(source.encode()).hexdigest(),
        added=iso_millis(text_of("added")) or default_time(),
        created=iso_millis(text_of("created")) or iso_millis(day) or default_time(),
    )
