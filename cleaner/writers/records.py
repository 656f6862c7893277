"""The output contract: documents, ledger rows, duplicates and rejections as JSON lines.

Keys are always there, in one order; no nulls, no lists, nothing nested below ``metadata``;
floats always have a point.  Tools that guess types (DuckDB, Hugging Face datasets, Polars)
silently lose or break rows otherwise.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_type_hints

import msgspec
from msgspec.structs import astuple, replace

from cleaner import __version__
from cleaner.document import Document, Edit
from cleaner.readers import Rejected, iso_millis
from cleaner.rows import LedgerRow, Record, RecordMetadata
from cleaner.settings import Config
from cleaner.words import odd_runs

NO_DATE = "1970-01-01T00:00:00.000Z"
_WORD = re.compile(r"\w+")
_BEYOND_LATIN_1 = re.compile(r"[^\W\x00-\xff]")
_MANY = 24  # different letters beyond Latin-1: with more of them a text is not brought down to it
_IN_WORD = bytes(_WORD.match(chr(i)) is not None for i in range(256))
_encoder = msgspec.json.Encoder()


TOP = tuple(name for name in Record.__annotations__ if name != "metadata")
"""The fields of a record beside ``metadata``, all strings."""
METADATA: Mapping[str, type] = MappingProxyType(get_type_hints(RecordMetadata))
"""The fields of ``metadata`` with their types, in order."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What the corpus stages know of a document."""

    duplicate_block_count: int = 0
    minhash_cluster_size: int = 1


def encode(value: Any) -> bytes:
    """One JSON line, UTF-8, keys in the order given."""
    return _encoder.encode(value) + b"\n"


def record(document: Document, text: str, extras: Extras, config: Config) -> Record:
    """The record of ``documents.jsonl``."""
    from cleaner.config import fingerprint
    from cleaner.language import judge_language

    known = document.metadata
    language, score = judge_language(text, known, config.language_detector)
    removed = [edit for edit in document.edits if edit.action != "replace"]
    edited = {
        _block_at(document, edit) for edit in document.edits if edit.action == "replace" and edit.stage != "write"
    }
    date = iso_millis(known.date)
    return {
        "id": document.id,
        "text": text,
        "source": config.input.source,
        "added": known.added or NO_DATE,
        "created": known.created or NO_DATE,
        "metadata": {
            "url": known.url,
            "title": known.title or _title(document),
            "author": known.author,
            "date": date or NO_DATE,
            "date_source": known.date_source if date else "none",
            "language": language,
            "language_score": round(float(score), 4),
            "site": known.site,
            "file_path": known.file_path,
            "format": known.format,
            "encoding": known.encoding,
            "char_count": len(text),
            "word_count": words_in(text),
            "raw_char_count": len(document.source),
            "removed_char_count": sum(edit.end - edit.start for edit in removed),
            "removed_block_count": len(removed),
            "edited_block_count": len(edited),
            "duplicate_block_count": extras.duplicate_block_count,
            "minhash_cluster_size": extras.minhash_cluster_size,
            "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "raw_sha256": known.raw_sha256,
            "cleaner_version": __version__,
            "config_sha256": fingerprint(config),
        },
    }


def words_in(text: str) -> int:
    r"""The number of runs of ``\w``; in Latin-1, where few letters are beyond it, counting is quick."""
    beyond = set() if text.isascii() else set(_BEYOND_LATIN_1.findall(odd_runs(text)))
    if len(beyond) > _MANY:
        return len(_WORD.findall(text))
    for letter in beyond:
        text = text.replace(letter, "a")
    inside = int.from_bytes(text.encode("latin-1", "replace").translate(_IN_WORD))
    return (inside ^ (inside << 8)).bit_count() // 2  # a word makes a difference where it begins, and where it ends


def flatten(shown: dict[str, Any]) -> dict[str, Any]:
    """A record with the fields of ``metadata`` beside the others, as FineWeb has them."""
    rest = {name: value for name, value in shown.items() if name not in ("metadata", *TOP)}
    return {**{name: shown[name] for name in TOP}, **shown["metadata"], **rest}


