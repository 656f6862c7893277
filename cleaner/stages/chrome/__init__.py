"""Stage ``chrome``: what the site put around the article goes.

Named detectors first, in the order of :data:`DETECTORS`; after them a classifier judges the
rest, one for HTML (which knows the page's structure) and one for plain text.  Where an HTML page itself
marks a part as chrome and the classifier agrees, no detector is asked.  Precision comes
first: a lost paragraph is worse than a link left over.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from cleaner.document import Block, Document, Metadata, remove
from cleaner.settings import Config, SiteRules
from cleaner.siterules.match import label, matchers
from cleaner.stages.chrome import bios, boxes, bylines, furniture, titles, widgets
from cleaner.stages.chrome.page import (
    LEAST_BLOCKS,
    LEAST_SHORT,
    Certainty,
    Detector,
    Finding,
    Found,
    Page,
    read,
    reread,
)
from cleaner.words import word_count
from cleaner.writers.markdown import separator

if TYPE_CHECKING:
    from cleaner.stages.chrome.main_content import Judgement
    from cleaner.stages.chrome.texts import Texts

STAGE = "chrome"
ALL_CHROME = "nearly all of it looks like site chrome, so only what surely is was removed"
ROUNDS = 3
"""Looks at one document at most; hardly ever does a third find anything."""
_UNSETTLED = frozenset(("classifier", "title", "author", "meta"))  # no part of a page, or one that tells of the article
_LONGEST_DATE = 80
_YEAR = re.compile(r"(?:19|20)\d\d")
_Why = TypeVar("_Why")
Judged = dict[int, tuple[str, str, float]]
"""What a classifier says goes: ``(rule, reason, score)`` by line of the page."""

# Boxes first: what they take no longer counts as prose.  Bios need to know what stands after
# them, widgets where the article ends, menus what all others have taken.
DETECTORS: tuple[Detector, ...] = (
    Detector("ornament", "sure", furniture.ornaments, in_prose=True),
    Detector("ad", "sure", boxes.ads),
    Detector("cookie-notice", "sure", boxes.cookies),
    Detector("newsletter", "likely", boxes.newsletter),
    Detector("paywall", "likely", boxes.paywall),
    Detector("app-prompt", "likely", boxes.app_prompt),
    Detector("comment-form", "sure", boxes.comment_form),
    Detector("comments", "likely", boxes.comments),
    Detector("footer", "sure", furniture.footers, in_prose=True),
    Detector("breadcrumb", "sure", furniture.breadcrumbs),
    Detector("share-bar", "sure", furniture.share_bars, in_prose=True),
    Detector("navigation", "sure", furniture.navigation),
    Detector("timestamp", "sure", bylines.timestamps),
    Detector("byline", "sure", bylines.bylines),
    Detector("related-links", "likely", widgets.related_links),
    Detector("tags", "likely", widgets.tags),
    Detector("author-bio", "likely", bios.author_bios, in_prose=True),
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
    """Mark chrome removed, or moved to the metadata what tells author, date and (HTML) title; find the title of a text.

    What is found changes what stands beside what: the byline behind a removed menu is then next to
    its heading.  So a text is looked at again as it would be written, until there is nothing more
    to find: cleaning what was cleaned changes nothing.
    """
    sites = matchers(config.site_rules, document.metadata.site).phrases
    judgement = _judgement(document, config)
    if judgement is not None:
        return clean_page(document, judgement, sites, config)
    views = _views(document, sites, config)
    texts = _measured(views[-1], config)
    kept = list(range(len(document.blocks)))
    title: int | None = None
    for number in range(ROUNDS):
        before = document
        document, title = _look(document, views, sites, texts, kept, title, config)
        # The first look was at the text as it came: what the classifier left may stand otherwise once it is written.
        nothing_new = len(document.edits) == len(before.edits) and (number > 0 or texts is None)
        if nothing_new or document.warnings != before.warnings or document.metadata.format == "html":
            break
        rows = [row for row, index in enumerate(kept) if document.blocks[index].removed is None]
        kept = [kept[row] for row in rows]
        views = [reread(page, rows, _apart_as_written) for page in views]
        texts = texts.only(rows) if texts else None
    return document if title is None else titles.mark(document, title, to_metadata=config.chrome.metadata)


def _judgement(document: Document, config: Config) -> Judgement | None:
    if document.metadata.format != "html" or not config.chrome.main_content:
        return None
    from cleaner.stages.chrome.main_content import judge

    return judge(document)


def clean_page(document: Document, judgement: Judgement, sites: Sequence[SiteRules], config: Config) -> Document:
    """One look at an HTML page.

    Most of its blocks stand in parts that it marks as chrome itself.  Where the classifier agrees nothing more
    is asked, but for what may tell author or date: the detectors see the rest as if that were all.  And what the
    classifier is sure of they do not read.
    """
    verdicts = judgement.verdicts(config)
    settled = {
        index: why
        for index, why in verdicts.items()
        if why[0] not in _UNSETTLED and not _may_date(document.blocks[index].text)
    }
    document = remove(document, STAGE, settled)
    kept = [index for index in range(len(document.blocks)) if index not in settled]
    rest = replace(document, blocks=tuple([document.blocks[index] for index in kept]))
    paragraphs = judgement.paragraphs()
    content = {row for row, index in enumerate(kept) if index in paragraphs}

    def judged(found: Found, favored: Config) -> Judged:
        told = verdicts if favored is config else judgement.verdicts(favored)
        return {row: told[index] for row, index in enumerate(kept) if index in told and row not in found}

    document, found, guessed = _decide(document, _views(rest, sites, config, content), sites, judged, config)
    return _mark(document, _by_index(found, kept), _by_index(guessed, kept), config.chrome.metadata)


def _may_date(text: str) -> bool:
    """Whether a text is short and has a year in it: it may tell when the page was written."""
    return len(text) <= _LONGEST_DATE and _YEAR.search(text) is not None


def _views(
    document: Document, sites: Sequence[SiteRules], config: Config, content: Set[int] = frozenset()
) -> list[Page]:
    """The document with the phrases of all, and then with those of one site more each; see :func:`_find`."""
    return [read(document, config, tuple(sites[:number]), content) for number in range(len(sites) + 1)]


def _measured(page: Page, config: Config) -> Texts | None:
    """What the classifier for plain text goes by; None where it will not be asked."""
    if page.document.metadata.format == "html" or not config.chrome.classifier:
        return None
    if len(page.lines) < LEAST_BLOCKS or len(page.shorts) < LEAST_SHORT:
        return None  # spares short texts the import of NumPy
    from cleaner.stages.chrome.texts import measure

    return measure(page)


def _apart_as_written(before: Block, after: Block) -> int:
    return len(separator(before, after))


def _look(
    document: Document,
    views: Sequence[Page],
    sites: Sequence[SiteRules],
    texts: Texts | None,
    kept: Sequence[int],
    title: int | None,
    config: Config,
) -> tuple[Document, int | None]:
    """One look at a document, or at what is left of it: ``kept`` says which block each line of the page is.

    ``views`` and ``sites``: see :func:`_find`.  ``title`` is the block that is the title of a text, if that is
    known; it comes back with the document.
    """
    page = views[-1]

    def judge(found: Found, favored: Config) -> Judged:
        if texts is None or len(page.lines) < LEAST_BLOCKS:
            return {}
        from cleaner.stages.chrome.text_model import judge_text

        return judge_text(page, found, favored.favor, texts)

    document, found, judged = _decide(document, views, sites, judge, config)
    if texts is not None and config.structure.headings:
        row = kept.index(title) if title is not None else titles.find(page, found, judged)
        if row is not None:
            title = kept[row]
            found = {other: finding for other, finding in found.items() if other != row}
            judged = titles.without(page, judged, row)
    return _mark(document, _by_index(found, kept), _by_index(judged, kept), config.chrome.metadata), title


def _by_index(rows: Mapping[int, _Why], kept: Sequence[int]) -> dict[int, _Why]:
    return {kept[row]: why for row, why in rows.items()}


def _decide(
    document: Document,
    views: Sequence[Page],
    sites: Sequence[SiteRules],
    judge: Callable[[Found, Config], Judged],
    config: Config,
) -> tuple[Document, dict[int, Finding], Judged]:
    """What the detectors find in the views, and what the classifier says of the rest.

    If less than ``config.chrome.min_kept`` of the words would stay, the document is warned of, and the
    classifier must be surer, as if content was favoured; if it is still less it is not heard, and then only what
    sure detectors found goes: a page that is nothing but such chrome may become empty, no other.
    """
    page, found = views[-1], _find(views, sites, config)
    judged = judge(found, config)
    if _too_little(page, found.keys() | judged.keys(), config):
        careful = dataclasses.replace(config, favor="recall")
        document = replace(document, warnings=(*document.warnings, ALL_CHROME))
        judged = judge(found, careful)
        if _too_little(page, found.keys() | judged.keys(), careful):
            judged = {}
            if _too_little(page, found.keys(), careful):
                found = _find(views, sites, careful)
    return document, found, judged


def _find(views: Sequence[Page], sites: Sequence[SiteRules], config: Config) -> dict[int, Finding]:
    """What the detectors find; what only the phrases of a site tell is named after it.

    The first view is with the phrases of all, each of the next with those of one site more.
    """
    found = _detect(views[0], config)
    for page, site in zip(views[1:], sites, strict=True):
        before, found = found, _detect(page, config)
        for index, finding in found.items():
            if index in before and before[index].rule.rpartition("/")[2] == finding.rule:
                found[index] = before[index]
            else:
                reason = f"{finding.reason}, by a phrase of its site"
                found[index] = Finding(label(site, finding.rule), reason, finding.fields)
    return found


def detect(document: Document, config: Config) -> dict[int, Finding]:
    """What the detectors that run at ``config.favor`` find, by index of block; the first to claim one has it."""
    return _detect(read(document, config), config)


def _detect(page: Page, config: Config) -> dict[int, Finding]:
    found: dict[int, Finding] = {}
    plain = page.is_plain()  # spares most articles the rest
    for detector in DETECTORS if config.chrome.detectors else ():
        if detector.certainty in _RUNS[config.favor] and (detector.in_prose or not plain):
            for index, finding in list(detector.find(page, found)):
                found.setdefault(index, finding)
    return found


def _too_little(page: Page, goes: Set[int], config: Config) -> bool:
    """Whether too few words would stay, of those that are not surely chrome anyway."""
    if not goes:
        return False
    least = config.chrome.min_kept
    kept_by_rule = {line.index for line in page.lines if line.block.keep}
    goes = goes - kept_by_rule
    there = (*page.prose, *page.shorts)  # prose has the most words, so few lines are counted
    enough = least * sum([len(line.text) for line in there])  # no text has more words than characters
    words = 0
    for line in there:
        if line.index not in goes:
            words += word_count(line.text)
            if words > enough:
                return False
    if words == 0 or words >= least * sum([word_count(line.text) for line in there]):
        return words == 0
    sure = _detect(page, dataclasses.replace(config, favor="recall")).keys() - kept_by_rule
    return words < least * sum([word_count(line.text) for line in there if line.index not in sure])


def _mark(
    document: Document,
    found: dict[int, Finding],
    judged: Judged,
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
