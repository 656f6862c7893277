"""Bytes of a file, decompressed, with a limit: a small archive must not fill the memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cleaner.errors import InputError

if TYPE_CHECKING:
    import zstandard
    from typing_extensions import Buffer

_CHUNK = 1 << 20


@contextmanager
def open_stream(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, decompressed by its ending (.gz, .zst).

    Turns what goes wrong, also while reading, into :class:`InputError` with the cure.
    """
    name = path.name.lower()
    try:
        with open(path, "rb") as raw:
            if name.endswith(".gz"):
                yield io.BufferedReader(gzip.GzipFile(fileobj=raw), _CHUNK)
            elif name.endswith(".zst"):
                import zstandard

                try:
                    yield io.BufferedReader(_ZstandardStream(raw), _CHUNK)
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
