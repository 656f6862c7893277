"""Which documents and clusters a page can hold: all of a small run, a fixed sample of a large one.

The sample is by the hash of a document's id: it depends on nothing else, so that the same files give
the same page.  Every rule has an example.
"""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cleaner.report.files import Clean, Facts, Span
from cleaner.report.totals import Rule
from cleaner.rows import Duplicate

LISTED = 5_000
"""Documents in the list: with more of them the page takes noticeably longer to open."""
CLUSTERS = 150
MEMBERS = 8
"""Clusters shown, and copies shown of each."""

_Entry = tuple[int, int, int, "Listed"]
"""Minus hash and minus number, by which entries are ranked; bytes of the ledger before those of its part."""


class Listed(msgspec.Struct, frozen=True, gc=False):
    """A document of the list; ``number`` is its place in the run, ``hash`` that of its id."""

    number: int
    id: str
    hash: int
    facts: Facts
    rules: tuple[Rule, ...]
    rows: Span


class Sample:
    """Takes documents one by one and keeps those with the smallest hashes, and the first of them for each rule."""

    def __init__(self, size: int = LISTED) -> None:
        self._size = size
        self._heap: list[_Entry] = []  # the last of the ranking on top
        self._examples: dict[Rule, _Entry] = {}

    def add(self, listed: Listed, documents: int = 0, ledger: int = 0) -> None:
        """Offer one document, before whose own part of the run there are so many documents, and bytes of the ledger."""
        entry = (-listed.hash, -listed.number - documents, ledger, listed)
        for rule in listed.rules:
            if rule not in self._examples or entry > self._examples[rule]:
                self._examples[rule] = entry
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, entry)
        elif entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    def offered(self) -> list[Listed]:
        """The sample as it was offered, in no order."""
        return [listed for *_, listed in self._kept()]

    def by_merit(self) -> list[Listed]:
        """The sample with the most worth showing first: an example of each rule, then by hash."""
        seen: set[Rule] = set()
        first: list[Listed] = []
        rest: list[Listed] = []
        for _, number, ledger, listed in sorted(self._kept(), reverse=True):
            start, stop = listed.rows
            placed = msgspec.structs.replace(listed, number=-number, rows=(start + ledger, stop + ledger))
            (rest if seen.issuperset(listed.rules) else first).append(placed)
            seen.update(listed.rules)
        return first + rest

    def _kept(self) -> Iterable[_Entry]:
        return {entry[1]: entry for entry in (*self._examples.values(), *self._heap)}.values()


@dataclass(slots=True)
class Cluster:
    """Blocks that repeat one keeper; ``pairs`` are some of those that went, ``size`` counts all and the keeper."""

    keeper: tuple[str, int]
    size: int
    pairs: list[Duplicate] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Clusters:
    """All clusters of duplicates as counts, and some of them to look at.

    ``sizes`` maps a number of blocks to a number of clusters; ``stayed`` are short texts that repeat
    others and were left.
    """

    sizes: dict[int, int]
    blocks: int
    stayed: int
    shown: list[Cluster]

    @property
    def documents(self) -> set[str]:
        """Ids of the documents that the clusters shown are about."""
        return {one for cluster in self.shown for one in (cluster.keeper[0], *(pair.doc_id for pair in cluster.pairs))}

    def figures(self) -> dict[str, Any]:
        """The counts of the page."""
        return {"sizes": [list(item) for item in sorted(self.sizes.items())], "cut": self.blocks, "stayed": self.stayed}


def find_clusters(clean: Clean) -> Clusters:
    """Read ``duplicates.jsonl`` twice: sizes first, then the members of the clusters to show.

    Half of those shown are the largest, the rest a sample by cluster number (itself a hash).
    """
    import numpy as np

    found, stayed = array("Q"), 0
    for pair in clean.pairs():
        if pair.kept:
            stayed += 1
        else:
            found.append(pair.cluster)
    names, numbers = np.unique(np.frombuffer(found, np.uint64), return_counts=True)
    first = np.lexsort((names, -numbers))[: CLUSTERS // 2]
    largest = names[first].tolist()
    others = np.delete(names, first)[: CLUSTERS - len(largest)].tolist()
    sizes = dict(zip(largest, numbers[first].tolist(), strict=True))
    sizes |= dict(zip(others, np.delete(numbers, first)[: len(others)].tolist(), strict=True))
    blocks, clusters = np.unique(numbers, return_counts=True)
    shown: dict[int, Cluster] = {}
    wanted = {*largest, *others}
    for pair in clean.pairs():
        if not pair.kept and pair.cluster in wanted:
            cluster = shown.setdefault(pair.cluster, Cluster((pair.twin_id, pair.twin_block), sizes[pair.cluster] + 1))
            if len(cluster.pairs) < MEMBERS:
                cluster.pairs.append(pair)
    return Clusters(
        dict(zip((blocks + 1).tolist(), clusters.tolist(), strict=True)),
        len(found),
        stayed,
        [shown[name] for name in [*largest, *sorted(others)] if name in shown],
    )


def nearest_block(text: str, wanted: str) -> str:
    """The block of a clean text with most words in common with ``wanted``; ``""`` if there is none.

    The output files name the keeper by number, but do not hold texts by number.
    """
    words = Counter(wanted.casefold().split())
    best, block = 0.0, ""
    for candidate in (*text.split("\n\n"), *text.split("\n")):  # a list's items stand on lines of their own
        other = Counter(candidate.casefold().split())
        common = (words & other).total()
        score = common / max(1, words.total() + other.total() - common)
        if score > best:
            best, block = score, candidate
    return block.strip()
