"""Plain text and Markdown to a document: one block a line, to be joined by stage ``structure``."""

from __future__ import annotations

import re

from cleaner.document import Block, Document, Metadata

# What ends a line beside "\n".  U+0085 is not here: in the wild it is a mis-decoded ellipsis.  Only
# "\n" counts for line numbers, as in every editor and in `sed -n`.
_OTHERS = "\r\x0b\x0c\u2028\u2029"
_LINE_END = re.compile(f"[\n{_OTHERS}]")


def read_text(text: str, *, document_id: str, metadata: Metadata) -> Document:
    """A document with one ``paragraph`` block for each line that is not blank."""
    blocks: list[Block] = []
    number, start = 1, 0
    others = any(end in text for end in _OTHERS)
    for line in _LINE_END.split(text) if others else text.split("\n"):
        body, end = line.strip(), start + len(line)
        if body:
            lead = 0 if line[0] == body[0] else len(line) - len(line.lstrip())
            blocks.append(Block("paragraph", body, start, end, start + lead, number, number))
        if not others or text.startswith("\n", end):
            number += 1
        start = end + 1
    return Document(document_id, text, tuple(blocks), metadata=metadata)
