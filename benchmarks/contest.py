"""Contests: the same data for everybody, in turns, one core, the CPU's time.

Each contestant is a process of its own, so that its memory can be told and its imports do not weigh on the
others.  In each round all take their turn, one after another (A B C, A B C, …): a machine that slows down slows
everybody.  What is not installed is left out.  Results go to ``results.json``, from which ``benchmarks.pages``
writes every table; those of a quick look (``BENCH_N`` in the environment) to ``quick.json``.
"""

from __future__ import annotations

import gc
import hashlib
import json
import multiprocessing
import os
import pickle
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path(__file__).parent / "results.json"
QUICK = Path(__file__).parent / "quick.json"
"""Where the results of a quick look go (``BENCH_N``): no page is made from them."""
ROUNDS = 3

Batch = Callable[[Sequence[Any]], Sequence[Any]]
"""Does all the work of a round: inputs to outputs."""


@dataclass(frozen=True, slots=True)
class Way:
    """A contestant: ``prepare`` imports what it needs and gives the function whose time is taken."""

    name: str
    package: str
    prepare: Callable[[], Batch]


@dataclass(frozen=True, slots=True)
class Contest:
    """Ways to do the same with the same inputs.

    ``material(n)`` describes and gives at most ``n`` inputs (0: a good number); each has a ``size`` in bytes.
    ``score`` says how good outputs are.  The first ``warm`` inputs are done once before any time is taken.
    """

    name: str
    unit: str
    ways: tuple[Way, ...]
    material: Callable[[int], tuple[str, list[Any]]]
    score: Callable[[Sequence[Any], Sequence[Any]], dict[str, float]]
    warm: int = 20


def each(function: Callable[[Any], Any]) -> Batch:
    """A function of one input as a function of many; a peer that fails on an input gives nothing for it."""

    def batch(inputs: Sequence[Any]) -> list[Any]:
        outputs = []
        for one in inputs:
            try:
                outputs.append(function(one))
            except Exception:
                outputs.append("")
        return outputs

    return batch


def hold(contest: Contest, n: int, rounds: int = ROUNDS) -> None:
    """Hold a contest with those who are there, and record it."""
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    described, inputs = contest.material(n)
    if not inputs:
        print(f"{contest.name}: there is no data for it here")
        return
    context = multiprocessing.get_context("spawn")
    seats: list[tuple[Way, BaseProcess, Connection]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "inputs")
        path.write_bytes(pickle.dumps(inputs))
        for way in contest.ways:
            if installed(way.package):
                ours, theirs = context.Pipe()
                process = context.Process(target=_compete, args=(theirs, contest, way, path), daemon=True)
                process.start()
                seats.append((way, process, ours))
        for _, _, pipe in seats:
            _receive(pipe)
    seconds: list[list[float]] = [[] for _ in seats]
    peaks: list[list[float]] = [[] for _ in seats]
    for _ in range(rounds):
        for number, (_, _, pipe) in enumerate(seats):
            pipe.send(True)
            taken, peak = _receive(pipe)
            seconds[number].append(round(taken, 4))
            peaks[number].append(round(peak))
    ways = []
    for number, (way, process, pipe) in enumerate(seats):
        pipe.send(False)
        score = {name: round(value, 4) for name, value in _receive(pipe).items()}
        process.join()
        print(f"{contest.name}: {way.name}: {median(seconds[number]):.3f} s, {score}", flush=True)
        ways.append(
            {"name": way.name, "package": way.package, "version": version(way.package)}
            | {"seconds": seconds[number], "peak_mb": peaks[number], "score": score}
        )
    record(
        contest.name,
        {
            "unit": contest.unit,
            "material": described,
            "items": len(inputs),
            "bytes": sum(one.size for one in inputs),
            "sha256": hashlib.sha256(repr(inputs).encode("utf-8", "replace")).hexdigest(),
            "ways": ways,
        },
    )


def _receive(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        sys.exit("a contestant died; what it said stands above")


def _compete(pipe: Connection, contest: Contest, way: Way, path: Path) -> None:
    """A contestant's process: a round for each ``True`` that it gets, then how good it was."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    inputs = pickle.loads(path.read_bytes())
    do = way.prepare()
    do(inputs[: contest.warm])
    pipe.send(True)
    outputs: Sequence[Any] = ()
    while pipe.recv():
        outputs = ()
        gc.collect()
        start = time.process_time()
        outputs = do(inputs)
        pipe.send((time.process_time() - start, peak_mb()))
    pipe.send(contest.score(outputs, inputs))


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    status = Path("/proc/self/status")  # what getrusage says is inherited from the parent
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def installed(package: str) -> bool:
    """Whether a distribution is there; says so where it is not."""
    try:
        version(package)
    except PackageNotFoundError:
        print(f"{package} is not installed: left out")
        return False
    return True


def record(section: str, found: dict[str, Any]) -> None:
    """Put a section's figures into ``results.json``, with the date and the kind of machine."""
    path = QUICK if wanted() else RESULTS
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    sections = known.get("sections", {}) | {section: found | {"measured": date.today().isoformat()}}
    whole = {"machine": machine(), "sections": dict(sorted(sections.items()))}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """The kind of machine, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "memory_gb": round(memory),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def wanted() -> int:
    """``BENCH_N``, for a quick look: at most so many documents a contest; 0, the default: what each holds right."""
    return int(os.environ.get("BENCH_N") or 0)
