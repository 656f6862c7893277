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
Places = npt.NDArray[np.intp]
MODELS = Path(__file__).parent / "models"
_SLAB = 512  # rows voted on at once: what they need stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Forest:
    """``columns`` and ``borders`` have shape ``(depth, trees)``, ``leaves`` ``(trees, 2**depth)``, in log-odds.

    ``rounds`` say which trees ask for which feature: the n-th round has the n-th tree that asks for
    each feature which so many ask for, as ``(features, trees, how often)``.
    """

    features: tuple[str, ...]
    columns: Places
    borders: FloatArray
    leaves: FloatArray
    rounds: tuple[tuple[Places, Places, FloatArray], ...]
    bias: float

    def votes(self, values: FloatArray) -> FloatArray:
        """What each tree says of each row of ``values`` (one column a feature), shape ``(rows, trees)``."""
        said = np.empty((len(values), len(self.leaves)), np.float32)
        first_leaf = np.arange(len(self.leaves)) * self.leaves.shape[1]
        for start in range(0, len(values), _SLAB):
            by_feature = np.ascontiguousarray(values[start : start + _SLAB].T)  # whole rows are fast to gather
            leaf = np.zeros((len(self.leaves), by_feature.shape[1]), np.uint8)
            for bit, (columns, borders) in enumerate(zip(self.columns, self.borders, strict=True)):
                leaf |= (by_feature[columns] > borders[:, None]).view(np.uint8) << bit
            np.take(self.leaves.ravel(), leaf.T + first_leaf, out=said[start : start + _SLAB])
        return said

    def log_odds(self, values: FloatArray) -> FloatArray:
        """Log-odds of each row."""
        return self.sum_up(self.votes(values))

    def sum_up(self, votes: FloatArray) -> FloatArray:
        """Log-odds of each row, from its votes."""
        total: FloatArray = votes.sum(axis=1) + np.float32(self.bias)
        return total

    def reasons(self, votes: FloatArray, *, against: bool, count: int = 3) -> list[tuple[str, ...]]:
        """For each row of votes the features that spoke most for it, or ``against``, the strongest first.

        A tree's vote counts for each of its questions.
        """
        by_tree = np.ascontiguousarray(votes.T)
        spoke = np.zeros((len(self.features), len(votes)), np.float32)
        # One after the other, not by a matrix product, whose last digit depends on the processor.
        for features, trees, times in self.rounds:
            spoke[features] += by_tree[trees] * times[:, None]
        spoke = np.ascontiguousarray(-spoke.T if against else spoke.T)
        rows = np.arange(len(spoke))
        strongest = np.empty((len(spoke), min(count, len(self.features))), np.intp)
        for rank in range(strongest.shape[1]):
            strongest[:, rank] = spoke.argmax(axis=1)
            spoke[rows, strongest[:, rank]] = -np.inf
        names = [feature.replace("_", " ") for feature in self.features]
        return [tuple(names[column] for column in row) for row in strongest.tolist()]


@lru_cache(maxsize=4)
def load(name: str) -> Forest:
    """The forest of ``models/<name>.json``."""
    data = json.loads((MODELS / f"{name}.json").read_text(encoding="utf-8"))
    features = tuple(data["features"])
    place = {feature: column for column, feature in enumerate(features)}
    trees = data["trees"]
    columns = np.array([[place[feature] for feature, _ in tree["splits"]] for tree in trees])
    return Forest(
        features,
        columns.T.copy(),
        np.array([[border for _, border in tree["splits"]] for tree in trees], np.float32).T.copy(),
        np.array([tree["leaves"] for tree in trees], np.float32),
        _rounds(columns, len(features)),
        data["bias"],
    )


def _rounds(columns: Places, count: int) -> tuple[tuple[Places, Places, FloatArray], ...]:
    """The rounds of a forest whose trees ask for ``columns``, shape ``(trees, depth)``, out of ``count``."""
    asks = np.zeros((count, len(columns)), np.float32)
    np.add.at(asks, (columns, np.arange(len(columns))[:, None]), 1)
    rank = np.cumsum(asks > 0, axis=1) * (asks > 0)
    rounds = []
    for number in range(1, int(rank.max()) + 1):
        features, trees = (rank == number).nonzero()
        rounds.append((features, trees, asks[features, trees]))
    return tuple(rounds)
