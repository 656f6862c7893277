"""What a run of any size asks of a cluster: tasks, reads, bytes, memory, skew.  No text is touched.

    python benchmarks/simulate_cluster.py [PARAGRAPHS]
    python benchmarks/simulate_cluster.py --measure CLEAN

Numbers of tasks, portions and ranges come from the functions that plan a real run; bytes a paragraph
are those of a real run, which ``--measure`` finds in the work files of any output folder.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cleaner.corpus import duplicates, naming, pairing, plan, ranges, recurring, shuffle
from cleaner.corpus.tasks import read_manifest
from cleaner.near_duplicates.minhash import layout

PARAGRAPH, DOCUMENT = 400, 12
"""Bytes of a paragraph, paragraphs of a document."""
COPIES, NEAR = 0.2, 0.1
"""Paragraphs with the very words of another, and other twins, of all."""
CANDIDATES = 0.5
"""Candidate pairs a paragraph, each found in up to all bands."""
WORDS, ROUNDS = 70, 3
"""Words of a paragraph; rounds in which pairs are resolved."""
BANDS = layout(0.8)[0]
WRITTEN = {"clean_shard": 921, "count_edges": 186, "sign_documents": 780, "write_documents": 474}
"""Bytes a paragraph that a stage writes: ``--measure`` of 124,842 paragraphs of prose (395 bytes, 70 words each)."""
RANK, JOIN, RESOLVE = 8, 19, 40
"""Bytes of memory a paragraph of the tasks that see all of them, measured at 8 million (one in ten repeated).
``rank_blocks`` takes 32 under other policies than ``first``."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its tasks; files and ranges that all of them read; bytes read and written; memory of the largest."""

    name: str
    tasks: int
    reads: int
    read: float
    written: float
    memory: float


