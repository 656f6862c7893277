"""Tasks: the unit of the corpus work.  Run once, resumed, retried and moved about safely.

A task reads its inputs and fills one folder.  The folder is made under a temporary name and
renamed; the manifest beside it is written last and is the commit.  A task whose manifest is
there with the same digest does nothing.  So a run that was interrupted goes on where it stopped,
a task may run twice without harm, and what did not change is not done again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cleaner.corpus.store import TEMPORARY, sha256_of_file, sync, write_atomically

Counts = dict[str, int]
Work = Callable[["Task", Path], Counts]
"""``work(task, folder)`` fills ``folder`` and returns what it counted.

A function at the top level of a module (so that it can be sent to another process), and pure:
what it writes depends on ``task.inputs`` and ``task.part`` only.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One step of one stage.

    ``inputs`` are paths of files and folders; ``output`` is the folder to make; ``digest`` names
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


def manifest_path(output: str) -> Path:
    """Where the manifest of the output folder stands."""
    return Path(output + ".manifest")


def read_manifest(output: str) -> Manifest | None:
    """The manifest of an output folder; ``None`` if there is none or it cannot be read."""
    try:
        return msgspec.json.decode(manifest_path(output).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None


def is_done(task: Task) -> bool:
    """Whether the task's result is committed."""
    manifest = read_manifest(task.output)
    return manifest is not None and manifest.digest == task.digest


def run_task(task: Task) -> None:
    """Do a task unless it is done.  Whatever its stage raises comes out; nothing is left half made."""
    if is_done(task):
        return
    output = Path(task.output)
    temporary = output.with_name(f"{output.name}.{os.getpid()}{TEMPORARY}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        counts = task.stage(task, temporary)
        made = sorted(temporary.iterdir())
        files = {path.name: sha256_of_file(path) for path in made}
        for path in made:  # what a manifest vouches for must outlive a power cut
            sync(path)
        manifest_path(task.output).unlink(missing_ok=True)
        shutil.rmtree(output, ignore_errors=True)
        os.rename(temporary, output)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    write_atomically(manifest_path(task.output), [msgspec.json.encode(Manifest(task.digest, counts, files))])
