"""Finding what recurs on a site (see :mod:`cleaner.corpus.sites`): lines are counted, portion by portion.

A task a shard counts the lines and words near the ends of its documents; a task a portion adds up its share of
them over all shards, so that none is too large for memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import msgspec

from cleaner.corpus import store
from cleaner.corpus.clean import documents
from cleaner.corpus.sites import (
    VARIED_SHARE,
    Recurring,
    Tally,
    Template,
    edges_of,
    line_of,
    load_recurring,
    load_tally,
    masked,
)
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.hashes import hash_of
from cleaner.settings import Config

T = TypeVar("T")
K = TypeVar("K", int, str)

RECURRING, TALLY = "recurring", "tally"
"""Names of the files with what recurs and on how many documents."""
PORTION = 100_000
"""Documents whose lines are counted in memory at a time: up to 24 lines each, 200 MB at worst,"""
MOST_PORTIONS = 1_024
"""unless there would be more portions than this, each of which reads from every shard."""
ROUNDING = 1e-9
"""So much of a share may be lost where it is computed."""


@dataclass(frozen=True, slots=True)
class EdgeCounts:
    """For one site: ``(what, on how many documents it stands near an end)``."""

    lines: tuple[tuple[int, int], ...]
    words: tuple[tuple[str, int], ...]

    def of_at_least(self, number: float) -> EdgeCounts:
        """Those that stand near an end of so many documents."""
        return EdgeCounts(
            tuple(one for one in self.lines if one[1] >= number), tuple(one for one in self.words if one[1] >= number)
        )


def find_recurring(
    workshop: Workshop, config: Config, items: list[Made], limits: list[int], total: int
) -> tuple[Made, Made]:
    """The lines that recur, by site, for the tasks that apply them; and a tally of them, for the ledger.

    They are two, because the tally changes with every document, but what recurs does not.
    ``items`` are shards with ``total`` documents, of which the first so many count (0: all).
    """
    if not config.sites.enabled or "sites" in config.skip_stages:
        return workshop.keep("sites", {}), workshop.keep("sites", {})
    settings = workshop.settings(Config(sites=config.sites))
    number = min(MOST_PORTIONS, max(1, -(-total // PORTION)))
    portions = workshop.keep("portions", number)
    counted = workshop.run(count_edges, [[settings, portions, one] for one in items], limits)
    inputs = [settings, workshop.listing("edges", counted)]
    decided = workshop.run(decide_sites, [inputs] * number, range(number))
    recurring, tally = _joined(workshop, decided)
    if config.sites.variations:
        varied = workshop.run(count_varied, [[recurring, portions, one.file("edges")] for one in counted])
        inputs = [settings, tally, workshop.listing("varied", varied)]
        decided += workshop.run(decide_varied, [inputs] * number, range(number))
        recurring, tally = _joined(workshop, decided)
    return recurring, tally


def _joined(workshop: Workshop, decided: Sequence[Made]) -> tuple[Made, Made]:
    """What several tasks have decided as one file each: every task on a shard reads these."""
    both = [workshop.listing(name, [one.file(name) for one in decided]) for name in (RECURRING, TALLY)]
    joined = workshop.run(join_sites, [both])[0]
    return joined.file(RECURRING), joined.file(TALLY)


def join_sites(task: Task, folder: Path) -> Counts:
    """Inputs: lists of what recurs and of the tallies, in portions.  Makes ``recurring`` and ``tally`` of all."""
    recurring: dict[str, Template] = {}
    for path in store.load(task.inputs[0], list[str]):
        for site, one in load_recurring(path).items():
            known = recurring.get(site, Template())
            parts = (known.lines | one.lines, known.words | one.words, known.varied | one.varied)
            recurring[site] = Template(*parts)
    tally: dict[str, tuple[int, dict[int, int]]] = {}
    for path in store.load(task.inputs[1], list[str]):
        for site, (number, lines) in load_tally(path).items():
            tally.setdefault(site, (number, {}))[1].update(lines)
    _save(folder, recurring, tally)
    return {}


def count_edges(task: Task, folder: Path) -> Counts:
    """Inputs: settings, number of portions, documents of a shard (at most ``part``).

    Makes ``pages``: site -> its documents; ``counts``: a portion each, site -> :class:`EdgeCounts`, those frequent in
    this shard and all; and ``edges``: the lines near the ends of each document.
    """
    sites = store.load_config(task.inputs[0]).sites
    portions = store.load(task.inputs[1], int)
    pages: Counter[str] = Counter()
    lines: dict[str, Counter[int]] = {}
    words: dict[str, Counter[str]] = {}
    with store.StreamWriter(folder / "edges") as edges:
        for document in documents(task.inputs[2], task.part):
            site = document.metadata.site
            pages[site] += 1
            found = (line_of(document.blocks[index]) for index in edges_of(document, sites.edge))
            texts = list(dict.fromkeys(text for text in found if text is not None))
            lines.setdefault(site, Counter()).update(map(hash_of, texts))
            if sites.variations:
                words.setdefault(site, Counter()).update(dict.fromkeys(" ".join(texts).split()).keys())
                edges.write((site, texts))
    (folder / "pages").write_bytes(store.encode(pages))
    counts: list[tuple[dict[str, EdgeCounts], dict[str, EdgeCounts]]] = [({}, {}) for _ in range(portions)]
    for site, number in pages.items():
        own_lines = _shared(lines[site], portions, lambda line: line)
        own_words = _shared(words.get(site, {}), portions, lambda word: crc32(word.encode("utf-8", "surrogatepass")))
        for portion, (some_lines, some_words) in enumerate(zip(own_lines, own_words, strict=True)):
            if some_lines or some_words:
                frequent, every = counts[portion]
                every[site] = EdgeCounts(tuple(some_lines), tuple(some_words))
                frequent[site] = every[site].of_at_least(sites.min_share * number * (1 - ROUNDING))
    _save_portions(folder, counts)
    return {}


def decide_sites(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the list of all counts; ``part`` is the portion.

    Makes ``recurring`` and ``tally`` of its lines and words.
    """
    sites = store.load_config(task.inputs[0]).sites
    paths = store.load(task.inputs[1], list[str])
    pages: Counter[str] = Counter()
    for path in paths:
        pages.update(store.load(store.join(path, "pages"), dict[str, int]))
    pages = Counter({site: number for site, number in pages.items() if number >= sites.min_documents})
    wanted: dict[str, tuple[set[int], set[str]]] = {site: (set(), set()) for site in pages}
    for path in paths:  # what is frequent on the whole is so in a shard: few need to be added up
        frequent, _ = _load_portion(path, task.part, tuple[dict[str, EdgeCounts], msgspec.Raw])
        for site, counts in frequent.items():
            if site in pages:
                wanted[site][0].update(line for line, _ in counts.lines)
                wanted[site][1].update(word for word, _ in counts.words)
    lines: dict[str, Counter[int]] = {site: Counter() for site in pages}
    words: dict[str, Counter[str]] = {site: Counter() for site in pages}
    for path in paths:
        _, every = _load_portion(path, task.part, tuple[msgspec.Raw, dict[str, EdgeCounts]])
        for site, counts in every.items():
            if site in pages:
                some_lines, some_words = wanted[site]
                lines[site].update({line: n for line, n in counts.lines if line in some_lines})
                words[site].update({word: n for word, n in counts.words if word in some_words})
    recurring = {
        site: Template(
            frozenset(line for line, n in lines[site].items() if n >= max(2, sites.min_share * pages[site])),
            frozenset(word for word, n in words[site].items() if n >= max(2, sites.min_share * pages[site])),
        )
        for site in pages
    }
    tally = {site: (pages[site], {line: lines[site][line] for line in one.lines}) for site, one in recurring.items()}
    _save(folder, recurring, tally)
    return {"lines": sum(len(one.lines) for one in recurring.values())}


