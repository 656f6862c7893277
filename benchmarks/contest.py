"""Contests: the same data for everybody, in turns, one core, the CPU's time.

Each contestant is a process of its own, so that its memory can be told and its imports do not weigh on the
others.  Turns are short, a tenth of the inputs, and go round (A B C, A B C, …): a machine that slows down slows
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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import Connection
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
    """A contestant: ``prepare`` imports what it needs and gives the function whose time is taken.

    ``unseen`` are scores to show in place of the run's own: those of models that had not seen the inputs, where
    the shipped one was trained on them.
    """

    name: str
    package: str
    prepare: Callable[[], Batch]
    unseen: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """Ways to do the same with the same inputs.

    ``material(n)`` describes and gives at most ``n`` inputs (0: a good number); each has a ``size`` in bytes.
    ``score`` says how good outputs are.  The first ``warm`` inputs are done once before any time is taken, and
    a turn is one of so many ``portions`` of the inputs.
    """

    name: str
    unit: str
    ways: tuple[Way, ...]
    material: Callable[[int], tuple[str, list[Any]]]
    score: Callable[[Sequence[Any], Sequence[Any]], dict[str, float]]
    warm: int = 20
    portions: int = 10


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
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "inputs")
        path.write_bytes(pickle.dumps(inputs))
        seats = [_Seat(contest, way, path) for way in contest.ways if installed(way.package)]
        for seat in seats:
            seat.hear()  # is ready
    size = -(-len(inputs) // contest.portions)
    for _ in range(rounds):
        for seat in seats:
            seat.seconds.append(0.0)
        for start in range(0, len(inputs), size):
            for seat in seats:
                seat.turn(slice(start, start + size))
    record(
        contest.name,
        {
            "unit": contest.unit,
            "material": described,
            "items": len(inputs),
            "bytes": sum(one.size for one in inputs),
            "sha256": hashlib.sha256(repr(inputs).encode("utf-8", "replace")).hexdigest(),
            "ways": [seat.leave() for seat in seats],
        },
    )


class _Seat:
    """A contestant's process as the others see it: seconds of each round, and the most memory at its end."""

    def __init__(self, contest: Contest, way: Way, inputs: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_compete, args=(theirs, contest, way, inputs), daemon=True)
        self._process.start()
        theirs.close()
        self._name, self._way = f"{contest.name}: {way.name}", way
        self.seconds: list[float] = []
        self._peaks: list[float] = []

    def hear(self) -> Any:
        """What the process says next."""
        try:
            return self._pipe.recv()
        except EOFError:
            sys.exit(f"{self._name} died; what it said stands above")

    def turn(self, part: slice) -> None:
        """Have it do a part of the inputs."""
        self._pipe.send(part)
        seconds, peak = self.hear()
        self.seconds[-1] += seconds
        self._peaks[len(self.seconds) - 1 :] = [peak]

    def leave(self) -> dict[str, Any]:
        """Its results; the process ends."""
        self._pipe.send(None)
        score = {name: round(value, 4) for name, value in self.hear().items()}
        self._process.join()
        print(f"{self._name}: {median(self.seconds):.3f} s, {score}", flush=True)
        return {
            "name": self._way.name,
            "package": self._way.package,
            "version": version(self._way.package),
            "seconds": [round(one, 4) for one in self.seconds],
            "peak_mb": [round(one) for one in self._peaks],
            "score": score if self._way.unseen is None else dict(self._way.unseen),
        }


def _compete(pipe: Connection, contest: Contest, way: Way, path: Path) -> None:
    """A contestant's process: does each part that it is told, then says how good it was."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    inputs = pickle.loads(path.read_bytes())
    do = way.prepare()
    do(inputs[: contest.warm])
    outputs: dict[int, Sequence[Any]] = {}
    pipe.send("ready")
    while (part := pipe.recv()) is not None:
        gc.collect()
        start = time.process_time()
        done = do(inputs[part])
        pipe.send((time.process_time() - start, peak_mb()))
        outputs[part.start] = done
    pipe.send(contest.score([one for start in sorted(outputs) for one in outputs[start]], inputs))


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
