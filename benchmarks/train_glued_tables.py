"""Train what rebuilds glued tables: ``gaps.json`` (trees) and ``weights.json`` of cleaner/stages/tables.

usage: python benchmarks/train_glued_tables.py TABLES.jsonl.gz [--work DIR]     (needs catboost and scipy)

TABLES holds texts with a table each, one JSON object a line: ``src``, ``text`` and ``table`` with its
``grid``, ``start`` and ``end``.  Every grid is glued here, again and again: as it is, with lower-cased
cells, with cells left out.  Then
1. trees learn which gaps are seams;
2. the weights of a cell that nothing is known of, of a cell in a column, and of a header's cell are
   learnt so that the true way to cut a line is the likeliest of all ways (a conditional random field),
   those of columns also so that the true grid costs less than what the search finds instead;
3. the weights of the choice of K are learnt on results of models that have not seen the table.
``spaces.json`` are the trees of step 1 for cells one space apart.  DIR gets the models that each have seen
one half of the data only; train_table_evidence.py, which learns the rest of weights.json, needs them.
On one thread (``OPENBLAS_NUM_THREADS=1``) the same data and the same libraries give the same files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from forest_training import fit as fit_trees
from forest_training import write
from glued_grids import Grid, even, fold_of, glued, mixed, read
from scipy.optimize import minimize

from cleaner.stages.chrome.forest import Forest, load
from cleaner.stages.tables import fitting, weights
from cleaner.stages.tables.fitting import Cutting, chances, choice_features, held
from cleaner.stages.tables.gaps import NAMES, measure
from cleaner.stages.tables.glued_model import FOLDER, cut_lines
from cleaner.stages.tables.lattice import (
    COLUMN,
    HEADER,
    PLAIN,
    Floats,
    Lattice,
    build,
    column_features,
    header_features,
    plain_features,
)
from cleaner.stages.tables.spaces import NAMES as SPACE_NAMES
from cleaner.stages.tables.spaces import measure_spaces
from cleaner.stages.tables.weights import Model, weights_of

TREES = {"trees": 400, "depth": 8, "rate": 0.1}
SPACE_TREES = {"trees": 300, "depth": 8, "rate": 0.1}
COPIES = 8
"""Each grid is glued so often for the trees, and but once as it stands: then with its columns and another's mixed."""
GAP_ROWS = 8
ONE_LINE = 4
"""Of so many copies one has all rows on one line."""
MOST_ROWS = 13
LONGEST = 320
RANKED = 0.5  # share of the ranking against found grids in the loss of the column weights
SOFTER = 0.3  # the ranking sees so much of the cost: nats of many cells are not independent
PASSES = 5
PULL = 0.002  # towards where the weights start

# ---- 1. gaps -------------------------------------------------------------------------------


@dataclass(slots=True)
class Gaps:
    values: Any
    labels: Any
    folds: Any


def gap_rows(grids: Sequence[tuple[str, Grid]], prose: Sequence[tuple[str, str]], spaces: bool = False) -> Gaps:
    values: list[Any] = []
    labels: list[int] = []
    folds: list[int] = []
    r = random.Random(5)

    def add(source: str, text: str, cuts: set[int]) -> None:
        offsets, features = measure_spaces(text) if spaces else measure(text)
        if offsets:
            values.append(np.array(features, np.float32))
            labels.extend(offset in cuts for offset in offsets)
            folds.extend([fold_of(source)] * len(offsets))

    halves = [[grid for source, grid in grids if fold_of(source) == fold and even(grid)] for fold in (0, 1)]
    for source, grid in grids:
        for copy in range(COPIES):
            rows = mixed(grid, halves[fold_of(source)], r, GAP_ROWS) if copy and even(grid) else grid[:GAP_ROWS]
            rows = glued(rows, r.choice([0, 0, 0, 0.3, 0.5]), r)
            if copy % ONE_LINE == 1 and not spaces:
                rows = [[cell for row in rows for cell in row]]
            for row in rows:
                cells = [cell for cell in row if cell]
                ends = np.cumsum([len(cell) + spaces for cell in cells])
                if len(cells) and (ends[-1] <= LONGEST or len(rows) == 1):
                    add(source, (" " if spaces else "").join(cells), set(ends[:-1].tolist()))
    for source, line in prose:
        add(source, line, set())
    return Gaps(np.concatenate(values), np.array(labels), np.array(folds))


