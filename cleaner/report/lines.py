"""Before and after as one run of lines, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cleaner.document import Edit
from cleaner.ledger import Passage

Mark = Literal["same", "gone", "new"]
WRITE = "write"


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line: text that stays, went or came; ``edit`` is the row that says why."""

    mark: Mark
    text: str
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line, with its number in the input (what is new has the number of where it stands)."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def mark(self) -> Mark | Literal["mixed"]:
        """What all of the line is."""
        marks = {piece.mark for piece in self.pieces if piece.edit or piece.text.strip()}
        return marks.pop() if len(marks) == 1 else "mixed"

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The rows that changed something here."""
        return tuple(dict.fromkeys(piece.edit for piece in self.pieces if piece.edit is not None))


def lines(passages: Iterable[Passage]) -> list[Line]:
    """The lines of a document's passages, without blank ones.

    The writer's marks and spaces are taken as given.  What spans lines (tables, above all) stands
    whole before and whole after.
    """
    made = _Lines()
    for passage in passages:
        raw, new = passage.raw, passage.new
        edit = next((edit for edit in passage.edits if edit.stage != WRITE), None)
        if not passage.edits:
            made.put("same", raw)
        elif edit is None or (not raw.strip() and not new.strip() and "\n" in raw + new):
            if "\n" in (new if edit else raw + new):
                made.end()
            made.put("same", new.strip("\n"))
            made.number += raw.count("\n")
        elif "\n" in raw or "\n" in new:
            made.end()
            made.put("gone", raw, edit)
            made.end()
            made.put("new", new, edit)
            made.end()
        else:
            before, gone, come, after = _apart(raw, new)
            made.put("same", before)
            made.put("gone", gone, edit)
            made.put("new", come, edit)
            made.put("same", after)
    made.end()
    return made.lines


def _apart(raw: str, new: str) -> tuple[str, str, str, str]:
    """Common beginning, what went, what came, common end: a row may hold a neighbour that did not change."""
    most = min(len(raw), len(new))
    i = next((i for i in range(most) if raw[i] != new[i]), most)
    j = next((j for j in range(most - i) if raw[-1 - j] != new[-1 - j]), most - i)
    return raw[:i], raw[i : len(raw) - j], new[i : len(new) - j], raw[len(raw) - j :]


class _Lines:
    """Lines under construction."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.number = 1
        self._pieces: list[Piece] = []

    def put(self, mark: Mark, text: str, edit: Edit | None = None) -> None:
        """Add text, which may end lines; lines of the input are counted."""
        for index, part in enumerate(text.split("\n")):
            if index:
                self.end()
                self.number += mark != "new"
            if part and self._pieces and (self._pieces[-1].mark, self._pieces[-1].edit) == (mark, edit):
                self._pieces[-1] = Piece(mark, self._pieces[-1].text + part, edit)
            elif part:
                self._pieces.append(Piece(mark, part, edit))

    def end(self) -> None:
        """End the line that was begun, if there is anything on it."""
        if any(piece.edit or piece.text.strip() for piece in self._pieces):
            self.lines.append(Line(self.number, tuple(self._pieces)))
        self._pieces = []
