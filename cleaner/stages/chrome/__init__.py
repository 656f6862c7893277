"""Stage ``chrome``: what the site put around the article goes.

Named detectors first, in the order of :data:`DETECTORS`; after them a classifier judges the
rest, one for HTML (which knows the page's structure) and one for plain text.  Precision comes
first: a lost paragraph is worse than a link left over.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence, Set

from msgspec.structs import replace

from cleaner.document import Block, Document, Metadata, remove
from cleaner.phrases import word_count
from cleaner.settings import Config
from cleaner.stages.chrome import bios, boxes, bylines, furniture, widgets
from cleaner.stages.chrome.page import LEAST_BLOCKS, Certainty, Detector, Finding, Found, Page, read
from cleaner.writers.markdown import separator

STAGE = "chrome"
ALL_CHROME = "nearly all of it looks like site chrome, so only what surely is was removed"
ROUNDS = 3
"""Looks at one document at most; hardly ever does a third find anything."""

# Boxes first: what they take no longer counts as prose.  Bios need to know what stands after
# them, widgets where the article ends, menus what all others have taken.
DETECTORS: tuple[Detector, ...] = (
    Detector("ornament", "sure", furniture.ornaments),
    Detector("ad", "sure", boxes.ads),
    Detector("cookie-notice", "sure", boxes.cookies),
    Detector("newsletter", "likely", boxes.newsletter),
    Detector("paywall", "likely", boxes.paywall),
    Detector("app-prompt", "likely", boxes.app_prompt),
    Detector("comment-form", "sure", boxes.comment_form),
    Detector("comments", "likely", boxes.comments),
    Detector("footer", "sure", furniture.footers),
    Detector("breadcrumb", "sure", furniture.breadcrumbs),
    Detector("share-bar", "sure", furniture.share_bars),
    Detector("navigation", "sure", furniture.navigation),
    Detector("timestamp", "sure", bylines.timestamps),
    Detector("byline", "sure", bylines.bylines),
    Detector("related-links", "likely", widgets.related_links),
    Detector("tags", "likely", widgets.tags),
    Detector("author-bio", "likely", bios.author_bios),
    Detector("widget-heading", "likely", widgets.widgets),
    Detector("menu", "likely", furniture.menus),
    Detector("caption-credit", "doubtful", furniture.picture_credits),
)
_RUNS: dict[str, frozenset[Certainty]] = {
    "recall": frozenset({"sure"}),
    "balanced": frozenset({"sure", "likely"}),
    "precision": frozenset({"sure", "likely", "doubtful"}),
}


def apply(document: Document, config: Config) -> Document:
    """Mark chrome removed, or moved to the metadata what tells author, date and (HTML) title.

    What is found changes what stands beside what: the byline behind a removed menu is then next to
    its heading.  So a text is looked at again as it would be written, until there is nothing more
    to find: cleaning what was cleaned changes nothing.
    """
    for number in range(ROUNDS):
        before = document
        document = _round(document, config, again=number > 0)
        nothing_new = len(document.edits) == len(before.edits)
        if nothing_new or document.warnings != before.warnings or document.metadata.format == "html":
            break
    return document


def _round(document: Document, config: Config, *, again: bool) -> Document:
    """One look at a document, or ``again`` at what is left of it.

    If less than ``config.chrome.min_kept`` of the words would stay, the classifier must be surer, as
    if content was favoured; if it is still less it is not heard, and then only what sure detectors
    found goes: a page that is nothing but such chrome may become empty, no other.
    """
    kept = list(range(len(document.blocks)))
    view = document
    if again:
        kept = [index for index in kept if document.blocks[index].removed is None]
        view = replace(document, blocks=_as_written([document.blocks[index] for index in kept]))
    page = read(view, config)
    found = _detect(page, config) if config.chrome.detectors else {}
    judged = _judge(page, found, config)
    if found or judged:
        careful = dataclasses.replace(config, favor="recall")
        sure = _detect(page, careful) if found else {}

        def too_little() -> bool:
            return _too_little(view, found.keys() | judged.keys(), sure.keys(), config.chrome.min_kept)

        if too_little():
            judged = _judge(page, found, careful)
            document = replace(document, warnings=(*document.warnings, ALL_CHROME))
            if too_little():
                judged = {}
            if too_little():
                found = sure
    named = {kept[index]: finding for index, finding in found.items()}
    guessed = {kept[index]: verdict for index, verdict in judged.items()}
    return _mark(document, named, guessed, config.chrome.metadata)


def _as_written(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks on the lines that they would have in the clean text."""
    out: list[Block] = []
    line = 1
    for number, block in enumerate(blocks):
        if number:
            line += len(separator(blocks[number - 1], block))
        last = line + block.last_line - block.first_line
        out.append(replace(block, first_line=line, last_line=last))
        line = last
    return tuple(out)


def detect(document: Document, config: Config) -> dict[int, Finding]:
    """What the detectors that run at ``config.favor`` find, by index of block; the first to claim one has it."""
    return _detect(read(document, config), config)


def _detect(page: Page, config: Config) -> dict[int, Finding]:
    found: dict[int, Finding] = {}
    for detector in DETECTORS:
        if detector.certainty in _RUNS[config.favor]:
            for index, finding in list(detector.find(page, found)):
                found.setdefault(index, finding)
    return found


def _judge(page: Page, found: Found, config: Config) -> dict[int, tuple[str, str, float]]:
    """What the classifiers say of the blocks that no detector has taken."""
    if page.document.metadata.format == "html":
        if not config.chrome.main_content:
            return {}
        from cleaner.stages.chrome.main_content import judge

        return {index: why for index, why in judge(page.document, config).items() if index not in found}
    if not config.chrome.classifier or len(page.lines) < LEAST_BLOCKS:  # spares short texts the import of NumPy
        return {}
    from cleaner.stages.chrome.text_model import judge_text

    return judge_text(page, found, config.favor)


def _too_little(document: Document, goes: Set[int], sure: Set[int], min_kept: float) -> bool:
    """Whether too few words would stay, of those that are not surely chrome anyway."""
    if not goes:
        return False
    total = kept = 0
    for index, block in enumerate(document.blocks):
        if block.removed is None:
            size = word_count(block.text)
            total += 0 if index in sure else size
            kept += 0 if index in goes else size
    return kept < min_kept * total or kept == 0


def _mark(
    document: Document,
    found: dict[int, Finding],
    judged: dict[int, tuple[str, str, float]],
    to_metadata: bool,
) -> Document:
    removed = {index: why for index, why in judged.items() if why[0] != "title"}
    moved = {index: why for index, why in judged.items() if why[0] == "title" and to_metadata}
    metadata = document.metadata
    for index in sorted(found):
        finding = found[index]
        told = _told(metadata, finding) if to_metadata else metadata
        (removed if told is metadata else moved)[index] = (finding.rule, finding.reason, 0.0)
        metadata = told
    document = remove(replace(document, metadata=metadata), STAGE, removed)
    return remove(document, STAGE, moved, action="move")


def _told(metadata: Metadata, finding: Finding) -> Metadata:
    """The metadata with what a finding tells and was not known yet."""
    for field, value in finding.fields:
        if field == "author" and not metadata.author:
            metadata = replace(metadata, author=value)
        elif field == "date" and not metadata.date:
            metadata = replace(metadata, date=value, date_source="byline")
    return metadata
