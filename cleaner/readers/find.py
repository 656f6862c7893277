"""Which files a folder holds for us, and their names."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from cleaner.readers import Rejected

STAGE = "find"

FORMATS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    ".zip": "zip",
    ".tar": "tar",
    ".tgz": "tar",
    ".tbz2": "tar",
    ".txz": "tar",
}
COMPRESSIONS = (".gz", ".zst", ".bz2", ".xz")
READABLE = ".txt .md .html .htm .jsonl .json .csv .tsv .parquet .warc .zip .tar (each also .gz .zst .bz2 or .xz)"


def format_of(name: str) -> str:
    """One of the values of :data:`FORMATS` by a file's name; ``""`` for any other."""
    lower = name.lower()
    for ending in COMPRESSIONS:
        lower = lower.removesuffix(ending)
    return FORMATS.get(os.path.splitext(lower)[1], "")


def find_inputs(root: Path) -> Iterator[tuple[str, Path] | Rejected]:
    """All inputs of a file or folder as ``(name, path)``, and what cannot be one, sorted by name.

    Names are relative to the folder, with ``/``.  Hidden files and folders are passed over;
    links to folders are not followed, so that a loop of links cannot hang a run.  A file named
    on its own is an input whatever its ending.  Of the tree no more than a folder on each level is held in memory.
    """
    if not root.is_dir():
        yield printable(root.name), root
        return
    for path in _walk(root, root):
        if isinstance(path, Rejected):
            yield path
            continue
        name = printable(path.relative_to(root).as_posix())
        try:
            mode = path.stat().st_mode
        except OSError as error:
            yield Rejected(name, STAGE, f"cannot be looked at: {error.strerror or error}")
            continue
        if not stat.S_ISREG(mode):
            yield Rejected(name, STAGE, "not a regular file (a pipe, socket or device)")
        elif not format_of(name):
            yield unreadable(name)
        else:
            yield name, path


def _walk(folder: Path, root: Path) -> Iterator[Path | Rejected]:
    try:
        entries = sorted((entry for entry in os.scandir(folder) if not entry.name.startswith(".")), key=_order)
    except OSError as error:
        name = printable(folder.relative_to(root).as_posix())
        yield Rejected(name, STAGE, f"folder cannot be read: {error.strerror or error}")
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), root)
        elif entry.is_symlink() and os.path.isdir(entry.path):
            name = printable(Path(entry.path).relative_to(root).as_posix())
            yield Rejected(name, STAGE, "a link to a folder, which is not followed: put the folder itself here")
        else:
            yield Path(entry.path)


def _order(entry: os.DirEntry[str]) -> tuple[str, str]:
    """What sorts a folder's entries so that the names of all files below come in order: "a.txt" before "a/b.txt"."""
    inside = entry.is_dir(follow_symlinks=False) and os.access(entry.path, os.R_OK)
    return printable(entry.name) + "/" * inside, entry.name


def unreadable(name: str) -> Rejected:
    """Why a file of a folder is no input."""
    ending = os.path.splitext(name)[1] or "no ending"
    return Rejected(name, STAGE, f"not a format cleaner reads ({ending}): it reads {READABLE}")


def printable(name: str) -> str:
    """A file name as text that any encoder takes (names need not be valid UTF-8)."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
