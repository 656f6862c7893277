"""Train the trees that say where cells of a table stood beside each other in a line.

usage: python benchmarks/train_table_gaps.py TABLES.jsonl.gz PACKAGES [--work DIR]     (needs catboost, pandas)

TABLES holds texts with a table each, one JSON object a line: ``src``, ``text`` and ``table`` with its
``grid``, ``start`` and ``end``.  Every grid is glued here, again and again: as it is, with lower-cased
cells, with cells left out, with its columns and another grid's in any order, with prose around it.  Then
1. trees learn from each line alone which gaps are seams (``gaps.json``; ``spaces.json`` for cells one space
   apart);
2. further trees learn the same from what the first ones make of all lines of a table (``among.json``,
   ``among_spaces.json``).  What the first ones say there comes from trees that have not seen the table.
PACKAGES has the data packages of package_frames.py: further grids, drawn from their data (package_grids.py) and
made up of the names in them (made_grids.py), teach the trees for cells without a space between.
DIR gets the models that each have seen one half of the data only; the other training scripts need them.
On one thread the same data and the same libraries give the same files.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import made_grids
import numpy as np
import package_grids
from forest_training import fit, write
from glued_grids import Grid, even, glued, holed, mixed, quarter_of, read

from cleaner.stages.tables import among
from cleaner.stages.tables.gaps import NAMES, measure
from cleaner.stages.tables.glued_model import FOLDER, Cuts, likeliest
from cleaner.stages.tables.spaces import NAMES as SPACE_NAMES
from cleaner.stages.tables.spaces import measure_spaces

TREES = {"trees": 400, "depth": 8, "rate": 0.1}
SPACE_TREES = {"trees": 300, "depth": 8, "rate": 0.1}
AMONG_TREES = {"trees": 300, "depth": 8, "rate": 0.08, "columns": 0.3}
COPIES = 8
"""Each grid is glued so often, and but once as it stands: then with its columns and another's mixed."""
OF_EACH, MADE, OTHERS = 1, 2000, 0.4
"""Grids drawn of a source in the packages, grids made up, and what each of them weighs; they are glued once."""
ROWS = 10
ONE_LINE = 4
"""Of so many copies one has all rows on one line."""
LONGEST = 320
HOLED, PROSE_BEFORE, PROSE_AFTER = 0.25, 0.3, 0.4
"""The shares of copies with cells left out, and with a line of prose on either side."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Lines with the offsets of their seams; ``rows`` are a table's, or there are none."""

    quarter: int
    texts: list[str]
    seams: list[set[int]]
    rows: range
    weight: float = 1.0


Sourced = Sequence[tuple[str, Grid]]


def copies(grids: Sourced, others: Sourced, prose: Sequence[tuple[str, str]], spaces: bool) -> Iterator[Copy]:
    """Every grid again and again, then the lines of prose by themselves, then every other grid once."""
    everything = range(COPIES)
    yield from _glued(grids, prose, spaces, lambda r: everything)
    for source, line in prose:
        yield Copy(quarter_of(source), [line], [set()], range(0))
    for copy in _glued(others, prose, spaces, lambda r: (r.choice(everything),)):
        yield replace(copy, weight=OTHERS)


def _glued(
    grids: Sourced, prose: Sequence[tuple[str, str]], spaces: bool, numbers: Callable[[random.Random], Sequence[int]]
) -> Iterator[Copy]:
    """The copies of every grid that have these ``numbers``."""
    r = random.Random(5)
    pools = [[grid for source, grid in grids if quarter_of(source) == number and even(grid)] for number in range(4)]
    lines = [[line for source, line in prose if quarter_of(source) == number] for number in range(4)]
    for source, grid in grids:
        quarter = quarter_of(source)
        for number in numbers(r):
            rows = mixed(grid, pools[quarter], r, ROWS) if number and even(grid) else grid[:ROWS]
            rows = glued(rows, r.choice([0, 0, 0, 0.3, 0.5]), r)
            one_line = number % ONE_LINE == 1 and not spaces
            if one_line:
                rows = [[cell for row in rows for cell in row]]
            elif r.random() < HOLED:
                rows = holed(rows, r)
            texts, seams = [], []
            for row in rows:
                cells = [cell for cell in row if cell]
                text = (" " if spaces else "").join(cells)
                if cells and (len(text) <= LONGEST or one_line):
                    texts.append(text)
                    seams.append(set(np.cumsum([len(cell) + spaces for cell in cells])[:-1].tolist()))
            first, stop = 0, len(texts)
            if not one_line and r.random() < PROSE_BEFORE:
                texts, seams, first, stop = [r.choice(lines[quarter]), *texts], [set(), *seams], first + 1, stop + 1
            if not one_line and r.random() < PROSE_AFTER:
                texts, seams = [*texts, r.choice(lines[quarter])], [*seams, set()]
            yield Copy(quarter, texts, seams, range(first, stop))


