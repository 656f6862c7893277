"""Runs that are killed at random moments, and what comes of them: ``python -m tests.hostile.kills 100``."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.support import CASES, ROOT

FILES = ("documents.jsonl", "ledger.jsonl", "duplicates.jsonl", "rejected.jsonl", "run.json")
WAYS = ("SIGKILL of the run", "SIGKILL of the run and its workers", "SIGKILL of a worker", "SIGTERM", "SIGINT of all")
_WORDS = "ferry museum bakery school library market theatre garden station tower harbour bridge river mill".split()


def make_inputs(folder: Path, number: int) -> None:
    """So many small documents, some of them repeating paragraphs of others, some broken."""
    rng = Random(number)
    samples = [path.read_text("utf-8") for path in sorted((CASES / "chrome").glob("*.txt"))]
    samples += [path.read_text("utf-8") for path in sorted((ROOT / "raw").glob("*.txt"))]
    paragraphs = [" ".join(rng.choices(_WORDS, k=40)).capitalize() + "." for _ in range(number // 3 + 2)]
    for n in range(number):
        path = folder / f"{n % 7}" / f"{n:04d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        title = f"The {rng.choice(_WORDS)} of the {rng.choice(_WORDS)}"
        path.write_text(
            "\n\n".join([title, *rng.choices(paragraphs, k=3), *rng.choices(samples, k=n % 8 == 0)]), "utf-8"
        )
    records = [{"id": f"r{n}", "text": rng.choice(samples)} for n in range(10)]
    (folder / "records.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records) + "{broken\n")
    (folder / "empty.txt").touch()


def command(raw: Path, out: Path, jobs: int) -> list[str]:
    return [sys.executable, "-m", "cleaner", "run", str(raw), "-o", str(out), "-j", str(jobs), "-q"]


def finish(raw: Path, out: Path, jobs: int = 2) -> int:
    """A run that nobody disturbs; its exit code."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command(raw, out, jobs), env=environment, stderr=subprocess.DEVNULL, timeout=600).returncode


def killed(raw: Path, out: Path, jobs: int, way: str, delay: float, rng: Random) -> bool:
    """Start a run, and kill it that way after so many seconds; whether it was still there to be killed."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(command(raw, out, jobs), env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        run.wait(delay)
        return False
    except subprocess.TimeoutExpired:
        pass
    try:
        match way:
            case "SIGKILL of the run":
                run.kill()
            case "SIGKILL of the run and its workers":
                os.killpg(run.pid, signal.SIGKILL)
            case "SIGTERM":
                run.terminate()
            case "SIGINT of all":
                os.killpg(run.pid, signal.SIGINT)
            case "SIGKILL of a worker":
                tasks = Path(f"/proc/{run.pid}/task/{run.pid}/children")
                children = [int(child) for child in tasks.read_text().split()]
                if children:
                    os.kill(rng.choice(children), signal.SIGKILL)
    except ProcessLookupError:
        return False
    finally:
        run.wait(600)
    return True


def whole(out: Path) -> None:
    """Nothing is half written under a final name, and files that ``run.json`` vouches for are what it says."""
    from cleaner.corpus.store import sha256_of_file

    for name in FILES[:-1]:
        if (out / name).exists():
            data = (out / name).read_bytes()
            assert not data or data.endswith(b"\n"), name
            for line in data.splitlines():
                json.loads(line)
    if (out / "run.json").exists():
        for name, sha256 in json.loads((out / "run.json").read_bytes())["files_sha256"].items():
            assert sha256_of_file(out / name) == sha256, name


def done(out: Path) -> dict[str, int]:
    """The tasks that are committed, and which file says so."""
    return {path.name: path.stat().st_ino for path in (out / ".cleaner").glob("*.manifest")}


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in FILES}


def campaign(folder: Path, kills: int, documents: int, seed: int = 0) -> dict[str, int]:
    """Kill so many runs, each in a folder of its own (a third of them twice); each is then finished and compared.

    Returns how often each way of killing hit.
    """
    rng = Random(seed)
    raw, calm = folder / "raw", folder / "calm"
    make_inputs(raw, documents)
    began = time.monotonic()
    finish(raw, calm)
    length = time.monotonic() - began
    wanted = contents(calm)
    hits = dict.fromkeys(WAYS, 0)
    while sum(hits.values()) < kills:
        out = folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        for _ in range(rng.choice((1, 1, 2))):
            way = rng.choice(WAYS)
            hits[way] += killed(raw, out, rng.choice((1, 2)), way, rng.uniform(0.02, 1.0) * length, rng)
            whole(out)
        before = done(out)
        assert finish(raw, out, rng.choice((1, 2))) == 3, "the broken inputs are rejected, the rest is written"
        assert contents(out) == wanted, (way, "the output differs")
        after = done(out)
        again = [name for name, file in before.items() if name in after and after[name] != file]
        assert not again, ("done twice", again)
        assert not [path.name for path in out.iterdir() if path.name.endswith(".tmp")]
        assert not [path.name for path in (out / ".cleaner").iterdir() if path.name.endswith(".tmp")]
        print(hits, file=sys.stderr, flush=True)
    return hits


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(campaign(Path(scratch), int(sys.argv[1]), 200, int(sys.argv[2]) if len(sys.argv) > 2 else 0))
