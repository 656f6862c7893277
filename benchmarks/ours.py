"""Cleaner as the benchmarks time it: what `cleaner run` does with one document, from bytes to lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from benchmarks.material import ROOT, SHARED, Page


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


def out_of_fold(model: str, part: str, data: str, names: Mapping[str, str]) -> dict[str, float] | None:
    """A shipped model's scores on the data that it was trained on, by models that had not seen the page.

    They stand in a part of the model's file; ``names`` says under which name.  ``None`` where that data is not here:
    what is read in its place is new to the model.
    """
    if not (SHARED / data).exists():
        return None
    path = ROOT / "cleaner" / "stages" / "chrome" / "models" / model
    known = json.loads(path.read_text(encoding="utf-8"))["out_of_fold"][part]
    return {shown: known[name] for shown, name in names.items()}
