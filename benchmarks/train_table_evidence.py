"""Train what tells a table from none: ``table`` (glued cells), ``spaced`` (one
space between cells), ``blob`` (all on one line) and ``vertical`` (one cell a line) of weights.json.

usage: python benchmarks/train_table_evidence.py TABLES.jsonl.gz PAGES.jsonl.gz     (needs scipy)

TABLES as for train_table_gaps.py and train_glued_tables.py, which come first; PAGES holds ``lines`` with
a ``text`` each, whole pages of them.  For glued cells, what is rebuilt from the texts of TABLES where their
table stands is one, and what is rebuilt elsewhere is none.  For one cell a line, every grid is written
out in four layouts, sometimes under a title; all its readings but the true one, and all readings
of pages and texts without a table, are none.  Logistic regression.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from glued_grids import Grid, fold_of, read
from scipy.optimize import minimize

from cleaner.document import Metadata
from cleaner.readers.text import read_text
from cleaner.settings import Config
from cleaner.stages import structure
from cleaner.stages.chrome.forest import Forest, load
from cleaner.stages.tables import blob, glued, vertical, weights
from cleaner.stages.tables.glued_model import cut_again, cut_lines
from cleaner.stages.tables.lines import sections
from cleaner.stages.tables.spans import whole_table

PAGES = 1000
TITLES = ("Key findings", "Overview", "More in this section", "The numbers at a glance", "Results")
NEGATIVE = 1.7
"""A table that is none costs so much more than one that is missed."""
PULL = 0.001


def written(grid: Grid, layout: str, r: random.Random) -> str:
    if layout == "columns":
        return "\n\n".join("\n".join(column) for column in zip(*grid, strict=True))
    within, between = {"rows": ("\n", "\n\n"), "apart": ("\n\n", "\n\n"), "dense": ("\n", "\n")}[layout]
    return between.join(within.join(row) for row in grid)


def stretches(text: str) -> Iterator[tuple[vertical.Stretch, vertical.Reading]]:
    """Each reading of a text with its stretch."""
    document = structure.apply(read_text(text, document_id="t", metadata=Metadata()), Config())
    for section in sections(document):
        for start, end in vertical.stretches(section):
            stretch = vertical.Stretch([line.bare for line in section[start:end]])
            for reading in vertical.readings(vertical.groups(section, start, end)):
                if stretch.headed(reading):
                    yield stretch, reading


def texts_without(path: Path, pages: int = PAGES) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for number, row in enumerate(map(json.loads, stream)):
            if "lines" in row:
                if number < pages:  # the ids themselves may have been dealt by the hash that parts the folds
                    yield f"page {row['id']}", "\n".join(line["text"] for line in row["lines"])
            elif not row["table"]:
                yield row["id"], row["text"]


class Judged:
    """Examples of tables and of none, collected in groups of which at most one may be right."""

    def __init__(self, negative: float = NEGATIVE, pull: float = PULL, scaled: bool = True) -> None:
        """``negative`` is what a table that is none costs, ``pull`` draws all weights to 0: those of ``scaled``
        features, which have a spread of 1, or as they are."""
        self.negative, self.pull, self.scaled = negative, pull, scaled
        self.values: list[Any] = []
        self.labels: list[bool] = []
        self.folds: list[int] = []
        self.groups: list[int] = []
        self.free: list[bool] = []  # where no table stands

    def add(self, values: Any, label: bool, source: str, group: int, free: bool) -> None:
        self.values.append(values)
        self.labels.append(label)
        self.folds.append(fold_of(source))
        self.groups.append(group)
        self.free.append(free)

    def learn(self) -> Any:
        """The weights; prints what they do out of fold."""
        x, y, fold = np.array(self.values), np.array(self.labels), np.array(self.folds)
        group, free = np.array(self.groups), np.array(self.free)
        weight = np.where(free, self.negative, 1.0)
        print(f"{y.sum()} tables, {(~y & ~free).sum()} misreadings, {free.sum()} of no table", flush=True)

        middle, spread = np.zeros(x.shape[1]), np.ones(x.shape[1])
        if self.scaled:
            middle, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
        middle[0], spread[0] = 0.0, 1.0  # the bias
        scaled = (x - middle) / spread

        def learn(use: Any) -> Any:
            def loss(flat: Any) -> tuple[float, Any]:
                odds = scaled[use] @ flat
                value = (weight[use] * np.logaddexp(0, np.where(y[use], -odds, odds))).sum() / use.sum()
                gradient = scaled[use].T @ (weight[use] * (1 / (1 + np.exp(-odds)) - y[use])) / use.sum()
                return value + self.pull * (flat**2).sum(), gradient + 2 * self.pull * flat

            flat = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x / spread
            flat[0] -= flat[1:] @ middle[1:]
            return flat

        odds = np.zeros(len(y))
        for number in (0, 1):
            odds[fold == number] = x[fold == number] @ learn(fold != number)
        for least in (0.3, 0.5, 0.6, 0.7, 0.8):
            best: dict[int, int] = {}
            for number in np.flatnonzero(odds > np.log(least / (1 - least))).tolist():
                if group[number] not in best or odds[number] > odds[best[group[number]]]:
                    best[group[number]] = number
            chosen = np.array(list(best.values()), np.intp)
            wrong = ~y[chosen] & ~free[chosen]
            print(
                f"  from {least}: {y[chosen].sum() / y.sum():.3f} of tables taken, {wrong.sum()} misread, "
                f"{free[chosen].sum()} invented",
                flush=True,
            )
        return learn(np.ones(len(y), bool))


def vertical_examples(tables: Path, pages: Path, work: Path) -> Judged:
    r = random.Random(7)
    judged = Judged(negative=10.0, pull=1e-4, scaled=False)  # a list of short lines is seldom a table
    group = 0
    for source, grid in read(tables)[0]:
        if not all(all(row) for row in grid) or len(grid[0]) < 2:
            continue
        for layout in ("rows", "columns", "apart", "dense"):
            title = r.choice(TITLES) + r.choice(["\n", "\n\n"]) if r.random() < 0.4 else ""
            group += 1
            for stretch, reading in stretches(title + written(grid, layout, r)):
                true = [list(row) for row in stretch.rows(reading)] == grid
                judged.add(stretch.evidence(reading), true, source, group, False)
    for path in (tables, pages):
        for name, text in texts_without(path, 400):
            group += 1
            for stretch, reading in stretches(text):
                judged.add(stretch.evidence(reading), False, name, group, True)
    return judged


class Half(NamedTuple):
    """Models that have not seen one half of the data."""

    gaps: Forest
    among: Forest
    model: weights.Model


def halves_of(work: Path, spaces: bool = False) -> list[Half]:
    """The models without either half."""
    gaps, among = ("spaces", "among_spaces") if spaces else ("gaps", "among")
    return [
        Half(
            load(f"{gaps}-without-{fold}", work),
            load(f"{among}-without-{fold}", work),
            weights.from_json(json.loads((work / f"weights-without-{fold}.json").read_text(encoding="utf-8"))),
        )
        for fold in (0, 1)
    ]


def glued_tables(text: str, half: Half, spaces: bool) -> Iterator[tuple[int, int, Any]]:
    """First and last line (from 0) of every glued table that could be, and its evidence."""
    document = structure.apply(read_text(text, document_id="t", metadata=Metadata()), Config())
    again = partial(cut_again, forest=half.among)
    for section in sections(document):
        for start, end in glued.spaced_candidates(section) if spaces else glued.candidates(section):
            texts = [line.text.strip() for line in section[start:end]]
            for table in glued.tables(texts, cut_lines(texts, half.gaps, spaces=spaces), half.model, again=again):
                first, last = section[start + table.start], section[start + table.stop - 1]
                yield first.block.first_line - 1, last.block.last_line, table.evidence


def glued_examples(tables: Path, pages: Path, work: Path, spaces: bool = False) -> Judged:
    """Models that have not seen a table judge it: as good as they will be on others."""
    judged = Judged()
    halves = halves_of(work, spaces)
    group = 0
    with gzip.open(tables, "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            if row["form"] not in (("onespace",) if spaces else ("glued", "glued_lower", "glued_ragged")):
                continue
            true = row["table"]
            for start, end, evidence in glued_tables(row["text"], halves[fold_of(row["src"])], spaces):
                group += 1
                shared = min(end, true["end"]) - max(start, true["start"])
                label = shared >= 0.6 * (max(end, true["end"]) - min(start, true["start"]))
                judged.add(evidence, label, row["src"], group, shared <= 0)
    for path in (tables, pages):
        for source, text in texts_without(path):
            for _, _, evidence in glued_tables(text, halves[fold_of(source)], spaces):
                group += 1
                judged.add(evidence, False, source, group, True)
    return judged


def spaced_examples(tables: Path, pages: Path, work: Path) -> Judged:
    return glued_examples(tables, pages, work, spaces=True)


def blob_examples(tables: Path, pages: Path, work: Path) -> Judged:
    judged = Judged()
    halves = halves_of(work)

    def add(text: str, true: int | None, source: str, group: int) -> None:
        for number, line in enumerate(text.split("\n")):
            if whole_table(line.strip()):
                half = halves[fold_of(source)]
                table = blob.read(line.strip(), half.model, half.gaps)
                if table:
                    judged.add(table.evidence, number == true, source, group, number != true)

    group = 0
    with gzip.open(tables, "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            if row["form"] == "glued_blob":
                group += 1
                add(row["text"], row["table"]["start"], row["src"], group)
    for path in (tables, pages):
        for source, text in texts_without(path):
            group += 1
            add(text, None, source, group)
    return judged


def main() -> None:
    """Train, measure out of fold, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--work", type=Path, default=Path("/tmp"), help="where those left what they learnt from halves")
    parser.add_argument("--only", choices=["table", "spaced", "blob", "vertical"])
    arguments = parser.parse_args()
    parts = {"vertical": vertical_examples, "table": glued_examples, "spaced": spaced_examples, "blob": blob_examples}
    for name, examples in parts.items():
        if arguments.only in (None, name):
            print(name)
            learnt = examples(arguments.tables, arguments.pages, arguments.work).learn()
            data = json.loads(weights.PATH.read_text(encoding="utf-8"))
            names = {
                "vertical": weights.VERTICAL,
                "table": weights.TABLE,
                "spaced": weights.TABLE,
                "blob": weights.TABLE,
            }[name]
            data[name] = {key: round(float(value), 4) for key, value in zip(names, learnt, strict=True)}
            weights.PATH.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
