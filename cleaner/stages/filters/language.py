"""Filter ``language``: only some languages stay."""

from __future__ import annotations

from cleaner.language import UNKNOWN
from cleaner.settings import Filters
from cleaner.stages.filters.sample import Sample


def judge(sample: Sample, settings: Filters) -> str:
    """Why the language is none of those wanted, or not surely so; "" if it is."""
    if sample.language not in settings.languages:
        found = "no language that could be told" if sample.language == UNKNOWN else sample.language
        return f"is in {found} (score {sample.language_score:.2f}), not in {' or '.join(settings.languages)}"
    if sample.language_score < settings.language_score:
        return f"is in {sample.language} with score {sample.language_score:.2f}, under {settings.language_score:g}"
    return ""
