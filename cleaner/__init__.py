"""Clean, de-duplicated JSONL from scraped articles.

The names below are the Python API (docs/python.md); each is loaded when it is first used, so
that ``import cleaner`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.api import Pipeline, clean
    from cleaner.document import Block, Document, Edit, Metadata
    from cleaner.errors import CleanerError, InputError
    from cleaner.pipeline import Stage
    from cleaner.readers import Rejected
    from cleaner.rows import Record, RecordMetadata
    from cleaner.settings import Config

__version__ = "0.1.0"

__all__ = [
    "Block",
    "CleanerError",
    "Config",
    "Document",
    "Edit",
    "InputError",
    "Metadata",
    "Pipeline",
    "Record",
    "RecordMetadata",
    "Rejected",
    "Stage",
    "__version__",
    "clean",
]

_HOMES = {
    **dict.fromkeys(("Pipeline", "clean"), "api"),
    **dict.fromkeys(("Block", "Document", "Edit", "Metadata"), "document"),
    **dict.fromkeys(("CleanerError", "InputError"), "errors"),
    "Config": "settings",
    **dict.fromkeys(("Record", "RecordMetadata"), "rows"),
    "Rejected": "readers",
    "Stage": "pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"cleaner.{_HOMES[name]}"), name)
