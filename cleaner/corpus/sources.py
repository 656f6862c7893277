"""The inputs of a run, listed: on disk, for there may be more of them than memory is for."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from tempfile import SpooledTemporaryFile
from types import TracebackType

import msgspec

from cleaner.corpus import ranges, store
from cleaner.corpus.plan import Source
from cleaner.errors import InputError
from cleaner.readers import Rejected
from cleaner.readers.places import Input
from cleaner.readers.remote import Place, open_url
from cleaner.settings import InputFormat

PAGE = 500
"""Sources read at a time."""
IN_MEMORY = 1 << 20
"""Bytes of a list that need no file: some 4,000 sources."""

AT_ONCE = 16
"""Inputs at URLs that are read at the same time for their hashes: a request takes some 30 ms."""


class Sources:
    """Sources in the order given, to be gone through any number of times; a context, whose end closes the file.

    ``number`` counts inputs (one cut in parts is one), ``parts`` all sources; ``size`` is in bytes; ``sha256`` is over
    names and contents of the inputs, and does not know how they are cut.
    """

    def __init__(self, inputs: Iterable[tuple[list[Source], str]]) -> None:
        """``inputs``: of each its parts, and a hash of all of it."""
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._pages: list[int] = [0]
        self.number = self.parts = self.size = 0
        state = hashlib.sha256()
        flat = self._counted(inputs, state)
        try:
            while page := list(islice(flat, PAGE)):
                self._file.write(store.encode(page))
                self._pages.append(self._file.tell())
        except BaseException:
            self._file.close()
            raise
        self.sha256 = state.hexdigest()

    def _counted(self, inputs: Iterable[tuple[list[Source], str]], state: hashlib._Hash) -> Iterator[Source]:
        for parts, content in inputs:
            state.update(store.sha256_of(parts[0].name, content).encode())
            self.number += 1
            self.parts += len(parts)
            self.size += sum(source.size for source in parts)
            yield from parts

    def __enter__(self) -> Sources:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Source]:
        decoder = msgspec.msgpack.Decoder(list[Source])
        for start, stop in zip(self._pages, self._pages[1:], strict=False):
            self._file.seek(start)
            yield from decoder.decode(self._file.read(stop - start))

    def inputs(self) -> Iterator[list[Source]]:
        """The parts of each input."""
        return (list(parts) for _, parts in groupby(self, key=attrgetter("name")))


def list_sources(found: Iterable[Input], unnamed: InputFormat = "auto") -> Sources:
    """All inputs with their hashes, in the order given; one that cannot be read is a rejected one.

    Files of lines are cut in parts; ``unnamed`` is setting ``input.format``.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Sources(_in_order(pool, found, unnamed))


def _in_order(
    pool: ThreadPoolExecutor, found: Iterable[Input], unnamed: InputFormat
) -> Iterator[tuple[list[Source], str]]:
    """What is behind URLs is read by the pool, a few inputs ahead."""
    waiting: deque[Callable[[], tuple[list[Source], str]]] = deque()
    for one in found:
        remote = not isinstance(one, Rejected) and isinstance(one[1], str)
        waiting.append(pool.submit(_listed, one, unnamed).result if remote else partial(_listed, one, unnamed))
        if len(waiting) == 2 * AT_ONCE:
            yield waiting.popleft()()
    while waiting:
        yield waiting.popleft()()


def _listed(one: Input, unnamed: InputFormat) -> tuple[list[Source], str]:
    if isinstance(one, Rejected):
        parts, content = [Source(one.path, b"", rejected=one)], ""
    elif ranges.is_lines(one[0], unnamed):
        parts, content = ranges.split(*one, ranges.BYTES_CLEANED)
    else:
        parts = [_source(*one)]
        content = parts[0].sha256
    return parts, content or parts[0].identity[1]


def _source(name: str, place: Place) -> Source:
    try:
        if isinstance(place, str):
            return _remote(name, place)
        return Source(name, os.fsencode(place.absolute()), store.sha256_of_file(place), place.stat().st_size)
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
