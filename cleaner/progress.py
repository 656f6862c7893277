"""How work tells how far it is; the command line decides whether and how that is shown."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called when a phase begins and as it goes on: ``phase`` is for people, ``total`` is 0 where unknown."""

    def __call__(self, phase: str, done: int, total: int) -> None: ...


def silent(phase: str, done: int, total: int) -> None:
    """Show nothing."""
