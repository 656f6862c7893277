"""The forms in which the documents of a run are written: JSON lines, Parquet, Markdown files, in shards.

All take the lines of ``documents.jsonl``, one after another, and write the same bytes for the same
lines: no times, names or threads go into them.  A file appears under its name when it is whole.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Literal, cast

import msgspec

from cleaner.errors import CleanerError
from cleaner.readers.stream import open_stream
from cleaner.writers.parquet import parquet_records
from cleaner.writers.records import encode, flatten, nest
from cleaner.writers.tree import Tree

Add = Callable[[bytes], object]
"""Adds a line of ``documents.jsonl`` to a file."""
Format = Literal["jsonl", "parquet", "markdown"]
Compression = Literal["none", "gz", "zst"]

NAME = "documents"
GZIP_LEVEL = 6
ZSTD_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Form:
    """How documents are written.

    ``shard_bytes``: a file that would become larger (measured as plain JSON lines) is closed before
    (0: one file).  ``flat``: the fields of ``metadata`` stand beside the others.  With ``markdown``
    there are JSON lines too, for a Markdown file has no place for metadata.
    """

    format: Format = "jsonl"
    compress: Compression = "none"
    shard_bytes: int = 0
    flat: bool = False

    def check(self) -> None:
        """Raise :class:`CleanerError` if this form cannot be written here."""
        if self.format == "parquet":
            if self.compress != "none":
                raise CleanerError("Parquet is compressed inside (Zstandard): leave out --compress.")
            try:
                import pyarrow.parquet  # noqa: F401
            except ImportError:
                raise CleanerError("writing Parquet needs pyarrow: pip install 'article-cleaner[parquet]'") from None

    @property
    def plain(self) -> bool:
        """Whether the lines are written as they come, into one file."""
        return self == Form()


def write(out: Path, lines: Iterable[bytes], form: Form) -> list[str]:
    """Write all documents into the folder ``out``; the names of the files, relative to it."""
    tree = Tree(out, NAME) if form.format == "markdown" else None
    names: list[str] = []
    for number, group in groupby(_sharded(lines, form.shard_bytes), itemgetter(0)):
        names.append(_name(number, form))
        with _open_shard(out / names[-1], form) as add:
            for _, line in group:
                add(line)
                if tree:
                    tree.add(line)
    if not names:  # no document: an empty file all the same
        names.append(_name(0, form))
        with _open_shard(out / names[-1], form):
            pass
    return names + (tree.names if tree else [])


def read(clean: Path, wanted: str = "") -> Iterator[dict[str, Any]]:
    """The records (as in ``documents.jsonl``) that a run wrote into ``clean``, in whatever form.

    ``wanted`` is an id: the records of others are passed over, most of them unparsed.
    """
    for path in paths(clean):
        for record in parquet_records(path) if path.suffix == ".parquet" else _json_records(path, wanted):
            if not wanted or record["id"] == wanted:
                yield nest(record)


def lines(clean: Path) -> Iterator[bytes]:
    """The documents that a run wrote into ``clean``, in whatever form, as lines of ``documents.jsonl``."""
    for path in paths(clean):
        if path.suffix == ".parquet":
            yield from (encode(nest(record)) for record in parquet_records(path))
            continue
        with open_stream(path) as stream:
            for line in stream:
                yield line if b'"metadata":{' in line else _nested(line)


def _nested(line: bytes) -> bytes:
    """A flat line nested; one that is no record of ours as it is."""
    try:
        return encode(nest(msgspec.json.decode(line)))
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError):
        return line


def _json_records(path: Path, wanted: str) -> Iterator[dict[str, Any]]:
    needle = msgspec.json.encode(wanted) if wanted else b""
    with open_stream(path) as stream:
        for line in stream:
            if needle in line:
                yield msgspec.json.decode(line)


def _sharded(lines: Iterable[bytes], limit: int) -> Iterator[tuple[int, bytes]]:
    """Each line with the number of its shard."""
    number = size = 0
    for line in lines:
        if limit and size and size + len(line) > limit:
            number, size = number + 1, 0
        size += len(line)
        yield number, line


def _name(number: int, form: Form) -> str:
    packed = "" if form.compress == "none" else f".{form.compress}"
    ending = ".parquet" if form.format == "parquet" else f".jsonl{packed}"
    return f"{NAME}-{number:05d}{ending}" if form.shard_bytes else f"{NAME}{ending}"


@contextmanager
def _open_shard(path: Path, form: Form) -> Iterator[Add]:
    """What adds a line to a new file."""
    with atomically(path) as temporary:
        if form.format == "parquet":
            from cleaner.writers.parquet import open_parquet

            with open_parquet(temporary, flat=form.flat) as add:
                yield add
            return
        with temporary.open("wb") as file, _packed(file, form.compress) as stream:
            if form.flat:
                yield lambda line: stream.write(encode(flatten(msgspec.json.decode(line))))
            else:
                yield stream.write


@contextmanager
def _packed(file: IO[bytes], compress: Compression) -> Iterator[IO[bytes]]:
    if compress == "gz":
        with gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as stream:
            yield cast("IO[bytes]", stream)
    elif compress == "zst":
        import zstandard

        with zstandard.ZstdCompressor(ZSTD_LEVEL).stream_writer(file, closefd=False) as packer:
            yield cast("IO[bytes]", packer)
    else:
        yield file


def paths(clean: Path) -> list[Path]:
    """The files that hold the documents of a run, in order; none if there are none."""
    endings = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
    patterns = [f"{NAME}{number}{ending}" for ending in endings for number in ("", "-[0-9]*")]
    return [path for pattern in patterns for path in sorted(clean.glob(pattern))]


@contextmanager
def atomically(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path``, renamed to it if the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
