"""The local engine: this process, or a few spawned ones."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from cleaner.corpus.tasks import Task, run_task
from cleaner.engines import Done, WorkersDiedError


class Local:
    """Runs tasks in ``jobs`` spawned processes, or with one job in this process.

    Spawned, not forked: a fork of a process with threads may hang, and spawning is the same on
    every system.  ``ProcessPoolExecutor`` because it notices a dead worker at once, where
    ``multiprocessing.Pool`` waits for ever.  The workers live until :meth:`close`.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = max(1, jobs)
        self._workers: ProcessPoolExecutor | None = None

    def run(self, tasks: Sequence[Task], done: Done) -> None:
        """See :class:`cleaner.engines.Executor`."""
        if self._jobs == 1:
            for task in tasks:
                run_task(task)
                done(task)
            return
        waiting = deque(tasks)
        dead: list[Task] = []
        while waiting:
            for suspect in self._share(waiting, done):
                if self._dies_alone(suspect):
                    dead.append(suspect)
                else:
                    done(suspect)
        if dead:
            raise WorkersDiedError(dead)

    def close(self) -> None:
        """End the workers, without waiting for what they do."""
        if self._workers is not None:
            self._workers.shutdown(wait=False, cancel_futures=True)
            self._workers = None

    def _share(self, waiting: deque[Task], done: Done) -> list[Task]:
        """Work off ``waiting`` with all workers; if one dies, stop and return the tasks then under way.

        No more tasks are handed out than there are workers, so the one to blame is among those few.
        """
        workers = self._pool()
        under_way: dict[Future[None], Task] = {}
        try:
            while waiting or under_way:
                while waiting and len(under_way) < self._jobs:
                    under_way[workers.submit(run_task, waiting[0])] = waiting[0]
                    waiting.popleft()
                finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                    done(under_way.pop(future))
        except BrokenProcessPool:
            self.close()
            return list(under_way.values())
        return []

    def _dies_alone(self, task: Task) -> bool:
        """Try a task once more with the machine to itself: does its worker die again?"""
        try:
            self._pool().submit(run_task, task).result()
        except BrokenProcessPool:
            self.close()
            return True
        return False

    def _pool(self) -> ProcessPoolExecutor:
        if self._workers is None:
            self._workers = ProcessPoolExecutor(self._jobs, mp_context=multiprocessing.get_context("spawn"))
        return self._workers
