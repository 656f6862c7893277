"""Plain text and Markdown to a document: one block a line, to be joined by stage ``structure``."""

from __future__ import annotations

import re

from cleaner.document import Block, Document, Metadata

# What ends a line.  U+0085 is not here: in the wild it is a mis-decoded ellipsis.  Only "\n"
# counts for line numbers, as in every editor and in `sed -n`.
_LINE = re.compile("[^\n\r\x0b\x0c\u2028\u2029]+")


def read_text(text: str, *, document_id: str, metadata: Metadata) -> Document:
    """A document with one ``paragraph`` block for each line that is not blank."""
    blocks: list[Block] = []
    number, counted = 1, 0
    for match in _LINE.finditer(text):
        line = match.group()
        body = line.strip()
        if body:
            start, end = match.span()
            number += text.count("\n", counted, start)
            counted = start
            lead = len(line) - len(line.lstrip())
            blocks.append(Block("paragraph", body, start, end, start + lead, number, number))
    return Document(document_id, text, tuple(blocks), metadata=metadata)
