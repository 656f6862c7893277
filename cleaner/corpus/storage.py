"""Work files and outputs at a URL (``s3://`` …), through fsspec, for machines that share no disk.

Objects are written whole and never renamed: content first, then the manifest that vouches for it.  What
must be mapped is copied once to a scratch folder of the machine.  That is safe because the name of a work
file holds a hash of what it means: such a file comes and goes, but never changes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TypeGuard

from cleaner.errors import CleanerError
from cleaner.readers.remote import file_system, open_url

AT_ONCE = 32
"""Objects read at the same time: a request takes some 30 ms, whatever its size."""


def is_url(place: Path | str) -> TypeGuard[str]:
    """Whether a place is reached through fsspec; a path is not."""
    return isinstance(place, str) and "://" in place


def read(url: str, start: int | None = None, stop: int | None = None) -> bytes:
    """An object, or the bytes from ``start`` to ``stop`` of it.  Raises ``FileNotFoundError``."""
    files, path = file_system(url)
    return bytes(files.cat_file(path, start=start, end=stop))


def read_all(urls: Iterable[str]) -> Iterator[bytes | None]:
    """Objects, in order; ``None`` for one that is not there."""

    def found(url: str) -> bytes | None:
        try:
            return read(url)
        except FileNotFoundError:
            return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(found, urls)


def size(url: str) -> int:
    """An object's size in bytes.  Raises ``FileNotFoundError``."""
    files, path = file_system(url)
    return int(files.size(path))


def stream(url: str) -> IO[bytes]:
    """An object, to be read from any place on."""
    return open_url(url)


def write(url: str, chunks: Iterable[bytes]) -> None:
    """An object of any size; it is there when all of it is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "object")
        with path.open("wb") as file:
            file.writelines(chunks)
        _put({url: path})


def write_all(objects: Mapping[str, bytes]) -> None:
    """Small objects, by URL."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {url: Path(folder, str(number)) for number, url in enumerate(objects)}
        for url, path in paths.items():
            path.write_bytes(objects[url])
        _put(paths)


def upload(folder: Path, url: str, names: Iterable[str]) -> None:
    """Files of a folder, by their names relative to it, to a folder at a URL."""
    _put({f"{url}/{name}": folder / name for name in names})


def _put(paths: Mapping[str, Path]) -> None:
    if not paths:
        return
    files = file_system(next(iter(paths)))[0]
    targets = [file_system(url)[1] for url in paths]
    sources = [str(path) for path in paths.values()]
    try:
        files.put(sources, targets)
    except FileNotFoundError:  # a file system that has folders
        for folder in {target.rpartition("/")[0] for target in targets}:
            files.makedirs(folder, exist_ok=True)
        files.put(sources, targets)


def names(url: str) -> list[str]:
    """What is in a folder, sorted; nothing if there is no such folder."""
    files, path = file_system(url)
    files.invalidate_cache()
    try:
        found = files.ls(path, detail=False)
    except FileNotFoundError:
        return []
    return sorted({name.rstrip("/").rpartition("/")[2] for name in found} - {""})


def remove(urls: Iterable[str]) -> None:
    """Objects, and folders with all that is in them; one that is not there is no matter."""
    for url in urls:
        files, path = file_system(url)
        files.invalidate_cache()
        if files.exists(path):
            files.rm(path, recursive=True)


def fetch(url: str) -> Path:
    """A copy of a work file on this machine.  Raises ``FileNotFoundError``."""
    copy = scratch(url)
    if not copy.exists():
        files, path = file_system(url)
        copy.parent.mkdir(parents=True, exist_ok=True)
        part = copy.with_name(f".{copy.name}.{os.getpid()}.{threading.get_ident()}.tmp")
        try:
            files.get_file(path, str(part))
            os.replace(part, copy)
        finally:
            part.unlink(missing_ok=True)
    return copy


def scratch(url: str) -> Path:
    """Where on this machine copies and notes of work files stand: ``TMPDIR`` says on which disk."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    home = Path(tempfile.gettempdir(), f"cleaner-{user}")
    home.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and home.stat().st_uid != user:
        raise CleanerError(f"{home} is another user's: set TMPDIR to a folder of your own.")
    return home.joinpath(*(part for part in url.split("/") if part not in ("", ".", "..")))


def clear_scratch(url: str) -> None:
    """Remove this machine's copies of what is in a folder at a URL."""
    shutil.rmtree(scratch(url), ignore_errors=True)
