"""The names of the files of an output folder (docs/output.md)."""

from __future__ import annotations

DOCUMENTS = "documents.jsonl"
LEDGER = "ledger.jsonl"
DUPLICATES = "duplicates.jsonl"
REJECTED = "rejected.jsonl"
PAIRS = "pairs.jsonl"
RUN = "run.json"
OUTPUTS = (DOCUMENTS, LEDGER, DUPLICATES, REJECTED)
"""Those that are put together from parts, a shard each."""
