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

    def log_odds(self, values: FloatArray) -> FloatArray:
        """Log-odds of each row of ``values`` (one column a feature, in the order of ``features``)."""
        answers = values[:, self.columns] > self.borders
        weights = 1 << np.arange(self.columns.shape[1])
        leaf = (answers * weights).sum(axis=2)
        votes: FloatArray = self.leaves[np.arange(len(self.leaves)), leaf].sum(axis=1)
        return votes + np.float32(self.bias)

    def contributions(self, row: FloatArray) -> dict[str, float]:
        """How much each feature moves the log-odds of one row, roughly: each tree's vote over its questions."""
        answers = row[self.columns] > self.borders
        leaf = (answers << np.arange(self.columns.shape[1])).sum(axis=1)
        votes = self.leaves[np.arange(len(self.leaves)), leaf] / self.columns.shape[1]
        moved = np.zeros(len(self.features))
        np.add.at(moved, self.columns, votes[:, None])
        return {name: float(value) for name, value in zip(self.features, moved, strict=True) if value}


@lru_cache(maxsize=4)
def load(name: str) -> Forest:
    """The forest of ``models/<name>.json``."""
    data = json.loads((MODELS / f"{name}.json").read_text(encoding="utf-8"))
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
