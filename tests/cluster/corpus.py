"""A corpus with what is hard for a cluster, and runs over it in this process or in one of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from unittest import mock

from cleaner.corpus.publish import Summary
from cleaner.corpus.run import run
from cleaner.corpus.tasks import Task
from cleaner.engines.protocol import Done, Executor
from cleaner.progress import Progress, silent
from cleaner.readers.remote import Place, place_of
from cleaner.settings import Config, Engine
from tests.support import ROOT

WORDS = (
    "ferry museum bakery école Öffnungszeit библиотека рынок θέατρο κήπος مدرسة חנות 駅前 市場 塔 пристань Brücke "
    "rivière młyn český řeka ¿mañana corazón größer ångström"
).split()
SHARED = (
    "Nobody under twelve — not even with a grown-up — may board the ferry after nine o’clock, said the harbour office."
)
FILES = (
    "documents.jsonl",
    "ledger.jsonl",
    "duplicates.jsonl",
    "pairs.jsonl",
    "rejected.jsonl",
    "run.json",
    "report.html",
)


def make(folder: Path, number: int, seed: int = 0) -> None:
    """So many articles of several sites, of all kinds of letters, one paragraph in most of them; and poison."""
    rng = Random(seed)
    paragraphs = [" ".join(rng.choices(WORDS, k=30)) + "." for _ in range(number // 3 + 2)]
    for n in range(number):
        path = folder / f"site-{n % 5}" / f"{rng.choice(WORDS).strip('¿')}-{n:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        own = " ".join(rng.choices(WORDS, k=40)) + "."
        text = [f"{rng.choice(WORDS)} {rng.choice(WORDS)} {n}", own, *rng.choices(paragraphs, k=2)]
        text += [SHARED] * (n % 8 != 0) + [f"Photo: {rng.choice(WORDS)} for the Wave"]
        path.write_text("\n\n".join(text), "utf-8")
    (folder / "poison.txt").write_text("KILL whoever reads this.\n")
    records = [{"id": f"r{n}", "text": f"{SHARED} {n}\n\n{rng.choice(paragraphs)}"} for n in range(20)]
    records[7]["text"] = "KILL the second time too."
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (folder / "records.jsonl").write_text("\n".join([*lines[:12], "{broken", *lines[12:]]) + "\n", "utf-8")
    (folder / "empty.txt").touch()


def clean(
    raw: Place,
    out: Place,
    engine: Engine | None = None,
    *,
    jobs: int = 1,
    files_a_shard: int = 4,
    progress: Progress = silent,
) -> Summary:
    """`cleaner run --pairs` with stages that poison kills, and shards of so many files."""
    from tests.corpus.deadly import clean_shard

    config = Config(engine=engine or Engine())
    with (
        mock.patch("cleaner.corpus.clean.clean_shard", clean_shard),
        mock.patch("cleaner.corpus.plan.FILES_A_SHARD", files_a_shard),
    ):
        return run(raw, out, config, jobs=jobs, pairs=True, progress=progress)


def sums(out: Path) -> dict[str, str]:
    """SHA-256 of each output file."""
    return {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in FILES}


class Shuffled:
    """An engine that is given the tasks of each stage in another order."""

    def __init__(self, engine: Executor, seed: int) -> None:
        self._engine = engine
        self._random = Random(seed)

    def run(self, tasks: Sequence[Task], done: Done, *, risky: bool = False) -> None:
        order = list(tasks)
        self._random.shuffle(order)
        self._engine.run(order, done, risky=risky)

    def prepare(self, tasks: int, module: str) -> None:
        self._engine.prepare(tasks, module)

    def close(self) -> None:
        self._engine.close()


def started(raw: Place, out: Place, address: str, jobs: int = 2) -> subprocess.Popen[bytes]:
    """A run in a process of its own, on a cluster or (no address) with local workers."""
    command = [sys.executable, "-m", "tests.cluster.corpus", str(raw), str(out), address, str(jobs)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)


def committed(out: Path) -> int:
    """How many tasks are done."""
    return len(list((out / ".cleaner").glob("*.manifest")))


def when(number: int, deed: Callable[[], None]) -> Progress:
    """A progress that does something when so many steps were told of, once."""
    seen = 0

    def progress(phase: str, done: int, total: int) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            deed()

    return progress


if __name__ == "__main__":
    _, source, target, where, number = sys.argv
    clean(place_of(source), place_of(target), Engine("ray", where) if where else Engine(), jobs=int(number))