def train_gaps(
    gaps: Gaps, leave_out: int | None, path: Path, about: dict[str, Any], names: Sequence[str] = NAMES
) -> Forest:
    use = gaps.folds != leave_out
    options = TREES if names is NAMES else SPACE_TREES
    write(fit_trees(gaps.values[use], gaps.labels[use], np.ones(use.sum()), **options), names, path, about)
    load.cache_clear()
    return load(path.stem, path.parent)


def train_spaces(grids: Sequence[tuple[str, Grid]], prose: Sequence[tuple[str, str]], work: Path, about: Any) -> None:
    spaces = gap_rows(grids, prose, spaces=True)
    for fold in (0, 1):
        train_gaps(spaces, fold, work / f"spaces-without-{fold}.json", about, SPACE_NAMES)
    train_gaps(spaces, None, FOLDER / "spaces.json", about, SPACE_NAMES)


# ---- 2. weights of cells -------------------------------------------------------------------


@dataclass(slots=True)
class Example:
    """A glued table with the true cell of each line and column (-1: empty); ``good`` lines are those that
    the cuts allow to be right."""

    fold: int
    lattice: Lattice
    top: Lattice  # of the header line alone
    true: Any
    good: Any
    columns: list[Floats]
    header: list[Floats]

    @property
    def count(self) -> int:
        return int(self.true.shape[1])


def examples(grids: Sequence[tuple[str, Grid]], forests: Sequence[Forest]) -> Iterator[Example]:
    r = random.Random(3)
    halves = [[grid for source, grid in grids if fold_of(source) == fold and even(grid)] for fold in (0, 1)]
    for source, whole in grids:
        fold = fold_of(source)
        for form in ("plain", "lower", "ragged", "mixed"):
            base = mixed(whole, halves[fold], r, MOST_ROWS) if form == "mixed" and even(whole) else whole[:MOST_ROWS]
            grid = glued(base, r.choice([0.3, 0.5]) if form == "lower" else 0.0, r)
            if form == "ragged":
                for row in grid[1:]:
                    if r.random() < 0.35:
                        row[r.randrange(len(row))] = ""
            texts = ["".join(row) for row in grid]
            if len(grid[0]) > 1 and all(2 <= len(text) <= LONGEST for text in texts):
                example = located(fold, grid, texts, forests[fold])
                if example.good[1:].sum() >= max(2, 0.5 * len(grid)):
                    yield example


def located(fold: int, grid: Grid, texts: list[str], forest: Forest) -> Example:
    cuts = cut_lines(texts, forest)
    lattice = build(texts, [one.offsets for one in cuts], [one.costs for one in cuts])
    index, nodes = lattice.index(), lattice.nodes
    true = np.full((len(grid), len(grid[0])), -1)
    good = np.ones(len(grid), bool)
    for line, row in enumerate(grid):
        node = {offset: number for number, offset in enumerate(lattice.offsets[line])}
        at = 0
        for column, cell in enumerate(row):
            if cell:
                start, stop = node.get(at), node.get(at + len(cell))
                at += len(cell)
                if start is None or stop is None:
                    good[line] = False
                else:
                    true[line, column] = index[(line * nodes + start) * nodes + stop]
    true[~good] = -1
    masses = held(lattice, Cutting(true, np.zeros(len(grid))))
    return Example(
        fold,
        lattice,
        lattice.between(0, 1),
        true,
        good,
        [column_features(lattice, mass) for mass in masses],
        [header_features(lattice, mass, lattice.line == 0) for mass in masses],
    )


Features = Callable[[Example], list[Floats]]


