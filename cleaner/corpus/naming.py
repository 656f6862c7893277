"""Names of documents: each its own id, unless another document has that already.

The first document of an id, in input order, keeps it; the next ones get ``~2``, ``~3`` … behind it.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

from cleaner.corpus import store
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.readers.remote import Place

PORTION = 500_000
"""Documents whose ids are compared in memory at a time: some 80 MB,"""
MOST_PORTIONS = 1_024
"""unless there would be more portions than this, each of which reads all ids."""
_RENAMED = "renamed"


def name_documents(workshop: Workshop, ids: Sequence[Made], documents: int) -> list[Made]:
    """For each shard the new names of documents whose id is taken (see :func:`load_names`).

    ``ids`` are lists of ids, of so many documents in all.
    """
    portions = min(MOST_PORTIONS, max(1, -(-documents // PORTION)))
    inputs = [workshop.listing("ids", ids), workshop.keep("portions", portions)]
    found = workshop.run(find_taken, [inputs] * portions, range(portions))
    shards = workshop.keep("number", len(ids))
    named = workshop.run(spread_names, [[shards, *(one.file(_RENAMED) for one in found)]])[0]
    return [named.file(_file(number)) for number in range(len(ids))]


def find_taken(task: Task, folder: Path) -> Counts:
    """Inputs: the ids of all shards, the number of portions; ``part`` is the portion.

    Makes ``renamed``: ``(shard, number in it, new name)`` of documents of this portion, in order.
    """
    portions = store.load(task.inputs[1], int)
    taken: set[str] = set()
    renamed = 0
    with store.StreamWriter(folder / _RENAMED) as out:
        for shard, path in enumerate(store.load(task.inputs[0], list[str])):
            for number, own in enumerate(store.load(path, list[str])):
                if portions > 1 and crc32(family(own).encode("utf-8", "surrogatepass")) % portions != task.part:
                    continue
                name, copy = own, 1
                while name in taken:
                    copy += 1
                    name = f"{own}~{copy}"
                taken.add(name)
                if name != own:
                    out.write((shard, number, name))
                    renamed += 1
    return {"renamed": renamed}


def family(name: str) -> str:
    """The id without endings of the kind that new names get: ids of different families never meet."""
    head = name.rstrip("~0123456789")
    tail = name[len(head) :]
    start = tail.find("~", tail.rfind("~~") + 1)
    return name if start < 0 or tail.endswith("~") else head + tail[:start]


def spread_names(task: Task, folder: Path) -> Counts:
    """Inputs: the number of shards, what is renamed, a portion each.  Makes a file a shard (see :func:`load_names`)."""
    streams = (store.read_stream(path, tuple[int, int, str]) for path in task.inputs[1:])
    merged = heapq.merge(*streams)
    one = next(merged, None)
    for shard in range(store.load(task.inputs[0], int)):
        own: list[tuple[int, str]] = []
        while one is not None and one[0] == shard:
            own.append(one[1:])
            one = next(merged, None)
        (folder / _file(shard)).write_bytes(store.encode(own))
    return {}


def load_names(path: Place) -> dict[int, str]:
    """New names by the document's number in its shard."""
    return dict(store.load(path, list[tuple[int, str]]))


def _file(shard: int) -> str:
    return f"names-{shard:06d}"
