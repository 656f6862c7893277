"""How likely two cells were glued together at each gap of a line.

Boosted trees judge what :mod:`.gaps` (or, where a space stands between cells, :mod:`.spaces`)
measures; they were trained on tables glued by program (``benchmarks/train_table_gaps.py``) and
stand in ``gaps.json`` and ``spaces.json``.  Where lines could be rows of one table, further trees
(``among.json``, ``among_spaces.json``) judge their likeliest gaps again by what :mod:`.among` says of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cleaner.stages.chrome.forest import Forest, load
from cleaner.stages.tables.among import measure_among
from cleaner.stages.tables.gaps import measure
from cleaner.stages.tables.spaces import measure_spaces

FOLDER = Path(__file__).parent
MOST_CUTS = 20
"""Only the likeliest gaps of a line are tried."""
MOST_CUTS_AGAIN = 14
"""The same once the other lines were asked: cells, of which there are half as many as gaps squared, cost most."""
_TOGETHER = 100
"""So many lines are measured at once: what they need stays small."""
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
    result: list[Cuts] = []
    for first in range(0, len(texts), _TOGETHER):
        some = texts[first : first + _TOGETHER]
        offsets, features = (measure_spaces if spaces else measure)(some)
        odds = forest.log_odds(features).tolist()
        cursor = 0
        for text, places in zip(some, offsets, strict=True):
            result.append(likeliest(text, places, odds[cursor : cursor + len(places)], most))
            cursor += len(places)
    return result


def likeliest(text: str, offsets: Sequence[int], odds: Sequence[float], most: int = MOST_CUTS) -> Cuts:
    """The ``most`` likeliest of a line's gaps, which have these log-odds."""
    kept = [pair for pair in zip(_lifted(text, offsets, odds), offsets, strict=True) if pair[0] > _LEAST]
    if len(kept) > most:
        kept = sorted(sorted(kept, reverse=True)[:most], key=lambda pair: pair[1])
    return Cuts([0, *(offset for _, offset in kept), len(text)], [0.0, *(-score for score, _ in kept), 0.0])


def cut_again(
    texts: Sequence[str], cuts: Sequence[Cuts], rows: range, forest: Forest | None = None, *, spaces: bool = False
) -> list[Cuts]:
    """The likeliest of the cuts, each judged by the other lines among ``rows`` too, of which the first is a header."""
    forest = forest or load("among_spaces" if spaces else "among", FOLDER)
    odds = forest.log_odds(measure_among(texts, cuts, rows)).tolist()
    result: list[Cuts] = []
    cursor = 0
    for text, (offsets, _) in zip(texts, cuts, strict=True):
        inner = offsets[1:-1]
        result.append(likeliest(text, inner, odds[cursor : cursor + len(inner)], MOST_CUTS_AGAIN))
        cursor += len(inner)
    return result


def _lifted(text: str, offsets: Sequence[int], odds: Sequence[float]) -> list[float]:
    """The log-odds of a line's gaps, those between two digits not below :data:`_DIGITS`."""
    return [
        max(score, _DIGITS) if text[offset - 1].isdigit() and text[offset].isdigit() else score
        for offset, score in zip(offsets, odds, strict=True)
    ]
