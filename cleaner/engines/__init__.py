"""Engines: where tasks run, and how they are tried again.  None knows what a task does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cleaner.corpus.tasks import Task
from cleaner.errors import CleanerError

Done = Callable[[Task], None]


class Executor(Protocol):
    """Runs tasks, in any order and anywhere, through :func:`cleaner.corpus.tasks.run_task`."""

    def run(self, tasks: Sequence[Task], done: Done) -> None:
        """Run all tasks; ``done`` is called here, in this process, after each.

        What a task raises comes out of here.  A task that takes its worker with it is tried once
        more alone; if that fails too the others are still run, then :class:`WorkersDiedError` is raised.
        """

    def close(self) -> None:
        """Let go of workers; nothing is run afterwards."""


class WorkersDiedError(CleanerError):
    """Tasks that killed their worker twice (out of memory, a crash in native code)."""

    exit_code = 70

    def __init__(self, tasks: Sequence[Task]) -> None:
        names = ", ".join(task.name for task in tasks)
        super().__init__(f"a worker process died twice on {names}; run again with fewer --jobs or more memory")
        self.tasks = tuple(tasks)

    def __reduce__(self) -> tuple[type[WorkersDiedError], tuple[tuple[Task, ...]]]:
        return type(self), (self.tasks,)


def executor(name: str, jobs: int) -> Executor:
    """The engine of that name; ``jobs`` is the number of worker processes."""
    if name != "local":
        raise CleanerError(f"no engine is named {name!r}; use --engine local")
    from cleaner.engines.local import Local

    return Local(jobs)
