"""Stage ``filters``: documents that are not wanted go whole.  All filters are off by default.

A filter is a function of a :class:`~cleaner.stages.filters.sample.Sample`: it gives "" for a text that
stays, else what is wrong with it and what was measured.  The first that has something to say decides.
All blocks of such a document are removed, each with its row in the ledger, and the document says why
(``Document.dropped``): a run lists it in ``rejected.jsonl`` and not among the documents.

Exact duplicates are a matter of the corpus: :mod:`cleaner.corpus.naming`.
"""

from __future__ import annotations

from cleaner.document import Document
from cleaner.settings import Config, Filters

STAGE = "filters"
_OFF = Filters()


def apply(document: Document, config: Config) -> Document:
    """What :func:`cleaner.stages.filters.judging.judge` makes of the document, if any filter is on."""
    if config.filters == _OFF or document.dropped is not None:
        return document
    from cleaner.stages.filters.judging import judge  # most runs need none of it

    return judge(document, config)
