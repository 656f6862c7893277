"""Train the gates of cleaner/stages/tables: which lines are worth the arithmetic of columns.

usage: python benchmarks/train_table_gates.py TABLES.jsonl.gz PAGES.jsonl.gz          (needs catboost)

TABLES and PAGES as for train_table_evidence.py, which comes first.  What shall pass is what the models
as they stand rebuild, without a gate, from the texts of TABLES; each of their grids is also written
anew in the place of its table, in every form.  What shall not is everything else in the texts of TABLES
and PAGES that comes as far as a gate.  Small forests learn it (``gate_*.json``), and their bias is set
so that of the tables that they have not seen ``LOSS`` do not pass.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from forest_training import fit, write
from glued_grids import Grid, fold_of, glued, holed, read
from train_table_evidence import written as one_cell_a_line

from cleaner.document import Metadata
from cleaner.readers.text import read_text
from cleaner.settings import Config
from cleaner.stages import structure
from cleaner.stages.tables import blob, gate, vertical
from cleaner.stages.tables import glued as stage
from cleaner.stages.tables.glued_model import Cuts, cut_again, cut_lines
from cleaner.stages.tables.lines import Line, sections
from cleaner.stages.tables.spans import whole_table
from cleaner.stages.tables.weights import load

TREES = {"trees": 100, "depth": 4, "rate": 0.1}
LOSS = {"glued": 0.003, "spaced": 0.0075, "blob": 0.0075, "vertical": 0.003}
"""The share of tables that a gate may refuse: so much that not the few oddest tables alone set its limit."""
SURE = 0.6
FEATURES = {"glued": gate.ROWS, "spaced": gate.ROWS, "blob": gate.ONE_LINE, "vertical": gate.READING}


@dataclass(slots=True)
class Tried:
    """What a gate sees of some lines, and how sure the table is that comes of them (0: none)."""

    features: list[float]
    confidence: float = 0.0


def tried(text: str, form: str) -> Iterator[list[Tried]]:
    """All that a form tries in a text, by what passes together."""
    document = structure.apply(read_text(text, document_id="t", metadata=Metadata()), Config())
    for section in sections(document):
        if form == "blob":
            yield from _lines_tried(section)
        elif form == "vertical":
            yield from _readings_tried(section)
        else:
            yield from _runs_tried(section, form == "spaced")


def _runs_tried(section: list[Line], spaces: bool) -> Iterator[list[Tried]]:
    model = load()
    weights = model.spaced if spaces else model.table
    for start, end in stage.spaced_candidates(section) if spaces else stage.candidates(section):
        texts = [line.bare for line in section[start:end]]
        cuts = cut_lines(texts, spaces=True) if spaces else stage.cut_unless_hopeless([texts])[0]
        if not cuts:
            continue
        seen: list[Tried] = []

        def look(first: int, stop: int, texts: Any = texts, cuts: Any = cuts, seen: Any = seen) -> bool:
            seen.append(Tried(gate.of_rows(texts[first:stop], cuts[first:stop])))
            return True

        for table in stage.tables(texts, cuts, model, look, partial(cut_again, spaces=spaces)):
            seen[-1].confidence = 1 / (1 + exp(-float(weights @ table.evidence)))
        yield from ([one] for one in seen)


def _lines_tried(section: list[Line]) -> Iterator[list[Tried]]:
    model = load()
    for line in section:
        if line.marked or not whole_table(line.bare):
            continue
        seen: list[Tried] = []

        def look(text: str, cuts: Cuts, seen: Any = seen) -> bool:
            seen.append(Tried(gate.of_one_line(text, cuts)))
            return True

        table = blob.read(line.bare, model, worth=look)
        if table:
            seen[-1].confidence = 1 / (1 + exp(-float(model.blob @ table.evidence)))
        if seen:
            yield seen


def _readings_tried(section: list[Line]) -> Iterator[list[Tried]]:
    weights = load().vertical
    for start, end in vertical.stretches(section):
        stretch = vertical.Stretch([line.bare for line in section[start:end]])
        seen: list[Tried] = []
        numbers = any(line.figure for line in section[start:end])
        for reading in stretch.candidates(vertical.groups(section, start, end), numbers=numbers):
            seen.append(Tried(stretch.glance(reading)))
            if stretch.unlike(reading):
                seen[-1].confidence = 1 / (1 + exp(-float(weights @ stretch.evidence(reading))))
        if seen:
            yield seen


def written(grid: Grid, form: str, r: random.Random) -> Iterator[list[str]]:
    """The lines of a grid, written anew in a form."""
    if form == "spaced":
        yield [" ".join(row) for row in grid]
    elif form == "vertical":
        if all(all(row) for row in grid):
            for layout in ("rows", "columns", "apart", "dense"):
                yield one_cell_a_line(grid, layout, r).split("\n")
    elif form == "blob":
        rows = ["".join(row) for row in grid]
        yield ["".join(rows)]
        if len(rows) > 5:
            yield ["".join(rows[: r.randrange(4, len(rows))])]
    else:
        with_holes = holed(grid, r)
        for one in (grid, glued(grid, r.choice([0.3, 0.5]), r), with_holes):
            yield ["".join(row) for row in one]


def examples(form: str, tables: Path, pages: Path) -> tuple[Any, Any, Any, Any]:
    """Features, whether they shall pass, folds, and where what passes together begins."""
    values: list[list[float]] = []
    labels: list[bool] = []
    folds: list[int] = []
    starts: list[int] = []

    def add(together: list[Tried], tables: bool, source: str) -> None:
        starts.append(len(values))
        for one in together:
            values.append(one.features)
            labels.append(tables and one.confidence >= SURE)
            folds.append(fold_of(source))

    r = random.Random(11)
    new = {json.dumps(grid) for _, grid in read(tables)[0] if len(grid[0]) > 1}
    with gzip.open(tables, "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            for together in tried(row["text"], form):
                add(together, row["table"] is not None, row["src"] or row["id"])
            if not row["table"]:
                continue
            grid = [[" ".join(cell.split()) for cell in cells] for cells in row["table"]["grid"]]
            if json.dumps(grid) not in new:
                continue
            new.remove(json.dumps(grid))
            lines = row["text"].split("\n")
            for rows in written(grid, form, r):
                text = "\n".join([*lines[: row["table"]["start"]], *rows, *lines[row["table"]["end"] :]])
                for together in tried(text, form):
                    if any(one.confidence >= SURE for one in together):
                        add(together, True, row["src"])
    with gzip.open(pages, "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            for together in tried("\n".join(line["text"] for line in row["lines"]), form):
                add(together, False, row["id"])
    return np.array(values, np.float32), np.array(labels), np.array(folds), np.array(starts)


def train(form: str, tables: Path, pages: Path) -> None:
    """Learn, set the bias on what each half has not seen, say what passes, write."""
    values, labels, folds, starts = examples(form, tables, pages)
    weights = np.ones(len(labels))
    odds = np.zeros(len(labels))
    for fold in (0, 1):
        use = folds != fold
        model = fit(values[use], labels[use], weights[use], **TREES)
        odds[~use] = model.predict(values[~use], prediction_type="RawFormulaVal")
    wanted, best = np.logical_or.reduceat(labels, starts), np.maximum.reduceat(odds, starts)
    least = float(np.quantile(best[wanted], LOSS[form], method="lower"))
    passed = float((best[~wanted] >= least).mean())
    print(f"{form}: {wanted.sum()} tables; of {(~wanted).sum()} others {passed:.2f} pass", flush=True)
    about = {
        "about": "Which lines are worth fitting columns to, log-odds (benchmarks/train_table_gates.py)",
        "tables": int(wanted.sum()),
        "others": int((~wanted).sum()),
        "lost": LOSS[form],
        "others_passed": round(passed, 2),
    }
    path = gate.FOLDER / f"gate_{form}.json"
    write(fit(values, labels, weights, **TREES), FEATURES[form], path, about, shift=-least)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--only", choices=list(FEATURES))
    arguments = parser.parse_args()
    for form in FEATURES:
        if arguments.only in (None, form):
            train(form, arguments.tables, arguments.pages)


if __name__ == "__main__":
    main()
