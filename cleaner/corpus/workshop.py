"""The workshop: the folder of work files, and the tasks that fill it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cleaner
from cleaner.corpus.lock import LOCK
from cleaner.corpus.store import encode, sha256_of, sha256_of_file, sha256_of_value, write_atomically
from cleaner.corpus.tasks import Counts, Task, Work, is_done, manifest_path, read_manifest
from cleaner.engines import Executor
from cleaner.plugins import plugins
from cleaner.progress import Progress, silent
from cleaner.settings import Config

FOLDER = ".cleaner"
"""The work folder's name, inside the output folder."""

STATE = "state"
"""The file in it that says what the output folder holds (see :mod:`cleaner.corpus.publish`)."""

DEPENDENCIES = ("beautifulsoup4", "datasketch", "ftfy", "numpy", "py3langid", "selectolax")
"""The libraries whose version may change what comes out."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file or folder that tasks read: where it is, and the SHA-256 of what it means."""

    path: str
    sha256: str
    counts: Counts = field(default_factory=dict)

    def file(self, name: str) -> Made:
        """One file of a result, so that a task depends on it and not on the files beside it."""
        manifest = read_manifest(self.path)
        assert manifest is not None, f"{self.path} has no manifest"
        return Made(str(Path(self.path, name)), manifest.files[name])


class Workshop:
    """Makes tasks, has an engine run those that are not done, and remembers what was used."""

    def __init__(self, folder: Path, engine: Executor, progress: Progress = silent) -> None:
        self.folder = folder
        self._engine = engine
        self._progress = progress
        self._used = {STATE}

    def keep(self, name: str, value: object, sha256: str = "") -> Made:
        """Put a value where tasks can read it; ``sha256`` where not all of it matters to the result."""
        content = sha256_of_value(value)
        path = self.folder / f"{name}-{content[:24]}"
        if not path.exists():
            write_atomically(path, [encode(value)])
        self._used.add(path.name)
        return Made(str(path), sha256 or content)

    def settings(self, config: Config) -> Made:
        """A config as an input of tasks: a stage gets one that holds only what it looks at."""
        return self.keep("settings", config)

    def listing(self, name: str, made: Sequence[Made]) -> Made:
        """One input that stands for many: the list of their paths."""
        return self.keep(name, [one.path for one in made], sha256_of(*(one.sha256 for one in made)))

    def run(
        self, stage: Work, inputs: Sequence[Sequence[Made]], parts: Sequence[int] = (), *, risky: bool = False
    ) -> list[Made]:
        """Run one task for each list of inputs; their results, in the same order.

        A task's digest is of its stage, the code, its part and what its inputs hold.  Inputs made by
        other tasks count by content: if a changed input leads to the same result, what follows is not redone.
        """
        tasks = []
        for number, sources in enumerate(inputs):
            part = parts[number] if parts else 0
            digest = sha256_of(stage.__name__, code_digest(), str(part), *(source.sha256 for source in sources))
            output = self.folder / f"{stage.__name__}-{digest[:24]}"
            tasks.append(Task(stage, tuple(source.path for source in sources), str(output), digest, part))
            self._used |= {output.name, manifest_path(str(output)).name}
        todo = {task.digest: task for task in tasks if not is_done(task)}
        phase = stage.__name__.replace("_", " ")
        progress = 0

        def done(task: Task) -> None:
            nonlocal progress
            progress += 1
            self._progress(phase, progress, len(todo))

        if todo:
            self._progress(phase, 0, len(todo))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._engine.run(list(todo.values()), done, risky=risky)
        return [self.result(task.output) for task in tasks]

    def result(self, output: str) -> Made:
        """The result in a committed output folder."""
        manifest = read_manifest(output)
        assert manifest is not None, f"{output} has no manifest"
        names = (part for item in sorted(manifest.files.items()) for part in item)
        return Made(output, sha256_of(*names), manifest.counts)

    def tidy(self) -> None:
        """Remove what this run did not use: results of inputs and settings that are gone."""
        for path in self.folder.iterdir():
            if path.name not in self._used and path.name != LOCK:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def code_digest() -> str:
    """A hash of this package's own files (code, models, word lists) and of the versions of what it builds on.

    The version number alone would miss an edited checkout.  The settings that a wheel brings count by value, elsewhere.
    """
    home = Path(cleaner.__file__).parent
    paths = sorted(path for path in home.rglob("*") if path.is_file())
    own = [path for path in paths if not {"__pycache__", "defaults"}.intersection(path.relative_to(home).parts)]
    files = (part for path in own for part in (path.relative_to(home).as_posix(), sha256_of_file(path)))
    added = (part for one in plugins() for part in (one.stage.name, one.stage.after, one.source_sha256))
    return sha256_of(*versions().values(), *files, *added)


def versions() -> dict[str, str]:
    """Versions of this package, of the libraries that shape its output, and of packages that add stages."""
    found = {"cleaner": cleaner.__version__} | {one.package: one.version for one in plugins()}
    for name in DEPENDENCIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found
