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
    number, counted = 1, 0
    start = 0
    lines = _LINE_END.split(text) if any(end in text for end in _OTHERS) else text.split("\n")
    for line in lines:
        body = line.strip()
        if body:
            number += text.count("\n", counted, start)
            counted = start
            lead = 0 if line[0] == body[0] else len(line) - len(line.lstrip())
            blocks.append(Block("paragraph", body, start, start + len(line), start + lead, number, number))
        start += len(line) + 1
    return Document(document_id, text, tuple(blocks), metadata=metadata)
