"""Words that name columns, in eleven languages: what tells a header from one more row."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_EDGES = " .,:;()[]*#?\"'%$€"


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    lines = Path(__file__).with_name("column_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def names_a_column(text: str) -> bool:
    """Whether a cell begins or ends with a word that names columns."""
    words = text.casefold().replace("(", " ").replace("/", " ").split()
    return bool(words) and (words[0].strip(_EDGES) in _names() or words[-1].strip(_EDGES) in _names())
