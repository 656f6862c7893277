"""What a node of a cluster does with a task: it gives it to a local worker process.

So a document that kills is noticed, timed, tried twice and told of as on one machine, with the same
words; only that the second time it has not the machine to itself.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from functools import lru_cache

from cleaner.corpus.tasks import Task
from cleaner.corpus.workshop import code_digest
from cleaner.engines.local import Local
from cleaner.engines.protocol import ClusterError, Dead, WorkersDiedError


def work(task: Task, code: str) -> Sequence[Dead]:
    """Do a task; returns it if it kills.  ``code`` is the digest of the code of whoever plans the run.

    What the task raises comes out.  Raises :class:`~cleaner.engines.ClusterError` if the code here is another.
    """
    if code != code_digest():
        raise ClusterError(
            f"the node {platform.node()} has another version of cleaner, or of what it builds on, than the one that "
            "plans the run: install the same everywhere."
        )
    try:
        _supervisor().run([task], lambda _: None, risky=True)
    except WorkersDiedError as error:
        return error.dead
    return ()


@lru_cache(maxsize=1)
def _supervisor() -> Local:
    """One for the life of a process that the cluster has started: its worker process keeps what it has imported."""
    return Local(1)
