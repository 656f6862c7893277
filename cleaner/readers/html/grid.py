"""HTML tables: which ones hold data, and their cells as a grid.

A data table becomes one piece of kind ``table``; a table that only arranges the page is
unwrapped: the pieces in its cells stay as they are.  A cell that spans columns or rows has its
text in the first place of its range and ``""`` in the others; as in a browser, no cell reaches
over the end of its row group, ``<thead>`` is on top and ``<tfoot>`` at the bottom wherever they
stand in the source.  ``<br>`` and blocks in a cell become spaces; a table nested in a data
table's cell becomes text of that cell; a cell of images alone has their alternative text.
Hidden rows and cells are no part of the grid: their pieces follow the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from cleaner.document import Rows
from cleaner.readers.html.boxes import NOTHING_PICKED, Box, Piece

MAX_PLACES = 1_000_000
"""Rows times columns; a larger grid is not laid out (a few long rows among many short ones would explode)."""

MAX_NESTING = 3
"""Tables nested deeper than this only arrange the page."""

_LONG_CELL = 600
"""Characters: a cell of more holds running text, not a datum."""

_LAYOUT_ROLES = ("presentation", "none")
_DATA_ROLES = ("table", "grid", "treegrid")


_TO_THE_END = 1_000_000
"""Rows that a cell with ``rowspan=0`` spans: all that its row group still has."""

_MAX_ALT = 80
"""Characters: a longer alternative text describes a picture, and no datum."""

_ORDER = {"thead": 0, "tfoot": 2}
"""Where the rows of a row group are shown; those of all others are between."""


@dataclass(slots=True)
class Cell:
    """One cell: the pieces ``start:end`` of the walk, and the places it spans; ``alt`` is its images' text."""

    header: bool
    start: int
    end: int
    columns: int
    rows: int
    hidden: bool = False
    alt: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """The cells of one ``<tr>``; ``group`` numbers the row group it stands in, ``order`` says where that is shown."""

    group: int
    order: int
    hidden: bool
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table that the walk is inside of; ``nesting`` counts the levels of tables in it."""

    box: Box
    start: int
    role: str
    rows: list[Row] = field(default_factory=list)
    nesting: int = 0
    group: int = 0
    order: int = 1
    placed: set[str] = field(default_factory=set)

    def open_group(self, tag: str) -> None:
        """A ``<thead>``, ``<tbody>`` or ``<tfoot>`` begins.  Only the first head and foot have a place of their own."""
        self.group += 1
        self.order = 1 if tag in self.placed else _ORDER.get(tag, 1)
        self.placed.add(tag)

    def open_row(self, hidden: bool) -> None:
        """A ``<tr>`` begins."""
        self.rows.append(Row(self.group, self.order, hidden))

    def open_cell(self, header: bool, at: int, columns: int, rows: int, hidden: bool) -> None:
        """A cell begins at piece ``at``; ``rows`` 0 means all that are left of its group."""
        if self.rows:
            row = self.rows[-1]
            row.cells.append(Cell(header, at, at, columns, rows or _TO_THE_END, hidden or row.hidden))

    def add_alt(self, text: str) -> None:
        """An image with an alternative text stands in the open cell."""
        if self.rows and self.rows[-1].cells and text and len(text) <= _MAX_ALT:
            self.rows[-1].cells[-1].alt.append(text)

    def close_cell(self, at: int) -> None:
        """The last cell ends before piece ``at``."""
        if self.rows and self.rows[-1].cells:
            self.rows[-1].cells[-1].end = at

    def settle(self, pieces: list[Piece]) -> None:
        """If this table holds data, make its pieces, the last of ``pieces``, one."""
        everything = [cell for row in self.rows for cell in row.cells]
        cells = [cell for cell in everything if not cell.hidden]
        shown = [[cell for cell in row.cells if not cell.hidden] for row in self.rows]
        if not cells or not self._holds_data(pieces, cells, shown):
            return
        first = everything[0].start
        apart: list[Piece] = []  # hidden cells, a caption that stands after the rows
        at = first
        for cell in cells:
            apart += pieces[at : cell.start]
            at = max(at, cell.end)
        apart += pieces[at:]
        grid = self._grid(pieces)
        if not grid:
            return
        links = sum(piece.links for piece in pieces[first:]) - sum(piece.links for piece in apart)
        text = "\n".join("\t".join(row) for row in grid)
        inside = [piece.picked for cell in cells for piece in pieces[cell.start : cell.end]]
        picked = frozenset[str].intersection(*inside) if any(inside) else NOTHING_PICKED
        pieces[first:] = [Piece(self.box, "table", text, links, rows=grid, picked=picked), *apart]

    def _holds_data(self, pieces: list[Piece], cells: list[Cell], rows: list[list[Cell]]) -> bool:
        if self.role in _LAYOUT_ROLES or self.nesting > MAX_NESTING:
            return False
        filled = [row for row in rows if any(cell.end > cell.start for cell in row)]
        width = max(map(len, rows))
        if len(filled) < 2 or width < 2 or len(rows) * width * width > MAX_PLACES:
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
        lines = self._lines(pieces)
        regular = max(Counter(map(len, lines)).values())
        shorts = sum(size <= 120 for size in sizes)
        return regular >= 0.7 * len(lines) and shorts >= 0.7 * len(cells)

    def _grid(self, pieces: list[Piece]) -> Rows:
        """The cells laid out, rows filled up to one length; empty columns left out."""
        grid = self._lines(pieces)
        width = max(map(len, grid), default=0)
        for line in grid:
            line += [""] * (width - len(line))
        columns = [column for column in range(width) if any(line[column] for line in grid)]
        return tuple(tuple(line[column] for column in columns) for line in grid)

    def _lines(self, pieces: list[Piece]) -> list[list[str]]:
        """The rows that hold text, each cell in the places it spans."""
        grid: list[list[str]] = []
        taken: dict[int, int] = {}  # column -> rows for which a cell from above still stands in it
        most = max(len(row.cells) for row in self.rows)
        group = -1
        for row in sorted(self.rows, key=lambda row: row.order):
            if row.hidden:
                continue
            if row.group != group:
                taken.clear()
                group = row.group
            line: list[str] = []
            for cell in row.cells:
                if cell.hidden:
                    continue
                _pass_taken(line, taken)
                text = " ".join(_words(pieces[cell.start : cell.end])) or " ".join(cell.alt)
                for offset in range(min(cell.columns, most)):
                    if cell.rows > 1 and len(line) < most:  # beyond, nothing follows that it could push aside
                        taken[len(line)] = cell.rows - 1
                    line.append("" if offset else text)
            _pass_taken(line, taken)
            if any(line):
                grid.append(line)
        return grid


def _pass_taken(line: list[str], taken: dict[int, int]) -> None:
    while taken.get(len(line), 0) > 0:
        taken[len(line)] -= 1
        line.append("")


def _words(pieces: Iterable[Piece]) -> Iterable[str]:
    for piece in pieces:
        yield from piece.text.split()
