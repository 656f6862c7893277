"""What a command was asked to read: files, folders, globs and URLs to named inputs."""

from __future__ import annotations

import glob
import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from cleaner.errors import CleanerError
from cleaner.readers import Rejected
from cleaner.readers.find import find_inputs, format_of, printable, unreadable
from cleaner.readers.remote import Place, list_urls, place_of

Input = tuple[str, Place] | Rejected
"""An input's name and where it is, or what cannot be one and why."""


def find_place(place: Place) -> tuple[list[tuple[str, Place]], list[Rejected]]:
    """The inputs that one argument stands for; names are relative to its folder, of a glob to what precedes it."""
    inputs = list(_look(place)[1])
    return [one for one in inputs if not isinstance(one, Rejected)], [
        one for one in inputs if isinstance(one, Rejected)
    ]


def gather(places: Sequence[Place]) -> Iterator[Input]:
    """The inputs that all arguments stand for, each once, sorted by name.

    Of one argument, names are as :func:`find_place` gives them; of several they are relative to the
    deepest folder that holds all of these.  Raises :class:`CleanerError` if two would be the same.
    """
    looked = [_look(place) for place in places]
    if len(places) == 1:
        yield from looked[0][1]
        return
    roots = {remote: _common(base for base, _ in looked if ("://" in base) == remote) for remote in (False, True)}
    leads = [base[len(roots["://" in base]) :].strip("/") for base, _ in looked]
    streams = (_below(lead, inputs) for lead, (_, inputs) in zip(leads, looked, strict=True))
    for name, same in groupby(heapq.merge(*streams, key=_name), key=_name):
        inputs = list(same)
        found = [one for one in inputs if not isinstance(one, Rejected)]
        for _, other in found[1:]:
            if str(other) != str(found[0][1]):
                raise CleanerError(f"{found[0][1]} and {other} would both be named {name!r}: clean them apart.")
        yield (found or inputs)[0]


def _below(lead: str, inputs: Iterable[Input]) -> Iterator[Input]:
    """The same inputs, named from a folder above."""
    for one in inputs:
        name = f"{lead}/{_name(one)}" if lead else _name(one)
        yield replace(one, path=name) if isinstance(one, Rejected) else (name, one[1])


def _name(one: Input) -> str:
    return one.path if isinstance(one, Rejected) else one[0]


def listed(lines: Iterable[str]) -> list[Place]:
    """The places that a file list names, one a line; blank lines and lines that begin with # are passed over."""
    names = (line.rstrip("\r\n") for line in lines)
    return [place_of(name) for name in names if name.strip() and not name.startswith("#")]


def _look(place: Place) -> tuple[str, Iterator[Input]]:
    """The folder that the names are relative to (absolute, or a URL), and what is there, sorted by name."""
    if isinstance(place, str):
        base, urls, is_folder = list_urls(place)
        return base, _named(base, urls, is_folder)
    if place.is_dir():
        return _absolute(place), find_inputs(place)
    if not place.exists() and glob.has_magic(str(place)):
        fixed = Path(*_before_magic(place.parts))
        paths = (Path(name) for name in glob.glob(str(place), recursive=True) if os.path.isfile(name))
        named = ((printable(path.relative_to(fixed).as_posix()), path) for path in paths)
        return _absolute(fixed), iter(sorted(named))
    return _absolute(place.parent), iter([(printable(place.name), place)])


def _named(base: str, urls: Iterable[str], is_folder: bool) -> Iterator[Input]:
    for url in urls:
        name = url[len(base) :].lstrip("/")
        if is_folder and any(part.startswith(".") for part in name.split("/")):
            continue
        yield unreadable(name) if is_folder and not format_of(name) else (name, url)


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
