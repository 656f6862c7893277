"""Where a command's data go: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import click

P = TypeVar("P")


@contextmanager
def sink(output: Path | None) -> Iterator[BinaryIO]:
    """A binary stream to write to; ``None`` and ``-`` are stdout.

    A file gets a temporary name beside its own and is renamed when the block ends without an
    error.  What is no regular file (``/dev/null``, a named pipe) is written directly.
    """
    if output is None or str(output) == "-":
        yield sys.stdout.buffer
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
def stdin_as_file(places: Sequence[P]) -> Iterator[list[P | Path]]:
    """The places, standard input (``-``) as a temporary file: corpus work reads its inputs more than once."""
    if Path("-") not in places:
        yield list(places)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "stdin"
        with copy.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        yield [copy if place == Path("-") else place for place in places]
