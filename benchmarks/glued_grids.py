"""Grids that the scripts for tables glue: read from labelled texts, and varied so that there are more of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path

MOST_MIXED = 8
LEFT_OUT = 0.35
Grid = list[list[str]]


def quarter_of(source: str) -> int:
    """The quarters 0 and 2 are the half 0."""
    return int(hashlib.sha1(source.encode()).hexdigest(), 16) % 4


def fold_of(source: str) -> int:
    return quarter_of(source) % 2


def read(path: Path) -> tuple[list[tuple[str, Grid]], list[tuple[str, str]]]:
    """Distinct true grids with their sources, and lines that belong to no table."""
    grids: dict[str, tuple[str, Grid]] = {}
    prose: list[tuple[str, str]] = []
    r = random.Random(5)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            lines = row["text"].split("\n")
            if row["table"]:
                lines[row["table"]["start"] : row["table"]["end"]] = []
                if row["form"] != "glued_lower":
                    grid = [[" ".join(cell.split()) for cell in cells] for cells in row["table"]["grid"]]
                    grids.setdefault(json.dumps(grid), (row["src"], grid))
            prose += [(row["src"] or row["id"], line.strip()[:300]) for line in r.sample(lines, min(6, len(lines)))]
    return list(grids.values()), prose


def even(grid: Grid) -> bool:
    """Whether a grid has rows, all of one length."""
    return len(grid) > 1 and len(set(map(len, grid))) == 1


def lowered(cell: str) -> str:
    return cell[:1].lower() + cell[1:]


def glued(grid: Grid, share: float, r: random.Random) -> Grid:
    """The grid with a share of the cells after the first lower-cased."""
    return [[lowered(cell) if at and r.random() < share else cell for at, cell in enumerate(row)] for row in grid]


def holed(grid: Grid, r: random.Random) -> Grid:
    """The grid with a cell left out of some rows."""
    rows = [list(row) for row in grid]
    for row in rows[1:]:
        if r.random() < LEFT_OUT:
            row[r.randrange(len(row))] = ""
    return rows


def mixed(grid: Grid, others: Sequence[Grid], r: random.Random, rows: int) -> Grid:
    """Some columns of the grid and perhaps of another, in any order, and some rows that follow each other.

    What stands beside what is an accident of a table; so the trees see many more seams than the data have.
    """
    columns = list(zip(*grid, strict=True))
    other = list(zip(*r.choice(others), strict=True))
    for header, *body in r.sample(other, min(len(other), r.choice([0, 1, 1, 2]))):
        if body:
            columns.append((header, *(body * len(grid))[: len(grid) - 1]))
    r.shuffle(columns)
    header, *body = map(list, zip(*columns[: r.randint(2, MOST_MIXED)], strict=True))
    first = r.randint(0, max(0, len(body) - rows + 1))
    return [header, *body[first : first + rows - 1]]
