"""The Ray engine: the same tasks as those of the local one, on the nodes of a cluster.

Ray says where a task runs, and runs it again when its process or node is lost; what a node does with it is in
:mod:`cleaner.engines.node`.  A task is a few paths: all that it reads and makes is in the work folder, which every
node must see.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from cleaner.corpus import watch
from cleaner.corpus.storage import clear_scratch, is_url
from cleaner.corpus.tasks import Task
from cleaner.corpus.workshop import code_digest
from cleaner.engines import node
from cleaner.engines.protocol import ClusterError, Dead, Done, WorkersDiedError
from cleaner.errors import CleanerError
from cleaner.settings import Engine

_OWN = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
"""What a Ray that is started for one run is told: listen on the loopback device only, and call nobody."""
_BEAT = 1.0  # seconds between looks at which nodes there are
_GROWTH = 300.0  # seconds that a cluster gets to come by a node that can hold a task
_PATIENCE = 10.0  # seconds that cancelled tasks get to end


class Ray:
    """Runs tasks on a Ray cluster: the one at ``settings.address``, or one of ``jobs`` processes of its own here.

    Where the program has joined a cluster already, that one is used, and left as it is.
    """

    def __init__(self, settings: Engine, jobs: int) -> None:
        if find_spec("ray") is None:
            raise CleanerError("--engine ray needs Ray: pip install 'article-cleaner[ray]', here and on every node")
        self._settings = settings
        self._jobs = max(1, jobs)
        self._joined = False
        self._folder = ""
        self._had_room = 0.0

    def run(self, tasks: Sequence[Task], done: Done, *, risky: bool = False) -> None:
        """See :class:`cleaner.engines.Executor`.  No more tasks are under way than the nodes can hold at a time."""
        if not tasks:
            return
        import ray

        self.join()
        self._folder = tasks[0].output.rpartition("/")[0]
        work = ray.remote(
            num_cpus=self._settings.task_cpus,
            memory=self._settings.task_memory_mb * 1_000_000,
            max_retries=self._settings.retries,
        )(node.work)
        waiting, dead = deque(tasks), list[Dead]()
        under_way: dict[Any, Task] = {}
        self._had_room = looked = time.monotonic()
        room = self._room()
        try:
            while waiting or under_way:
                while waiting and len(under_way) < room:
                    task = waiting.popleft()
                    under_way[work.options(name=task.name).remote(task, code_digest())] = task
                for answer in ray.wait(list(under_way), timeout=_BEAT)[0]:
                    task = under_way.pop(answer)
                    found = _received(answer, task)
                    dead += found
                    if not found:
                        done(task)
                if time.monotonic() - looked >= _BEAT:
                    room, looked = self._room(), time.monotonic()
        except BaseException:
            _cancel(list(under_way))
            raise
        if dead:
            raise WorkersDiedError(dead)

    def prepare(self, tasks: int, module: str) -> None:
        """Nothing: it is the cluster that starts processes."""

    def close(self) -> None:
        """Leave the cluster, if this joined it; one that was started for the run ends."""
        if is_url(self._folder):
            _on_every_node(clear_scratch, self._folder)
            self._folder = ""
        if self._joined:
            import ray

            ray.shutdown()
            self._joined = False

    def _room(self) -> int:
        """How many tasks the nodes that are there can hold at a time; at least one, for which a cluster may grow."""
        import ray

        nodes = [one["Resources"] for one in ray.nodes() if one["Alive"]]
        cpus, memory = self._settings.task_cpus, self._settings.task_memory_mb * 1_000_000
        room = sum(int(min(one.get("CPU", 0) / cpus, one.get("memory", 0) / memory)) for one in nodes)
        if room:
            self._had_room = time.monotonic()
        elif time.monotonic() - self._had_room > _GROWTH:
            raise ClusterError(
                f"no node of the Ray cluster has {cpus:g} CPUs and {self._settings.task_memory_mb:,} MB for a task: "
                "lower engine.task_cpus or engine.task_memory_mb, or add a larger node."
            )
        return max(1, room)

    def join(self) -> None:
        """Join the cluster, or start one, if that was not done."""
        import ray

        if ray.is_initialized():
            return
        address = self._settings.address or os.environ.get("RAY_ADDRESS", "")
        options: dict[str, Any] = {"address": address} if address else {"address": "local", "num_cpus": self._jobs}
        if not address:
            options |= {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
        try:
            _knock(address)
            with _starting({} if address else _OWN):
                ray.init(**options, log_to_driver=False, logging_level=logging.ERROR)
        except (OSError, ValueError, RuntimeError) as error:
            told = str(error).strip().partition("\n")[0]
            raise ClusterError(f"no Ray cluster at {address or 'this machine'} ({told}): check --address.") from error
        self._joined = True


def _knock(address: str) -> None:
    """Raises ``OSError`` if nobody listens at ``HOST:PORT``: Ray would wait for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()


def _on_every_node(function: Callable[[str], None], argument: str) -> None:
    """Call a function once on each node that is there, without waiting for long."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    call = ray.remote(num_cpus=0)(function)
    nodes = [one["NodeID"] for one in ray.nodes() if one["Alive"]]
    there = [NodeAffinitySchedulingStrategy(one, soft=False) for one in nodes]
    calls = [call.options(scheduling_strategy=one).remote(argument) for one in there]
    ray.wait(calls, num_returns=len(calls), timeout=_PATIENCE)


def _received(answer: Any, task: Task) -> Sequence[Dead]:
    """What came of a task: nothing, or its death.  An error is raised as the stage raised it."""
    import ray
    from ray import exceptions as lost

    try:
        dead: Sequence[Dead] = ray.get(answer)
    except lost.RayTaskError as error:
        raise error.cause from None
    except (lost.WorkerCrashedError, lost.NodeDiedError, lost.OutOfMemoryError):
        return [Dead(task, None, watch.take(task.output))]
    except lost.RayError as error:
        raise ClusterError(f"Ray could not run {task.name} ({error}): look at the cluster, then run again.") from error
    return dead


def _cancel(answers: list[Any]) -> None:
    """End what is under way, and see that it has ended: nothing may go on writing behind the run's back."""
    import ray

    for answer in answers:
        ray.cancel(answer, force=True)  # its process goes, and the worker process with it
    if answers:
        ray.wait(answers, num_returns=len(answers), timeout=_PATIENCE)


@contextmanager
def _starting(environment: Mapping[str, str]) -> Iterator[None]:
    """Ray is told by the environment, and takes signals over: afterwards both are as they were."""
    added = {name: value for name, value in environment.items() if name not in os.environ}
    here = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM) if here}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]
        for number, handler in before.items():
            signal.signal(number, handler)
