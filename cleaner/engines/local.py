"""The local engine: a few spawned worker processes, each on one task at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from cleaner.corpus import watch
from cleaner.corpus.tasks import Task, run_task
from cleaner.engines.protocol import Dead, Done, WorkersDiedError
from cleaner.memory import collect_seldom

_PATIENCE = 10.0  # seconds that a dying worker, whose pipe is closed already, gets to be gone


class Local:
    """Runs tasks in ``jobs`` spawned processes; with one job, and no worker yet, those that are not risky in this one.

    Spawned, not forked: a fork of a process with threads may hang, and spawning is the same on
    every system.  Each worker has a pipe of its own, so that when one dies it is known which task
    it had and how it died, and the others go on: ``multiprocessing.Pool`` would wait for ever, and
    ``ProcessPoolExecutor`` would end all of them.  The workers live until :meth:`close`.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = max(1, jobs)
        self._workers: list[_Worker] = []

    def run(self, tasks: Sequence[Task], done: Done, *, risky: bool = False) -> None:
        """See :class:`cleaner.engines.Executor`."""
        if self._jobs == 1 and not risky and not self._workers:  # else two would load what one needs
            for task in tasks:
                run_task(task)
                done(task)
            return
        dead: list[Dead] = []
        try:
            for suspect in self._share(tasks, done, self._jobs):  # each once more, with the machine to itself
                dead += self._share([suspect.task], done, 1)
        except BaseException:
            self.close()  # others may still have a task in hand
            raise
        if dead:
            raise WorkersDiedError([replace(one, in_hand=watch.take(one.task.output)) for one in dead])

    def prepare(self, tasks: int, module: str) -> None:
        """See :class:`cleaner.engines.Executor`."""
        for _ in range(min(tasks, self._jobs) - len(self._workers)):
            worker = _Worker.start()
            worker.give(module)
            self._workers.append(worker)

    def close(self) -> None:
        """End the workers, without waiting for what they do."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def _share(self, tasks: Sequence[Task], done: Done, jobs: int) -> list[Dead]:
        """Work off the tasks; those whose worker died, and how."""
        waiting, dead = deque(tasks), list[Dead]()
        under_way: dict[Connection, tuple[_Worker, Task]] = {}
        while waiting or under_way:
            while waiting and len(under_way) < jobs:
                worker = self._idle([busy for busy, _ in under_way.values()])
                task = waiting.popleft()
                under_way[worker.pipe] = worker, task
                worker.give(task)
            for pipe in wait(list(under_way)):
                assert isinstance(pipe, Connection)
                worker, task = under_way.pop(pipe)
                try:
                    error = pipe.recv()
                except (EOFError, OSError):
                    self._workers.remove(worker)
                    dead.append(Dead(task, worker.end(_PATIENCE)))
                    continue
                if error is not None:
                    raise error
                done(task)
        return dead

    def _idle(self, busy: Sequence[_Worker]) -> _Worker:
        for worker in self._workers:
            if worker not in busy:
                return worker
        worker = _Worker.start()
        self._workers.append(worker)
        return worker


@dataclass(frozen=True, slots=True, eq=False)
class _Worker:
    """A process that works off the tasks that come through its pipe."""

    process: BaseProcess
    pipe: Connection

    @staticmethod
    def start() -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), daemon=True)
        with _ignoring_interrupts():
            process.start()
        theirs.close()  # else the end of the process would not end the pipe
        return _Worker(process, ours)

    def give(self, work: Task | str) -> None:
        """Send a task, or a module to load; that the worker is dead shows when its answer is awaited."""
        with suppress(OSError):
            self.pipe.send(work)

    def end(self, patience: float = 0.0) -> int:
        """Make sure that the process is gone; its exit code, minus the signal's number if one killed it."""
        self.pipe.close()
        self.process.join(patience)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        return self.process.exitcode or 0


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Processes started meanwhile ignore Ctrl-C, which a terminal sends to all: their parent ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _work(pipe: Connection) -> None:
    """What a worker does: tasks, until the pipe ends or the parent is gone.

    A module it loads without a word: what is wrong with it the task will say that needs it.
    """
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            work = pipe.recv()
        except (EOFError, OSError):
            return
        if isinstance(work, str):
            with suppress(Exception):
                import_module(work)
            continue
        try:
            run_task(work)
        except Exception as error:
            error.add_note(f"in a worker process:\n{traceback.format_exc()}")
            pipe.send(_portable(error))
        else:
            pipe.send(None)


def _portable(error: Exception) -> Exception:
    """The error, or one that says the same if it cannot be sent."""
    import pickle

    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    """A worker whose parent was killed must not go on writing beside the next run."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
