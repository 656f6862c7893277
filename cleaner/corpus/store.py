"""Files under ``CLEAN/.cleaner/``: atomic writes, hashes, streams of records, arrays.

A place is a path, or a URL that :mod:`cleaner.corpus.storage` sees to.  Records are msgpack messages, each
behind its length (8 bytes, little-endian), so that a part of any size is written and read one record at a
time.  Arrays are plain ``.npy`` files, mapped, not loaded.
"""

from __future__ import annotations

import hashlib
import io
import math
import mmap
import os
import shutil
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import msgspec

from cleaner.corpus import storage
from cleaner.corpus.storage import is_url
from cleaner.readers.remote import Place
from cleaner.settings import Config

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

T = TypeVar("T")
TEMPORARY = ".tmp"
"""What the names of temporary files end in."""
SYNCED = 16
"""Files that are waited for at the same time until they are on the disk."""
_HEAD = 128  # bytes before the entries of an array with one or two dimensions
_LENGTH = struct.Struct("<Q")


def sha256_of(*parts: str) -> str:
    """SHA-256 (hex) over strings; each is preceded by its length, so that no two lists give the same."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(f"{len(data)}:".encode())
        state.update(data)
    return state.hexdigest()


def join(place: Place, *names: str) -> Place:
    """A place inside a folder.  (A ``Path`` of a URL would lose a slash.)"""
    return "/".join([place.rstrip("/"), *names]) if is_url(place) else Path(place, *names)


def beside(place: Place, name: str) -> Place:
    """Another place in the folder that ``place`` is in."""
    return f"{place.rpartition('/')[0]}/{name}" if is_url(place) else Path(place).with_name(name)


def open_file(place: Place) -> IO[bytes]:
    """A file's bytes, to be read.  Raises ``OSError``."""
    return storage.stream(place) if is_url(place) else open(place, "rb")


def read_bytes(place: Place) -> bytes:
    """All of a file's bytes.  Raises ``OSError``."""
    return storage.read(place) if is_url(place) else Path(place).read_bytes()


def read_all(places: Sequence[Place]) -> Iterator[bytes | None]:
    """All bytes of each of some files, in order; ``None`` for one that cannot be read."""
    if places and is_url(places[0]):
        yield from storage.read_all(map(str, places))
        return
    for place in places:
        try:
            yield Path(place).read_bytes()
        except OSError:
            yield None


def names(folder: Place) -> list[str]:
    """What is in a folder, sorted; nothing if there is no such folder."""
    if is_url(folder):
        return storage.names(folder)
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def remove(places: Iterable[Place]) -> None:
    """Remove files and whole folders."""
    for place in places:
        if is_url(place):
            storage.remove([place])
        elif os.path.isdir(place):
            shutil.rmtree(place, ignore_errors=True)
        else:
            Path(place).unlink(missing_ok=True)


def copy_folder(place: Place, target: Path) -> None:
    """Copy the files of a folder to one on this machine."""
    target.mkdir(parents=True)
    for name in names(place):
        with open_file(join(place, name)) as file, (target / name).open("wb") as copy:
            shutil.copyfileobj(file, copy)


def leave(folder: Place) -> None:
    """Remove what this machine keeps of the work files in a folder at a URL."""
    if is_url(folder):
        storage.clear_scratch(folder)


def size_of(place: Place) -> int:
    """A file's size in bytes."""
    return storage.size(place) if is_url(place) else os.stat(place).st_size


def sha256_of_file(place: Place) -> str:
    """SHA-256 (hex) of a file's bytes.  Raises ``OSError``."""
    with open_file(place) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def write_atomically(place: Place, chunks: Iterable[bytes]) -> None:
    """Write ``chunks`` to a temporary name beside ``place``, then rename; on an error nothing is left.

    The bytes are on the disk before the name is: a power cut leaves the old file or the new one.
    """
    if is_url(place):
        storage.write(place, chunks)
        return
    path = Path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the temporary files that a killed process has left in a folder."""
    for path in folder.glob(f".*{TEMPORARY}"):
        path.unlink(missing_ok=True)


def write_all(objects: Mapping[str, bytes]) -> None:
    """Write small files, by place, each as :func:`write_atomically` does."""
    if any(map(is_url, objects)):
        storage.write_all(objects)
    else:
        _at_once(lambda item: write_atomically(item[0], [item[1]]), list(objects.items()))


def sync(paths: Sequence[Path]) -> None:
    """Wait until the bytes of files are on the disk."""

    def one(path: Path) -> None:
        with path.open("rb") as file:
            os.fsync(file.fileno())

    _at_once(one, paths)


def _at_once(work: Callable[[T], None], items: Sequence[T]) -> None:
    """Do what waits for the disk in threads: it takes many files in the time of one or two."""
    if len(items) < 2:
        for item in items:
            work(item)
        return
    with ThreadPoolExecutor(min(SYNCED, len(items))) as pool:
        for _ in pool.map(work, items):
            pass


def encode(value: object) -> bytes:
    """A value as msgpack, mapping keys sorted: equal values give equal bytes."""
    return msgspec.msgpack.encode(value, order="deterministic")


def sha256_of_value(value: object) -> str:
    """SHA-256 (hex) of :func:`encode`."""
    return hashlib.sha256(encode(value)).hexdigest()


def load(path: Place, kind: type[T]) -> T:
    """The one msgpack value of a file."""
    return msgspec.msgpack.decode(read_bytes(path), type=kind)


def load_config(path: Place) -> Config:
    """Settings from a file: equal ones are one object in a process.

    What is made for settings is found by them again, for each document.  By identity that costs nothing; comparing
    thousands of phrases costs more than to clean a short document.
    """
    return _config(read_bytes(path))


@lru_cache(maxsize=8)
def _config(data: bytes) -> Config:
    return msgspec.msgpack.decode(data, type=Config)


class StreamWriter:
    """Writes records one at a time; ``position`` is the number of bytes written so far."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._encoder = msgspec.msgpack.Encoder(order="deterministic")
        self.position = 0

    def __enter__(self) -> StreamWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, value: object) -> None:
        """Add one record."""
        data = self._encoder.encode(value)
        self.write_bytes(_LENGTH.pack(len(data)))
        self.write_bytes(data)

    def write_bytes(self, data: bytes) -> None:
        """Add bytes that are records already."""
        self._file.write(data)
        self.position += len(data)


