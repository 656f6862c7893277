"""Stage ``name``: what can be said of a document only beside all others, before anything is compared.

That is its id, if another document has the same, and whether its clean text is exactly that of an earlier
one.  The first document of an id, in input order, keeps it; the next ones get ``~2``, ``~3`` … behind it.  Of
documents of one text the first stays.  Ids and texts are compared in portions, a share of them each.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

from msgspec import structs

from cleaner.corpus import store
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.document import Document, Drop, drop
from cleaner.readers.remote import Place
from cleaner.settings import Config

STAGE, EXACT = "filters", "exact-duplicate"
PORTION = 500_000
"""Documents that are compared in memory at a time: some 80 MB of ids, 130 MB of texts' hashes,"""
MOST_PORTIONS = 1_024
"""unless there would be more portions than this, each of which reads all ids."""

Named = tuple[str, str]
"""A document's own id, and a hash of its clean text ("" if there is none)."""
_FOUND = "found"


@dataclass(frozen=True, slots=True)
class Standing:
    """A document (its ``number`` in its shard) under its final ``id``; ``copy_of``: the earlier one with its text."""

    number: int
    id: str
    copy_of: str = ""


def named(document: Document, text: str) -> Named:
    """What :func:`name_documents` needs to know of a document."""
    data = text.encode("utf-8", "surrogatepass")
    return document.id, blake2b(data, digest_size=16).hexdigest() if data else ""


def name_documents(workshop: Workshop, config: Config, ids: Sequence[Made], documents: int) -> list[Made]:
    """For each shard a list of the :class:`Standing` of documents that are renamed or copies (see :func:`load_names`).

    ``ids``: lists of :data:`Named`, of so many documents in all.
    """
    number = min(MOST_PORTIONS, max(1, -(-documents // PORTION)))
    portions, shards = workshop.keep("portions", number), workshop.keep("shards", len(ids))
    listed = workshop.listing("ids", ids)
    taken = workshop.run(find_taken, [[portions, listed]] * number, range(number))
    rows = [one.file(_FOUND) for one in taken]
    names = _spread(workshop, shards, rows, len(ids))
    if not config.filters.exact_duplicates or STAGE in config.skip_stages:
        return names
    copies = workshop.run(find_copies, [[portions, listed, workshop.listing("names", names)]] * number, range(number))
    return _spread(workshop, shards, [*rows, *(one.file(_FOUND) for one in copies)], len(ids))


def _spread(workshop: Workshop, shards: Made, rows: Sequence[Made], number: int) -> list[Made]:
    spread = workshop.run(spread_standings, [[shards, *rows]])[0]
    return [spread.file(_file(shard)) for shard in range(number)]


def find_taken(task: Task, folder: Path) -> Counts:
    """Inputs: number of portions, the list of :data:`Named` of all shards; ``part`` is the portion.

    Makes a stream of ``(shard, number in it, new id, "")`` of documents of this portion that are renamed.
    """
    portions = store.load(task.inputs[0], int)
    taken: set[str] = set()
    renamed = 0
    with store.StreamWriter(folder / _FOUND) as out:
        for shard, path in enumerate(store.load(task.inputs[1], list[str])):
            for number, (own, _) in enumerate(store.load(path, list[Named])):
                if portions > 1 and crc32(family(own).encode("utf-8", "surrogatepass")) % portions != task.part:
                    continue
                name, copy = own, 1
                while name in taken:
                    copy += 1
                    name = f"{own}~{copy}"
                taken.add(name)
                if name != own:
                    out.write((shard, number, name, ""))
                    renamed += 1
    return {"renamed": renamed}


def family(name: str) -> str:
    """The id without endings of the kind that new names get: ids of different families never meet."""
    head = name.rstrip("~0123456789")
    tail = name[len(head) :]
    start = tail.find("~", tail.rfind("~~") + 1)
    return name if start < 0 or tail.endswith("~") else head + tail[:start]


def find_copies(task: Task, folder: Path) -> Counts:
    """Inputs: number of portions, the lists of :data:`Named` and of names of all shards; ``part`` is the portion.

    Makes a stream of ``(shard, number in it, id, id of the first)`` of documents that have the text of an earlier one.
    """
    portions = store.load(task.inputs[0], int)
    both = zip(*(store.load(path, list[str]) for path in task.inputs[1:]), strict=True)
    first: dict[str, str] = {}
    copies = 0
    with store.StreamWriter(folder / _FOUND) as out:
        for shard, (ids, names) in enumerate(both):
            standings = load_names(names)
            for number, (own, text) in enumerate(store.load(ids, list[Named])):
                if not text or int(text[:8], 16) % portions != task.part:
                    continue
                name = standings[number].id if number in standings else own
                if (original := first.setdefault(text, name)) != name:
                    out.write((shard, number, name, original))
                    copies += 1
    return {"copies": copies}


def spread_standings(task: Task, folder: Path) -> Counts:
    """Inputs: the number of shards, sorted streams.  Makes a list of :class:`Standing` for each shard."""
    rows = heapq.merge(*(store.read_stream(path, tuple[int, int, str, str]) for path in task.inputs[1:]))
    one = next(rows, None)
    for shard in range(store.load(task.inputs[0], int)):
        standings: dict[int, Standing] = {}
        while one is not None and one[0] == shard:
            standings[one[1]] = Standing(*one[1:])  # that it is a copy is said after what its name is
            one = next(rows, None)
        (folder / _file(shard)).write_bytes(store.encode(list(standings.values())))
    return {}


def load_names(path: Place) -> Mapping[int, Standing]:
    """What :func:`name_documents` says, by the document's number in its shard."""
    return {one.number: one for one in store.load(path, list[Standing])}


def as_named(document: Document, standing: Standing | None) -> Document:
    """The document under its final id, dropped if it is a copy."""
    if standing is None:
        return document
    document = structs.replace(document, id=standing.id)
    if not standing.copy_of:
        return document
    why = Drop(STAGE, EXACT, f"has exactly the text of {standing.copy_of!r}")
    return drop(document, why, twin_id=standing.copy_of)


def _file(shard: int) -> str:
    return f"names-{shard:06d}"
