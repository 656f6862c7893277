"""Inputs that are URLs (``s3://``, ``gs://``, ``hf://``, ``https://`` …), read through fsspec.

A place is a :class:`~pathlib.Path` or such a URL.  Nothing is kept on disk: what is remote is read
as a stream, once for its hash and once to be cleaned.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from cleaner.errors import CleanerError, InputError, missing_extra

if TYPE_CHECKING:
    from typing_extensions import Buffer

Place = Path | str
"""A local path, or the URL of something remote."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "hf": "hf", "http": "https", "https": "https"}


def place_of(text: str) -> Place:
    """A URL stays one; ``file://`` and everything else is a path."""
    if not _URL.match(text):
        return Path(text)
    parts = urlsplit(text)
    return Path(unquote(parts.path)) if parts.scheme == "file" else text


def is_web(place: Place) -> bool:
    """Whether the place is an address of the web, where there are no folders."""
    return isinstance(place, str) and urlsplit(place).scheme in ("http", "https")


def name_of(url: str) -> str:
    """The last part of a URL's path: what its format is told by."""
    path = urlsplit(url).path if is_web(url) else url.partition("://")[2]
    return posixpath.basename(path.rstrip("/")) or urlsplit(url).netloc


def open_url(url: str) -> IO[bytes]:
    """The bytes behind a URL.  Raises :class:`InputError`, with what to install if a library is missing."""
    files, path = file_system(url)
    with _as_input_errors():
        return io.BufferedReader(_Raw(files.open(path, "rb")), 1 << 20)


class _Raw(io.RawIOBase):
    """A remote file as Python's own streams want it: fsspec's have no ``readline(limit)``."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill ``buffer``."""
        view = memoryview(buffer).cast("B")
        with _as_input_errors():
            data = self._file.read(len(view))
        view[: len(data)] = data
        return len(data)

    def seekable(self) -> bool:
        """Whether the server gives parts of a file."""
        return bool(self._file.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        with _as_input_errors():
            return int(self._file.seek(offset, whence))

    def close(self) -> None:
        """Close both."""
        self._file.close()
        super().close()


@contextmanager
def _as_input_errors() -> Iterator[None]:
    """What the libraries raise, each its own errors, as :class:`InputError`; ``OSError`` stays."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise InputError("find", f"cannot be read ({_told(error)}): check address and access") from error


def list_urls(url: str) -> tuple[str, list[str], bool]:
    """The folder that a URL names, or the part of it before the first wildcard; all files it stands for; if it is one.

    Sorted; of a folder all files below it.  Raises :class:`CleanerError` if it cannot be listed.
    """
    if is_web(url):
        return url.rpartition("/")[0], [url], False
    is_folder = False
    try:
        files, path = file_system(url)
        if any(sign in path for sign in "*?["):
            fixed = path[: min(path.find(sign) for sign in "*?[" if sign in path)]
            base, found = fixed.rpartition("/")[0], [name for name in files.glob(path) if not files.isdir(name)]
        elif files.isdir(path):
            base, found, is_folder = path, files.find(path), True
        else:
            base, found = path.rpartition("/")[0], [path]
    except InputError as error:
        raise CleanerError(f"{url}: {error.reason}") from error
    except Exception as error:
        raise CleanerError(
            f"{url}: cannot be listed ({type(error).__name__}: {error}): check address and access"
        ) from error
    return files.unstrip_protocol(base.rstrip("/")), sorted(map(files.unstrip_protocol, found)), is_folder


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def file_system(url: str) -> tuple[Any, str]:
    """The fsspec file system of a URL, and the path in it."""
    extra = _EXTRAS.get(urlsplit(url).scheme, "remote")
    try:
        from fsspec.core import url_to_fs

        files, path = url_to_fs(url)
    except ImportError as error:
        raise missing_extra(extra, f"reading {urlsplit(url).scheme}://", error) from error
    except ValueError as error:
        raise InputError("find", f"{error}: check the address") from error
    return files, str(path)
