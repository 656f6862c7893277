"""Web archives (WARC, WET) to documents, one record at a time (with warcio, extra ``warc``).

A page is a response with status 200, or a resource, whose type is HTML; or a conversion (WET) to
plain text.  Everything else in an archive (requests, redirects, images, …) is no page and is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any

from cleaner.document import Document
from cleaner.errors import InputError, missing_extra
from cleaner.readers import Known, Rejected, Turn, read_content
from cleaner.readers.http_body import body_of
from cleaner.settings import Config

STAGE = "read"
KINDS = {"text/html": "html", "application/xhtml+xml": "html"}


def read_warc(stream: IO[bytes], name: str, config: Config, turn: Turn) -> Iterator[Document | Rejected]:
    """The document of each page.

    Its id is the record's, its URL the one that was asked for; the time of the crawl goes into
    ``added`` and ``created``.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise missing_extra("warc", "reading web archives", error) from error
    found = False
    try:
        for record in ArchiveIterator(stream):
            kind = _kind(record)
            if kind:
                found = True
                yield _page(record, kind, name, config, turn)
    except ArchiveLoadFailed as error:
        raise InputError(STAGE, f"broken web archive ({error}): fetch the file again") from error
    if not found:
        raise InputError(STAGE, "there is no page in this archive")


def _kind(record: Any) -> str:
    """``html`` or ``text`` for a page, ``""`` for what is none."""
    if record.rec_type == "conversion":
        return "text" if _type(record.rec_headers) == "text/plain" else ""
    if record.rec_type == "response" and record.http_headers:
        return KINDS.get(_type(record.http_headers), "") if record.http_headers.get_statuscode() == "200" else ""
    return KINDS.get(_type(record.rec_headers), "") if record.rec_type == "resource" else ""


def _page(record: Any, kind: str, name: str, config: Config, turn: Turn) -> Document | Rejected:
    limit, rules = config.input.max_bytes, config.site_rules
    known = Known(
        id=_header(record.rec_headers, "WARC-Record-ID").strip("<>"),
        url=_header(record.rec_headers, "WARC-Target-URI").strip("<>"),
        fetched=_header(record.rec_headers, "WARC-Date"),
        charset=_charset(record.http_headers or record.rec_headers),
    )
    length = record.payload_length if record.http_headers else record.length
    content = record.raw_stream.read() if length <= limit else b""

    def document() -> Document:
        if length > limit:
            raise InputError(STAGE, f"larger than {limit:,} bytes: raise input.max_bytes")
        if len(content) < length:
            raise InputError(STAGE, "the archive ends in the middle of it: fetch the file again")
        if told := record.http_headers:
            transfer, encoding = _header(told, "Transfer-Encoding"), _header(told, "Content-Encoding")
            return read_content(body_of(content, transfer, encoding, limit), name, kind, known, rules)
        return read_content(content, name, kind, known, rules)

    result = turn.document(document, name)
    return (
        replace(result, reason=f"{known.url or known.id}: {result.reason}") if isinstance(result, Rejected) else result
    )


def _header(headers: Any, name: str) -> str:
    return str(headers.get_header(name) or "")


def _type(headers: Any) -> str:
    return _header(headers, "Content-Type").partition(";")[0].strip().lower()


def _charset(headers: Any) -> str:
    """The charset of a Content-Type such as ``text/html; charset="utf-8"``."""
    _, _, told = _header(headers, "Content-Type").lower().partition("charset=")
    return told.partition(";")[0].strip(" \"'")
