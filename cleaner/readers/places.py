"""What a command was asked to read: files, folders, globs and URLs to named inputs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from cleaner.errors import CleanerError
from cleaner.readers import Rejected
from cleaner.readers.find import find_inputs, format_of, printable, unreadable
from cleaner.readers.remote import Place, list_urls, place_of

Found = tuple[list[tuple[str, Place]], list[Rejected]]
"""Inputs as ``(name, place)``, and what cannot be one."""


def find_place(place: Place) -> Found:
    """The inputs that one argument stands for; names are relative to its folder, of a glob to what precedes it."""
    _, found, rejected = _look(place)
    return found, rejected


def gather(places: Sequence[Place]) -> Found:
    """The inputs that all arguments stand for, each once.

    Of one argument, names are as :func:`find_place` gives them; of several they are relative to the
    deepest folder that holds all of these.  Raises :class:`CleanerError` if two would be the same.
    """
    if len(places) == 1:
        return find_place(places[0])
    looked = [_look(place) for place in places]
    roots = {remote: _common(base for base, *_ in looked if ("://" in base) == remote) for remote in (False, True)}
    found: dict[str, Place] = {}
    refused: dict[str, Rejected] = {}
    for base, inputs, rejected in looked:
        lead = base[len(roots["://" in base]) :].strip("/")
        for name, place in inputs:
            name = f"{lead}/{name}" if lead else name
            if str(found.setdefault(name, place)) != str(place):
                raise CleanerError(f"{found[name]} and {place} would both be named {name!r}: clean them apart.")
        for item in rejected:
            name = f"{lead}/{item.path}" if lead else item.path
            refused[name] = replace(item, path=name)
    return list(found.items()), list(refused.values())


def listed(lines: Iterable[str]) -> list[Place]:
    """The places that a file list names, one a line; blank lines and lines that begin with # are passed over."""
    names = (line.rstrip("\r\n") for line in lines)
    return [place_of(name) for name in names if name.strip() and not name.startswith("#")]


def _look(place: Place) -> tuple[str, list[tuple[str, Place]], list[Rejected]]:
    """The folder that the names are relative to (absolute, or a URL), and what is there."""
    if isinstance(place, str):
        base, urls, is_folder = list_urls(place)
        named = [(url[len(base) :].lstrip("/"), url) for url in urls]
        if not is_folder:
            return base, [*named], []
        named = [(name, url) for name, url in named if not any(part.startswith(".") for part in name.split("/"))]
        refused = [unreadable(name) for name, _ in named if not format_of(name)]
        return base, [(name, url) for name, url in named if format_of(name)], refused
    if place.is_dir():
        found, rejected = find_inputs(place)
        return _absolute(place), [*found], rejected
    if not place.exists() and glob.has_magic(str(place)):
        fixed = Path(*_before_magic(place.parts))
        paths = sorted(Path(name) for name in glob.glob(str(place), recursive=True) if os.path.isfile(name))
        return _absolute(fixed), [(printable(path.relative_to(fixed).as_posix()), path) for path in paths], []
    return _absolute(place.parent), [(printable(place.name), place)], []


def _before_magic(parts: Sequence[str]) -> Sequence[str]:
    return parts[: next(number for number, part in enumerate(parts) if glob.has_magic(part))]


def _absolute(folder: Path) -> str:
    return printable(os.path.abspath(folder))


def _common(bases: Iterable[str]) -> str:
    """The longest beginning of all that ends at the end of a part."""
    split = [base.split("/") for base in bases]
    shared = 0
    while split and all(len(parts) > shared and parts[shared] == split[0][shared] for parts in split):
        shared += 1
    return "/".join(split[0][:shared]) if split else ""
