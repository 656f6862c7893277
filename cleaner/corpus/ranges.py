"""Large files of lines in parts, so that they are worked on by many and held in memory by none."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from cleaner.corpus import store
from cleaner.corpus.plan import Source
from cleaner.corpus.tasks import Counts, Task
from cleaner.errors import InputError
from cleaner.readers import Rejected
from cleaner.readers.find import COMPRESSIONS, format_of
from cleaner.readers.jsonl import read_lines
from cleaner.readers.remote import Place, open_url
from cleaner.readers.stream import open_stream
from cleaner.settings import InputFormat

BYTES = 8_000_000
"""A part ends with the first line that takes it to this size;"""
BYTES_CLEANED = 1_000_000
"""but one that is to be cleaned is smaller: that takes longer than to compare it."""
PARTS = "parts"
_CHUNK = 1 << 20


def split(name: str, place: Place, bytes_a_part: int = 0) -> tuple[list[Source], str]:
    """A file of lines as parts, each named by its own content, a compressed one as a whole; and the SHA-256 of all.

    ``bytes_a_part`` is :data:`BYTES` if not told.  A part holds a line that is not blank, unless it is the last.
    A file that cannot be read is rejected.
    """
    parts: list[Source] = []
    whole = hashlib.sha256()
    where = place if isinstance(place, str) else place.absolute()
    packed = str(place).lower().endswith(COMPRESSIONS)
    limit = sys.maxsize if packed else bytes_a_part or BYTES
    start, line, size = 0, 1, 1
    try:
        with open_url(place) if isinstance(place, str) else place.open("rb") as file:
            while size:
                state, size, lines, blank = hashlib.sha256(), 0, 0, True
                while chunk := file.read(min(_CHUNK, limit - size)) if size < limit else file.readline(_CHUNK):
                    state.update(chunk)
                    whole.update(chunk)
                    size += len(chunk)
                    lines += chunk.count(b"\n")
                    blank = blank and not chunk.strip()
                    if size >= limit and chunk.endswith(b"\n") and not blank:
                        break
                if size or not parts:
                    parts.append(Source(name, os.fsencode(where), state.hexdigest(), size, None, line, start))
                start, line = start + size, line + lines
    except InputError as error:
        return [Source(name, b"", rejected=Rejected(name, error.stage, error.reason))], ""
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        return [Source(name, b"", rejected=Rejected(name, "find", reason))], ""
    return parts, whole.hexdigest()


def is_lines(name: str, unnamed: InputFormat) -> bool:
    """Whether an input of this name can be cut between any two lines; ``unnamed``: what it is if the name is silent."""
    return (format_of(name) or unnamed) == "jsonl" and not name.lower().endswith(COMPRESSIONS)


def is_packed(source: Source) -> bool:
    """Whether a source must be unpacked before it can be read in parts."""
    return source.rejected is None and source.path.lower().endswith(tuple(map(str.encode, COMPRESSIONS)))


def unpack(task: Task, folder: Path) -> Counts:
    """Inputs: settings, a compressed source.  Makes a file a part, and ``parts`` (see :func:`unpacked`).

    If the data break off, what came before counts, and the last source says what is wrong.  Of a
    line that is too long only so much is kept that it is seen to be.
    """
    limit = store.load_config(task.inputs[0]).input.max_bytes
    source = store.load(task.inputs[1], Source)
    parts: list[Source] = []
    broken: list[Source] = []

    def lines() -> Iterator[bytes]:
        try:
            with open_stream(Path(os.fsdecode(source.path))) as stream:
                for line in read_lines(stream, limit):
                    yield b"x" * (limit + 1) + b"\n" if line is None else line
        except InputError as error:
            broken.append(Source(source.name, b"", rejected=Rejected(source.name, error.stage, error.reason)))

    remaining = lines()
    number = 1
    while first := next(remaining, b""):
        path = folder / f"part-{len(parts):06d}"
        size, start = 0, number
        with path.open("wb") as out:
            for line in chain([first], remaining):
                out.write(line)
                size += len(line)
                number += 1
                if size >= BYTES:
                    break
        parts.append(Source(source.name, path.name.encode(), store.sha256_of_file(path), size, None, start))
    parts += broken
    (folder / PARTS).write_bytes(store.encode(parts))
    return {"parts": len(parts)}


def unpacked(folder: str) -> list[Source]:
    """The parts that :func:`unpack` made."""
    parts = store.load(Path(folder, PARTS), list[Source])
    return [replace(one, path=os.fsencode(Path(folder).absolute() / os.fsdecode(one.path))) for one in parts]


def part_lines(source: Source, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a part that are not blank, with their numbers; ``None`` for one of over ``limit`` bytes.

    A rejected source has none.  Raises :class:`InputError` if the file is gone.
    """
    if source.rejected is not None:
        return
    with open_stream(Path(os.fsdecode(source.path))) as stream:
        stream.seek(source.start)
        at, end = source.start, source.start + source.size
        for number, line in enumerate(read_lines(stream, limit), source.first_line):
            at = stream.tell() if line is None else at + len(line)
            if line is None or line.strip():
                yield number, line
            if at >= end:
                return
