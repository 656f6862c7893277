"""Measure how many flattened tables become what they were.

usage: python benchmarks/score_tables.py TABLES.jsonl.gz [--work DIR]

TABLES as for train_table_gaps.py.  Without ``--work`` the shipped models rebuild what they were trained on;
with the DIR that training wrote to, each half is rebuilt by models for gaps and cells that have learnt from
the other half only (what tells a table from none, and the gates, have seen both).  Printed for each form: the
share of tables that are right to the last cell, F1 of cells (of rows that hold the same text, as many cells
as are alike), and the median time of the stage; then how many lines change in texts without a table.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path
from statistics import mean, median
from typing import Any

from glued_grids import fold_of

from cleaner.document import Block, Metadata
from cleaner.readers.text import read_text
from cleaner.settings import Config
from cleaner.stages import structure, tables
from cleaner.stages.tables import glued_model, weights

TREES = ("gaps", "among", "spaces", "among_spaces")
EVIDENCE = ("table", "spaced", "blob", "vertical")
Grid = Sequence[Sequence[str]]


@contextmanager
def without(half: int, work: Path) -> Iterator[None]:
    """The stage with models that have not seen one half of the data."""
    shipped = glued_model.FOLDER, weights.PATH
    with tempfile.TemporaryDirectory() as folder:
        for name in TREES:
            Path(folder, f"{name}.json").symlink_to((work / f"{name}-without-{half}.json").resolve())
        learnt = json.loads((work / f"weights-without-{half}.json").read_text(encoding="utf-8"))
        all_data = json.loads(weights.PATH.read_text(encoding="utf-8"))
        learnt.update({name: all_data[name] for name in EVIDENCE})
        glued_model.FOLDER, weights.PATH = Path(folder), Path(folder, "weights.json")
        weights.PATH.write_text(json.dumps(learnt), encoding="utf-8")
        weights.load.cache_clear()
        try:
            yield
        finally:
            glued_model.FOLDER, weights.PATH = shipped
            weights.load.cache_clear()


def plain(grid: Grid) -> list[list[str]]:
    """Cells without odd spaces, all rows of one length."""
    width = max(map(len, grid))
    return [[" ".join(cell.split()) for cell in row] + [""] * (width - len(row)) for row in grid]


def cell_f1(found: Grid, true: Grid) -> float:
    """F1 of the cells of rows with the same text; of rows in their order where none has."""
    texts = [["".join(row).replace(" ", "") for row in grid] for grid in (found, true)]
    matches = SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks()
    pairs = [(match.a + at, match.b + at) for match in matches for at in range(match.size)]
    pairs = pairs or list(zip(range(len(found)), range(len(true)), strict=False))
    right = sum(a == b != "" for i, j in pairs for a, b in zip(found[i], true[j], strict=False))
    return 2 * right / sum(cell != "" for grid in (found, true) for row in grid for cell in row)


def closest(found: Sequence[Block], start: int, end: int) -> Block | None:
    """The table that shares most with the lines from ``start`` (from 0) to before ``end``."""

    def shared(block: Block) -> float:
        first, stop = block.first_line - 1, block.last_line
        return (min(stop, end) - max(first, start)) / (max(stop, end) - min(first, start))

    best = max(found, key=shared, default=None)
    return best if best and shared(best) > 0 else None


class Score:
    """Figures by form, and lines changed and all lines where no table is."""

    def __init__(self) -> None:
        self.exact: dict[str, list[bool]] = defaultdict(list)
        self.cells: dict[str, list[float]] = defaultdict(list)
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.changed = self.lines = 0

    def add(self, text: str, form: str, true: Any) -> None:
        document = structure.apply(read_text(text, document_id="t", metadata=Metadata()), Config())
        began = time.process_time()
        blocks = tables.apply(document, Config()).blocks
        seconds = time.process_time() - began
        found = [block for block in blocks if block.kind == "table"]
        if true is None:
            self.lines += text.count("\n") + 1
            self.changed += len({n for block in found for n in range(block.first_line, block.last_line + 1)})
            return
        best = closest(found, true["start"], true["end"])
        got, wanted = plain(best.rows) if best else [], plain(true["grid"])
        self.exact[form].append(got == wanted)
        self.cells[form].append(cell_f1(got, wanted))
        self.seconds[form].append(seconds)

    def show(self) -> None:
        for form, exact in sorted(self.exact.items()):
            cells, ms = mean(self.cells[form]), 1000 * median(self.seconds[form])
            print(f"{form:13} {len(exact):4} tables: exact {mean(exact):.3f}, cells {cells:.3f}, {ms:.1f} ms")
        print(f"no table: {self.changed} of {self.lines} lines changed")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=Path)
    parser.add_argument("--work", type=Path, help="where training left the models of the halves")
    arguments = parser.parse_args()
    with gzip.open(arguments.tables, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    score = Score()
    if arguments.work:
        for half in (0, 1):
            with without(half, arguments.work):
                for row in rows:
                    if fold_of(row["src"] or row["id"]) == half:
                        score.add(row["text"], row["form"], row["table"])
    else:
        for row in rows:
            score.add(row["text"], row["form"], row["table"])
    score.show()


if __name__ == "__main__":
    main()