def stages(paragraphs: int) -> Iterator[Stage]:
    """All stages of ``cleaner run``, in order."""
    size, documents = paragraphs * PARAGRAPH, paragraphs // DOCUMENT
    chosen = plan.size_of_shards(size // ranges.BYTES_CLEANED, size)
    shards = -(-size // chosen.bytes)
    a_shard = paragraphs / shards
    written = {name: paragraphs * each for name, each in WRITTEN.items()}

    yield Stage("clean_shard", shards, size // ranges.BYTES_CLEANED, size, written["clean_shard"], 250e6)
    taken = min(naming.MOST_PORTIONS, -(-documents // naming.PORTION))
    yield Stage("find_taken", taken, taken * shards, taken * documents * 40.0, 0, documents / taken * 160)
    yield Stage("count_edges", shards, shards, written["clean_shard"], written["count_edges"], 250e6)
    sites = min(recurring.MOST_PORTIONS, -(-documents // recurring.PORTION))
    yield Stage(
        "decide_sites", sites, 2 * sites * shards, written["count_edges"] / 2, 0, documents / sites * 24 * 100.0
    )
    yield Stage(
        "sign_documents",
        shards,
        3 * shards,
        written["clean_shard"],
        written["sign_documents"],
        250e6 + 2 * a_shard * WRITTEN["sign_documents"],
    )
    yield Stage("rank_blocks", 1, shards, paragraphs * 8, paragraphs * 16, paragraphs * RANK)

    portions = shuffle.portions_of(paragraphs)
    groups = min(shards, portions)
    sought = paragraphs * (1 - COPIES)
    if portions > 1:
        one = min(paragraphs, shuffle.PORTION)
        yield Stage("group_keys (exact)", groups, 2 * shards, paragraphs * 16, paragraphs * 16, one * 60.0)
        yield Stage("copies_of_portion", portions, 3 * portions * groups, paragraphs * 16, 0, one * 60.0)
        yield Stage("find_copies", 1, 2 * (groups + portions), paragraphs * 8, paragraphs * 8, paragraphs * JOIN)
        keys = BANDS * sought * 16
        yield Stage("group_keys (bands)", groups, 2 * shards, paragraphs * BANDS * 8, keys, one * 60.0)
        pairs = paragraphs * CANDIDATES * BANDS / 2 * 16
        tasks = BANDS * portions
        yield Stage("pair_portion", tasks, 3 * tasks * groups, keys, pairs, one * 60.0)
        merged = -(-paragraphs // pairing.RANGE)
        distinct = paragraphs * CANDIDATES * 16
        yield Stage("merge_candidates", merged, 2 * merged * tasks, pairs, distinct, 3 * pairs / merged)
    else:
        yield Stage("find_copies", 1, shards, paragraphs * 8, paragraphs * 8, paragraphs * 74.0)
        pairs = paragraphs * CANDIDATES * BANDS / 2 * 16
        yield Stage("pair_band", BANDS, 2 * BANDS * shards, paragraphs * BANDS * 8, pairs, paragraphs * 60.0)
        distinct = pairs
    slices = -(-paragraphs // pairing.slice_of(paragraphs))
    hashes = 2 * CANDIDATES * paragraphs * WORDS * 8
    pairs, gone = paragraphs * NEAR * 24, paragraphs * (NEAR + COPIES)
    yield Stage("verify_pairs", slices, 2 * slices * shards, hashes + distinct, pairs, 1e9)
    if paragraphs > duplicates.AT_ONCE:
        ranks = -(-paragraphs // pairing.RANGE)
        fates = ROUNDS * ranks * paragraphs / 2  # of all lower ranks, a byte each
        tasks = ROUNDS * ranks
        yield Stage("decide_range", tasks, tasks * ranks // 2, ROUNDS * pairs + fates, ROUNDS * paragraphs, 1e9)
    yield Stage("resolve_pairs", 1, slices, pairs, gone * 60, paragraphs * RESOLVE)
    yield Stage("judge_shard", shards, 12 * shards, gone * 60, gone * 40, 250e6)
    yield Stage("write_documents", shards, 5 * shards, written["clean_shard"], written["write_documents"], 250e6)


def table(paragraphs: int) -> str:
    """The stages as text, and what all of it comes to."""
    found = list(stages(paragraphs))
    lines = [f"{'stage':24}{'tasks':>10}{'reads':>12}{'read':>10}{'written':>10}{'largest task':>14}"]
    for one in found:
        lines.append(
            f"{one.name:24}{one.tasks:>10,}{_short(one.reads):>12}{_bytes(one.read):>10}{_bytes(one.written):>10}"
            f"{_bytes(one.memory):>14}"
        )
    total = [sum(values) for values in zip(*((s.tasks, s.reads, s.read, s.written) for s in found), strict=True)]
    lines.append(f"{'in all':24}{total[0]:>10,}{_short(total[1]):>12}{_bytes(total[2]):>10}{_bytes(total[3]):>10}")
    most = max(one.tasks for one in found)
    lines.append(f"driver: {_bytes(50e6 + 5 * 2_000 * most)} (50 MB, and 2 KB a task of each of its larger stages)")
    return "\n".join(lines)


def skew(paragraphs: int, exponent: float = 1.0, distinct: float = 0.8) -> str:
    """The fullest portion of the shuffle if texts recur by Zipf's law, before and after equal keys are combined."""
    portions = shuffle.portions_of(paragraphs)
    texts = int(paragraphs * distinct)
    ranks = np.arange(1, min(texts, 1_000_000) + 1, dtype=np.float64)
    tail = _harmonic(texts, exponent) if texts > len(ranks) else (ranks**-exponent).sum()
    counts = (paragraphs - texts) * ranks**-exponent / tail + 1
    rest = (paragraphs - counts.sum()) / portions
    where = np.random.default_rng(1).integers(0, portions, len(counts))
    plain = np.bincount(where, counts, portions) + rest
    combined = np.bincount(where, np.minimum(counts, portions), portions) + rest
    mean = paragraphs / portions
    return (
        f"the most frequent text: {_short(int(counts[0]))} copies; fullest of {portions} portions: "
        f"{plain.max() / mean:.1f} x the mean; with equal keys combined {combined.max() / mean:.2f} x"
    )


def _harmonic(n: int, exponent: float) -> float:
    """About the sum of ``k ** -exponent`` for k up to ``n``."""
    head = (np.arange(1, 1001, dtype=np.float64) ** -exponent).sum()
    if exponent == 1:
        return float(head + np.log(n / 1000))
    return float(head + (n ** (1 - exponent) - 1000 ** (1 - exponent)) / (1 - exponent))


def measure(clean: Path) -> str:
    """Bytes a paragraph that each stage of a finished run has written."""
    sizes: Counter[str] = Counter()
    blocks = 0
    for path in sorted((clean / ".cleaner").iterdir()):
        stage = path.name.partition("-")[0]
        if path.is_dir():
            sizes[stage] += sum(file.stat().st_size for file in path.iterdir())
            manifest = read_manifest(str(path))
            if stage == "sign_documents" and manifest is not None:
                blocks += manifest.counts["passages"]
    lines = [f"{blocks:,} paragraphs"]
    lines += [f"{stage:24}{size / max(1, blocks):>10.1f}" for stage, size in sizes.most_common()]
    return "\n".join(lines)


def _short(number: int) -> str:
    for unit, name in ((10**9, " G"), (10**6, " M"), (10**3, " k")):
        if number >= 10 * unit or (number >= unit and unit > 1000):
            return f"{number / unit:,.1f}{name}"
    return f"{number:,}"


def _bytes(number: float) -> str:
    for unit, name in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if number >= unit:
            return f"{number / unit:,.1f} {name}"
    return f"{number / 1e3:,.0f} KB"


def main() -> None:
    """Print what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paragraphs", nargs="?", type=lambda text: int(float(text)), default=10_000_000_000)
    parser.add_argument("--measure", type=Path, metavar="CLEAN", help="an output folder of cleaner run")
    given = parser.parse_args()
    text = measure(given.measure) if given.measure else f"{table(given.paragraphs)}\n{skew(given.paragraphs)}"
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
