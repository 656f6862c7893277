"""One run at a time in one output folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaner.errors import CleanerError
from cleaner.readers.remote import Place

LOCK = "lock"
"""The name of the file that is locked, in the folder of work files."""


@contextmanager
def locked(folder: Place) -> Iterator[None]:
    """Hold the lock of a folder of work files, which is made if need be.

    The lock is the kernel's: it ends with the process that holds it, however that ends, so that
    none can be left over.  Where a system has no such locks (Windows), or at a URL, there is none.
    Raises :class:`~cleaner.errors.CleanerError` if another process holds it.
    """
    try:
        import fcntl
    except ImportError:
        fcntl = None  # type: ignore[assignment]
    if fcntl is None or not isinstance(folder, Path):
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise CleanerError(
                f"another run (process {holder}) is writing to {folder.parent}: wait for it, or name another folder."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
