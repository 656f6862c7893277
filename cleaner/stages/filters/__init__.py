"""Stage ``filters``: documents that are not wanted go whole.  All filters are off by default.

A filter is a function of a :class:`~cleaner.stages.filters.sample.Sample`: it gives "" for a text that
stays, else what is wrong with it and what was measured.  The first that has something to say decides.
All blocks of such a document are removed, each with its row in the ledger, and the document says why
(``Document.dropped``): a run lists it in ``rejected.jsonl`` and not among the documents.

Exact duplicates are a matter of the corpus: :mod:`cleaner.corpus.naming`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cleaner.document import Document, Drop, drop
from cleaner.settings import Config, Filters
from cleaner.stages.filters import c4, fineweb, gopher_quality, gopher_repetition, language, length
from cleaner.stages.filters.sample import Sample, sample_of

STAGE = "filters"


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


def apply(document: Document, config: Config) -> Document:
    """Drop the document if a filter that is on says so; ``c4`` also cuts lines of one that stays."""
    settings = config.filters
    wanted = [one for one in FILTERS if one.wanted(settings)]
    if not wanted or document.dropped is not None:
        return document
    sample = sample_of(document, config.language_detector)
    for one in wanted:
        if reason := one.judge(sample, settings):
            return drop(document, Drop(STAGE, one.rule, reason))
        if one.rule == c4.RULE and (shorter := c4.cut(document, settings, STAGE)) is not document:
            document = shorter
            sample = sample_of(document, config.language_detector)
    return document
