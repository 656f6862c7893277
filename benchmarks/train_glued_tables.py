"""Train how glued tables are cut into cells: ``weights.json`` of cleaner/stages/tables.

usage: python benchmarks/train_glued_tables.py TABLES.jsonl.gz [--work DIR]     (needs scipy)

TABLES and DIR as for train_table_gaps.py, which comes first.  Every grid is glued here: as it is, with
lower-cased cells, with cells left out, with its columns and another grid's mixed.  Then
1. the weights of a cell that nothing is known of, of a cell in a column, and of a header's cell are
   learnt so that the true way to cut a line is the likeliest of all ways (a conditional random field),
   those of columns also so that the true grid costs less than what the search finds instead;
2. the weights of the choice of K are learnt on results of models that have not seen the table.
DIR gets the weights that each have seen one half of the data only; train_table_evidence.py, which learns
the rest of weights.json, needs them.
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
from glued_grids import Grid, even, fold_of, glued, holed, mixed, read
from scipy.optimize import minimize

from cleaner.stages.chrome.forest import Forest, load
from cleaner.stages.tables import fitting, weights
from cleaner.stages.tables.fitting import Cutting, chances, choice_features, held
from cleaner.stages.tables.glued_model import cut_again, cut_lines
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
from cleaner.stages.tables.weights import Model, weights_of

MOST_ROWS = 13
LONGEST = 320
RANKED = 0.5  # share of the ranking against found grids in the loss of the column weights
SOFTER = 0.3  # the ranking sees so much of the cost: nats of many cells are not independent
PASSES = 5
PULL = 0.002  # towards where the weights start

# ---- 1. weights of cells -------------------------------------------------------------------


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


def examples(grids: Sequence[tuple[str, Grid]], halves: Sequence[Trees]) -> Iterator[Example]:
    r = random.Random(3)
    pools = [[grid for source, grid in grids if fold_of(source) == fold and even(grid)] for fold in (0, 1)]
    for source, whole in grids:
        fold = fold_of(source)
        for form in ("plain", "lower", "ragged", "mixed"):
            base = mixed(whole, pools[fold], r, MOST_ROWS) if form == "mixed" and even(whole) else whole[:MOST_ROWS]
            grid = glued(base, r.choice([0.3, 0.5]) if form == "lower" else 0.0, r)
            if form == "ragged":
                grid = holed(grid, r)
            texts = ["".join(row) for row in grid]
            if len(grid[0]) > 1 and all(2 <= len(text) <= LONGEST for text in texts):
                example = located(fold, grid, texts, halves[fold])
                if example.good[1:].sum() >= max(2, 0.5 * len(grid)):
                    yield example


def located(fold: int, grid: Grid, texts: list[str], trees: Trees) -> Example:
    cuts = cut_again(texts, cut_lines(texts, trees[0]), range(len(texts)), trees[1])
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


Trees = tuple[Forest, Forest]
"""What judges gaps, and judges them again."""
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


# ---- 2. the number of columns --------------------------------------------------------------


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
    parser.add_argument("--grids", type=int, default=240, help="learn cells from so many grids")
    arguments = parser.parse_args()
    grids, _ = read(arguments.data)
    about = {"data_sha256": hashlib.sha256(arguments.data.read_bytes()).hexdigest()}
    halves = [tuple(load(f"{name}-without-{fold}", arguments.work) for name in ("gaps", "among")) for fold in (0, 1)]
    random.Random(3).shuffle(grids)
    tables = list(examples(grids[: arguments.grids], halves))
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