def count_varied(task: Task, folder: Path) -> Counts:
    """Inputs: what recurs, number of portions, the edges of a shard.

    Makes ``counts``: a portion each, site -> ``(hash of a masked line, on how many documents it stands)``.
    """
    recurring = load_recurring(task.inputs[0])
    portions = store.load(task.inputs[1], int)
    found: dict[str, Counter[int]] = {}
    for site, texts in store.read_stream(task.inputs[2], tuple[str, list[str]]):
        if site in recurring:
            words = recurring[site].words
            different = dict.fromkeys(key for text in texts if (key := masked(text, words)) is not None)
            found.setdefault(site, Counter()).update(different.keys())
    counts: list[dict[str, list[tuple[int, int]]]] = [{} for _ in range(portions)]
    for site, keys in found.items():
        for portion, some in enumerate(_shared(keys, portions, lambda key: key)):
            if some:
                counts[portion][site] = some
    _save_portions(folder, counts)
    return {}


def decide_varied(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the tally so far, the list of all counts; ``part`` is the portion.

    Makes ``recurring`` and ``tally`` of its lines that vary.
    """
    sites = store.load_config(task.inputs[0]).sites
    pages = {site: number for site, (number, _) in load_tally(task.inputs[1]).items()}
    found: dict[str, Counter[int]] = {}
    for path in store.load(task.inputs[2], list[str]):
        for site, keys in _load_portion(path, task.part, dict[str, list[tuple[int, int]]]).items():
            found.setdefault(site, Counter()).update(dict(keys))
    share = max(VARIED_SHARE, sites.min_share)
    tally = {
        site: (pages[site], {key: n for key, n in keys.items() if n >= max(2, share * pages[site])})
        for site, keys in found.items()
    }
    _save(folder, {site: Template(varied=frozenset(keys)) for site, (_, keys) in tally.items()}, tally)
    return {"lines": sum(len(keys) for _, keys in tally.values())}


def _shared(counts: Mapping[K, int], portions: int, number: Callable[[K], int]) -> list[list[tuple[K, int]]]:
    """The counts of each portion, in their order: it is that of the documents, and so always the same."""
    if portions == 1:
        return [list(counts.items())]
    shares: list[list[tuple[K, int]]] = [[] for _ in range(portions)]
    for one in counts.items():
        shares[number(one[0]) % portions].append(one)
    return shares


def _save_portions(folder: Path, portions: Sequence[object]) -> None:
    """One file, of which any portion is read alone."""
    ends = [0]
    with (folder / "counts").open("wb") as out:
        for portion in portions:
            ends.append(ends[-1] + out.write(store.encode(portion)))
    (folder / "ends").write_bytes(store.encode(ends))


def _load_portion(path: str, portion: int, kind: type[T]) -> T:
    start, stop = store.load(store.join(path, "ends"), list[int])[portion : portion + 2]
    return msgspec.msgpack.decode(b"".join(store.read_chunks(store.join(path, "counts"), start, stop)), type=kind)


def _save(folder: Path, recurring: Recurring, tally: Tally) -> None:
    counts = {site: (number, sorted(lines.items())) for site, (number, lines) in tally.items()}
    (folder / TALLY).write_bytes(store.encode(counts))
    some = {site: (sorted(one.lines), sorted(one.words), sorted(one.varied)) for site, one in recurring.items()}
    (folder / RECURRING).write_bytes(store.encode(some))
