"""Which kernel hashes, signs and compares: the compiled one where it is there and pays, else NumPy.

Both give the same bytes (property-tested), so the choice is nobody else's business.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from cleaner.near_duplicates import minhash, shingles, verify
from cleaner.near_duplicates.minhash import U32
from cleaner.near_duplicates.shingles import I64, U64, Shingled

PAYS = 4_000_000
"""Characters of text from which loading the compiled kernel (half a second) pays for itself."""
_MODULE = "cleaner.near_duplicates.compiled"


@dataclass(frozen=True, slots=True)
class Kernel:
    """The functions of one kernel; each is described in the module that :data:`NUMPY` takes it from."""

    shingled: Callable[[Sequence[str]], Shingled]
    signatures: Callable[[U64, I64], U32]
    band_keys: Callable[[U32, int, int], U64]
    common: Callable[[I64, I64, U64, I64], tuple[I64, I64]]


NUMPY = Kernel(shingles.shingled, minhash.signatures, minhash.band_keys, verify.common)


def kernel(size: int) -> Kernel:
    """The kernel for work on ``size`` characters (or shingles) of text."""
    return compiled() if _MODULE in sys.modules or (size >= PAYS and find_spec("numba")) else NUMPY


def compiled() -> Kernel:
    """The compiled kernel.  Raises ``ImportError`` without numba."""
    from cleaner.near_duplicates import compiled as numba

    return Kernel(numba.shingled, numba.signatures, numba.band_keys, numba.common)
