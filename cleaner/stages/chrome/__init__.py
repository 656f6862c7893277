"""Stage ``chrome``: what the site put around the article goes.

Named detectors first, in the order of :data:`DETECTORS`; after them a classifier judges the
rest, one for HTML (which knows the page's structure) and one for plain text.  Precision comes
first: a lost paragraph is worse than a link left over.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from cleaner.document import Document, Metadata, remove
from cleaner.phrases import word_count
from cleaner.settings import Config
from cleaner.stages.chrome import bios, boxes, bylines, furniture, widgets
from cleaner.stages.chrome.page import LEAST_BLOCKS, Certainty, Detector, Finding, Found, Page, read

STAGE = "chrome"
ALL_CHROME = "nearly all of it looks like site chrome, so only what surely is was removed"

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
    Detector("timestamp", "likely", bylines.timestamps),
    Detector("byline", "likely", bylines.bylines),
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

    If less than ``config.chrome.min_kept`` of the words would stay, the classifier is not heard;
    if it is still less, only what sure detectors found goes: a page that is nothing but such
    chrome may become empty, no other.
    """
    page = read(document, config)
    found = _detect(page, config) if config.chrome.detectors else {}
    judged = _judge(page, found, config)
    if _too_little(document, found.keys() | judged.keys(), config.chrome.min_kept):
        judged = {}
        if _too_little(document, found.keys(), config.chrome.min_kept):
            found = _detect(page, replace(config, favor="recall"))
        document = replace(document, warnings=(*document.warnings, ALL_CHROME))
    return _mark(document, found, judged, config.chrome.metadata)


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


def _too_little(document: Document, goes: Set[int], min_kept: float) -> bool:
    if not goes:
        return False
    total = kept = 0
    for index, block in enumerate(document.blocks):
        if block.removed is None:
            size = word_count(block.text)
            total += size
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
