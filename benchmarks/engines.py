"""The local engine against Ray on one machine: the same articles, the same number of workers, the same bytes.

    python benchmarks/engines.py [--documents 200000] [--jobs 2] [--rounds 1]

Needs article-cleaner[ray].  Made-up articles of some 100 words, 1,000 a file; Ray is started before the clock is.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from random import Random

from cleaner.corpus.run import run
from cleaner.engines import executor
from cleaner.engines.ray import Ray
from cleaner.settings import Config, Engine

RECORDS = 1_000
WORDS = [
    f"{start}{middle}{end}"
    for start in "b d f g k l m n".split()
    for middle in "a e i o u".split()
    for end in "ster ral ding mon tive lo ra nish".split()
]


def make(folder: Path, documents: int) -> None:
    """Articles of four paragraphs; one in ten paragraphs repeats an earlier one."""
    rng = Random(0)
    old: list[str] = []
    for number in range(0, documents, RECORDS):
        with (folder / f"{number:08d}.jsonl").open("w", encoding="utf-8") as out:
            for n in range(number, min(number + RECORDS, documents)):
                paragraphs = []
                for _ in range(4):
                    text = " ".join(rng.choices(WORDS, k=25)).capitalize() + "."
                    if old and rng.random() < 0.1:
                        text = rng.choice(old)
                    elif rng.random() < 0.05:
                        old.append(text)
                    paragraphs.append(text)
                record = {"id": f"d{n}", "url": f"https://site-{n % 50}.example/{n}", "text": "\n\n".join(paragraphs)}
                out.write(json.dumps(record) + "\n")


def timed(raw: Path, out: Path, engine: Engine, jobs: int) -> float:
    """Seconds of a run."""
    start = time.perf_counter()
    run(raw, out, Config(engine=engine), jobs=jobs)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    started = executor(Engine("ray"), chosen.jobs)
    assert isinstance(started, Ray)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw")
        raw.mkdir()
        make(raw, chosen.documents)
        begin = time.perf_counter()
        started.join()
        print(f"Ray starts in {time.perf_counter() - begin:.1f} s")
        for number in range(chosen.rounds):
            out = {name: Path(folder, f"{name}-{number}") for name in ("local", "ray")}
            seconds = {name: timed(raw, path, Engine(name), chosen.jobs) for name, path in out.items()}
            same = (out["local"] / "run.json").read_bytes() == (out["ray"] / "run.json").read_bytes()
            print(
                f"{chosen.documents:,} documents, {chosen.jobs} workers: local {seconds['local']:.1f} s, "
                f"Ray {seconds['ray']:.1f} s, {seconds['ray'] / seconds['local']:.2f} x; same bytes: {same}; "
                f"load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
        started.close()


if __name__ == "__main__":
    main()