def likelihood(flat: Floats, data: Sequence[Example], features: Features, header: bool) -> tuple[float, Floats]:
    """Nats a line by which the true cuts are not certain, and the gradient."""
    weighted = weights_of(flat)
    gradient = np.zeros_like(flat)
    total = lines = 0.0
    for example in data:
        lattice = example.top if header else example.lattice
        good = np.flatnonzero(example.good[: len(lattice.texts)])
        good = good if header else good[good > 0]
        if not len(good):
            continue
        values = features(example)
        sums = chances(lattice, [weighted.cell @ value for value in values], weighted)
        cuts = lattice.cut[lattice.line, lattice.stop]
        chosen = np.isin(lattice.line, good)
        total += sums.total[good].sum()
        for column, (value, mass, empty) in enumerate(zip(values, sums.masses, sums.empty, strict=True)):
            true = example.true[good, column]
            here = true[true >= 0]
            wanted = np.zeros(len(lattice.line))
            wanted[here] = 1.0
            surplus = wanted - mass * chosen
            holes = float((true < 0).sum()) - float(empty[good].sum())
            gradient += [*(value @ surplus), cuts @ surplus, holes, holes * (column == 0)]
            total += weighted.cell @ value[:, here].sum(axis=1) + weighted.gap * cuts[here].sum()
            total += (true < 0).sum() * (weighted.empty + weighted.empty_first * (column == 0))
        lines += len(good)
    return total / lines, gradient / lines


