"""Near-duplicate paragraphs: ours against datasketch and rensa, same paragraphs, one core, end to end.

    python benchmarks/near_duplicates.py PARAGRAPHS.jsonl [--peers N] [--jobs]

Ours goes from texts to pairs whose Jaccard is verified exactly.  datasketch, with its defaults, does the same in
the way its documentation shows: a MinHash a text, insert, query, and the exact Jaccard of what
comes back.  rensa gets the word-3-grams as it wants them; its fastest modes only say *whether* a
text has a twin, not which, and nothing is verified.  All times are of the CPU, after a warm-up (ours
compiles and loads its kernel, theirs import).  Peers are slow and linear: ``--peers`` gives them fewer paragraphs, and
says so.  ``--jobs`` also times the command ``cleaner dedup``, file to files, with one and two processes.

Needs ``pip install numba datasketch rensa``; whatever is not there is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

for _name in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"  # before the libraries are loaded: one core for everybody

THRESHOLD = 0.8
WORD = re.compile(r"\w+")


def shingles(text: str) -> list[str]:
    words = WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return [" ".join(words[i : i + 3]) for i in range(len(words) - 2)] or [" ".join(words)]


def ours(texts: Sequence[str]) -> int:
    from cleaner.corpus import fast
    from cleaner.corpus.near import near_duplicates

    return len(near_duplicates(texts, THRESHOLD, compute=fast.compiled()).first)


def ours_numpy(texts: Sequence[str]) -> int:
    from cleaner.corpus import fast
    from cleaner.corpus.near import near_duplicates

    return len(near_duplicates(texts, THRESHOLD, compute=fast.NUMPY).first)


def datasketch(texts: Sequence[str]) -> int:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
    sets = []
    found = 0
    for number, text in enumerate(texts):
        grams = shingles(text)
        sketch = MinHash(num_perm=128)
        sketch.update_batch([gram.encode() for gram in grams])
        sets.append(set(grams))
        for other in index.query(sketch):
            a, b = sets[number], sets[other]
            found += len(a & b) / len(a | b) >= THRESHOLD
        index.insert(number, sketch)
    return found


def rensa_pairs(texts: Sequence[str]) -> int:
    import rensa

    index = rensa.RMinHashLSH(threshold=THRESHOLD, num_perm=128, num_bands=16)
    sketches = rensa.RMinHash.from_token_sets([shingles(text) for text in texts], 128, 42)
    index.insert_many(sketches)
    return sum(len(index.query(sketch)) for sketch in sketches) - len(sketches)


def rensa_matrix(texts: Sequence[str]) -> int:
    import rensa

    matrix = rensa.RMinHash.digest_matrix_from_token_sets([shingles(text) for text in texts], 128, 42)
    index = rensa.RMinHashLSH(threshold=THRESHOLD, num_perm=128, num_bands=16)
    return sum(index.query_duplicate_flags_matrix_one_shot(matrix))


def rensa_rho(texts: Sequence[str]) -> int:
    import rensa

    matrix = rensa.RMinHash.digest_matrix_from_token_sets_rho([shingles(text) for text in texts], 128, 42)
    index = rensa.RMinHashLSH(threshold=THRESHOLD, num_perm=128, num_bands=16)
    return sum(index.query_duplicate_flags_matrix_one_shot(matrix))


WAYS: dict[str, tuple[str, str, Callable[[Sequence[str]], int]]] = {
    "cleaner": ("numba", "verified pairs", ours),
    "cleaner, NumPy only": ("numpy", "verified pairs", ours_numpy),
    "datasketch": ("datasketch", "verified pairs", datasketch),
    "rensa, pairs": ("rensa", "unverified pairs", rensa_pairs),
    "rensa, matrix": ("rensa", "flagged texts", rensa_matrix),
    "rensa, rho matrix": ("rensa", "flagged texts", rensa_rho),
}


def compare(texts: Sequence[str], peers: int) -> None:
    speeds: dict[str, float] = {}
    for name, (library, what, way) in WAYS.items():
        if not find_spec(library):
            print(f"{name}: {library} is not installed")
            continue
        some = texts if name == "cleaner" else texts[:peers]
        way(texts[:1000])
        start = time.process_time()
        found = way(some)
        seconds = time.process_time() - start
        speeds[name] = len(some) / seconds
        times = f"   cleaner is {speeds['cleaner'] / speeds[name]:.1f} x" if speeds.get("cleaner") else ""
        print(f"{name:20} {len(some):>9,} texts {seconds:8.2f} s {speeds[name]:>9,.0f}/s  {found:>9,} {what}{times}")
        sys.stdout.flush()


def compare_jobs(path: Path) -> None:
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        for jobs in (1, 2):
            out = Path(folder, str(jobs))
            command = [sys.executable, "-m", "cleaner", "dedup", str(path), "-o", str(out), "-j", str(jobs), "-q"]
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            start = time.perf_counter()
            subprocess.run(command, check=True)
            seconds[jobs] = time.perf_counter() - start
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            disk = sum(one.stat().st_size for one in out.rglob("*") if one.is_file())
            print(
                f"cleaner dedup, jobs {jobs}: {seconds[jobs]:.1f} s, CPU {cpu:.1f} s, "
                f"largest process {after.ru_maxrss / 1024:,.0f} MiB, disk {disk / 1e6:,.0f} MB"
            )
        names = ("documents.jsonl", "duplicates.jsonl", "run.json")
        same = all(Path(folder, "1", name).read_bytes() == Path(folder, "2", name).read_bytes() for name in names)
    print(f"two jobs are {seconds[1] / seconds[2]:.2f} x one; same bytes: {same}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="JSONL with a paragraph in the field text of each record")
    parser.add_argument("--peers", type=int, default=sys.maxsize, help="give the peers only so many paragraphs")
    parser.add_argument("--jobs", action="store_true", help="also time the command with one and two processes")
    chosen = parser.parse_args()
    if chosen.jobs:
        compare_jobs(chosen.file)
    with chosen.file.open(encoding="utf-8") as lines:
        compare([json.loads(line)["text"] for line in lines], chosen.peers)


if __name__ == "__main__":
    main()
