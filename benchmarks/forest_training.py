"""Train oblivious trees with CatBoost, the same each time, and write them as a small JSON file.

Shared by the scripts that train the chrome stage's two models.  CatBoost is needed for training
only: `pip install catboost`.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def parameters(trees: int, depth: int, rate: float, columns: float = 1.0) -> dict[str, Any]:
    """One thread and a fixed seed: training gives the same trees each time.

    ``columns`` is the share of features that a level of a tree may choose from.
    """
    return {
        "iterations": trees,
        "depth": depth,
        "learning_rate": rate,
        "loss_function": "Logloss",
        "l2_leaf_reg": 6.0,
        "random_seed": 1,
        "thread_count": 1,
        "border_count": 64,
        "bootstrap_type": "No",
        "random_strength": 0.0,
        "rsm": columns,
        "boosting_type": "Plain",
        "leaf_estimation_iterations": 2,
        "verbose": False,
        "allow_writing_files": False,
    }


def folds(groups: Sequence[str], count: int) -> npt.NDArray[np.int64]:
    """A fold for each row, by a hash of its group: rows of one page are never on both sides."""
    number = {group: int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % count for group in set(groups)}
    return np.array([number[group] for group in groups])


def fit(values: Any, labels: Any, weights: Any, **options: Any) -> Any:
    """A CatBoost model of rows ``values``."""
    from catboost import CatBoostClassifier

    model = CatBoostClassifier(**parameters(**options))
    model.fit(values, labels, sample_weight=weights)
    return model


def out_of_fold(values: Any, labels: Any, weights: Any, groups: Sequence[str], count: int, **options: Any) -> Floats:
    """Probability of each row from a model that has not seen its page."""
    fold = folds(groups, count)
    result = np.zeros(len(labels))
    for number in range(count):
        train, test = fold != number, fold == number
        model = fit(values[train], labels[train], weights[train], **options)
        result[test] = model.predict_proba(values[test])[:, 1]
    return result


def write(model: Any, names: Sequence[str], path: Path, about: dict[str, Any], shift: float = 0.0) -> None:
    """The trees as JSON: one line a tree, rounded to what matters; ``shift`` is added to the log-odds."""
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder, "model.json")
        model.save_model(str(exported), format="json")
        data = json.loads(exported.read_text())
    depth = max(len(tree["splits"]) for tree in data["oblivious_trees"])
    scale, (bias,) = data["scale_and_bias"]
    lines = []
    for tree in data["oblivious_trees"]:
        splits = [[names[split["float_feature_index"]], round(split["border"], 6)] for split in tree["splits"]]
        leaves = [round(scale * value, 4) for value in tree["leaf_values"]]
        for _ in range(depth - len(splits)):  # a question that no row answers with yes
            splits.append([names[0], 1e30])
            leaves += [0.0] * len(leaves)
        lines.append(json.dumps({"splits": splits, "leaves": leaves}))
    head = {**about, "features": list(names), "bias": round(bias + shift, 6)}
    text = json.dumps(head, indent=1, ensure_ascii=False)[:-2]
    path.write_text(f'{text},\n "trees": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n", encoding="utf-8")
