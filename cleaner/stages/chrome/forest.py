"""Boosted oblivious trees, evaluated for all blocks of a document at once.

An oblivious tree asks the same question of every block at one depth, so a tree of depth ``d`` is
``d`` comparisons whose answers are the bits of a leaf's number: no walking, only arrays.  The
form and its training are CatBoost's (Prokhorenkova et al. 2018, arXiv:1706.09516); the trees
are read from a JSON file that says what they were trained on and how well they do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
MODELS = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class Forest:
    """``columns`` and ``borders`` have shape ``(trees, depth)``, ``leaves`` ``(trees, 2**depth)``, in log-odds."""

    features: tuple[str, ...]
    columns: npt.NDArray[np.intp]
    borders: FloatArray
    leaves: FloatArray
    bias: float

    def votes(self, values: FloatArray) -> FloatArray:
        """What each tree says of each row of ``values`` (one column a feature), shape ``(rows, trees)``."""
        leaf = np.zeros((len(values), len(self.leaves)), np.intp)
        for bit in range(self.columns.shape[1]):
            leaf |= (values[:, self.columns[:, bit]] > self.borders[:, bit]).astype(np.intp) << bit
        said: FloatArray = self.leaves[np.arange(len(self.leaves)), leaf]
        return said

    def log_odds(self, values: FloatArray) -> FloatArray:
        """Log-odds of each row."""
        total: FloatArray = self.votes(values).sum(axis=1) + np.float32(self.bias)
        return total

    def reasons(self, values: FloatArray, *, against: bool, count: int = 3) -> list[tuple[str, ...]]:
        """For each row the features that spoke most for it, or ``against``.

        A tree's vote counts for each of its questions.
        """
        trees = np.arange(len(self.leaves))
        asks = np.zeros((len(trees), len(self.features)), np.float32)
        np.add.at(asks, (trees[:, None], self.columns), 1)
        spoke = self.votes(values) @ asks
        order = np.argsort(spoke if against else -spoke, axis=1, kind="stable")[:, :count]
        return [tuple(self.features[column].replace("_", " ") for column in row) for row in order.tolist()]


@lru_cache(maxsize=4)
def load(name: str, folder: Path = MODELS) -> Forest:
    """The forest of ``<folder>/<name>.json``."""
    data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    features = tuple(data["features"])
    place = {feature: column for column, feature in enumerate(features)}
    trees = data["trees"]
    return Forest(
        features,
        np.array([[place[feature] for feature, _ in tree["splits"]] for tree in trees]),
        np.array([[border for _, border in tree["splits"]] for tree in trees], np.float32),
        np.array([tree["leaves"] for tree in trees], np.float32),
        data["bias"],
    )