class Gaps:
    """All gaps of all copies, measured."""

    def __init__(self, copies: Sequence[Copy], spaces: bool) -> None:
        self.copies = copies
        self.offsets: list[list[list[int]]] = []
        values: list[Any] = []
        labels: list[bool] = []
        quarters: list[int] = []
        weights: list[float] = []
        for copy in copies:
            self.offsets.append([])
            for text, seams in zip(copy.texts, copy.seams, strict=True):
                (offsets,), features = measure_spaces([text]) if spaces else measure([text])
                self.offsets[-1].append(offsets)
                if offsets:
                    values.append(features)
                    labels += [offset in seams for offset in offsets]
                    quarters += [copy.quarter] * len(offsets)
                    weights += [copy.weight] * len(offsets)
        self.values, self.labels, self.quarters = np.concatenate(values), np.array(labels), np.array(quarters)
        self.weights = np.array(weights)

    def fit(self, use: Any, options: Any) -> Any:
        return fit(self.values[use], self.labels[use], self.weights[use], **options)

    def among(self, odds: Any, use: Any) -> tuple[Any, Any, Any]:
        """The features, labels and weights of the gaps that are left of tables in a quarter to ``use``."""
        values, labels, weights = [], [], []
        cursor = 0
        for copy, offsets in zip(self.copies, self.offsets, strict=True):
            cuts: list[Cuts] = []
            for text, places in zip(copy.texts, offsets, strict=True):
                cuts.append(likeliest(text, places, odds[cursor : cursor + len(places)].tolist()))
                cursor += len(places)
            if len(copy.rows) > 1 and copy.quarter in use:
                values.append(among.measure_among(copy.texts, cuts, copy.rows))
                labels += [
                    offset in seams for cut, seams in zip(cuts, copy.seams, strict=True) for offset in cut.offsets[1:-1]
                ]
                weights += [copy.weight] * len(values[-1])
        return np.concatenate(values), np.array(labels), np.array(weights)


def train(gaps: Gaps, spaces: bool, work: Path, about: dict[str, Any]) -> None:
    """Both passes, for each half and for all."""
    name, again = ("spaces", "among_spaces") if spaces else ("gaps", "among")
    names, options = (SPACE_NAMES, SPACE_TREES) if spaces else (NAMES, TREES)
    fold = gaps.quarters % 2
    by_quarter, by_half = np.zeros(len(gaps.labels)), np.zeros(len(gaps.labels))
    for quarter in range(4):
        other = gaps.quarters == (quarter + 2) % 4
        model = gaps.fit(gaps.quarters == quarter, options)
        by_quarter[other] = model.predict(gaps.values[other], prediction_type="RawFormulaVal")
    for half in (0, 1):
        model = gaps.fit(fold != half, options)
        by_half[fold == half] = model.predict(gaps.values[fold == half], prediction_type="RawFormulaVal")
        write(model, names, work / f"{name}-without-{half}.json", about)
    write(gaps.fit(fold >= 0, options), names, FOLDER / f"{name}.json", about)
    own = gaps.weights == 1
    print(f"{name}: {len(own)} gaps, log loss {loss(by_half[own], gaps.labels[own]):.4f}", flush=True)

    everything = []
    for half in (0, 1):
        values, labels, weights = gaps.among(by_quarter, (1 - half, 3 - half))
        model = fit(values, labels, weights, **AMONG_TREES)
        write(model, among.NAMES, work / f"{again}-without-{half}.json", about)
        values, labels, weights = gaps.among(by_half, (half, half + 2))
        everything.append((values, labels, weights))
        values, labels = values[weights == 1], labels[weights == 1]
        first, second = values[:, 0].astype(float), model.predict(values, prediction_type="RawFormulaVal")
        print(f"{again}, half {half}: log loss {loss(first, labels):.4f}, then {loss(second, labels):.4f}", flush=True)
    values, labels, weights = map(np.concatenate, zip(*everything, strict=True))
    write(fit(values, labels, weights, **AMONG_TREES), among.NAMES, FOLDER / f"{again}.json", about)


def loss(odds: Any, labels: Any) -> float:
    return float(np.logaddexp(0, np.where(labels, -odds, odds)).mean())


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("packages", type=Path, help="where the packages of package_frames.py are")
    parser.add_argument("--work", type=Path, default=Path("/tmp"), help="where the models of the halves go")
    parser.add_argument("--only", choices=["gaps", "spaces"])
    arguments = parser.parse_args()
    grids, prose = read(arguments.data)
    others = [*package_grids.grids(arguments.packages, OF_EACH), *made_grids.grids(arguments.packages, MADE)]
    print(f"{len(grids)} grids, {len(others)} others", flush=True)
    about = {"data_sha256": hashlib.sha256(arguments.data.read_bytes()).hexdigest()}
    for name in ("gaps", "spaces"):
        if arguments.only in (None, name):
            spaces = name == "spaces"
            glued_copies = copies(grids, [] if spaces else others, prose, spaces)
            train(Gaps(list(glued_copies), spaces), spaces, arguments.work, about)


if __name__ == "__main__":
    main()
