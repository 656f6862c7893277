"""Filter ``length``: too few or too many words or characters."""

from __future__ import annotations

from cleaner.settings import Filters
from cleaner.stages.filters.sample import Sample


def wanted(settings: Filters) -> bool:
    """Whether any limit is set."""
    return any((settings.min_words, settings.max_words, settings.min_chars, settings.max_chars))


def judge(sample: Sample, settings: Filters) -> str:
    """What is wrong with the text's length; "" if nothing is."""
    counts = (
        ("words", len(sample.words), settings.min_words, settings.max_words),
        ("characters", len(sample.text), settings.min_chars, settings.max_chars),
    )
    for name, number, least, most in counts:
        if number < least:
            return f"has {number:,} {name}, fewer than {least:,}"
        if most and number > most:
            return f"has {number:,} {name}, more than {most:,}"
    return ""
