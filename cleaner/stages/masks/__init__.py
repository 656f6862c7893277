"""Stage ``masks``: e-mail addresses, public IP addresses and phone numbers are masked.  All off by default.

What stands in their place is reserved for examples and belongs to nobody (RFC 2606, 5737 and 3849; numbers
555-0100 to 555-0199 of North America), so that sentences read on; a second pass changes nothing.  Masked
are e-mails and IP addresses wherever they stand, as datatrove does it (0.10.1, ``PIIFormatter``), and phone
numbers in three forms that little else has: international with ``+``, North American, and behind a word
like "Tel.".  Refuses: addresses of private networks, dates, prices, ISBNs, and digits without a sign that they
are a phone number.  The ledger quotes what was masked, so that it can be restored: it must not be given away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cleaner.alignment import rewrite
from cleaner.document import Block, Document, Edit, change_edits
from cleaner.settings import Config, Filters
from cleaner.stages.encoding import differences
from cleaner.writers.tables import pipe_table

if TYPE_CHECKING:
    from cleaner.stages.masks.find import Mask

STAGE = "masks"
_OFF = Filters()


def apply(document: Document, config: Config) -> Document:
    """Mask what the settings name in every block that stays."""
    if config.filters == _OFF:
        return document
    from cleaner.stages.masks.find import MASKS  # most runs need none of it

    masks = [mask for mask in MASKS if mask.wanted(config.filters)]
    blocks: list[Block] = []
    edits: list[Edit] = []
    for block in document.blocks:
        if block.removed is None:
            for mask in masks:
                block = _masked(document.source, block, mask, edits)
        blocks.append(block)
    return replace(document, blocks=tuple(blocks), edits=document.edits + tuple(edits)) if edits else document


def _masked(source: str, block: Block, mask: Mask, edits: list[Edit]) -> Block:
    if mask.sign not in block.text:
        return block
    rows = tuple(tuple(_replaced(cell, mask) for cell in row) for row in block.rows)
    changes = differences(block.text, pipe_table(rows)) if rows else list(mask.find(block.text))
    if not changes:
        return block
    block, spans = rewrite(replace(block, rows=rows), changes)
    edits += change_edits(source, block, STAGE, mask.rule, spans, mask.reason)
    return block


def _replaced(text: str, mask: Mask) -> str:
    pieces, at = [], 0
    for start, end, new in mask.find(text):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])
