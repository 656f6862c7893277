"""Bytes to text, never failing and never silent.

Order: byte order mark, valid UTF-8, the charset the page declares, detection.  Bytes that the
chosen charset does not know become U+FFFD, one each, and a ledger row says which byte it was.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from cleaner.document import Edit
from cleaner.errors import InputError

STAGE = "decode"

SNIFFED = 65_536  # bytes looked at to tell text from binary and to detect a charset
MANGLED_UTF8 = 0.2  # at most this share of non-ASCII sequences may be bad for text still to be called UTF-8
BINARY_CONTROLS = 0.02  # share of control bytes from which data is called binary

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or Office file"),
    (b"\x1f\x8b", "gzip data (name it .gz to have it decompressed)"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data (name it .zst to have it decompressed)"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What browsers do: pages that say Latin-1 or ASCII mean Windows-1252 (WHATWG Encoding Standard).
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
# Single-byte charsets that a detector cannot tell from Windows-1252 on a few accented letters.
_WESTERN = {"cp1252", "iso8859-15", "mac-roman", "cp437", "cp850", "cp858", "hp-roman8", "cp500", "cp1140", "cp037"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the charset it was read with, and one ledger row for each undecodable byte.

    ``utf8`` is the text in UTF-8 where the input was just that, else b"".
    """

    text: str
    encoding: str
    edits: tuple[Edit, ...] = ()
    utf8: bytes = b""


def decode(data: bytes, *, markup: bool = False, told: str = "") -> Decoded:
    """Decode an input; ``markup`` looks for a charset declared in HTML or XML, ``told`` is one that HTTP gave.

    A UTF-8 byte order mark stays in the text (stage ``encoding`` takes it out, with a row).
    Raises :class:`InputError` for data that is no text at all.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _decode(data[len(bom) :], name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None or text.find("\0", 0, SNIFFED) >= 0:
        wide = _wide(data[:SNIFFED])
        if wide:
            return _decode(data, wide)
        _refuse_binary(data[:SNIFFED])
    if text is not None:
        return Decoded(text, "utf-8", utf8=data)
    return _decode(data, _known(told) or (markup and _declared(data)) or _detect(data))


def replace_surrogates(text: str) -> tuple[str, tuple[Edit, ...]]:
    """Text without lone surrogates (JSON can hold them, UTF-8 cannot), and a row for each."""
    try:
        text.encode()  # ten times as fast as looking for one
        return text, ()
    except UnicodeEncodeError:
        pass
    edits = tuple(
        _lost(text, match.start(), f"lone surrogate U+{ord(match.group()):04X}") for match in _SURROGATE.finditer(text)
    )
    return _SURROGATE.sub("\ufffd", text), edits


def _decode(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode(encoding, "surrogateescape")
    except UnicodeDecodeError:  # UTF-16 and some CJK charsets: a byte that this error handler cannot hold
        text = data.decode(encoding, "replace")
        places = [(match.start(), f"not valid {encoding}") for match in re.finditer("\ufffd", text)]
    else:
        places = [
            (match.start(), f"byte 0x{ord(match.group()) - 0xDC00:02X} is not valid {encoding}")
            for match in _SURROGATE.finditer(text)
        ]
    edits = tuple(_lost(text, at, reason) for at, reason in places)
    return Decoded(_SURROGATE.sub("\ufffd", text), encoding, edits)


def _lost(text: str, at: int, reason: str) -> Edit:
    line = text.count("\n", 0, at) + 1  # rare enough to count anew
    return Edit(STAGE, "undecodable", "replace", line, line, at, at + 1, "\ufffd", "\ufffd", reason=reason)


def _wide(sample: bytes) -> str:
    """UTF-16 without a byte order mark: nearly every second byte of Western text is 0."""
    zeros = sample.count(0)
    if zeros < len(sample) * 0.3:
        return ""
    odd = sample[1::2].count(0)
    if odd > 0.9 * zeros:
        return "utf-16-le"
    return "utf-16-be" if odd < 0.1 * zeros else ""


def _refuse_binary(sample: bytes) -> None:
    kind = next((kind for magic, kind in _MAGIC if sample.startswith(magic)), "")
    controls = len(_CONTROL_BYTES.findall(sample)) if b"\0" in sample else 0
    if kind or controls > BINARY_CONTROLS * len(sample):
        raise InputError("decode", f"this is {kind or 'binary data'}, not text: convert it to text or HTML first")


def _declared(data: bytes) -> str:
    """The charset a page declares, if Python knows it and it fits."""
    from bs4.dammit import EncodingDetector

    return _known(EncodingDetector.find_declared_encoding(data[:SNIFFED], is_html=True, search_entire_document=False))


def _known(name: str | None) -> str:
    """The charset of that name as browsers understand it; ``""`` for none, and for one that cannot be right."""
    try:
        known = codecs.lookup(name or "").name
    except (LookupError, ValueError):
        return ""
    known = _MEANT.get(known, known)
    if known.startswith("utf-"):
        return ""  # it is not valid UTF-8, and UTF-16 pages cannot declare themselves in ASCII
    return known


def _detect(data: bytes) -> str:
    """The likeliest charset of data that is not valid UTF-8 and declares nothing."""
    sample = data[:SNIFFED]
    escaped = sample.decode("utf-8", "surrogateescape")
    bad = len(_SURROGATE.findall(escaped))
    good = sum(char > "\x7f" for char in escaped) - bad
    if bad <= MANGLED_UTF8 * (good + bad):
        return "utf-8"  # a cut or a few stray bytes in a UTF-8 text
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    if best is None:
        return "cp1252"
    name = codecs.lookup(best.encoding).name
    name = _MEANT.get(name, name)
    return "cp1252" if name in _WESTERN or name.startswith("utf-") else name
