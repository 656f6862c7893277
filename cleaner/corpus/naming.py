"""Stage ``name``: what can be said of a document only beside all others, before anything is compared.

That is its id, if another document has the same, and whether its clean text is exactly that of an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from msgspec import structs

from cleaner.corpus import store
from cleaner.corpus.tasks import Counts, Task
from cleaner.document import Document, Drop, drop
from cleaner.settings import Config

STAGE, EXACT = "filters", "exact-duplicate"

Named = tuple[str, str]
"""A document's own id, and a hash of its clean text ("" if there is none)."""


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


def naming_settings(config: Config) -> Config:
    """The settings that matter to this stage."""
    wanted = config.filters.exact_duplicates and STAGE not in config.skip_stages
    return replace(Config(), filters=replace(Config().filters, exact_duplicates=wanted))


def name_documents(task: Task, folder: Path) -> Counts:
    """Inputs: settings, lists of :data:`Named` of all shards.

    Makes, for each shard, a list of the :class:`Standing` of documents that are renamed or copies.  The
    first document of an id, in input order, keeps it; the next ones get ``~2``, ``~3`` … behind it.  Of
    documents of one text the first stays.
    """
    copies_go = store.load(task.inputs[0], Config).filters.exact_duplicates
    taken: set[str] = set()
    first: dict[str, str] = {}
    renamed = 0
    for shard, path in enumerate(task.inputs[1:]):
        standings: list[Standing] = []
        for number, (own, text) in enumerate(store.load(path, list[Named])):
            name, copy = own, 1
            while name in taken:
                copy += 1
                name = f"{own}~{copy}"
            taken.add(name)
            original = first.setdefault(text, name) if copies_go and text else name
            if name != own or original != name:
                standings.append(Standing(number, name, original if original != name else ""))
            renamed += name != own
        (folder / names_file(shard)).write_bytes(store.encode(standings))
    return {"renamed": renamed}


def names_file(shard: int) -> str:
    """Where :func:`name_documents` puts what it says of a shard."""
    return f"names-{shard:06d}"


def load_names(path: str) -> Mapping[int, Standing]:
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
