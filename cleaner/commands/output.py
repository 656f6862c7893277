"""Where a command's data go: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

import click

from cleaner.terminal import plain

P = TypeVar("P")


class Sink(Protocol):
    """What data can be written to."""

    def write(self, data: bytes, /) -> object: ...


class _Screen:
    """A terminal: escape sequences in the data are shown, not obeyed."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes, /) -> object:
        return self._stream.write(plain(data.decode("utf-8", "replace"), keep="\n\t").encode())


@contextmanager
def sink(output: Path | None) -> Iterator[Sink]:
    """A binary stream to write to; ``None`` and ``-`` are stdout, on a terminal without what that would obey.

    A file gets a temporary name beside its own and is renamed when the block ends without an
    error.  What is no regular file (``/dev/null``, a named pipe) is written directly.
    """
    if output is None or str(output) == "-":
        yield _Screen(sys.stdout.buffer) if sys.stdout.isatty() else sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = output.resolve()  # through a symbolic link, which must stay one
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("xb") as stream:
            yield stream
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def refuse_input(output: Path | None, inputs: Iterable[Path]) -> None:
    """Usage error if the output can not be written or is one of the inputs."""
    if output is None or str(output) == "-":
        return
    if output.is_dir():
        raise click.UsageError(f"-o {output} is a folder: name a file.")
    if not output.parent.is_dir():
        raise click.UsageError(f"-o {output}: there is no folder {output.parent}: make it first.")
    if output.is_file() and any(path.exists() and path.samefile(output) for path in inputs):
        raise click.UsageError(f"-o {output} is one of the inputs: name another file.")


@contextmanager
def stdin_as_file(places: Sequence[P], name: str = "stdin") -> Iterator[list[P | Path]]:
    """The places, standard input (``-``) as a file of that name: corpus work reads its inputs more than once."""
    if Path("-") not in places:
        yield list(places)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        with copy.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        yield [copy if place == Path("-") else place for place in places]
