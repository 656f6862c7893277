"""A stage that a certain input kills; a module of its own, so that workers can import it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from cleaner.corpus import clean, plan, store
from cleaner.corpus.tasks import Counts, Task

_clean_shard = clean.clean_shard


def clean_shard(task: Task, folder: Path) -> Counts:
    shard = store.load(task.inputs[1], plan.Shard)
    if any(source.name == "deadly.txt" and source.rejected is None for source in shard.sources):
        os.kill(os.getpid(), signal.SIGKILL)
    return _clean_shard(task, folder)
