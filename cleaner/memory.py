"""How often a process of ours looks for objects that refer to one another and to which nobody else does."""

from __future__ import annotations

import atexit
import gc

_ALLOCATED = 50_000


def collect_seldom() -> None:
    """Look once in 50,000 new containers and not in 700, and not at the end, when all goes anyway.

    Next to nothing here is cyclic, and the phrase lists are many objects: looking costs a tenth of a start and
    4 % of cleaning.  For a process that is ours from the start; the Python API leaves its caller's alone.
    """
    gc.set_threshold(_ALLOCATED, 20, 20)
    atexit.register(gc.freeze)
