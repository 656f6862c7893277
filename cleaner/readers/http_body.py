"""The body of an HTTP response as an archive keeps it: transfer and content encodings undone, with a limit."""

from __future__ import annotations

import re
import zlib

from cleaner.errors import InputError, missing_extra

STAGE = "decompress"
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")


def body_of(data: bytes, transfer: str, content: str, limit: int) -> bytes:
    """``data`` decoded, given the headers Transfer-Encoding and Content-Encoding.

    Archives that keep the headers but already hold the decoded body are common: what does not begin
    like its encoding is taken as it is.  Raises :class:`InputError` for broken or too much data.
    """
    if "chunked" in transfer.lower():
        data = _unchunked(data)
    for encoding in reversed(content.lower().replace(" ", "").split(",")):
        data = _decoded(data, encoding, limit)
    return data


def _unchunked(data: bytes) -> bytes:
    """Chunks put together (RFC 9112, 7.1); what is cut off in the middle of one keeps what there is."""
    pieces = []
    at = 0
    while head := _CHUNK_SIZE.match(data, at):
        size = int(head[1], 16)
        if size == 0:
            break
        pieces.append(data[head.end() : head.end() + size])
        at = head.end() + size
        at += len(data[at : at + 2]) - len(data[at : at + 2].lstrip(b"\r\n"))
    return b"".join(pieces) if pieces else data


def _decoded(data: bytes, encoding: str, limit: int) -> bytes:
    try:
        if encoding in ("gzip", "x-gzip") and data.startswith(b"\x1f\x8b"):
            plain, more = _inflated(data, 31, limit)
        elif encoding == "deflate" and not data.lstrip().startswith(b"<"):
            plain, more = _inflated(data, 15 if data[:1] == b"\x78" else -15, limit)
        elif encoding == "zstd" and data.startswith(b"\x28\xb5\x2f\xfd"):
            plain, more = _unpacked(data, limit)
        elif encoding == "br" and not data.lstrip().startswith(b"<"):
            plain, more = _unbrotlied(data, limit)
        else:
            return data
    except (zlib.error, ValueError) as error:
        raise InputError(STAGE, f"broken {encoding} data ({error}): fetch the page again") from error
    if more:
        raise InputError(STAGE, f"larger than {limit:,} bytes when decompressed: raise input.max_bytes")
    return plain


def _inflated(data: bytes, window: int, limit: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(window)
    plain = stream.decompress(data, limit)
    return plain, bool(stream.unconsumed_tail)


def _unpacked(data: bytes, limit: int) -> tuple[bytes, bool]:
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(data) as reader:
            plain = reader.read(limit)
            return plain, bool(reader.read(1))
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


def _unbrotlied(data: bytes, limit: int) -> tuple[bytes, bool]:
    try:
        import brotli
    except ImportError as error:
        raise missing_extra("warc", "reading pages compressed with Brotli", error) from error
    stream = brotli.Decompressor()
    try:
        plain = piece = stream.process(data, output_buffer_limit=limit)
        while piece and len(plain) <= limit and not stream.is_finished():
            piece = stream.process(b"", output_buffer_limit=limit)
            plain += piece
    except brotli.error as error:
        raise ValueError(str(error)) from error
    return plain[:limit], len(plain) > limit
