"""Cleaner as the benchmarks time it: what `cleaner run` does with one document, from bytes to lines of JSON."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.material import Page


def cleaner(kind: str) -> Callable[[Page], str]:
    """Read, all stages, the proof of conservation, the record and its ledger; the clean text is given back."""
    from cleaner.api import Pipeline
    from cleaner.pipeline import finish, run_stages
    from cleaner.readers import Known, read_content
    from cleaner.writers import records

    config = Pipeline().config

    def clean(page: Page) -> str:
        data = page.text.encode("utf-8", "replace")
        document = read_content(data, "", kind, Known(id="page", url=page.url))
        text, document = finish(run_stages(document, config))
        records.document_line(document, text, records.Extras(), config)
        records.ledger_lines(document)
        return text

    return clean
