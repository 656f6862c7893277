"""Stage ``clean_shard``: files to documents, through all stages of one document.

Beside the documents a result holds an index of what it was made from, so that a later run, in
which a neighbour has changed, takes the others over as bytes.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

from msgspec import structs

from cleaner.corpus import plan, ranges, store, watch
from cleaner.corpus.naming import Named, as_named, load_names, named
from cleaner.corpus.sources import Sources
from cleaner.corpus.tasks import MANIFEST, Counts, Task, read_manifests
from cleaner.corpus.workshop import Made, Workshop, code_digest
from cleaner.document import Document
from cleaner.engines.protocol import WorkersDiedError
from cleaner.readers import Rejected, bug, read_file, read_lines
from cleaner.readers.remote import Place
from cleaner.settings import Config, Duplicates, Limits, Sites

ITEMS = "items"
INDEX = "index"
IDS = "ids"
ALL = -1
"""In place of a document's number: an input that kills as a whole."""


@dataclass(frozen=True, slots=True)
class Item:
    """A document, with what tells it from others, or why there is none."""

    document: Document | None = None
    named: Named = ("", "")
    rejected: Rejected | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One input in a result: its identity, the bytes of its items, what tells its documents from others."""

    identity: tuple[str, str]
    start: int
    stop: int
    ids: tuple[Named, ...]
    rejected: int


@dataclass(frozen=True, slots=True)
class Index:
    """What a result was made with (hash of settings and code) and from."""

    made_with: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """All clean shards, in order; how many documents were given up."""

    shards: list[Made]
    given_up: int = 0


def clean_shards(
    workshop: Workshop, config: Config, sources: Iterable[plan.Source], size: plan.Size | None = None, limit: int = 0
) -> Cleaned:
    """Clean all inputs; what was cleaned before, with the same settings and code, is taken over.

    ``sources`` are gone through more than once; ``size`` is that of the shards.

    A document over whose cleaning two workers died (the second had nothing else to do) is
    rejected; nothing else is lost with it.
    """
    # The tasks read the limits too, but what they make does not depend on them.
    settings = workshop.keep("settings", _relevant(config), store.sha256_of_value(_lasting(config)))
    watch.forget_all(workshop.folder)  # of an earlier run that was killed itself
    dead: Counter[tuple[plan.Source, int]] = Counter()
    deadly: dict[plan.Source, dict[int, str]] = {}
    made_with = _made_with(settings.sha256)
    while True:
        known = Earlier(workshop.folder, made_with) if not limit else None
        healthy = (_without(one, deadly.get(one, {})) for one in sources)
        try:
            planned = (replace(shard, made_with=made_with) for shard in plan.shards(healthy, limit, size))
            shards = _run(workshop, settings, planned, known)
        except WorkersDiedError as error:
            if not _blame(error, config.limits, dead, deadly):
                raise
        else:
            return Cleaned(shards, sum(map(len, deadly.values())))


def _without(source: plan.Source, deadly: Mapping[int, str]) -> plan.Source:
    """An input without the documents of it that kill."""
    if ALL in deadly:
        return replace(source, rejected=Rejected(source.name, "clean", deadly[ALL]))
    return replace(source, deadly=tuple(sorted(deadly.items())))


def _blame(
    error: WorkersDiedError,
    limits: Limits,
    dead: Counter[tuple[plan.Source, int]],
    deadly: dict[plan.Source, dict[int, str]],
) -> bool:
    """Count the deaths over each document, and list those that have seen two; false if no document is to blame."""
    blamed = False
    for one in error.dead:
        shard = store.load(one.task.inputs[1], plan.Shard)
        for index, number in one.in_hand:
            source = replace(shard.sources[index], deadly=())
            if number in deadly.get(source, {}):  # even passing it over kills
                number = ALL
            dead[source, number] += 1
            if dead[source, number] > 1:
                deadly.setdefault(source, {})[number] = watch.reason(one.exit_code, limits)
            blamed = True
    return blamed


def clean_first(
    workshop: Workshop, config: Config, sources: Iterable[plan.Source], limit: int
) -> list[tuple[Made, int]]:
    """Clean only what the first ``limit`` documents need: shards, and how many documents of each (0: all)."""
    shards: list[tuple[Made, int]] = []
    remaining = iter(sources)
    while limit > 0 and (some := list(islice(remaining, max(limit, plan.FILES_A_SHARD)))):
        for shard in clean_shards(workshop, config, some, limit=limit).shards:
            if limit > 0:
                number = shard.counts["documents"]
                shards.append((shard, limit if number > limit else 0))
                limit -= min(number, limit)
    return shards


def count_reusable(workshop: Workshop, config: Config, sources: Sources) -> int:
    """How many inputs need no cleaning."""
    known = Earlier(workshop.folder, _made_with(store.sha256_of_value(_lasting(config))))
    return sum(all(map(known.names, parts)) for parts in sources.inputs()) if known else 0


def _relevant(config: Config) -> Config:
    """The settings that matter here: the corpus stages' may change without cleaning again."""
    filters = replace(config.filters, exact_duplicates=False)
    return replace(config, sites=Sites(), duplicates=Duplicates(), filters=filters)


