"""Bytes of an input, decompressed, with a limit: a small archive must not fill the memory."""

from __future__ import annotations

import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, cast

from cleaner.errors import InputError
from cleaner.readers import remote
from cleaner.readers.remote import Place

if TYPE_CHECKING:
    import bz2
    import lzma

    import zstandard
    from typing_extensions import Buffer

    _Inner = io.RawIOBase | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile

MOST_EXPANSION = 200
"""Compressed text holds 3 to 30 times its size; a bomb of zeros a thousand times and more."""
SPARED = 64_000_000
"""Up to so many bytes nobody asks how they were compressed."""
_CHUNK = 1 << 20


COMPRESSED = ((b"\x1f\x8b", ".gz"), (b"\x28\xb5\x2f\xfd", ".zst"), (b"BZh", ".bz2"), (b"\xfd7zXZ\x00", ".xz"))
"""How compressed data begin, and the ending of a name that says the same."""


@contextmanager
def open_stream(place: Place) -> Iterator[IO[bytes]]:
    """The bytes of a file or URL, decompressed by its ending (.gz, .zst, .bz2, .xz).

    Turns what goes wrong, also while reading, into :class:`InputError` with the cure.
    """
    try:
        with (
            remote.open_url(place) if isinstance(place, str) else open(place, "rb") as raw,
            decompressed(raw, remote.name_of(place) if isinstance(place, str) else place.name) as stream,
        ):
            yield stream
    except FileNotFoundError as error:
        raise InputError("find", "no such file") from error
    except OSError as error:
        raise InputError("find", f"cannot be read: {error.strerror or error}") from error


@contextmanager
def decompressed(raw: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """The stream decompressed by the ending of ``name``; broken data are an :class:`InputError`."""
    ending = name.lower().rpartition(".")[2]
    counted = _Counted(raw)
    try:
        if ending in ("gz", "tgz"):
            yield io.BufferedReader(_Expansion(gzip.GzipFile(fileobj=counted), counted), _CHUNK)
        elif ending in ("bz2", "tbz2"):
            import bz2

            yield io.BufferedReader(_Expansion(bz2.BZ2File(cast("IO[bytes]", counted)), counted), _CHUNK)
        elif ending in ("xz", "txz"):
            import lzma

            try:
                with lzma.LZMAFile(cast("IO[bytes]", counted)) as plain:
                    yield io.BufferedReader(_Expansion(plain, counted), _CHUNK)
            except lzma.LZMAError as error:
                raise InputError("decompress", f"broken xz data ({error}): fetch the file again") from error
        elif ending == "zst":
            import zstandard

            try:
                yield io.BufferedReader(_Expansion(_ZstandardStream(counted), counted), _CHUNK)
            except zstandard.ZstdError as error:
                raise InputError("decompress", f"broken Zstandard data ({error}): fetch the file again") from error
        else:
            yield raw
    except EOFError as error:
        raise InputError("decompress", "the compressed data ends too early: fetch the file again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError("decompress", f"broken gzip data ({error}): fetch the file again") from error
    except OSError as error:
        if ending in ("bz2", "tbz2") and error.errno is None:  # how bz2 says it
            raise InputError("decompress", f"broken bzip2 data ({error}): fetch the file again") from error
        raise


class _Counted(io.RawIOBase):
    """Passes compressed bytes on, and counts them."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill ``buffer``."""
        view = memoryview(buffer).cast("B")
        data = self._raw.read(len(view))
        view[: len(data)] = data
        self.count += len(data)
        return len(data)


class _Expansion(io.RawIOBase):
    """Passes decompressed bytes on, until they are far more than text ever gives."""

    def __init__(self, inner: _Inner, compressed: _Counted) -> None:
        self._inner = inner
        self._compressed = compressed
        self._count = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill ``buffer``; raises :class:`InputError` past the limit."""
        count = self._inner.readinto(buffer) or 0
        self._count += count
        if self._count > max(SPARED, MOST_EXPANSION * self._compressed.count):
            raise InputError(
                "decompress", f"it expands to more than {MOST_EXPANSION} times its size, as no text does: not read on"
            )
        return count


class _ZstandardStream(io.RawIOBase):
    """Zstandard frames one after another; unlike the library's reader it notices a truncated one."""

    _FEED = 1024  # compressed bytes at a time: a block of 3 bytes can stand for 128 KiB

    def __init__(self, raw: _Counted) -> None:
        self._raw = raw
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._compressed = b""
        self._ready = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill ``buffer``; raises ``EOFError`` if the data ends inside a frame."""
        import zstandard

        view = memoryview(buffer).cast("B")
        while not self._ready:
            compressed = self._compressed or self._raw.read(self._FEED) or b""
            if not compressed:
                if self._frame is not None:
                    raise EOFError
                return 0
            if self._frame is None:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._ready = self._frame.decompress(compressed)
            self._compressed = b""
            if self._frame.eof:
                self._compressed, self._frame = self._frame.unused_data, None
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def read_all(stream: IO[bytes], limit: int) -> bytes:
    """All that a stream holds; over ``limit`` bytes it is an :class:`InputError`."""
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_CHUNK):
        size += len(piece)
        if size > limit:
            raise InputError("read", f"larger than {limit:,} bytes: raise input.max_bytes, or split the file")
        pieces.append(piece)
    return b"".join(pieces)


def part_of(stream: IO[bytes], start: int, size: int) -> IO[bytes]:
    """The ``size`` bytes from ``start`` on, of a stream that is at its beginning."""
    if stream.seekable():
        stream.seek(start)
    else:
        while start and (skipped := stream.read(min(start, _CHUNK))):
            start -= len(skipped)
    return io.BufferedReader(_Part(stream, size), _CHUNK)


class _Part(io.RawIOBase):
    """The next bytes of a stream, and no more."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill ``buffer``."""
        view = memoryview(buffer).cast("B")
        data = self._stream.read(min(len(view), self._left))
        view[: len(data)] = data
        self._left -= len(data)
        return len(data)


def with_head(stream: IO[bytes], size: int) -> tuple[bytes, IO[bytes]]:
    """The first ``size`` bytes, and a stream of everything, them included."""
    head = stream.read(size)
    return head, io.BufferedReader(_Rejoined(head, stream), _CHUNK)


class _Rejoined(io.RawIOBase):
    """Bytes already read, then the rest of the stream they came from."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill ``buffer``."""
        view = memoryview(buffer).cast("B")
        data = self._head.read(len(view)) or self._rest.read(len(view))
        view[: len(data)] = data
        return len(data)


@contextmanager
def random_access(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """A stream to jump about in: the file itself, or a temporary copy of what can only be read onwards."""
    if isinstance(getattr(stream, "raw", stream), io.FileIO | io.BytesIO) and stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy, _CHUNK)
        copy.seek(0)
        yield copy
