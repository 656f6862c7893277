"""The inputs of a run, and how they are grouped into shards."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cleaner.corpus.store import sha256_of, sha256_of_file
from cleaner.errors import InputError
from cleaner.readers import Rejected
from cleaner.readers.remote import Place, open_url, place_of

FILES_A_SHARD = 32
"""Mean number of inputs in a shard: many tasks for many workers, few manifests for many files."""
BYTES_A_SHARD = 16_000_000
"""A shard that has grown to this many bytes of input is closed."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input: its name (relative, with ``/``), where it is, the SHA-256 and number of its bytes.

    A part of a file begins at byte ``start`` with line ``first_line`` and is ``size`` bytes long.
    ``path`` is as the file system has it (``os.fsencode``), for not every file's name is Unicode; or a URL.
    ``rejected`` says why it gives nothing, if that is known before it is read; ``deadly`` are its
    documents (numbers from 0) that killed the process that cleaned them, and how.
    """

    name: str
    path: bytes
    sha256: str = ""
    size: int = 0
    rejected: Rejected | None = None
    first_line: int = 1
    start: int = 0
    deadly: tuple[tuple[int, str], ...] = ()

    @property
    def place(self) -> Place:
        """Where it is, to be opened."""
        return place_of(os.fsdecode(self.path))

    @property
    def identity(self) -> tuple[str, str]:
        """What its result depends on: name and content, and what of it is to be read at all."""
        if self.rejected:
            return self.name, f"rejected: {self.rejected}"
        content = self.sha256 if self.first_line == 1 else f"{self.sha256} from line {self.first_line}"
        return self.name, f"{content} without {self.deadly}" if self.deadly else content


@dataclass(frozen=True, slots=True)
class Shard:
    """Inputs cleaned by one task.

    ``limit``: stop after so many documents (0: no limit).  ``reuse``: names of results of
    earlier shards that hold some of these inputs, cleaned with the same settings and code.
    """

    sources: tuple[Source, ...]
    limit: int = 0
    reuse: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Names the result: where the inputs are and what is reused do not matter to it."""
        return sha256_of(str(self.limit), *(part for source in self.sources for part in source.identity))


def list_sources(found: Sequence[tuple[str, Place]], refused: Sequence[Rejected]) -> list[Source]:
    """All inputs, sorted by name, with their hashes; one that cannot be read is a rejected one."""
    sources = [Source(rejected.path, b"", rejected=rejected) for rejected in refused]
    sources += (_source(name, path) for name, path in found)
    return sorted(sources, key=lambda source: source.name)


def _source(name: str, place: Place) -> Source:
    try:
        if isinstance(place, str):
            return _remote(name, place)
        return Source(name, os.fsencode(place.absolute()), sha256_of_file(place), place.stat().st_size)
    except InputError as error:
        return Source(name, b"", rejected=Rejected(name, error.stage, error.reason))
    except OSError as error:
        return Source(name, b"", rejected=Rejected(name, "find", f"cannot be read: {error.strerror or error}"))


def _remote(name: str, url: str) -> Source:
    """A source behind a URL, read once for its hash: times and tags of servers say too little."""
    state, size = hashlib.sha256(), 0
    with open_url(url) as stream:
        while chunk := stream.read(1 << 20):
            state.update(chunk)
            size += len(chunk)
    return Source(name, url.encode(), state.hexdigest(), size)


def shards(sources: Sequence[Source], limit: int = 0) -> Iterator[Shard]:
    """Group inputs, in order.  Borders depend on names, not on numbers of files.

    A shard ends after an input whose name's hash says so (content-defined chunking), or when it is
    large: a file that comes or goes changes its own shard and leaves the others as they are.
    """
    group: list[Source] = []
    size = 0
    for source in sources:
        group.append(source)
        size += source.size
        if size >= BYTES_A_SHARD or int(sha256_of(source.name)[:8], 16) % FILES_A_SHARD == 0:
            yield Shard(tuple(group), limit)
            group, size = [], 0
    if group:
        yield Shard(tuple(group), limit)


def with_reuse(shard: Shard, made: dict[tuple[str, str], str]) -> Shard:
    """The shard with the earlier results that hold any of its inputs (``made``: identity -> result)."""
    return replace(shard, reuse=tuple(sorted({made[s.identity] for s in shard.sources if s.identity in made})))
