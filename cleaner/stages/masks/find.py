"""Where e-mail addresses, public IP addresses and phone numbers stand in a text, and what is put there."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cleaner.document import Change
from cleaner.settings import Filters

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
_GAP = rf"[ \u00a0./()-]{{0,2}}(?!{re.escape(IPV4)})"  # an address that was masked is no part of a number
_LONG = rf"\+\d(?:{_GAP}\d){{8,14}}(?!\d)"  # shorter ones may be "+20 000 000"
_NORTH_AMERICAN = r"(?:\+?1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}(?!\d)"
_LABELLED = (
    r"(?:\b(?:tel|tél|tlf|telef|fon|phone|fax|mobile?|telephone|téléphone|telefon|telefono|teléfono|telefone|telefoon|"
    r"puhelin|тел|телефон|whatsapp)\b|电话|電話|전화|هاتف|تلفون)\s?[.:：]{0,2}(?:\s?(?:nr|no|n°|№)\b)?[.:：]{0,2}\s?"
    rf"(?P<number>\(?\d(?:{_GAP}\d){{5,14}})(?!\d)"
)
_PHONE = re.compile(rf"(?<![\w.+-])(?:{_LONG}|{_NORTH_AMERICAN})|{_LABELLED}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mask:
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
        if not match[group].startswith(PHONE) and not match[group].endswith(PHONE):
            yield *match.span(group), PHONE


MASKS = (
    Mask("email", "e-mail address", lambda settings: settings.mask_emails, "@", emails),
    Mask("ip", "public IP address", lambda settings: settings.mask_ips, "", ips),
    Mask("phone", "phone number", lambda settings: settings.mask_phones, "", phones),
)
