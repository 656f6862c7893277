"""Inputs to documents: decompression, decoding, and one reader a format."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import IO, TYPE_CHECKING

from msgspec.structs import replace

from cleaner.document import Document, Metadata
from cleaner.errors import InputError
from cleaner.settings import Config, SiteRules

if TYPE_CHECKING:
    from cleaner.readers.decode import Decoded
    from cleaner.readers.records import Numbered
    from cleaner.readers.remote import Place


SNIFFED = 65_536
"""So many bytes of an input without a telling name are looked at."""
_OBJECT = re.compile(rb'\{\s*"[^"\n]{1,200}"\s*:')
_OBJECTS = re.compile(rb'\[\s*\{\s*"[^"\n]{1,200}"\s*:')


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that gave no document.  ``line`` is a record's line in its file, 0 for a whole file."""

    path: str
    stage: str
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an input from outside it; ``""`` where unknown.

    ``id`` is its own, ``url`` its address, ``fetched`` the ISO time at which it was, ``charset`` what HTTP said.
    """

    id: str = ""
    url: str = ""
    fetched: str = ""
    charset: str = ""


NOTHING = Known()


NONE_DEADLY: Mapping[int, str] = MappingProxyType({})


class Turn:
    """Which result of an input is next (``number``, from 0), and why it is not to be read, if so."""

    def __init__(self, deadly: Mapping[int, str] = NONE_DEADLY) -> None:
        self._deadly = deadly
        self.number = 0

    def document(self, make: Callable[[], Document], name: str, line: int = 0) -> Document | Rejected:
        """What ``make`` gives, or why it gives none: even a bug of ours costs only the document that it meets."""
        if self.number in self._deadly:
            return Rejected(name, "clean", self._deadly[self.number], line)
        try:
            return make()
        except InputError as error:
            return Rejected(name, error.stage, error.reason, line)
        except MemoryError:
            raise
        except Exception as error:
            return Rejected(name, "read", bug(error), line)


def read_file(
    place: Place, name: str, config: Config, deadly: Mapping[int, str] = NONE_DEADLY, known: Known = NOTHING
) -> Iterator[Document | Rejected]:
    """Every document of one file or URL, or why there is none.

    ``name`` is the path to show and to make ids from (relative to the input folder, with ``/``).
    ``deadly`` are documents (by number, from 0) that are not to be read, and why not.
    Never raises for what the file holds.
    """
    from cleaner.readers import remote

    if remote.is_web(place) and not known.url:
        known = Known(url=str(place))
    turn = Turn(deadly)
    return _safely(_opened(place, name, config, turn, known), name, turn)


def read_lines(
    place: Place,
    name: str,
    config: Config,
    deadly: Mapping[int, str] = NONE_DEADLY,
    *,
    start: int,
    size: int,
    first_line: int,
) -> Iterator[Document | Rejected]:
    """The documents of a part of a file of JSON lines: ``size`` bytes from ``start`` on, where ``first_line`` begins.

    All parts together give what :func:`read_file` gives, if the first holds a line that is not blank.
    """
    turn = Turn(deadly)
    return _safely(_part(place, name, config, turn, start, size, first_line), name, turn)


def _part(
    place: Place, name: str, config: Config, turn: Turn, start: int, size: int, first_line: int
) -> Iterator[Document | Rejected]:
    from cleaner.readers import jsonl, records, stream

    with stream.open_stream(place) as data:
        found = jsonl.json_lines(stream.part_of(data, start, size), config, first_line)
        yield from records.to_documents(found, name, config, turn, may_be_empty=first_line > 1)


def _opened(place: Place, name: str, config: Config, turn: Turn, known: Known) -> Iterator[Document | Rejected]:
    from cleaner.readers.stream import open_stream

    with open_stream(place) as data:
        yield from read_stream(data, name, config, turn, known)


def _safely(results: Iterator[Document | Rejected], name: str, turn: Turn) -> Iterator[Document | Rejected]:
    """The results, counted; an error that ends them becomes the last."""
    try:
        for result in results:
            turn.number += 1
            yield result
    except InputError as error:
        yield Rejected(name, error.stage, error.reason)
    except MemoryError:
        raise
    except Exception as error:
        yield Rejected(name, "read", bug(error))


def read_bytes(
    data: bytes, name: str, config: Config, deadly: Mapping[int, str] = NONE_DEADLY, known: Known = NOTHING
) -> Iterator[Document | Rejected]:
    """The documents of an input already in memory."""
    import io

    return read_open(io.BytesIO(data), name, config, deadly, known)


def read_open(
    data: IO[bytes], name: str, config: Config, deadly: Mapping[int, str] = NONE_DEADLY, known: Known = NOTHING
) -> Iterator[Document | Rejected]:
    """The documents of an open input, such as standard input; never raises for what it holds."""
    turn = Turn(deadly)
    return _safely(read_stream(data, name, config, turn, known), name, turn)


def bug(error: Exception) -> str:
    """The reason to reject a document with which cleaner itself fails."""
    detail = " ".join(str(error).split())[:200]
    return f"a bug in cleaner: please report it with this input ({type(error).__name__}: {detail})"


def read_stream(
    data: IO[bytes], name: str, config: Config, turn: Turn, known: Known = NOTHING, *, inside: bool = False
) -> Iterator[Document | Rejected]:
    """The documents of an open, decompressed input, in order.

    What it is says its ``name``, else setting ``input.format``, else how it begins.  ``inside``: it
    stands in an archive.  Raises :class:`InputError` where the input cannot be read on.
    """
    from cleaner.readers import find, stream

    kind = find.format_of(name) or config.input.format
    if kind == "auto":
        head, data = stream.with_head(data, SNIFFED)
        ending = next((ending for magic, ending in stream.COMPRESSED if head.startswith(magic)), "")
        if ending:
            with stream.decompressed(data, ending) as plain:
                yield from read_stream(plain, name, config, turn, known)
            return
        kind = sniff(head)
    match kind:
        case "jsonl" | "json" | "csv" | "tsv" | "parquet":
            from cleaner.readers import records

            yield from records.to_documents(_records(data, kind, config), name, config, turn)
        case "warc":
            from cleaner.readers.warc import read_warc

            yield from read_warc(data, name, config, turn)
        case "zip" | "tar" if inside:
            raise InputError("read", "an archive inside an archive: unpack it first")
        case "zip" | "tar":
            from cleaner.readers import archives

            yield from (archives.read_zip if kind == "zip" else archives.read_tar)(data, name, config, turn)
        case _:
            content = stream.read_all(data, config.input.max_bytes)
            yield turn.document(lambda: read_content(content, name, kind, known, config.site_rules), name)


def _records(data: IO[bytes], kind: str, config: Config) -> Iterator[Numbered]:
    """The records of a file that holds many; only the reader that is needed is loaded."""
    match kind:
        case "csv" | "tsv":
            from cleaner.readers.delimited import delimited

            return delimited(data, config, "\t" if kind == "tsv" else "")
        case "parquet":
            from cleaner.readers.parquet import parquet_rows

            return parquet_rows(data, config)
    from cleaner.readers import jsonl

    return (jsonl.json_file if kind == "json" else jsonl.json_lines)(data, config)


def sniff(head: bytes) -> str:
    """``html``, ``json``, ``jsonl``, ``parquet``, ``warc`` or ``text``, from how an input begins."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    data = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    start = data[:2048].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<body" in start or b"<head>" in start:
        return "html"
    first, whole, _ = data.partition(b"\n")
    if first.startswith(b"{"):
        import json

        try:
            return "jsonl" if isinstance(json.loads(first), dict) else "text"
        except ValueError:
            if not whole and len(head) >= SNIFFED:  # a line longer than what was looked at
                return "jsonl" if _OBJECT.match(data) else "text"
    return "json" if _OBJECT.match(data) or _OBJECTS.match(data) else "text"


