"""Bytes of a file, decompressed, with a limit: a small archive must not fill the memory."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cleaner.errors import InputError

if TYPE_CHECKING:
    import zstandard
    from typing_extensions import Buffer

MOST_EXPANSION = 200
"""Compressed text holds 3 to 30 times its size; a bomb of zeros a thousand times and more."""
SPARED = 64_000_000
"""Up to so many bytes nobody asks how they were compressed."""
_CHUNK = 1 << 20


@contextmanager
def open_stream(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, decompressed by its ending (.gz, .zst).

    Turns what goes wrong, also while reading, into :class:`InputError` with the cure.
    """
    name = path.name.lower()
    try:
        with open(path, "rb") as raw:
            size = os.fstat(raw.fileno()).st_size
            if name.endswith(".gz"):
                yield io.BufferedReader(_Expansion(gzip.GzipFile(fileobj=raw), size), _CHUNK)
            elif name.endswith(".zst"):
                import zstandard

                try:
                    yield io.BufferedReader(_Expansion(_ZstandardStream(raw), size), _CHUNK)
                except zstandard.ZstdError as error:
                    raise InputError("decompress", f"broken Zstandard data ({error}): fetch the file again") from error
            else:
                yield raw
    except EOFError as error:
        raise InputError("decompress", "the compressed data ends too early: fetch the file again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError("decompress", f"broken gzip data ({error}): fetch the file again") from error
    except FileNotFoundError as error:
        raise InputError("find", "no such file") from error
    except OSError as error:
        raise InputError("find", f"cannot be read: {error.strerror or error}") from error


class _Expansion(io.RawIOBase):
    """Passes decompressed bytes on, until they are far more than text ever gives."""

    def __init__(self, inner: io.RawIOBase | gzip.GzipFile, compressed: int) -> None:
        self._inner = inner
        self._left = max(SPARED, MOST_EXPANSION * compressed)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill ``buffer``; raises :class:`InputError` past the limit."""
        count = self._inner.readinto(buffer) or 0
        self._left -= count
        if self._left < 0:
            raise InputError(
                "decompress", f"it expands to more than {MOST_EXPANSION} times its size, as no text does: not read on"
            )
        return count


class _ZstandardStream(io.RawIOBase):
    """Zstandard frames one after another; unlike the library's reader it notices a truncated one."""

    _FEED = 1024  # compressed bytes at a time: a block of 3 bytes can stand for 128 KiB

    def __init__(self, raw: IO[bytes]) -> None:
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
            compressed = self._compressed or self._raw.read(self._FEED)
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


def read_all(path: Path, limit: int) -> bytes:
    """The whole file, decompressed; over ``limit`` bytes it is an :class:`InputError`."""
    pieces: list[bytes] = []
    size = 0
    with open_stream(path) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > limit:
                raise InputError("read", f"larger than {limit:,} bytes: raise input.max_bytes, or split the file")
            pieces.append(piece)
    return b"".join(pieces)