def _lasting(config: Config) -> Config:
    """Those of them that matter to what is made."""
    return replace(_relevant(config), limits=Limits())


def _run(workshop: Workshop, settings: Made, shards: Iterable[plan.Shard], known: Earlier | None) -> list[Made]:
    inputs, sizes = [], []
    for shard in shards:
        if known:
            names = {name for source in shard.sources for name in known.names(source)}
            shard = replace(shard, reuse=tuple(sorted(names)))
        inputs.append([settings, workshop.keep("shard", shard, shard.sha256)])
        sizes.append(sum(source.unpacked for source in shard.sources))
    return workshop.run(clean_shard, inputs, sizes=sizes, risky=True)


def _made_with(settings: str) -> str:
    return store.sha256_of(settings, code_digest())


class Earlier:
    """Which earlier results hold an input, made with the same settings and code.  True if there are any.

    Identities are held as 64 bits each, so a name may be one too many: :func:`clean_shard` looks closely.
    """

    def __init__(self, folder: Place, made_with: str) -> None:
        self._results: list[str] = []
        hashes, results = array("Q"), array("I")
        names = [name.removesuffix(MANIFEST) for name in store.names(folder) if name.endswith(MANIFEST)]
        names = [name for name in names if name.startswith(f"{clean_shard.__name__}-")]
        outputs = [str(store.join(folder, name)) for name in names]
        for name, output, manifest in zip(names, outputs, read_manifests(outputs), strict=True):
            if manifest is not None:
                index = store.load(store.join(output, INDEX), Index)
                if index.made_with == made_with:
                    hashes.extend(_hash(entry.identity) for entry in index.entries)
                    results.extend([len(self._results)] * len(index.entries))
                    self._results.append(name)
        if self._results:
            import numpy as np

            order = np.argsort(np.frombuffer(hashes, np.uint64))
            self._hashes, self._held = np.frombuffer(hashes, np.uint64)[order], np.frombuffer(results, np.uint32)[order]

    def __bool__(self) -> bool:
        return bool(self._results)

    def names(self, source: plan.Source) -> list[str]:
        """The results (folders beside one another) that hold a source."""
        import numpy as np

        wanted = np.uint64(_hash(source.identity))
        start, stop = (int(np.searchsorted(self._hashes, wanted, side)) for side in ("left", "right"))
        return [self._results[i] for i in self._held[start:stop]]


def _hash(identity: tuple[str, str]) -> int:
    return int(store.sha256_of(*identity)[:16], 16)