def read_stream(path: Place, kind: type[T]) -> Iterator[T]:
    """The records that a :class:`StreamWriter` wrote, one at a time."""
    decoder = msgspec.msgpack.Decoder(kind)
    with open_file(path) as file:
        while head := file.read(_LENGTH.size):
            yield decoder.decode(file.read(*_LENGTH.unpack(head)))


def read_chunks(path: Place, start: int = 0, stop: int | None = None, size: int = 1 << 20) -> Iterator[bytes]:
    """The bytes of a file from ``start`` to ``stop`` (or its end), ``size`` at a time."""
    with open_file(path) as file:
        if start:
            file.seek(start)
        left = stop - start if stop is not None else None
        while chunk := file.read(size if left is None else min(size, left)):
            yield chunk
            if left is not None:
                left -= len(chunk)


def save_arrays(folder: Path, **arrays: npt.NDArray[Any]) -> None:
    """One ``name.npy`` an array."""
    import numpy as np

    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def load_array(folder: Place, name: str) -> np.ndarray[Any, Any]:
    """An array of :func:`save_arrays`, mapped read-only: a slice reads only its own bytes.

    One at a URL is copied to this machine first.
    """
    import numpy as np

    place = join(folder, f"{name}.npy")
    with open(storage.fetch(place) if is_url(place) else place, "rb") as file:
        dtype, shape, columns_first, at = _described(file.read(_HEAD))
        count = math.prod(shape)
        if not count:  # cannot be mapped
            return np.empty(shape, dtype)
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(data, dtype, count, at).reshape(shape, order="F" if columns_first else "C")


@lru_cache(maxsize=1024)
def _described(head: bytes) -> tuple[np.dtype[Any], tuple[int, ...], bool, int]:
    """What the head of an array's file says: type, shape, whether columns come first, and where the entries begin.

    NumPy takes a tenth of a millisecond for that, and a large run reads many thousands of arrays of one shape.
    """
    import numpy as np

    file = io.BytesIO(head)
    np.lib.format.read_magic(file)
    shape, columns_first, dtype = np.lib.format.read_array_header_1_0(file)
    return dtype, shape, columns_first, file.tell()


def load_slice(folder: Place, name: str, start: int, stop: int) -> np.ndarray[Any, Any]:
    """Some of the entries of an array with one dimension; at a URL too no more than these are read."""
    import numpy as np

    place = join(folder, f"{name}.npy")
    if not is_url(place):
        return load_array(folder, name)[start:stop]
    dtype, _, _, at = _described(storage.read(place, 0, _HEAD))
    return np.frombuffer(storage.read(place, at + start * dtype.itemsize, at + stop * dtype.itemsize), dtype)


def save_texts(folder: Path, name: str, texts: Sequence[str]) -> None:
    """Texts in a form of which any may be read alone: their UTF-8, and where each ends."""
    import numpy as np

    data = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum(np.fromiter(chain([0], map(len, data)), np.int64, len(data) + 1))
    arrays: dict[str, npt.NDArray[Any]] = {name: np.frombuffer(b"".join(data), np.uint8), f"{name}_offsets": ends}
    save_arrays(folder, **arrays)


def load_texts(folder: Place, name: str, numbers: Iterable[int]) -> list[str]:
    """Some of the texts of :func:`save_texts`."""
    data, offsets = load_array(folder, name), load_array(folder, f"{name}_offsets")
    return [bytes(data[offsets[i] : offsets[i + 1]]).decode("utf-8", "surrogatepass") for i in numbers]
