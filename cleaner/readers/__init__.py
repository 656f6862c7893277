"""Files to documents: decompression, decoding, and one reader a format."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from cleaner.document import Document, Metadata
from cleaner.errors import InputError
from cleaner.settings import Config


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that gave no document.  ``line`` is a record's line in its file, 0 for a whole file."""

    path: str
    stage: str
    reason: str
    line: int = 0


def read_file(
    path: Path, name: str, config: Config, deadly: Mapping[int, str] = MappingProxyType({})
) -> Iterator[Document | Rejected]:
    """Every document of one file, or why there is none.

    ``name`` is the path to show and to make ids from (relative to the input folder, with ``/``).
    ``deadly`` are documents (by number, from 0) that are not to be read, and why not.
    Never raises for what the file holds: even a bug of ours costs only the document that it meets.
    """
    from cleaner.readers import find, stream

    try:
        if find.format_of(name) == "jsonl":
            from cleaner.readers.jsonl import read_records

            with stream.open_stream(path) as lines:
                yield from read_records(lines, name, config, deadly)
        elif 0 in deadly:
            yield Rejected(name, "clean", deadly[0])
        else:
            yield from read_bytes(stream.read_all(path, config.input.max_bytes), name, config, deadly)
    except InputError as error:
        yield Rejected(name, error.stage, error.reason)


def bug(error: Exception) -> str:
    """The reason to reject a document with which cleaner itself fails."""
    detail = " ".join(str(error).split())[:200]
    return f"a bug in cleaner: please report it with this input ({type(error).__name__}: {detail})"


def read_bytes(
    data: bytes, name: str, config: Config, deadly: Mapping[int, str] = MappingProxyType({})
) -> Iterator[Document | Rejected]:
    """The documents of an input already in memory; a ``name`` without a known ending is sniffed."""
    from cleaner.readers import find

    kind = find.format_of(name) or sniff(data)
    try:
        if kind == "jsonl":
            import io

            from cleaner.readers.jsonl import read_records

            yield from read_records(io.BytesIO(data), name, config, deadly)
        else:
            yield _read(data, name, kind)
    except InputError as error:
        yield Rejected(name, error.stage, error.reason)
    except MemoryError:
        raise
    except Exception as error:
        yield Rejected(name, "read", bug(error))


def sniff(data: bytes) -> str:
    """``html``, ``jsonl`` or ``text``, from how an input begins."""
    head = data[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<body" in head or b"<head>" in head:
        return "html"
    first = data.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]
    if first.startswith(b"{"):
        import json

        try:
            return "jsonl" if isinstance(json.loads(first), dict) else "text"
        except ValueError:
            return "text"
    return "text"


def _read(data: bytes, name: str, kind: str) -> Document:
    from cleaner.readers.decode import decode

    if not data.strip():
        raise InputError("read", "the file is empty")
    decoded = decode(data, markup=kind == "html")
    metadata = Metadata(
        site=os.path.dirname(name) or ".",
        file_path=name,
        format=kind,
        encoding=decoded.encoding,
        raw_sha256=hashlib.sha256(data).hexdigest(),
        added=default_time(),
        created=default_time(),
    )
    document = to_document(decoded.text, name, metadata)
    return replace(document, edits=decoded.edits + document.edits) if document.positioned else document


def to_document(text: str, document_id: str, metadata: Metadata) -> Document:
    """Decoded text to a document, by ``metadata.format``.

    A page whose text only scripts would fetch is a document too, an empty one.
    Raises :class:`InputError` for a text without a visible character.
    """
    if metadata.format == "html":
        from cleaner.readers.html import read_html

        return with_site(read_html(text, document_id=document_id, metadata=metadata))
    from cleaner.readers.text import read_text

    document = read_text(text, document_id=document_id, metadata=metadata)
    if not document.blocks:
        raise InputError("read", "there is no text in it")
    return document


def with_site(document: Document) -> Document:
    """The document with its site set to the host of its URL, if it has one."""
    from urllib.parse import urlsplit

    try:
        host = urlsplit(document.metadata.url).hostname or ""
    except ValueError:
        host = ""
    if not host:
        return document
    return replace(document, metadata=replace(document.metadata, site=host.removeprefix("www.")))


def default_time() -> str:
    """``SOURCE_DATE_EPOCH`` as ISO time, else the epoch: never the clock, so that runs repeat."""
    try:
        seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime.fromtimestamp(0, UTC)
    return iso_millis(moment.isoformat())


def iso_millis(text: str) -> str:
    """An ISO 8601 date or time as ``YYYY-MM-DDTHH:MM:SS.mmmZ`` in UTC; ``""`` if it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return ""
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")
