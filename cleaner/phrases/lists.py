"""Reading phrase lists: a folder of TOML files, each named after its language."""

from __future__ import annotations

from pathlib import Path

from cleaner.errors import ConfigError
from cleaner.settings import Phrases
from cleaner.toml_file import parse, place_of


def read_lists(folder: Path) -> tuple[Phrases, ...]:
    """The phrase lists of a folder, sorted by language; none if there is no such folder."""
    paths = sorted(folder.glob("*.toml"))
    return tuple(Phrases(path.stem, tuple(sorted(_read_one(path).items()))) for path in paths)


def _read_one(path: Path) -> dict[str, tuple[str, ...]]:
    lists = {}
    text, tables = parse(path)
    for concept, entries in tables.items():
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise ConfigError(f"{place_of(path, text, concept)}: {concept}: must be a list of strings.")
        lists[concept] = tuple(entries)
    return lists
