"""Tables drawn from the data of packages, as a page would show them.

A few columns and 3 to 14 rows that follow each other, stand somewhere in their order, or are the highest by a
number; names of columns in words; numbers, dates and unknown values written in one of the ways of pages.
The same packages give the same grids.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from glued_grids import Grid
from made_columns import date_style, ordinal
from package_frames import Frame, frames

LONGEST_CELL = 60
LONGEST_ROW = 160
ROWS = (4, 5, 5, 6, 6, 7, 8, 8, 9, 10, 11, 12, 14)
COLUMNS = (2, 3, 3, 3, 4, 4, 5, 6, 7)
OF_TEXT = (1, 1, 2, 2, 3, 4)
UNKNOWN = ("", "", "–", "-", "—", "n/a")
TRUE_FALSE = (("Yes", "No"), ("Yes", "No"), ("True", "False"), ("✓", "–"))
UNITS = (" km", " m", " kg", " mi", " cm", " t", " MW", " mm", " ha", " min", " kW", " lb", "+", " pts")
_CODE = re.compile(r"(?:[xyzv]|[a-z]{1,2})\d*|\w*[a-z]{3,}\d{2,}\w*", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_YEAR = re.compile(r"year|yr|season|born|debut", re.IGNORECASE)
_MONEY = re.compile(r"price|cost|salary|income|wage|revenue|budget|gross|gdp|usd", re.IGNORECASE)
_SHARE = re.compile(r"share|rate|pct|percent|prop|ratio", re.IGNORECASE)
Write = Callable[[Any], str]


def grids(packages: Path, most: int) -> list[tuple[str, Grid]]:
    """Distinct tables with their sources, at most so many of each."""
    found: dict[str, tuple[str, Grid]] = {}
    for frame in frames(packages):
        r = random.Random(frame.source)
        for _ in range(most):
            grid = drawn(frame, r)
            if grid:
                found.setdefault(json.dumps(grid), (frame.source, grid))
    return list(found.values())


def drawn(frame: Frame, r: random.Random) -> Grid | None:
    """A table, or none if the data have no columns that a page would show."""
    rows = _rows(frame, r)
    columns = {name: [column[row] for row in rows] for name, column in zip(frame.names, frame.columns, strict=True)}
    shown = [name for name, values in columns.items() if len(rows) > 2 and _shown(name, values, r)]
    texts = [name for name in shown if any(isinstance(value, str) for value in columns[name])]
    numbers = [name for name in shown if name not in texts]
    if not texts and r.random() < 0.6:
        return None
    chosen = r.sample(texts, min(len(texts), r.choice(OF_TEXT)))
    chosen += r.sample(numbers, min(len(numbers), max(0, r.choice(COLUMNS) - len(chosen))))
    if len(chosen) < 2:
        return None
    if r.random() < 0.8:
        chosen.sort(key=frame.names.index)
    continental = r.random() < 0.2
    header = [_named(name, r) for name in chosen]
    cells = [_written(name, columns[name], continental, r) for name in chosen]
    if r.random() < 0.15:
        header.insert(0, r.choice(["Rank", "#", "No.", "Pos", "Place"]))
        cells.insert(0, [str(number + 1) for number in range(len(rows))])
    grid = [header, *map(list, zip(*cells, strict=True))]
    return grid if all(1 < len("".join(row)) <= LONGEST_ROW for row in grid) else None


def _rows(frame: Frame, r: random.Random) -> list[int]:
    size = len(frame.columns[0])
    count = min(size, r.choice(ROWS))
    if r.random() < 0.45:
        first = r.randrange(size - count + 1)
        return list(range(first, first + count))
    column = r.choice(frame.columns)
    some = r.sample(range(size), min(size, 3 * count))
    if r.random() < 0.5 and all(isinstance(column[row], int | float) for row in some):
        return sorted(some, key=lambda row: -column[row])[:count]
    return sorted(some[:count])


def _shown(name: str, values: Sequence[Any], r: random.Random) -> bool:
    """Whether a page would show a column."""
    known = [value for value in values if value is not None]
    if len(known) < 0.7 * len(values) or not all(isinstance(value, str | int | float) for value in known):
        return False
    texts = [str(value) for value in known]
    if any(len(text) > LONGEST_CELL or "\n" in text or "http" in text for text in texts):
        return False
    if (name == "rownames" and not isinstance(known[0], str)) or (_CODE.fullmatch(name) and r.random() < 0.8):
        return False
    return len(set(texts)) > 1 or r.random() < 0.2


def _named(name: str, r: random.Random) -> str:
    """A column's name as a page has it: ``gdpPercap`` is "Gdp percap"."""
    if name == "rownames":
        return r.choice(["Name", "Item", "Case"])
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[._]+", " ", name).split() or ["No."]
    text = " ".join(word if word.isupper() else word.lower() for word in words)
    return r.choice([_sentence, _sentence, _sentence, _titled, str])(text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _titled(text: str) -> str:
    return " ".join(map(_sentence, text.split(" ")))


def _written(name: str, values: Sequence[Any], continental: bool, r: random.Random) -> list[str]:
    """The cells of a column, all in one style."""
    known = [value for value in values if value is not None]
    unknown = r.choice(UNKNOWN)
    if all(isinstance(value, bool) for value in known):
        yes, no = r.choice(TRUE_FALSE)
        write: Write = lambda value: yes if value else no  # noqa: E731
    elif any(isinstance(value, str) for value in known):
        write = _text_style(known, r)
    else:
        write = _number_style(name, known, continental, r)
    cells = [unknown if value is None else write(value) for value in values]
    if r.random() < 0.03:
        cells[r.randrange(len(cells))] += r.choice(["[1]", "[a]", "*", "†", "[12]"])
    return cells


def _text_style(known: Sequence[Any], r: random.Random) -> Write:
    if all(isinstance(value, str) and _DATE.fullmatch(value) for value in known):
        dated = date_style(r)
        return lambda value: dated(date(*map(int, _DATE.fullmatch(value).groups())))
    styled = r.choice([_sentence, _titled, str])

    def write(value: Any) -> str:
        text = " ".join(str(value).split())
        return styled(text.replace("_", " ").replace(".", " ")) if text.islower() or "_" in text else text

    return write


def _number_style(name: str, known: Sequence[Any], continental: bool, r: random.Random) -> Write:
    whole = all(float(value).is_integer() for value in known)
    largest = max(abs(value) for value in known)
    way = r.random()
    if whole and (_YEAR.search(name) or all(1700 < value < 2040 for value in known)):
        return lambda value: str(int(value))
    for words, sides in (("lat", "NS"), ("lon", "EW"), ("lng", "EW")):
        if name.lower().startswith(words) and way < 0.5:
            return lambda value: f"{abs(value):.1f}° {sides[value < 0]}"
    if whole and min(known) >= 0 and largest < 40 and way < 0.03:
        return lambda value: ordinal(int(value))
    group = "" if r.random() < 0.3 else r.choice([".", " "]) if continental else ","
    point = "," if continental else "."
    decimals = (
        0 if whole or (largest >= 1000 and r.random() < 0.6) else 3 if largest < 0.1 else r.choice([1, 1, 2, 2, 3])
    )
    minus, before, after = r.choice("--−"), "", ""
    if _MONEY.search(name) and way < 0.6:
        before, after = ("", " €") if continental else (r.choice("$$$€£"), "")
    elif (_SHARE.search(name) and way < 0.6) or way < 0.07:
        after = r.choice(["%", "%", " %"])
    elif way < 0.17:
        after = r.choice(UNITS)
    elif way < 0.2 and whole:
        before = r.choice("#+")
    elif way < 0.22 and whole and largest < 100:
        after = "."

    def write(value: Any) -> str:
        text = f"{abs(value):,.{decimals}f}".translate({ord(","): group, ord("."): point})
        return (minus if value < 0 else "") + before + text + after

    return write
