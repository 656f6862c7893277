"""Columns of results, ranks, times, prices: what encyclopedias' tables hold beside names, drawn at random.

Each function gives the cells of a column of so many rows, all in one of the styles that pages use.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

Cells = Callable[[random.Random, int], list[str]]

MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
DATES: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3]} {d.day}, {d.year}",
    lambda d: f"{d.day:02} {MONTHS[d.month - 1][:3]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]}",
    lambda d: f"{DAYS[d.weekday()]}, {MONTHS[d.month - 1]} {d.day}",
    lambda d: f"{DAYS[d.weekday()][:3]}, {MONTHS[d.month - 1][:3]} {d.day}",
    lambda d: f"{MONTHS[d.month - 1]} {d.year}",
    lambda d: d.isoformat(),
    lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
    lambda d: f"{d.day:02}.{d.month:02}.{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3]}. {d.day}",
    lambda d: f"{d.month}/{d.day}/{d.year}",
    lambda d: f"{d.month}/{d.day}",
)
CLOCKS = (
    "{h}:{m:02} PM",
    "{h}:{m:02} p.m.",
    "{h}:{m:02}pm",
    "{h}:{m:02} AM",
    "{h}:{m:02} p.m. EST",
    "{H}:{m:02}",
    "{H:02}:{m:02}",
    "{H:02}:{m:02} UTC",
)
TIMES = (
    "{m}:{s:05.2f}",
    "{m}:{s:06.3f}",
    "{s:.2f}",
    "+{s:.3f}",
    "{h}:{m:02}:{s:02.0f}",
    "{m}:{s:02.0f}",
    "{h}h {m:02}' {s:02.0f}\"",
    "+{m}' {s:02.0f}\"",
)
LENGTHS = ("{m}:{s:02}", "{m}:{s:02}", "{n} min", "{n} minutes", "{m} min {s:02} s")
HEIGHTS = ("{f}'{i}\"", "{f}-{i}", "{f} ft {i} in", "1.{c} m", "1{c} cm", "{f}-{i:02}")
DEGREES = ("{:.1f}° {}", "{:.2f}°{}", "{:.0f}°{}", "{:.4f}")
SHARES = ("{:.1f}%", "{:.2f}%", "{:.0f}%", "{:.1f}", "{:.1f} %")
CODES = ("AAAA", "AAAA-FM", "A-0", "A0", "AA 00", "A00", "AAA-000", "000", "0000", "AA00", "A 000", "0A", "AA-AA")
SETS = ("6–4", "6–3", "7–5", "6–2", "7–6(4)", "4–6", "6–1", "6–0", "3–6", "7–6(7–5)")
UNITS = {
    "km": 300,
    "m": 90,
    "kg": 120,
    "mi": 200,
    "ft": 900,
    "MHz": 108,
    "kW": 50,
    "ha": 60,
    "mm": 400,
    "t": 40,
    "km²": 900,
    "hp": 500,
    "GB": 64,
    "lb": 260,
    "MW": 900,
    "cc": 2000,
}


def ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def date_style(r: random.Random) -> Callable[[date], str]:
    return r.choice(DATES)


def listed(*words: str) -> Cells:
    """A few of the words, again and again."""

    def cells(r: random.Random, rows: int) -> list[str]:
        some = r.sample(words, min(len(words), r.choice([2, 3, 4, rows])))
        return r.choices(some, k=rows)

    return cells


def counting(r: random.Random, rows: int) -> list[str]:
    if r.random() < 0.15:
        return [str(number) for number in sorted(r.choices(range(1, 99), k=rows))]
    first = 1 if r.random() < 0.7 else r.randint(2, 60)
    numbers = range(first, first + rows)
    after = r.choice(["", "", "", "", ".", "th"])
    return [ordinal(number) if after == "th" else f"{number}{after}" for number in numbers]


def years(r: random.Random, rows: int) -> list[str]:
    first, way = r.randint(1890, 2020 - rows), r.random()
    some = range(first, first + rows) if way < 0.4 else sorted(r.choices(range(first, min(2024, first + 40)), k=rows))
    return [str(year) for year in (some if way < 0.8 else reversed(some))]


def seasons(r: random.Random, rows: int) -> list[str]:
    first, by, short = r.randint(1950, 2010), r.choice("––-/"), r.random() < 0.8
    return [
        f"{year}{by}{(year + 1) % 100:02}" if short else f"{year}{by}{year + 1}" for year in range(first, first + rows)
    ]


def spans(r: random.Random, rows: int) -> list[str]:
    by, at, cells = r.choice(["–", "-", " – ", " to "]), r.randint(1850, 1960), []
    for _ in range(rows):
        stop = at + r.randint(1, 8)
        cells.append(f"{at}{by}{stop}" if r.random() < 0.95 else str(at))
        at = stop
    return [*cells[:-1], f"{at}{by}present"] if r.random() < 0.2 else cells


def dates(r: random.Random, rows: int) -> list[str]:
    at = date(r.randint(1920, 2023), r.randint(1, 12), r.randint(1, 28))
    step, write, cells = r.choice([1, 3, 7, 7, 14, 30, 200, 900]), date_style(r), []
    for _ in range(rows):
        cells.append(write(at))
        at += timedelta(r.randint(1, 2 * step) if step > 7 else step)
    return cells


def days(r: random.Random, rows: int) -> list[str]:
    some = r.choices(DAYS[3:] if r.random() < 0.7 else DAYS, k=rows)
    return [day[:3] for day in some] if r.random() < 0.3 else some


def clock(r: random.Random, rows: int) -> list[str]:
    style, minutes = r.choice(CLOCKS), (0, 0, 0, 30, 30, 15, 45, 5)
    return [style.format(h=r.randint(1, 12), H=r.randint(6, 22), m=r.choice(minutes)) for _ in range(rows)]


def codes(r: random.Random, rows: int) -> list[str]:
    shape = r.choice(CODES)
    kinds = {"A": "ABCDEFGHJKLMNPRSTUVWXYZ", "0": "123456789"}
    return ["".join(r.choice(kinds.get(character, character)) for character in shape) for _ in range(rows)]


def scores(r: random.Random, rows: int) -> list[str]:
    by, (low, high) = r.choice(["–", "–", "-", "-", ":", " – "]), r.choice([(0, 4), (0, 5), (0, 7), (0, 35), (60, 110)])
    return [f"{r.randint(low, high)}{by}{r.randint(low, high)}" for _ in range(rows)]


def results(r: random.Random, rows: int) -> list[str]:
    letters = r.choices("WWWLLLTD", k=rows)
    if r.random() < 0.2:
        return letters
    gap, after = r.choice([" ", " ", ", "]), " (OT)" if r.random() < 0.2 else ""
    played = scores(r, rows)
    return [f"{one}{gap}{score}{after * (r.random() < 0.3)}" for one, score in zip(letters, played, strict=True)]


def records(r: random.Random, rows: int) -> list[str]:
    by, won, lost, cells = r.choice("–-"), r.randint(0, 20), r.randint(0, 20), []
    for _ in range(rows):
        win = r.random() < 0.5
        won, lost = won + win, lost + (not win)
        cells.append(f"{won}{by}{lost}")
    return cells


def sets(r: random.Random, rows: int) -> list[str]:
    return [", ".join(r.choices(SETS, k=r.randint(2, 3))) for _ in range(rows)]


def big(r: random.Random, rows: int) -> list[str]:
    size, group = r.choice([3, 4, 4.5, 5, 6, 7]), r.choice([",", ",", ",", ",", "", ".", " "])
    numbers = [int(10 ** (size + 0.9 * r.random())) for _ in range(rows)]
    if r.random() < 0.3:
        numbers.sort(reverse=True)
    return [f"{number:,}".replace(",", group) for number in numbers]


def small(r: random.Random, rows: int) -> list[str]:
    numbers = r.choices(range(r.choice([3, 9, 15, 30, 45, 80, 120, 300, 999]) + 1), k=rows)
    if r.random() < 0.3:
        numbers.sort(reverse=r.random() < 0.8)
    return [str(number) for number in numbers]


def signed(r: random.Random, rows: int) -> list[str]:
    minus, digits = r.choice("−-–"), r.choice([0, 0, 1])
    numbers = [r.randint(-300, 300) / 10 for _ in range(rows)]
    return [f"{'+' if number > 0 else minus}{abs(number):.{digits}f}" for number in numbers]


def shares(r: random.Random, rows: int) -> list[str]:
    if r.random() < 0.15:
        return [f".{r.randint(100, 999)}" for _ in range(rows)]
    style = r.choice(SHARES)
    return [style.format(100 * r.random()) for _ in range(rows)]


def decimals(r: random.Random, rows: int) -> list[str]:
    most, digits, point = r.choice([1, 10, 10, 40, 100, 900]), r.choice([1, 1, 2, 2, 3]), r.choice("....,")
    return [f"{most * r.random():.{digits}f}".replace(".", point) for _ in range(rows)]


def times(r: random.Random, rows: int) -> list[str]:
    style = r.choice(TIMES)
    return [style.format(h=r.randint(1, 5), m=r.randint(1, 58), s=10 + 48 * r.random()) for _ in range(rows)]


def lengths(r: random.Random, rows: int) -> list[str]:
    style = r.choice(LENGTHS)
    return [style.format(m=r.randint(2, 9), s=r.randint(0, 59), n=r.randint(20, 150)) for _ in range(rows)]


def measured(r: random.Random, rows: int) -> list[str]:
    unit, most = r.choice(list(UNITS.items()))
    digits, gap, both = (
        r.choice([0, 0, 1, 2]),
        r.choice([" ", " ", " ", ""]),
        r.choice(["", "", "", " mi", " ft", " lb"]),
    )
    numbers = [1 + most * r.random() for _ in range(rows)]
    seconds = [f" ({0.6 * number:,.{digits}f}{both})" if both else "" for number in numbers]
    return [f"{number:,.{digits}f}{gap}{unit}{second}" for number, second in zip(numbers, seconds, strict=True)]


def money(r: random.Random, rows: int) -> list[str]:
    sign, size, way = r.choice(["$", "$", "$", "£", "€", "US$", "₹"]), r.randint(2, 7), r.random()
    if way < 0.2:
        after = r.choice([" million", "m", " M", "bn"])
        return [f"{sign}{1 + 90 * r.random():.1f}{after}" for _ in range(rows)]
    digits = 2 if size < 4 and r.random() < 0.7 else 0
    texts = [f"{1 + r.random() * 10**size:,.{digits}f}" for _ in range(rows)]
    swapped = {ord(","): ".", ord("."): ","}
    return [f"{text.translate(swapped)} €" if way > 0.9 else sign + text for text in texts]


def heights(r: random.Random, rows: int) -> list[str]:
    style = r.choice(HEIGHTS)
    return [style.format(f=r.choice([5, 6, 6, 7]), i=r.randint(0, 11), c=r.randint(60, 99)) for _ in range(rows)]


def degrees(r: random.Random, rows: int) -> list[str]:
    style, sides = r.choice(DEGREES), r.choice(["NS", "EW"])
    return [style.format(90 * r.random(), r.choice(sides)) for _ in range(rows)]