def clean_shard(task: Task, folder: Path) -> Counts:
    """Inputs: settings, :class:`~cleaner.corpus.plan.Shard`.

    Makes a stream of :class:`Item`, the list of what tells its documents from others, and the index.
    """
    config = store.load_config(task.inputs[0])
    shard = store.load(task.inputs[1], plan.Shard)
    ready: dict[tuple[str, str], tuple[Place, Entry]] = {}
    for name in shard.reuse:
        earlier = store.beside(task.output, name)
        for entry in store.load(store.join(earlier, INDEX), Index).entries:
            ready[entry.identity] = (store.join(earlier, ITEMS), entry)
    left = shard.limit or None
    entries: list[Entry] = []
    with watch.Watch(task.output, config.limits) as guard, store.StreamWriter(folder / ITEMS) as out:
        for index, source in enumerate(shard.sources):
            if left == 0:
                break
            start = out.position
            ids: list[Named] = []
            rejected = 0
            if source.identity in ready:
                path, entry = ready[source.identity]
                for chunk in store.read_chunks(path, entry.start, entry.stop):
                    out.write_bytes(chunk)
                ids, rejected = list(entry.ids), entry.rejected
            else:
                for item in _clean(source, index, config, guard):
                    out.write(item)
                    if item.document is not None:
                        ids.append(item.named)
                    rejected += item.rejected is not None
                    if len(ids) == left:
                        break
            left = None if left is None else left - len(ids)
            entries.append(Entry(source.identity, start, out.position, tuple(ids), rejected))
    whole = () if shard.limit else tuple(entries)  # what a limit cut short is no good to others
    (folder / INDEX).write_bytes(store.encode(Index(shard.made_with, whole)))
    everything = [one for entry in entries for one in entry.ids]
    (folder / IDS).write_bytes(store.encode(everything))
    return {"documents": len(everything), "rejected": sum(e.rejected for e in entries), "bytes": out.position}


def _clean(source: plan.Source, index: int, config: Config, guard: watch.Watch) -> Iterator[Item]:
    """The items of one input, each read and cleaned under guard."""
    if source.rejected is not None:
        yield Item(rejected=source.rejected)
        return
    results, size = _read(source, config), source.unpacked
    for number in count():
        with guard.over(index, number, size):
            result = next(results, None)
            if result is None:
                return
            if isinstance(result, Document):
                guard.allow(len(result.source))
                item = _finished(result, config)
            else:
                item = Item(rejected=result)
        yield item


def _read(source: plan.Source, config: Config) -> Iterator[Document | Rejected]:
    deadly = dict(source.deadly)
    if not ranges.is_lines(source.name, config.input.format):
        return read_file(source.place, source.name, config, deadly)
    place = {"start": source.start, "size": source.size, "first_line": source.first_line}
    return read_lines(source.place, source.name, config, deadly, **place)


def _finished(document: Document, config: Config) -> Item:
    """A document through all stages; one for which that fails is rejected, as a bug of ours.

    That text and ledger account for it is checked here, before others may be called its twins, and
    again when it is written.
    """
    from cleaner.pipeline import finish, run_stages

    try:
        document = run_stages(document, config)
        text, _ = finish(document)
    except MemoryError:
        raise
    except Exception as error:
        return Item(rejected=Rejected(document.metadata.file_path, "clean", bug(error)))
    return Item(_without_hints(document), named(document, text))


def _without_hints(document: Document) -> Document:
    """What a reader saw around the blocks of a page is for the stages of one document: two thirds of its size go."""
    blocks = [structs.replace(block, hints=None) if block.hints else block for block in document.blocks]
    return structs.replace(document, blocks=tuple(blocks))


def documents(items: Place, limit: int = 0, names: str = "") -> Iterator[Document]:
    """The documents of a clean shard, at most ``limit`` (0: all), as :mod:`cleaner.corpus.naming` calls them."""
    standings = load_names(names) if names else {}
    number = 0
    for item in store.read_stream(items, Item):
        if item.document is not None:
            yield as_named(item.document, standings.get(number))
            number += 1
            if number == limit:
                return
