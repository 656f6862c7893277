"""The commands as users start them: `cleaner run` with one and two processes, and what starting costs.

    BENCH_N=1000 python -m benchmarks.bench_run

A run cleans short articles in files of JSON lines, near-duplicates and all, into a new folder each time.  Two runs of
one process at once, which share nothing, show what a second core of the machine is worth at best.  Starting is
measured with all bytecode cached, as it is from the second start on, and with that of cleaner itself missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contest import ROUNDS, record, wanted
from benchmarks.material import ROOT, paragraphs

ARTICLES = 40_000
FILES = 16
STARTS = 5
JOBS = (1, 2)
APART = "1, two runs at once"
"""The name of what is measured beside: seconds are those of both, halved, so that they compare with one run's."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a command, on the mean, and the processes that it started; ``peak_mb`` is the largest process's."""

    wall: float
    cpu: float
    peak_mb: float


def cost(commands: Sequence[Sequence[str]], cwd: Path, bytecode: Path, *, fill: bool = False) -> Cost:
    """Run all commands at once, with the bytecode cached in a folder; ``fill`` adds what is missing there."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment["PYTHONDONTWRITEBYTECODE"] = "" if fill else "1"
    start = time.perf_counter()
    processes = [
        subprocess.Popen([sys.executable, "-m", "cleaner", *one], cwd=cwd, env=environment, stdout=subprocess.DEVNULL)
        for one in commands
    ]
    cpu = kilobytes = 0.0
    for process, arguments in zip(processes, commands, strict=True):
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"cleaner {' '.join(arguments)}: exit code {process.returncode}")
        cpu += used.ru_utime + used.ru_stime
        kilobytes = max(kilobytes, used.ru_maxrss / (1000 if sys.platform == "darwin" else 1))
    number = len(commands)
    return Cost((time.perf_counter() - start) / number, cpu / number, kilobytes / 1000)


def runs(folder: Path, bytecode: Path, articles: int) -> None:
    """Time whole runs, one and two processes in turns, and two runs at once."""
    described, lines = paragraphs(3 * articles)
    texts = ["\n\n".join(lines[at : at + 3]) for at in range(0, len(lines), 3)]
    raw = folder / "raw"
    raw.mkdir()
    for number in range(FILES):
        some = [json.dumps({"id": f"{number}-{at}", "text": text}) for at, text in enumerate(texts[number::FILES])]
        (raw / f"{number:02}.jsonl").write_text("\n".join(some) + "\n", encoding="utf-8")
    found: dict[str, list[Cost]] = {**{str(jobs): [] for jobs in JOBS}, APART: []}
    for turn in range(ROUNDS):
        ways = {str(jobs): [_run(f"out-{turn}-{jobs}", jobs)] for jobs in JOBS}
        ways[APART] = [_run(f"apart-{turn}-{number}", 1) for number in range(2)]
        for name, commands in ways.items():
            found[name].append(cost(commands, folder, bytecode, fill=True))
    names = ("documents.jsonl", "ledger.jsonl", "duplicates.jsonl", "run.json")
    same = all(len({(folder / f"out-0-{jobs}" / name).read_bytes() for jobs in JOBS}) == 1 for name in names)
    record(
        "run",
        {
            "material": f"short articles of three paragraphs ({described}) in {FILES} files of JSON lines",
            "items": len(texts),
            "bytes": sum(path.stat().st_size for path in raw.iterdir()),
            "same_bytes": same,
            "jobs": {
                name: {
                    "wall": [round(one.wall, 3) for one in costs],
                    "cpu": [round(one.cpu, 3) for one in costs],
                    "peak_mb": round(max(one.peak_mb for one in costs)),
                }
                for name, costs in found.items()
            },
        },
    )


def _run(out: str, jobs: int) -> list[str]:
    return ["run", "raw", "-o", out, "-j", str(jobs), "-q"]


def starts(folder: Path, bytecode: Path) -> None:
    """Time the start: help, and one small file."""
    (folder / "small.txt").write_text("Rain fell for three days.\n\nThe river came up.\n", encoding="utf-8")
    commands = {"cleaner --help": ["--help"], "cleaner clean small.txt": ["clean", "small.txt"]}
    for arguments in commands.values():
        cost([arguments], folder, bytecode, fill=True)
    fresh = folder / "fresh"
    shutil.copytree(bytecode, fresh)
    shutil.rmtree(fresh / (ROOT / "cleaner").relative_to(ROOT.anchor))
    found: dict[str, dict[str, list[float]]] = {name: {"cached": [], "uncached": []} for name in commands}
    for _ in range(STARTS):
        for name, arguments in commands.items():
            found[name]["cached"].append(round(cost([arguments], folder, bytecode).cpu, 3))
            found[name]["uncached"].append(round(cost([arguments], folder, fresh).cpu, 3))
    record("start", {"commands": found})


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        starts(Path(temporary), Path(temporary, "bytecode"))
        runs(Path(temporary), Path(temporary, "bytecode"), min(ARTICLES, (wanted() or ARTICLES) * 10))
