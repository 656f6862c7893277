"""The workshop: the folder of work files, and the tasks that fill it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cleaner
from cleaner.corpus import store
from cleaner.corpus.lock import LOCK
from cleaner.corpus.storage import is_url
from cleaner.corpus.store import encode, sha256_of, sha256_of_file, sha256_of_value
from cleaner.corpus.tasks import MANIFEST, Counts, Manifest, Task, Work, read_manifests
from cleaner.engines.protocol import Executor
from cleaner.plugins import plugins
from cleaner.progress import Progress, silent
from cleaner.readers.remote import Place
from cleaner.settings import Config

FOLDER = ".cleaner"
"""The work folder's name, inside the output folder."""

STATE = "state"
"""The file in it that says what the output folder holds (see :mod:`cleaner.corpus.publish`)."""

UNSENT = 1_000_000
"""Bytes of kept values that wait to be written together."""

DEPENDENCIES = ("beautifulsoup4", "datasketch", "ftfy", "numpy", "py3langid", "selectolax")
"""The libraries whose version may change what comes out."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file or folder that tasks read: where it is, and the SHA-256 of what it means.

    Of a task's result also what the task counted, and the SHA-256 of each of its files.
    """

    path: str
    sha256: str
    counts: Counts = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def file(self, name: str) -> Made:
        """One file of a result, so that a task depends on it and not on the files beside it."""
        return Made(str(store.join(self.path, name)), self.files[name])


class Workshop:
    """Makes tasks, has an engine run those that are not done, and remembers what was used."""

    def __init__(self, folder: Place, engine: Executor, progress: Progress = silent) -> None:
        self.folder = folder.absolute() if isinstance(folder, Path) else folder  # workers may stand elsewhere
        self._engine = engine
        self._progress = progress
        self._used = {STATE}
        self._unsent: dict[str, bytes] = {}
        self._unsent_size = 0

    def keep(self, name: str, value: object, sha256: str = "") -> Made:
        """Put a value where tasks can read it; ``sha256`` where not all of it matters to the result."""
        content = sha256_of_value(value)
        name = f"{name}-{content[:24]}"
        place = store.join(self.folder, name)
        if is_url(place) or not Path(place).exists():
            self._unsent[str(place)] = data = encode(value)  # goes with others, when tasks are to read it
            self._unsent_size += len(data)
            if self._unsent_size > UNSENT:
                self.send()
        self._used.add(name)
        return Made(str(place), sha256 or content)

    def send(self) -> None:
        """Write now what was kept: tasks find it anyway."""
        if isinstance(self.folder, Path):
            self.folder.mkdir(parents=True, exist_ok=True)
        store.write_all(self._unsent)
        self._unsent.clear()
        self._unsent_size = 0

    def settings(self, config: Config) -> Made:
        """A config as an input of tasks: a stage gets one that holds only what it looks at."""
        return self.keep("settings", config)

    def listing(self, name: str, made: Sequence[Made]) -> Made:
        """One input that stands for many: the list of their paths."""
        return self.keep(name, [one.path for one in made], sha256_of(*(one.sha256 for one in made)))

    def run(
        self,
        stage: Work,
        inputs: Sequence[Sequence[Made]],
        parts: Sequence[int] = (),
        *,
        sizes: Sequence[int] = (),
        risky: bool = False,
    ) -> list[Made]:
        """Run one task for each list of inputs; their results, in the same order.

        ``sizes`` say how much work each is: the largest are begun first, so that all workers end together.

        A task's digest is of its stage, the code, its part and what its inputs hold.  Inputs made by
        other tasks count by content: if a changed input leads to the same result, what follows is not redone.
        """
        tasks = []
        for number, sources in enumerate(inputs):
            part = parts[number] if parts else 0
            digest = sha256_of(stage.__name__, code_digest(), str(part), *(source.sha256 for source in sources))
            name = f"{stage.__name__}-{digest[:24]}"
            output = str(store.join(self.folder, name))
            tasks.append(Task(stage, tuple(source.path for source in sources), output, digest, part))
            self._used |= {name, name + MANIFEST}
        outputs = [task.output for task in tasks]
        before = zip(tasks, read_manifests(outputs), strict=True)
        undone = [found is None or found.digest != task.digest for task, found in before]
        order = sorted(range(len(tasks)), key=lambda number: -sizes[number]) if sizes else range(len(tasks))
        todo = {tasks[number].digest: tasks[number] for number in order if undone[number]}
        phase = stage.__name__.replace("_", " ")
        progress = 0

        def done(task: Task) -> None:
            nonlocal progress
            progress += 1
            self._progress(phase, progress, len(todo))

        if todo:
            self._progress(phase, 0, len(todo))
        self.send()
        self._engine.run(list(todo.values()), done, risky=risky)
        return [_result(*one) for one in zip(outputs, read_manifests(outputs), strict=True)]

    def tidy(self) -> None:
        """Remove what this run did not use: results of inputs and settings that are gone."""
        names = [name for name in store.names(self.folder) if name not in self._used and name != LOCK]
        store.remove(store.join(self.folder, name) for name in names)


def _result(output: str, manifest: Manifest | None) -> Made:
    """What is in a committed output folder."""
    assert manifest is not None, f"{output} has no manifest"
    names = (part for item in sorted(manifest.files.items()) for part in item)
    return Made(output, sha256_of(*names), manifest.counts, manifest.files)


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
