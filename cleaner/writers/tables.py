"""Tables as Markdown pipe tables, and a row of one back to its cells.

The two directions are exact opposites: reading what :func:`pipe_table` wrote gives the same
rows, whatever stands in the cells.
"""

from __future__ import annotations

import re

from cleaner.document import Rows

# Whatever some reader takes for the end of a line, and tabs, with the white space around them.
_BREAK = re.compile("(?:(?<![ \u00a0])[ \u00a0]+)?[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]\\s*")
_BAR = re.compile(r"(?<!\\)\|")
_MARK = re.compile(r"\\\||`+|\|")


def tidy_rows(rows: Rows) -> Rows:
    """The grid as it is written: no line breaks inside cells, no outer spaces, all rows equally long."""
    width = max(map(len, rows), default=0)
    return tuple(tuple(map(_flat, row)) + ("",) * (width - len(row)) for row in rows)


def pipe_table(rows: Rows) -> str:
    """A Markdown pipe table, header first; bars in cells escaped, short rows padded, no newline at the end."""
    tidy = tidy_rows(rows)
    if not tidy:
        return ""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in tidy]
    lines.insert(1, rule_row(len(tidy[0])))
    return "\n".join(lines)


def rule_row(columns: int) -> str:
    """The line that :func:`pipe_table` writes between header and body."""
    return "|" + "---|" * columns


def split_row(line: str, *, code: bool = False) -> list[str]:
    """The pieces between the bars of a line, unescaped, outer bars not yet taken off.

    ``\\|`` is a bar in a cell; with ``code``, so is a bar between backticks (which Markdown
    itself would split at, but people write).
    """
    if not code:
        return [unescape(piece) for piece in _BAR.split(line)]
    marks = list(_MARK.finditer(line))
    last = {mark.group(): mark.start() for mark in marks}
    pieces, cursor, opened = [], 0, ""
    for mark in marks:
        sign = mark.group()
        if sign[0] == "`":
            if sign == opened:
                opened = ""
            elif not opened and last[sign] > mark.start():
                opened = sign
        elif sign == "|" and not opened:
            pieces.append(line[cursor : mark.start()])
            cursor = mark.end()
    return [unescape(piece) for piece in [*pieces, line[cursor:]]]


def unescape(piece: str) -> str:
    """A cell's text from between two bars."""
    return piece.replace("\\|", "|").strip()


def _flat(cell: str) -> str:
    return _BREAK.sub(" ", cell.strip()).strip()
