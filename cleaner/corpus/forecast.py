"""What a run will take, told beforehand: rough figures from the size of the inputs.

Measured on one core of a small cloud machine; what counts is the order of magnitude.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath

from cleaner.corpus.plan import Source

PACKED = 4
"""A compressed input is taken for so many times its size."""
MEMORY = 250_000_000
"""Bytes that a process takes at least: the libraries, a shard, a slice of the pairs."""
MEMORY_SHARE = 0.12
"""And of the largest one, by byte of input: a few numbers a paragraph.  (0.95 GB for 5.7 GB of short paragraphs.)"""


@dataclass(frozen=True, slots=True)
class Rate:
    """Seconds of CPU and bytes of disk for a byte of input, the output among them."""

    seconds: float
    disk: float


DEDUP = Rate(75e-9, 4)
HTML = Rate(0.4e-6, 2)
TEXT = Rate(4e-6, 15)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Bytes of input, of memory (of all processes), of disk in the output folder; seconds."""

    size: int
    memory: int
    disk: int
    seconds: float


def of_dedup(sources: Iterable[Source], jobs: int) -> Forecast:
    """For ``cleaner dedup``."""
    return _forecast(((_size(source), DEDUP) for source in sources), jobs)


def of_run(sources: Iterable[Source], jobs: int, *, todo: float) -> Forecast:
    """For ``cleaner run``; ``todo``: the share of the inputs that is still to be cleaned."""
    parts = ((_size(source), HTML if ".htm" in source.name.lower() else TEXT) for source in sources)
    whole = _forecast(parts, jobs)
    return replace(whole, seconds=whole.seconds * todo)


def _size(source: Source) -> int:
    return source.size * (PACKED if PurePath(source.name).suffix.lower() in (".gz", ".zst") else 1)


def _forecast(parts: Iterable[tuple[int, Rate]], jobs: int) -> Forecast:
    size, disk, seconds = 0, 0.0, 0.0
    for one, rate in parts:
        size += one
        disk += one * rate.disk
        seconds += one * rate.seconds
    return Forecast(size, int(MEMORY * jobs + MEMORY_SHARE * size), int(disk), seconds / jobs)
