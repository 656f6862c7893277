"""An index as datasketch objects: its signatures, with all that datasketch must know of them, in one ``.npz``."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.corpus import store
from cleaner.corpus.index import Index
from cleaner.corpus.ranking import latest
from cleaner.corpus.signed import SignedShards, sized
from cleaner.near_duplicates.kernels import kernel
from cleaner.near_duplicates.minhash import PERMUTATIONS, SCHEME, SEED, permutations
from cleaner.near_duplicates.shingles import offsets_of

Array = npt.NDArray[Any]


def export(index: Index, path: Path) -> int:
    """Write ``keys`` (``id#block``), ``hashvalues``, ``permutations``, ``seed`` and ``scheme``; how many signatures.

    Short texts have none.  Documents that a later batch replaced are left out.  One shard is in memory at a time.
    """
    shards = SignedShards(sized(index.shards(len(index.generations))))
    current = latest(shards, len(shards.signs))
    number, width = 0, 1
    for keys in _parts(shards, current, _keys):
        number += len(keys)
        width = max(width, keys.dtype.itemsize // 4)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w") as archive:
            _add(archive, "keys", f"<U{width}", (number,), _parts(shards, current, _keys))
            _add(archive, "hashvalues", "<u4", (number, PERMUTATIONS), _parts(shards, current, _signatures))
            constants: dict[str, Array] = {
                "permutations": np.stack(permutations()),
                "seed": np.array(SEED),
                "scheme": np.array(SCHEME),
            }
            for name, value in constants.items():
                _add(archive, name, value.dtype.str, value.shape, [value])
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return number


def _parts(
    shards: SignedShards, current: npt.NDArray[np.bool_], make: Callable[[str, npt.NDArray[np.bool_]], Array]
) -> Iterator[Array]:
    """What ``make`` gives for each shard and the rows to take of it."""
    for sign, start, stop in shards.spans():
        yield make(sign, current[start:stop] & ~store.load_array(sign, "short"))


def _keys(sign: str, chosen: npt.NDArray[np.bool_]) -> Array:
    ids = store.load_texts(sign, "ids", store.load_array(sign, "document")[chosen].tolist())
    blocks = store.load_array(sign, "block")[chosen].tolist()
    return np.array([f"{name}#{block}" for name, block in zip(ids, blocks, strict=True)], np.str_)


def _signatures(sign: str, chosen: npt.NDArray[np.bool_]) -> Array:
    sizes = np.diff(store.load_array(sign, "offsets"))
    hashes = store.load_array(sign, "hashes")[np.repeat(chosen, sizes)]
    return kernel(len(hashes)).signatures(hashes, offsets_of(sizes[chosen]))


def _add(archive: zipfile.ZipFile, name: str, kind: str, shape: tuple[int, ...], pieces: Iterable[Array]) -> None:
    """One array of an ``.npz``, piece by piece."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as out:
        header = {"descr": kind, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(out, header)
        for piece in pieces:
            out.write(piece.astype(kind).tobytes())
