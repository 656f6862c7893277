"""Tasks: the unit of the corpus work.  Run once, resumed, retried and moved about safely.

A task reads its inputs and fills one folder.  The folder is made under a temporary name and
renamed, or where nothing can be renamed (see :mod:`cleaner.corpus.storage`) made on this machine and copied;
the manifest beside it is written last and is the commit.  A task whose manifest is there with the same
digest does nothing.  So a run that was interrupted goes on where it stopped, a task may run twice without
harm, and what did not change is not done again.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cleaner.corpus import storage
from cleaner.corpus.storage import is_url
from cleaner.corpus.store import TEMPORARY, read_all, sha256_of_file, sync, write_atomically
from cleaner.readers.remote import Place

Counts = dict[str, int]
REMOVED = "removed."
"""Counts of removed blocks are named by this and their stage."""
FILTERED = "filtered."
"""Counts of documents that a stage dropped are named by this and the stage's rule."""
Work = Callable[["Task", Path], Counts]
"""``work(task, folder)`` fills ``folder`` and returns what it counted.

A function at the top level of a module (so that it can be sent to another process), and pure:
what it writes depends on ``task.inputs`` and ``task.part`` only.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One step of one stage.

    ``inputs`` are files and folders; ``output`` is the folder to make (paths, or URLs: see
    :mod:`cleaner.corpus.store`); ``digest`` names
    the result (see :meth:`cleaner.corpus.workshop.Workshop.run`); ``part`` is a number that means
    something to the stage: a band, a slice, a limit.
    """

    stage: Work
    inputs: tuple[str, ...]
    output: str
    digest: str
    part: int = 0

    @property
    def name(self) -> str:
        """For people: the stage and the start of the digest."""
        return f"{self.stage.__name__} {self.digest[:12]}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The commit of a task: its digest, what it counted, the SHA-256 of each file it made."""

    digest: str
    counts: Counts
    files: dict[str, str]


MANIFEST = ".manifest"
"""What the name of a manifest ends in."""


def manifest_path(output: str) -> Place:
    """Where the manifest of the output folder stands."""
    return output + MANIFEST if is_url(output) else Path(output + MANIFEST)


def read_manifest(output: str) -> Manifest | None:
    """The manifest of an output folder; ``None`` if there is none or it cannot be read."""
    return next(read_manifests([output]))


def read_manifests(outputs: Sequence[str]) -> Iterator[Manifest | None]:
    """The manifests of many folders, in order."""
    for data in read_all([manifest_path(output) for output in outputs]):
        try:
            yield None if data is None else msgspec.json.decode(data, type=Manifest)
        except msgspec.MsgspecError:
            yield None


def is_done(task: Task) -> bool:
    """Whether the task's result is committed."""
    manifest = read_manifest(task.output)
    return manifest is not None and manifest.digest == task.digest


def run_task(task: Task) -> None:
    """Do a task unless it is done.  Whatever its stage raises comes out; nothing is left half made."""
    if is_done(task):
        return
    with _workplace(task.output) as folder:
        counts = task.stage(task, folder)
        files = {path.name: sha256_of_file(path) for path in sorted(folder.iterdir())}
        if is_done(task):  # by another, while the engine took this one for lost
            return
        _put(folder, task.output, list(files))
    write_atomically(manifest_path(task.output), [msgspec.json.encode(Manifest(task.digest, counts, files))])


@contextmanager
def _workplace(output: str) -> Iterator[Path]:
    """A folder to fill, from which what is made can be moved to ``output``; it is gone afterwards."""
    place = storage.scratch(output) if is_url(output) else Path(output)
    temporary = place.with_name(f"{place.name}.{platform.node()}-{os.getpid()}{TEMPORARY}")  # machines may share it
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _put(folder: Path, output: str, names: Sequence[str]) -> None:
    """Move what was made to its place, which no manifest vouches for yet."""
    if is_url(output):
        storage.upload(folder, output, names)
        return
    sync([folder / name for name in names])  # what a manifest vouches for must outlive a power cut
    Path(output + MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(output, ignore_errors=True)
    os.rename(folder, output)