def nest(shown: dict[str, Any]) -> dict[str, Any]:
    """The opposite of :func:`flatten`; a record that is not flat as it is."""
    if "metadata" in shown:
        return shown
    rest = {name: value for name, value in shown.items() if name not in METADATA and name not in TOP}
    return {**{name: shown[name] for name in TOP}, "metadata": {name: shown[name] for name in METADATA}, **rest}


def document_line(document: Document, text: str, extras: Extras, config: Config, *, flat: bool = False) -> bytes:
    """One line of ``documents.jsonl``."""
    shown: dict[str, Any] = {**record(document, text, extras, config)}
    return encode(flatten(shown) if flat else shown)


def object_line(document: Document, text: str, config: Config, *, flat: bool = False) -> bytes:
    """The object of ``--format json``: the record, the kept blocks and the ledger."""
    shown: dict[str, Any] = {**record(document, text, Extras(), config)}
    shown["blocks"] = [
        {
            "kind": block.kind,
            "level": block.level,
            "text": block.text,
            "rows": block.rows,
            "lines": [block.first_line, block.last_line] if document.positioned else None,
        }
        for block in document.blocks
        if block.removed is None
    ]
    shown["ledger"] = [_detail(row, document.positioned) for row in ledger_rows(document)]
    return encode(flatten(shown) if flat else shown)


def _detail(row: LedgerRow, positioned: bool) -> dict[str, Any]:
    lines = [row.first_line, row.last_line] if positioned else None
    names = ("stage", "rule", "action")
    rest = ("start", "end", "raw_text", "new_text", "score", "reason")
    return {name: getattr(row, name) for name in names} | {"lines": lines} | {name: getattr(row, name) for name in rest}


def ledger_rows(document: Document) -> list[LedgerRow]:
    """The rows of ``ledger.jsonl`` for one document; ``seq`` is the order in which edits were made.

    For HTML, whose rows have no positions, it is the order of the page; and the writer's own rows are left
    out: the white space between the blocks of a page is the reader's layout and not the page's.
    """
    edits: Sequence[Edit] = document.edits
    if not document.positioned:
        edits = sorted((edit for edit in edits if edit.stage != "write"), key=lambda edit: edit.start)
        edits = [replace(edit, first_line=-1, last_line=-1, start=-1, end=-1) for edit in edits]
    edits = [replace(edit, score=round(float(edit.score), 4)) if edit.score else edit for edit in edits]
    return [LedgerRow(document.id, seq, *astuple(edit)) for seq, edit in enumerate(edits)]


def ledger_lines(document: Document) -> bytes:
    """The lines of ``ledger.jsonl`` for one document."""
    return _encoder.encode_lines(ledger_rows(document))


def duplicate_line(
    doc_id: str, block: int, twin_id: str, twin_block: int, jaccard: float, cluster: int, kept: bool
) -> bytes:
    """One line of ``duplicates.jsonl``."""
    return encode(
        {
            "doc_id": doc_id,
            "block": block,
            "twin_id": twin_id,
            "twin_block": twin_block,
            "jaccard": round(float(jaccard), 4),
            "cluster": cluster,
            "kept": kept,
        }
    )


def rejected_line(rejected: Rejected) -> bytes:
    """One line of ``rejected.jsonl``."""
    return encode({"path": rejected.path, "line": rejected.line, "stage": rejected.stage, "reason": rejected.reason})


def _title(document: Document) -> str:
    """A text document's own title: its first heading of level 1."""
    for block in document.blocks:
        if block.removed is None and block.kind == "heading":
            return block.text if block.level == 1 else ""
    return ""


def _block_at(document: Document, edit: Edit) -> int:
    """Index of the block an edit stands in (blocks are in source order)."""
    low, high = 0, len(document.blocks)
    while low < high:
        middle = (low + high) // 2
        if document.blocks[middle].end < edit.end:
            low = middle + 1
        else:
            high = middle
    return low
