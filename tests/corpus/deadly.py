"""Stages that certain inputs kill; a module of its own, so that workers can import it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from unittest import mock

from cleaner import pipeline
from cleaner.corpus import clean
from cleaner.corpus.tasks import Counts, Task
from cleaner.document import Document
from cleaner.settings import Config

_clean_shard = clean.clean_shard
_run_stages = pipeline.run_stages


def clean_shard(task: Task, folder: Path) -> Counts:
    with mock.patch("cleaner.pipeline.run_stages", run_stages), mock.patch("cleaner.corpus.watch.PATIENCE", 2):
        return _clean_shard(task, folder)


def run_stages(document: Document, config: Config) -> Document:
    """What the text of a document asks for, as a bug of ours or of a library could do."""
    match document.source.split()[0]:
        case "KILL":
            os.kill(os.getpid(), signal.SIGKILL)
        case "CRASH":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "SPIN":
            while True:
                sum(range(10_000))
        case "SLEEP":
            time.sleep(1_000)
        case "EAT":
            hoard = [bytearray(10_000_000) for _ in range(1_000)]
            del hoard
        case "RAISE":
            raise ZeroDivisionError("a bug")
    return _run_stages(document, config)
