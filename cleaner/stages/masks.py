"""Stage ``masks``: e-mail addresses, public IP addresses and phone numbers are masked.  All off by default.

What stands in their place is reserved for examples and belongs to nobody (RFC 2606, 5737 and 3849; numbers
555-0100 to 555-0199 of North America), so that sentences read on; a second pass changes nothing.  Masked
are e-mails and IP addresses wherever they stand, as datatrove does it (0.10.1, ``PIIFormatter``), and phone
numbers in three forms that little else has: international with ``+``, North American, and behind a word
like "Tel.".  Refuses: addresses of private networks, dates, prices, ISBNs, and digits without a sign that they
are a phone number.  The ledger quotes what was masked, so that it can be restored: it must not be given away.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from cleaner.alignment import rewrite
from cleaner.document import Block, Change, Document, Edit, change_edits
from cleaner.settings import Config, Filters
from cleaner.stages.encoding import differences
from cleaner.writers.tables import pipe_table

STAGE = "masks"
EMAIL, IPV4, IPV6, PHONE = "email@example.com", "192.0.2.1", "2001:db8::1", "555-0100"

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(
    rf"(?<![\w%+.-])\w[\w%+'-]{{0,63}}(?:\.[\w%+'-]{{1,64}}){{0,8}}@(?:{_LABEL}\.){{1,8}}[^\W\d_]{{2,24}}"
)
_RESERVED = re.compile(r"@(?:[\w-]+\.)*example(?:\.(?:com|net|org))?$", re.IGNORECASE)
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}\.){3}\d{1,3}(?![\w:]|\.\d)"
    r"|(?<![\w.:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)
_ASSIGNED = ipaddress.ip_network("2000::/3")
"""Public IPv6 addresses; other runs of hexadecimal digits and colons are names in programs."""
_LEAST = 20
"""With no larger number in it, "4.2.1.3" is a section or a version."""
_GAP = r"[ \u00a0./()-]{0,2}"
_LONG = rf"\+\d(?:{_GAP}\d){{8,14}}(?!\d)"  # shorter ones may be "+20 000 000"
_NORTH_AMERICAN = r"(?:\+?1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}(?!\d)"
_LABELLED = (
    r"(?:\b(?:tel|tél|tlf|telef|fon|phone|fax|mobile?|telephone|téléphone|telefon|telefono|teléfono|telefone|telefoon|"
    r"puhelin|тел|телефон|whatsapp)\b|电话|電話|전화|هاتف|تلفون)\s?[.:：]{0,2}(?:\s?(?:nr|no|n°|№)\b)?[.:：]{0,2}\s?"
    rf"(?P<number>\(?\d(?:{_GAP}\d){{5,14}})(?!\d)"
)
_PHONE = re.compile(rf"(?<![\w.+-])(?:{_LONG}|{_NORTH_AMERICAN})|{_LABELLED}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Mask:
    """What is masked: the ledger's rule and reason, the setting, what a text must have, and the changes."""

    rule: str
    reason: str
    wanted: Callable[[Filters], bool]
    sign: str
    find: Callable[[str], Iterator[Change]]


def emails(text: str) -> Iterator[Change]:
    """Every e-mail address that is not one of the reserved domains."""
    for match in _EMAIL.finditer(text):
        if not _RESERVED.search(match[0]):
            yield *match.span(), EMAIL


def ips(text: str) -> Iterator[Change]:
    """Every public IP address, but for what may as well be the number of a section ("4.2.1.3")."""
    for match in _IP.finditer(text):
        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            continue
        if address.version == 6 and address.is_global and address in _ASSIGNED:
            yield *match.span(), IPV6
        if address.version == 4 and address.is_global and max(address.packed) >= _LEAST:
            yield *match.span(), IPV4


def phones(text: str) -> Iterator[Change]:
    """Every phone number that has a sign that it is one."""
    for match in _PHONE.finditer(text):
        group = "number" if match["number"] else 0
        if not match[group].endswith(PHONE):
            yield *match.span(group), PHONE


_MASKS = (
    _Mask("email", "e-mail address", lambda settings: settings.mask_emails, "@", emails),
    _Mask("ip", "public IP address", lambda settings: settings.mask_ips, "", ips),
    _Mask("phone", "phone number", lambda settings: settings.mask_phones, "", phones),
)


def apply(document: Document, config: Config) -> Document:
    """Mask what the settings name in every block that stays."""
    masks = [mask for mask in _MASKS if mask.wanted(config.filters)]
    if not masks:
        return document
    blocks: list[Block] = []
    edits: list[Edit] = []
    for block in document.blocks:
        if block.removed is None:
            for mask in masks:
                block = _masked(document.source, block, mask, edits)
        blocks.append(block)
    return replace(document, blocks=tuple(blocks), edits=document.edits + tuple(edits)) if edits else document


def _masked(source: str, block: Block, mask: _Mask, edits: list[Edit]) -> Block:
    if mask.sign not in block.text:
        return block
    rows = tuple(tuple(_replaced(cell, mask) for cell in row) for row in block.rows)
    changes = differences(block.text, pipe_table(rows)) if rows else list(mask.find(block.text))
    if not changes:
        return block
    block, spans = rewrite(replace(block, rows=rows), changes)
    edits += change_edits(source, block, STAGE, mask.rule, spans, mask.reason)
    return block


def _replaced(text: str, mask: _Mask) -> str:
    pieces, at = [], 0
    for start, end, new in mask.find(text):
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])
