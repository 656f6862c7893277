"""Engines: where tasks run, and how they are tried again.  None knows what a task does."""

from __future__ import annotations

from cleaner.engines.protocol import Executor
from cleaner.settings import Engine


def executor(settings: Engine, jobs: int) -> Executor:
    """The engine that is asked for; ``jobs`` is the number of worker processes, but on a cluster, which has its own.

    Raises :class:`~cleaner.errors.CleanerError` if a library is missing.
    """
    if settings.name == "ray":
        from cleaner.engines.ray import Ray

        return Ray(settings, jobs)
    from cleaner.engines.local import Local

    return Local(jobs)