def read_content(
    data: bytes, name: str, kind: str, known: Known = NOTHING, rules: tuple[SiteRules, ...] = ()
) -> Document:
    """One text (``kind`` is ``text``, ``markdown`` or ``html``) to a document.

    ``rules`` are those of sites whose selectors a page is searched for.  Raises :class:`InputError`.
    """
    from cleaner.readers.decode import decode

    if not data.strip():
        raise InputError("read", "the file is empty")
    decoded = decode(data, markup=kind == "html", told=known.charset)
    return read_decoded(decoded, hashlib.sha256(data).hexdigest(), name, kind, known, rules)


def read_decoded(
    decoded: Decoded, sha256: str, name: str, kind: str, known: Known = NOTHING, rules: tuple[SiteRules, ...] = ()
) -> Document:
    """A text already decoded to a document; ``sha256`` is of the bytes it came from.  Raises :class:`InputError`."""
    fetched = iso_millis(known.fetched) or default_time()
    metadata = Metadata(
        url=known.url,
        site=os.path.dirname(name) or ".",
        file_path=name,
        format=kind,
        encoding=decoded.encoding,
        raw_sha256=sha256,
        added=fetched,
        created=fetched,
    )
    document = with_site(to_document(decoded.text, known.id or name, metadata, rules, decoded.utf8))
    return replace(document, edits=decoded.edits + document.edits) if document.positioned else document


def to_document(
    text: str, document_id: str, metadata: Metadata, rules: tuple[SiteRules, ...] = (), utf8: bytes = b""
) -> Document:
    """Decoded text to a document, by ``metadata.format``; ``utf8`` is the same text in UTF-8, if that is at hand.

    A page whose text only scripts would fetch is a document too, an empty one.
    Raises :class:`InputError` for a text without a visible character.
    """
    if metadata.format == "html":
        from cleaner.readers.html import read_html

        return with_site(read_html(text, document_id=document_id, metadata=metadata, rules=rules, utf8=utf8))
    from cleaner.readers.text import read_text

    document = read_text(text, document_id=document_id, metadata=metadata)
    if not document.blocks:
        raise InputError("read", "there is no text in it")
    return document


def with_site(document: Document) -> Document:
    """The document with its site set to the host of its URL, if it has one."""
    site = site_of(document.metadata.url)
    return replace(document, metadata=replace(document.metadata, site=site)) if site else document


def site_of(url: str) -> str:
    """The host of a URL without ``www.``; "" if it has none."""
    if not url:
        return ""
    from urllib.parse import urlsplit

    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def default_time() -> str:
    """``SOURCE_DATE_EPOCH`` as ISO time, else the epoch: never the clock, so that runs repeat."""
    return _time_of(os.environ.get("SOURCE_DATE_EPOCH", "0"))


@lru_cache(maxsize=1)
def _time_of(epoch: str) -> str:
    try:
        seconds = int(epoch)
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime.fromtimestamp(0, UTC)
    return iso_millis(moment.isoformat())


def iso_millis(text: str) -> str:
    """An ISO 8601 date or time as ``YYYY-MM-DDTHH:MM:SS.mmmZ`` in UTC; ``""`` if it is none."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return ""
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")
