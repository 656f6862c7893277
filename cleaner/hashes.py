"""Many names in little memory: 64-bit hashes, 16 bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from hashlib import blake2b


def hash_of(text: str) -> int:
    """64 bits that stand for a text: among a million the chance that two share them is 3 in 10^8."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class Hashes:
    """A list of 64-bit hashes to look things up in, once it is complete."""

    def __init__(self, values: Iterable[int] = ()) -> None:
        self._values = array("Q", values)
        self._places: array[int] | None = None

    def extend(self, values: Iterable[int]) -> None:
        """Add to the end."""
        self._values.extend(values)

    def place(self, value: int) -> int:
        """The first place of a hash in the list, -1 if it is not there."""
        if self._places is None:
            import numpy as np

            values = np.frombuffer(self._values, np.uint64)
            order = np.argsort(values, kind="stable")
            self._values, self._places = array("Q", values[order].tobytes()), array("q", order.astype("i8").tobytes())
        at = bisect_left(self._values, value)
        return self._places[at] if at < len(self._values) and self._values[at] == value else -1

    def __contains__(self, value: int) -> bool:
        return self.place(value) >= 0
