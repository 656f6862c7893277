"""JSON lines to documents: one record a line, its text (or HTML) field cleaned like a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import IO, Any

import msgspec

from cleaner.document import Document, Metadata
from cleaner.errors import InputError
from cleaner.readers import Rejected, bug, default_time, iso_millis, to_document, with_site
from cleaner.readers.decode import replace_surrogates
from cleaner.settings import Config

STAGE = "read"
HTML_FIELDS = ("html", "raw_html")


def read_records(
    stream: IO[bytes], name: str, config: Config, deadly: Mapping[int, str] = MappingProxyType({})
) -> Iterator[Document | Rejected]:
    """The document of each record, in order; a record that gives none is rejected with its line.

    So are the records that ``deadly`` names, by number from 0, without being read.
    """
    seen = 0
    for number, line in enumerate(read_lines(stream, config.input.max_bytes), 1):
        if line is not None and not line.strip():
            continue
        seen += 1
        if seen - 1 in deadly:
            yield Rejected(name, "clean", deadly[seen - 1], number)
            continue
        try:
            yield _document(parse(line, config.input.max_bytes), name, number, config)
        except InputError as error:
            yield Rejected(name, error.stage, error.reason, number)
        except MemoryError:
            raise
        except Exception as error:
            yield Rejected(name, STAGE, bug(error), number)
    if not seen:
        yield Rejected(name, STAGE, "the file is empty")


def read_lines(stream: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """Lines of at most ``limit`` bytes, line end included; ``None`` for a longer one (which is passed over)."""
    while line := stream.readline(limit + 1):
        short = len(line) <= limit
        rest = line
        while rest and not short and not rest.endswith(b"\n"):
            rest = stream.readline(1 << 20)
        yield line if short else None


def parse(line: bytes | None, limit: int) -> dict[str, Any]:
    """One JSON object from a line of :func:`read_lines`.  Raises :class:`InputError` that says what is wrong."""
    if line is None:
        raise InputError(STAGE, f"the record is larger than {limit:,} bytes: raise input.max_bytes")
    try:
        record = msgspec.json.decode(line)  # five times as fast; what it refuses may still be read below
    except (ValueError, RecursionError):
        record = None
    try:
        if record is None:
            record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(STAGE, f"not valid UTF-8 at byte {error.start + 1}: JSON must be UTF-8") from error
    except json.JSONDecodeError as error:
        raise InputError(
            STAGE, f"not valid JSON ({error.msg} at character {error.pos + 1}): mend or remove it"
        ) from error
    except (RecursionError, ValueError) as error:
        raise InputError(STAGE, "JSON nested too deep or a number too long: mend or remove it") from error
    if not isinstance(record, dict):
        raise InputError(STAGE, "not a JSON object: each line must be one {...} record")
    return record


def _document(record: Mapping[str, Any], name: str, number: int, config: Config) -> Document:
    fields = config.input
    kind, text = "text", record.get(fields.text_field)
    for field in HTML_FIELDS:
        if not isinstance(text, str) and isinstance(record.get(field), str):
            kind, text = "html", record[field]
    if not isinstance(text, str):
        raise InputError(
            STAGE, f"no text in the field {fields.text_field!r}: name the right one with --set input.text_field=NAME"
        )
    if not text.strip():
        raise InputError(STAGE, "its text is empty")
    source, edits = replace_surrogates(text)
    document = to_document(
        source, record_id(record, name, number, config), _metadata(record, source, kind, name, config)
    )
    document = with_site(document)
    return replace(document, edits=edits + document.edits) if document.positioned else document


def record_id(record: Mapping[str, Any], name: str, number: int, config: Config) -> str:
    """The record's own id, else file and line.  One of digits only gets ``id-`` before it.

    Readers of JSON that guess types would take a column of digits for numbers, and a later id
    with a letter in it would then be lost or break the load.
    """
    own = record.get(config.input.id_field)
    if isinstance(own, bool) or not isinstance(own, str | int) or own == "":
        return f"{name}:{number}"
    own = replace_surrogates(str(own))[0]
    return f"id-{own}" if own.lstrip("-").isdigit() else own


def _metadata(record: Mapping[str, Any], source: str, kind: str, name: str, config: Config) -> Metadata:
    inner = record.get("metadata")
    inner = inner if isinstance(inner, Mapping) else {}

    def text_of(field: str) -> str:
        value = record.get(field)
        value = value if isinstance(value, str) else inner.get(field)
        return replace_surrogates(value)[0].strip() if isinstance(value, str) else ""

    date = text_of("date")
    if text_of("date_source") == "none":  # a record of ours: its date is a stand-in
        date = ""
    return Metadata(
        url=text_of(config.input.url_field),
        title=text_of("title"),
        author=text_of("author"),
        date=date if iso_millis(date) else "",
        date_source="record" if iso_millis(date) else "",
        language=text_of("language"),
        site=name,
        file_path=name,
        format=kind,
        raw_sha256=hashlib.sha256(source.encode()).hexdigest(),
        added=iso_millis(text_of("added")) or default_time(),
        created=iso_millis(text_of("created")) or iso_millis(date) or default_time(),
    )
