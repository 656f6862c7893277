"""Take the sting out of hostile markup before it reaches the parser.

The parser is linear on all real pages, but takes quadratic time in two cases: very many
attributes in one tag (each is compared with all before it) and very deep nesting of blocks
(each start tag looks up the whole stack of open ones).  Browsers cut both off; so do we.
"""

from __future__ import annotations

import re

MAX_ATTRIBUTES = 5_000
"""A tag with more white space than this, which separates attributes, loses its attributes."""

MAX_DEPTH = 2_000
"""Block elements nested deeper than this lose their start tags (Blink cuts at 512)."""

_LONG_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9]*)[\s/]([^<>]{{{2 * MAX_ATTRIBUTES},}})>?")
_BLOCK_TAG = re.compile(
    r"<(/?)(?:div|section|article|main|aside|header|footer|nav|ul|ol|dl|blockquote|center|fieldset|figure|form"
    r"|details|address|table)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)


def tame(html: str) -> str:
    """The same page without absurd tags; an ordinary page comes back as it is."""
    if _has_long_tag(html):
        html = _LONG_TAG.sub(_without_attributes, html)
    brackets = html.count("<")
    if brackets > MAX_DEPTH and brackets - 2 * html.count("</") > MAX_DEPTH:
        html = _flatten(html)
    return html


def _has_long_tag(html: str) -> bool:
    """Whether some tag has too many attributes.

    Such a tag is so long that it holds one of the stretches, without any bracket, that the page is cut
    into: these are cheaper to find than the tag, which is then looked at once.
    """
    before = -1  # the last stretch with brackets in it, if none without has come since
    for at in range(0, len(html) - MAX_ATTRIBUTES + 1, MAX_ATTRIBUTES):
        end = at + MAX_ATTRIBUTES
        if html.find("<", at, end) >= 0 or html.find(">", at, end) >= 0:
            before = at
        elif before >= 0:
            opened = html.rfind("<", before, at)
            match = _LONG_TAG.match(html, opened) if opened > html.rfind(">", before, at) else None
            if match and _without_attributes(match) != match[0]:
                return True
            before = -1
    return False


def _without_attributes(match: re.Match[str]) -> str:
    blanks = len(match[2]) - sum(map(len, match[2].split()))
    return f"<{match[1]}>" if blanks > MAX_ATTRIBUTES else match[0]


def _flatten(html: str) -> str:
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        depth = max(0, depth - 1) if match[1] else depth + 1
        return match[0] if depth <= MAX_DEPTH else "<br>"

    return _BLOCK_TAG.sub(keep, html)
