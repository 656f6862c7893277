"""Boosted oblivious trees, evaluated for all blocks of a document at once.

An oblivious tree asks the same question of every block at one depth, so a tree of depth ``d`` is
``d`` comparisons whose answers are the bits of a leaf's number: no walking, only arrays.  The
form and its training are CatBoost's (Prokhorenkova et al. 2018, arXiv:1706.09516); the trees
are read from a JSON file that says what they were trained on and how well they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
Probabilities = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
MODELS = Path(__file__).parent / "models"
_SLAB = 512  # rows looked at together: what they need stays small


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """The trees, as arrays of a few shapes.

    A question is a feature (``columns``) and the border it must be above (``borders``); trees share
    them.  ``asked`` has shape ``(depth, trees)`` and says which question each tree asks at each depth;
    ``leaves`` has shape ``(trees, 2**depth)``, in log-odds.  ``names`` are the features as a reader sees them.
    """

    features: tuple[str, ...]
    names: tuple[str, ...]
    columns: Places
    borders: FloatArray
    asked: Places
    leaves: FloatArray
    bias: float

    def votes(self, values: FloatArray) -> FloatArray:
        """What each tree says of each row of ``values`` (one column a feature), shape ``(rows, trees)``."""
        trees, size = self.leaves.shape
        said = np.empty((len(values), trees), np.float32)
        leaves, first_leaf = self.leaves.ravel(), np.arange(0, trees * size, size)[:, None]
        for start in range(0, len(values), _SLAB):
            by_feature = np.ascontiguousarray(values[start : start + _SLAB].T)  # whole rows are fast to gather
            answers = (by_feature.take(self.columns, axis=0) > self.borders[:, None]).view(np.uint8)
            leaf = answers.take(self.asked[-1], axis=0)
            for questions in self.asked[-2::-1]:
                leaf += leaf
                leaf |= answers.take(questions, axis=0)
            said[start : start + _SLAB] = leaves.take(leaf + first_leaf, mode="clip").T
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
        reasons = []
        weights = _weights(self)
        for start in range(0, len(votes), _SLAB):
            spoke = weights.add_up(votes[start : start + _SLAB].T)
            spoke = np.ascontiguousarray(-spoke.T if against else spoke.T)
            rows = np.arange(len(spoke))
            strongest = np.empty((len(spoke), min(count, len(self.features))), np.intp)
            for rank in range(strongest.shape[1]):
                strongest[:, rank] = spoke.argmax(axis=1)
                spoke[rows, strongest[:, rank]] = -np.inf
            reasons += [tuple([self.names[column] for column in row]) for row in strongest.tolist()]
        return reasons


@dataclass(frozen=True, slots=True)
class Weights:
    """How often each tree asks for each feature, laid out for adding up in rounds.

    The features that most trees ask for come first, so the n-th round, which adds the n-th tree of each
    feature that so many ask for, is one run of rows added to the first ``sizes[n]``.  (Not a matrix
    product, whose last digit depends on the processor.)  ``often`` are the rows that count several
    ``times``; ``places`` lead back to the forest's order.
    """

    trees: Places
    often: Places
    times: FloatArray
    sizes: tuple[int, ...]
    places: Places

    def add_up(self, by_tree: FloatArray) -> FloatArray:
        """Shape ``(features, rows)``, from ``(trees, rows)``."""
        said = np.ascontiguousarray(by_tree).take(self.trees, axis=0)
        said[self.often] *= self.times[:, None]
        spoke = np.zeros((len(self.places), said.shape[1]), np.float32)
        start = 0
        for size in self.sizes:
            spoke[:size] += said[start : start + size]
            start += size
        return spoke.take(self.places, axis=0)


@lru_cache(maxsize=16)
def load(name: str, folder: Path = MODELS) -> Forest:
    """The forest of ``<folder>/<name>.json``."""
    data = msgspec.json.decode((folder / f"{name}.json").read_bytes())
    features = tuple(data["features"])
    place = {feature: column for column, feature in enumerate(features)}
    trees = data["trees"]
    questions: dict[tuple[int, float], int] = {}
    asked = np.array(
        [[questions.setdefault((place[name], edge), len(questions)) for name, edge in tree["splits"]] for tree in trees]
    )
    columns = np.array([column for column, _ in questions])
    return Forest(
        features,
        tuple(feature.replace("_", " ") for feature in features),
        columns,
        np.array([border for _, border in questions], np.float32),
        asked.T.copy(),
        np.array([tree["leaves"] for tree in trees], np.float32),
        data["bias"],
    )


@lru_cache(maxsize=16)
def _weights(forest: Forest) -> Weights:
    """How often the trees ask for what, needed only where reasons are asked for."""
    columns, count = forest.columns[forest.asked.T], len(forest.features)
    asks = np.zeros((count, len(columns)), np.float32)
    np.add.at(asks, (columns, np.arange(len(columns))[:, None]), 1)
    order = np.argsort(-(asks > 0).sum(axis=1), kind="stable")
    asks = asks[order]
    rank = np.cumsum(asks > 0, axis=1) * (asks > 0)
    rounds = [(rank == number).nonzero() for number in range(1, int(rank.max()) + 1)]
    features, trees = np.concatenate(rounds, axis=1)
    sizes = tuple(len(trees) for _, trees in rounds)
    times = asks[features, trees]
    often = np.flatnonzero(times > 1)
    return Weights(trees, often, times[often], sizes, np.argsort(order, kind="stable"))


def expected_f1(likely: FloatArray | Probabilities, words: FloatArray | Probabilities) -> float:
    """The F1 over words that the best cut of a document's blocks can be expected to get.

    ``likely`` is the probability of each block to be what is looked for, ``words`` how many it has.
    The best cut takes the likeliest blocks down to some limit (Ye et al. 2012, arXiv:1206.4625).
    Near 1 the document is clear; where nothing is likely it is near 0.
    """
    order = np.argsort(-likely, kind="stable")
    sizes = words[order].astype(np.float64)
    right = np.cumsum(likely[order] * sizes)
    all_of_it = np.maximum(np.cumsum(sizes) + right[-1], 1e-9)
    return float((2 * right / all_of_it).max())
