"""What every engine promises: to run tasks somewhere, and to say which of them could not be run."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cleaner.corpus.tasks import Task
from cleaner.errors import CleanerError

Done = Callable[[Task], None]


@dataclass(frozen=True, slots=True)
class Dead:
    """A task whose workers died.

    The exit code of the last one is minus the number of the signal that killed it, if one did; ``None`` where the
    machine may be lost with it.  ``in_hand``: what each had in hand (see :func:`cleaner.corpus.watch.deaths`).
    """

    task: Task
    exit_code: int | None
    in_hand: tuple[tuple[int, int], ...] = ()


class Executor(Protocol):
    """Runs tasks, in any order and anywhere, through :func:`cleaner.corpus.tasks.run_task`."""

    def run(self, tasks: Sequence[Task], done: Done, *, risky: bool = False) -> None:
        """Run all tasks; ``done`` is called here, in this process, after each.

        What a task raises comes out of here.  A task that takes its worker with it is tried once
        more alone; if that fails too the others are still run, then :class:`WorkersDiedError` is
        raised.  ``risky`` tasks (they read what strangers wrote) never run in this process.
        """

    def prepare(self, tasks: int, module: str) -> None:
        """So many tasks will follow that need a module: what is slow to start may start, and load it, now."""

    def close(self) -> None:
        """Let go of workers; nothing is run afterwards."""


class WorkersDiedError(CleanerError):
    """Tasks that killed their worker twice (out of memory, out of time, a crash in native code)."""

    exit_code = 70

    def __init__(self, dead: Sequence[Dead]) -> None:
        names = ", ".join(f"{one.task.name} ({cause_of_death(one.exit_code)})" for one in dead)
        super().__init__(f"a worker process died twice on {names}; run again with fewer --jobs or more memory")
        self.dead = tuple(dead)

    def __reduce__(self) -> tuple[type[WorkersDiedError], tuple[tuple[Dead, ...]]]:
        return type(self), (self.dead,)


class ClusterError(CleanerError):
    """A cluster that cannot be joined, or cannot do the work."""


def cause_of_death(exit_code: int | None) -> str:
    """For people: what ended a process."""
    if exit_code is None:
        return "it or its machine was lost"
    if exit_code >= 0:
        return f"it ended with code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    return f"killed by {name}" + (", as happens when memory runs out" if name == "SIGKILL" else "")
