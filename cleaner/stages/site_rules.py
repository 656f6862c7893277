"""Stage ``site-rules``: what the rules of a document's site name goes, or is kept (docs/site-rules.md).

A keep rule wins over every other: stages that come later do not remove the block either, but for
``duplicates``, where the same words stay in another place.  Documents of sites without rules pass untouched.
"""

from __future__ import annotations

from msgspec.structs import replace

from cleaner.document import Document, remove
from cleaner.settings import Config
from cleaner.siterules.match import matchers

STAGE = "site-rules"


def apply(document: Document, config: Config) -> Document:
    """Mark blocks kept or removed, each by the first rule that matches it."""
    found = matchers(config.site_rules, document.metadata.site)
    if not found:
        return document
    blocks = list(document.blocks)
    goes: dict[int, tuple[str, str, float]] = {}
    for index, block in enumerate(blocks):
        if block.removed is not None:
            continue
        keeper = next((one.label for one in found.keep if one.why(block)), "")
        if keeper:
            blocks[index] = replace(block, keep=keeper)
            continue
        for matcher in found.remove:
            if why := matcher.why(block):
                goes[index] = (matcher.label, why, 0.0)
                break
    return remove(replace(document, blocks=tuple(blocks)), STAGE, goes)
