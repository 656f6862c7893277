"""An input of a run, and how inputs are grouped into shards."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cleaner.corpus.store import sha256_of
from cleaner.readers import Rejected
from cleaner.readers.find import COMPRESSIONS
from cleaner.readers.remote import Place, place_of

FILES_A_SHARD = 32
"""Mean number of inputs in a shard: many tasks for many workers, few manifests for many files."""
BYTES_A_SHARD = 1_000_000
"""A shard that has grown to this many bytes of input is closed."""
PLENTY, ENOUGH = 64, 4_000_000
"""With more shards than are plenty for the workers of one machine they are made larger, up to so many bytes: each costs
some milliseconds."""
SHARDS = 1_024
"""With more shards than this they are made larger: whoever plans the run holds some 10 KB for each."""
MOST_FILES, MOST_BYTES = 1 << 15, 128_000_000
"""But no larger than this: a shard is what a worker holds the shingles of, and what is done again if it dies."""
COMPRESSION = 10
"""So many times its size a compressed text is expected to hold."""


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
    def unpacked(self) -> int:
        """Its bytes once it is unpacked, as expected."""
        return self.size * COMPRESSION if self.name.lower().endswith(COMPRESSIONS) else self.size

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
    earlier shards that hold some of these inputs, cleaned with the same settings and code (``made_with``).
    """

    sources: tuple[Source, ...]
    limit: int = 0
    reuse: tuple[str, ...] = ()
    made_with: str = ""

    @property
    def sha256(self) -> str:
        """Names the result: where the inputs are and what is reused do not matter to it."""
        return sha256_of(str(self.limit), *(part for source in self.sources for part in source.identity))


@dataclass(frozen=True, slots=True)
class Size:
    """How large shards are: the mean number of inputs in one, and the bytes at which it is closed."""

    files: int
    bytes: int


def size_of_shards(files: int, size: int) -> Size:
    """For so many inputs of so many bytes: doubled until there are not too many shards, or each is large enough.

    By doubling, the borders of large shards are borders of small ones too.
    """
    chosen = Size(FILES_A_SHARD, BYTES_A_SHARD)
    while files > SHARDS * chosen.files and chosen.files < MOST_FILES:
        chosen = replace(chosen, files=2 * chosen.files)
    while size > PLENTY * chosen.bytes and chosen.bytes < ENOUGH:
        chosen = replace(chosen, bytes=2 * chosen.bytes)
    while size > SHARDS * chosen.bytes and chosen.bytes < MOST_BYTES:
        chosen = replace(chosen, bytes=2 * chosen.bytes)
    return chosen


def expected(files: int, size: int) -> int:
    """About how many shards so many inputs of so many bytes make, at least one."""
    chosen = size_of_shards(files, size)
    return 1 + files // chosen.files + size // chosen.bytes


def shards(sources: Iterable[Source], limit: int = 0, size: Size | None = None) -> Iterator[Shard]:
    """Group inputs, in order.  Borders depend on names, not on numbers of files (but for ``size``).

    A shard ends after an input whose name's hash says so (content-defined chunking), or when it is
    large: a file that comes or goes changes its own shard and leaves the others as they are.
    """
    size = size or Size(FILES_A_SHARD, BYTES_A_SHARD)
    group: list[Source] = []
    filled = 0
    for source in sources:
        group.append(source)
        filled += source.size
        if filled >= size.bytes or int(sha256_of(source.name, str(source.start))[:8], 16) % size.files == 0:
            yield Shard(tuple(group), limit)
            group, filled = [], 0
    if group:
        yield Shard(tuple(group), limit)