def learn(start: Floats, loss: Callable[[Floats], tuple[float, Floats]], steps: int) -> Floats:
    def pulled(flat: Floats) -> tuple[float, Floats]:
        value, gradient = loss(flat)
        return value + PULL * ((flat - start) ** 2).sum(), gradient + 2 * PULL * (flat - start)

    return np.asarray(minimize(pulled, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x)


def sums_of(example: Example, cells: Any) -> Floats:
    """The features of a whole grid, its columns learnt from itself."""
    lattice = example.lattice
    total = np.zeros(len(COLUMN) + 3)
    for column, mass in enumerate(held(lattice, Cutting(cells, np.zeros(len(cells))))):
        here = cells[1:, column]
        holes = float((here < 0).sum())
        here = here[here >= 0]
        cuts = lattice.cut[lattice.line[here], lattice.stop[here]].sum()
        total += [*column_features(lattice, mass)[:, here].sum(axis=1), cuts, holes, holes * (column == 0)]
    return total


def learn_columns(data: Sequence[Example], model: Model) -> Model:
    """Alternate between searching with the weights so far and learning to prefer the truth to what was found."""
    start = model.column.flat
    whole = [example for example in data if example.good.all()]
    pools = [[sums_of(example, example.true)] for example in whole]
    for number in range(PASSES):
        right = 0
        for example, pool in zip(whole, pools, strict=True):
            found = fitting.fit(example.lattice, example.count, model).cutting.cells
            if (found[1:] == example.true[1:]).all():
                right += 1
            else:
                pool.append(sums_of(example, found))
        print(f"  pass {number}: {right / len(whole):.3f} of the bodies right", flush=True)
        rivals = [np.array(pool) for pool in pools if len(pool) > 1]

        def loss(flat: Floats, rivals: list[Any] = rivals) -> tuple[float, Floats]:
            value, gradient = likelihood(flat, data, lambda one: one.columns, header=False)
            value, gradient = (1 - RANKED) * value, (1 - RANKED) * gradient
            for pool in rivals:
                share = np.exp(-SOFTER * (pool - pool[0]) @ flat)
                scale = RANKED / len(data)
                value += scale * float(np.log(share.sum()))
                gradient = gradient + scale * SOFTER * (pool[0] - share @ pool / share.sum())
            return value, gradient

        flat = learn(model.column.flat, loss, 15) if number else learn(start, loss, 15)
        model = replace(model, column=weights_of(flat))
    return model


def learn_model(data: Sequence[Example]) -> Model:
    """All weights but those of the choice of K."""
    costs = {"capital": 1.0, "lower": 3.0, "mixed": 3.0}
    plain = np.array(
        [*(costs.get(name, 3.5) if number < PLAIN.index("surprise") else 1.0 for number, name in enumerate(PLAIN))]
    )
    plain[PLAIN.index("length")] = 0.0
    last = [0.8, 4.0, 2.0]
    plain = learn(
        np.array([*plain, *last]),
        lambda flat: likelihood(flat, data[::2], lambda e: [plain_features(e.lattice)] * e.count, header=False),
        40,
    )
    start = np.zeros(len(COLUMN) + 3)
    start[: len(COLUMN) - len(PLAIN)] = 0.5
    start[len(COLUMN) - len(PLAIN) :] = 0.5 * plain
    start[-3:] = last
    header = np.zeros(len(HEADER) + 3)
    header[: len(PLAIN)] = 0.5 * plain[: len(PLAIN)]
    header[-3:] = last
    header = learn(header, lambda flat: likelihood(flat, data, lambda e: e.header, header=True), 40)
    empty = np.zeros(0)
    model = Model(weights_of(plain), weights_of(start), weights_of(header), empty, empty, empty, empty, empty)
    return learn_columns(data, model)


# ---- 3. the number of columns --------------------------------------------------------------


def choices(data: Sequence[Example], models: Sequence[Model]) -> list[Floats]:
    """For each table the features of every K, the true one first."""
    found = []
    for example in data:
        counts = [example.count, *(count for count in range(2, 8) if count != example.count)]
        fits = [fitting.fit(example.lattice, count, models[example.fold]) for count in counts]
        found.append(np.array([choice_features(example.lattice, one) for one in fits]))
    return found


def learn_choice(data: Sequence[Floats]) -> Floats:
    start = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 3.0, 0.5, 1.0, 0.0])

    def loss(flat: Floats) -> tuple[float, Floats]:
        value, gradient = 0.0, np.zeros_like(flat)
        for table in data:
            share = np.exp(np.clip(-(table - table[0]) @ flat, -50, 50))
            value += float(np.log(share.sum()))
            gradient += table[0] - share @ table / share.sum()
        return value / len(data), gradient / len(data)

    result = learn(start, loss, 200)
    right = np.mean([int((table @ result).argmin()) == 0 for table in data])
    print(f"right number of columns, out of fold: {right:.3f}", flush=True)
    return result


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("/tmp"), help="where the models of the folds go")
    parser.add_argument("--only", choices=["spaces", "gaps", "cells"], help="train only these trees, or the weights")
    parser.add_argument("--grids", type=int, default=240, help="learn cells from so many grids")
    arguments = parser.parse_args()
    grids, prose = read(arguments.data)
    about = {"data_sha256": hashlib.sha256(arguments.data.read_bytes()).hexdigest()}
    if arguments.only in (None, "spaces"):
        train_spaces(grids, prose, arguments.work, about)
    if arguments.only in (None, "gaps"):
        gaps = gap_rows(grids, prose)
        for fold in (0, 1):
            train_gaps(gaps, fold, arguments.work / f"gaps-without-{fold}.json", about)
        train_gaps(gaps, None, FOLDER / "gaps.json", about)
        print(f"{len(grids)} grids, {len(gaps.labels)} gaps", flush=True)
    if arguments.only in ("spaces", "gaps"):
        return
    forests = [load(f"gaps-without-{fold}", arguments.work) for fold in (0, 1)]
    random.Random(3).shuffle(grids)
    tables = list(examples(grids[: arguments.grids], forests))
    print(f"{len(tables)} tables", flush=True)
    models = []
    for fold in (0, 1):
        print("without fold", fold, flush=True)
        models.append(learn_model([example for example in tables if example.fold != fold]))
    choice = learn_choice(choices(tables[::2], models))
    evidence = {  # train_table_evidence.py learns it
        "table": np.zeros(len(weights.TABLE)),
        "spaced": np.zeros(len(weights.TABLE)),
        "blob": np.zeros(len(weights.TABLE)),
        "vertical": np.zeros(len(weights.VERTICAL)),
    }
    for fold, model in enumerate(models):
        half = replace(model, choice=choice, **evidence)
        (arguments.work / f"weights-without-{fold}.json").write_text(json.dumps(weights.to_json(half)))
    print("all", flush=True)
    final = replace(learn_model(tables), choice=choice, **evidence)
    text = json.dumps({"about": about, **weights.to_json(final)}, indent=1)
    weights.PATH.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
