"""The lines of the output files as types: all keys, in this order (docs/output.md says what each means)."""

from __future__ import annotations

from typing import TypedDict

import msgspec


class RecordMetadata(TypedDict):
    """The object ``metadata`` of a :class:`Record`."""

    url: str
    title: str
    author: str
    date: str
    date_source: str
    language: str
    language_score: float
    site: str
    file_path: str
    format: str
    encoding: str
    char_count: int
    word_count: int
    raw_char_count: int
    removed_char_count: int
    removed_block_count: int
    edited_block_count: int
    duplicate_block_count: int
    minhash_cluster_size: int
    text_sha256: str
    raw_sha256: str
    cleaner_version: str
    config_sha256: str


class Record(TypedDict):
    """A line of ``documents.jsonl``."""

    id: str
    text: str
    source: str
    added: str
    created: str
    metadata: RecordMetadata


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of one of the other files."""


class LedgerRow(Row, frozen=True, forbid_unknown_fields=True, gc=False):
    """A line of ``ledger.jsonl``: a :class:`~cleaner.document.Edit`, with its document and number.

    Lines and positions are -1 where they mean nothing (HTML).
    """

    doc_id: str
    seq: int
    stage: str
    rule: str
    action: str
    first_line: int
    last_line: int
    start: int
    end: int
    raw_text: str
    new_text: str
    twin_id: str
    twin_block: int
    score: float
    reason: str


class Pair(Row, frozen=True, forbid_unknown_fields=True):
    """A line of ``pairs.jsonl``."""

    doc_id: str
    block: int
    twin_id: str
    twin_block: int
    jaccard: float


class Duplicate(Pair, frozen=True, forbid_unknown_fields=True):
    """A line of ``duplicates.jsonl``."""

    cluster: int
    kept: bool


class Rejection(Row, frozen=True, forbid_unknown_fields=True):
    """A line of ``rejected.jsonl``."""

    path: str
    line: int
    stage: str
    reason: str
