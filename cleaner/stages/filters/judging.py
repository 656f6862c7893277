"""All filters in their order, and what becomes of a document that one of them refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cleaner.document import Document, Drop, drop
from cleaner.settings import Config, Filters
from cleaner.stages.filters import STAGE, c4, fineweb, gopher_quality, gopher_repetition, language, length
from cleaner.stages.filters.sample import Sample, sample_of


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its rule in the ledger, the settings with which it is on, what it judges."""

    rule: str
    wanted: Callable[[Filters], bool]
    judge: Callable[[Sample, Filters], str]


FILTERS = (  # in the order in which FineWeb was made
    Filter("language", lambda settings: bool(settings.languages), language.judge),
    Filter("length", length.wanted, length.judge),
    Filter("gopher-repetition", lambda settings: settings.gopher_repetition, gopher_repetition.judge),
    Filter("gopher-quality", lambda settings: settings.gopher_quality, gopher_quality.judge),
    Filter(c4.RULE, lambda settings: settings.c4, c4.judge),
    Filter("fineweb", lambda settings: settings.fineweb, fineweb.judge),
)


def judge(document: Document, config: Config) -> Document:
    """Drop the document if a filter that is on says so; ``c4`` also cuts lines of one that stays."""
    settings = config.filters
    wanted = [one for one in FILTERS if one.wanted(settings)]
    if not wanted:
        return document
    sample = sample_of(document, config.language_detector)
    for one in wanted:
        if reason := one.judge(sample, settings):
            return drop(document, Drop(STAGE, one.rule, reason))
        if one.rule == c4.RULE and (shorter := c4.cut(document, settings, STAGE)) is not document:
            document = shorter
            sample = sample_of(document, config.language_detector)
    return document
