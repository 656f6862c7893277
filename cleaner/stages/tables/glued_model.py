"""How likely two cells were glued together at each gap of a line.

Boosted trees judge what :mod:`.gaps` (or, where a space stands between cells, :mod:`.spaces`)
measures; they were trained on tables glued by program (``benchmarks/train_glued_tables.py``) and
stand in ``gaps.json`` and ``spaces.json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cleaner.stages.chrome.forest import Forest, load
from cleaner.stages.tables.gaps import measure
from cleaner.stages.tables.spaces import measure_spaces

FOLDER = Path(__file__).parent
MOST_CUTS = 20
"""Only the likeliest gaps of a line are tried."""
_LEAST = -6.0
_DIGITS = -3.0
"""Two digits are parted with at least these log-odds: columns must be able to do it."""


class Cuts(NamedTuple):
    """The offsets a line may be cut at, its two ends included, and what each cut costs (minus its log-odds)."""

    offsets: list[int]
    costs: list[float]

    @property
    def strongest(self) -> float:
        """The log-odds of the likeliest gap."""
        return -min(self.costs[1:-1], default=-_LEAST)


def cut_lines(
    texts: Sequence[str], forest: Forest | None = None, *, spaces: bool = False, most: int = MOST_CUTS
) -> list[Cuts]:
    """The ``most`` likeliest cuts of each line; with ``spaces`` only its spaces are tried."""
    forest = forest or load("spaces" if spaces else "gaps", FOLDER)
    measured = [measure_spaces(text) if spaces else measure(text) for text in texts]
    rows = [row for _, features in measured for row in features]
    odds = forest.log_odds(np.array(rows, np.float32)).tolist() if rows else []
    result: list[Cuts] = []
    cursor = 0
    for text, (offsets, _) in zip(texts, measured, strict=True):
        scores = [
            (max(score, _DIGITS) if text[offset - 1].isdigit() and text[offset].isdigit() else score, offset)
            for offset, score in zip(offsets, odds[cursor : cursor + len(offsets)], strict=True)
        ]
        cursor += len(offsets)
        kept = [pair for pair in scores if pair[0] > _LEAST]
        if len(kept) > most:
            kept = sorted(sorted(kept, reverse=True)[:most], key=lambda pair: pair[1])
        result.append(Cuts([0, *(offset for _, offset in kept), len(text)], [0.0, *(-score for score, _ in kept), 0.0]))
    return result
