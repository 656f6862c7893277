"""Plain text: the kept blocks without any marks (``--format text``)."""

from __future__ import annotations

from cleaner.document import Block, Document
from cleaner.writers.markdown import separator


def plain(document: Document) -> str:
    """Block texts, a blank line between them (list items close up); tables as tab-separated rows."""
    pieces: list[str] = []
    last: Block | None = None
    for block in document.blocks:
        if block.removed is None:
            pieces += [separator(last, block) if last else "", _text(block)]
            last = block
    return "".join(pieces) + "\n" if last else ""


def _text(block: Block) -> str:
    if block.kind == "table":
        return "\n".join("\t".join(row) for row in block.rows)
    return block.text
