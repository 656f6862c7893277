"""HTML tables: which ones hold data, and their cells as a grid.

A data table becomes one piece of kind ``table``; a table that only arranges the page is
unwrapped: the pieces in its cells stay as they are.  A cell that spans columns or rows has its
text in the first place of its range and ``""`` in the others.  ``<br>`` and blocks in a cell
become spaces; a table nested in a data table's cell becomes text of that cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from cleaner.document import Rows
from cleaner.readers.html.boxes import Box, Piece

MAX_PLACES = 1_000_000
"""Rows times columns; a larger grid is not laid out (a few long rows among many short ones would explode)."""

MAX_NESTING = 3
"""Tables nested deeper than this only arrange the page."""

_LONG_CELL = 600
"""Characters: a cell of more holds running text, not a datum."""

_LAYOUT_ROLES = ("presentation", "none")
_DATA_ROLES = ("table", "grid", "treegrid")


@dataclass(slots=True)
class Cell:
    """One cell: the pieces ``start:end`` of the walk, and the places it spans."""

    header: bool
    start: int
    end: int
    columns: int
    rows: int


@dataclass(slots=True)
class Table:
    """A table that the walk is inside of; ``nesting`` counts the levels of tables in it."""

    box: Box
    start: int
    role: str
    rows: list[list[Cell]] = field(default_factory=list)
    nesting: int = 0

    def open_row(self) -> None:
        """A ``<tr>`` begins."""
        self.rows.append([])

    def open_cell(self, header: bool, at: int, columns: int, rows: int) -> None:
        """A cell begins at piece ``at``."""
        if self.rows:
            self.rows[-1].append(Cell(header, at, at, columns, rows))

    def close_cell(self, at: int) -> None:
        """The last cell ends before piece ``at``."""
        if self.rows and self.rows[-1]:
            self.rows[-1][-1].end = at

    def settle(self, pieces: list[Piece]) -> None:
        """If this table holds data, make its pieces, the last of ``pieces``, one."""
        cells = [cell for row in self.rows for cell in row]
        if not cells or not self._holds_data(pieces, cells):
            return
        first = cells[0].start
        apart: list[Piece] = []  # a caption that stands after the rows
        at = first
        for cell in cells:
            apart += pieces[at : cell.start]
            at = max(at, cell.end)
        apart += pieces[at:]
        grid = self._grid(pieces)
        links = sum(piece.links for piece in pieces[first:]) - sum(piece.links for piece in apart)
        text = "\n".join("\t".join(row) for row in grid)
        pieces[first:] = [Piece(self.box, "table", text, links, rows=grid), *apart]

    def _holds_data(self, pieces: list[Piece], cells: list[Cell]) -> bool:
        if self.role in _LAYOUT_ROLES or self.nesting > MAX_NESTING:
            return False
        filled = [row for row in self.rows if any(cell.end > cell.start for cell in row)]
        width = max(len(row) for row in self.rows)
        if len(filled) < 2 or width < 2 or len(self.rows) * width * width > MAX_PLACES:
            return False
        sizes = [sum(len(piece.text) for piece in pieces[cell.start : cell.end]) for cell in cells]
        total, longest = sum(sizes), max(sizes)
        if any(piece.kind == "heading" for cell in cells for piece in pieces[cell.start : cell.end]) and longest > 200:
            return False
        if longest > _LONG_CELL and longest > 0.4 * total:
            return False
        if self.role in _DATA_ROLES or any(cell.header for cell in cells) or pieces[self.start : cells[0].start]:
            return longest <= 5 * _LONG_CELL
        if self.nesting or longest > 2 * _LONG_CELL:
            return False
        widths = Counter(sum(cell.columns for cell in row) for row in filled)
        regular = max(widths.values())
        shorts = sum(size <= 120 for size in sizes)
        return regular >= 0.7 * len(filled) and shorts >= 0.7 * len(cells)

    def _grid(self, pieces: list[Piece]) -> Rows:
        """The cells laid out with their spans; empty rows and columns left out."""
        grid: list[list[str]] = []
        taken: dict[int, int] = {}  # column -> rows for which a cell from above still stands in it
        most = max(map(len, self.rows))
        for row in self.rows:
            line: list[str] = []
            for cell in row:
                _pass_taken(line, taken)
                text = " ".join(_words(pieces[cell.start : cell.end]))
                for offset in range(min(cell.columns, most)):
                    if cell.rows > 1 and len(line) < most:  # beyond, nothing follows that it could push aside
                        taken[len(line)] = cell.rows - 1
                    line.append("" if offset else text)
            _pass_taken(line, taken)
            if any(line):
                grid.append(line)
        width = max(map(len, grid))
        for line in grid:
            line += [""] * (width - len(line))
        columns = [column for column in range(width) if any(line[column] for line in grid)]
        return tuple(tuple(line[column] for column in columns) for line in grid)


def _pass_taken(line: list[str], taken: dict[int, int]) -> None:
    while taken.get(len(line), 0) > 0:
        taken[len(line)] -= 1
        line.append("")


def _words(pieces: Iterable[Piece]) -> Iterable[str]:
    for piece in pieces:
        yield from piece.text.split()
