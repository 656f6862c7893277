"""Tables as encyclopedias have them, made up: real names beside results, dates and figures that are drawn.

Names of people, places, clubs and films come from the packages of package_frames.py.  The same packages give
the same grids.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import made_columns as made
from glued_grids import Grid
from made_columns import Cells, listed
from package_frames import names_of

ROWS = (4, 4, 5, 5, 6, 7, 8, 9, 10, 12)
COLUMNS = (2, 2, 3, 3, 3, 4, 4, 5, 6, 7)
LONGEST_ROW = 200
RANKED = 0.1
"""The share of league and medal tables."""
GROUPS = {
    "index": 1,
    "when": 1.2,
    "name": 3,
    "place": 2,
    "kind": 2,
    "code": 0.4,
    "score": 1.2,
    "number": 3.5,
    "note": 0.4,
}
"""What columns hold, in their usual order, and how often."""
MISSING = ("", "–", "N/A", "-", "TBD", "—")
MARKS = ("[1]", "*", "†", "[a]", " (c)", "^")
CLUBS = ("{}", "{}", "{} United", "{} City", "{} Rovers", "{} Town", "{} Athletic", "FC {}", "{} FC", "SV {}", "AC {}")
NOTES = (
    "Replaced by {person}",
    "Moved to {city}",
    "Lost to {team}",
    "Co-produced with {actor}",
    "First appearance",
    "Career-high",
    "Originally from {city}",
    "Born in {city}, {country}",
    "Relocated in {year}",
    "Closed in {year}",
    "See also {film}",
    "Later at {school}",
    "Named after {person}",
    "Renamed {venue}",
    "Also directed",
    "Shared with {surname}",
    "Resigned",
    "Built {year}",
)


class Kind(NamedTuple):
    """What a column may be: a group, names for its header, and what makes the cells."""

    group: str
    headers: str
    cells: Cells


class Maker:
    """Tables out of names."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self.names = names
        self.kinds: dict[str, list[Kind]] = {group: [] for group in GROUPS}
        for kind in self._kinds():
            self.kinds[kind.group].append(kind)

    def grid(self, r: random.Random) -> Grid:
        """A table of columns of any kinds, mostly in their usual order, or a ranking."""
        rows = r.choice(ROWS)
        if r.random() < RANKED:
            return r.choice([self.league, self.medals])(r, rows)
        groups = r.choices(list(GROUPS), list(GROUPS.values()), k=r.choice(COLUMNS))
        if {"number", "score", "index"} >= set(groups) and r.random() < 0.7:
            groups[0] = "name"
        if r.random() < 0.8:
            groups.sort(key=lambda group: list(GROUPS).index(group) + 1.5 * r.random())
        header: list[str] = []
        columns = []
        for group in groups:
            kind = r.choice(self.kinds[group])
            header.append(r.choice([name for name in kind.headers.split("/") if name not in header] or [group]))
            cells = kind.cells(r, rows)
            if r.random() < 0.06:
                cells = [cell if r.random() < 0.8 else r.choice(MISSING) for cell in cells]
            if r.random() < 0.05:
                cells[r.randrange(rows)] += r.choice(MARKS)
            columns.append(cells)
        if r.random() < 0.1:
            header = [name.lower() for name in header]
        return [header, *map(list, zip(*columns, strict=True))]

    def league(self, r: random.Random, rows: int) -> Grid:
        """Clubs by their points."""
        played, goals, signed = r.randint(6, 46), r.randint(1, 3), r.random() < 0.3
        table = []
        for name in self.clubs(r, rows):
            won = r.randint(0, played)
            drawn = r.randint(0, played - won)
            scored, against = (r.randint(0, goals * played) for _ in range(2))
            difference = f"{scored - against:+}" if signed else str(scored - against)
            figures = [played, won, drawn, played - won - drawn, scored, against, difference, 3 * won + drawn]
            table.append((3 * won + drawn, name, list(map(str, figures))))
        table.sort(reverse=True)
        heads = r.choice(["Pld/W/D/L/GF/GA/GD/Pts", "P/W/D/L/F/A/+/-/Pts", "MP/W/D/L/GF/GA/GD/Points"]).replace(
            "+/-", "±"
        )
        kept = [*sorted(r.sample(range(7), r.randint(3, 7))), 7]
        header = [
            r.choice(["Pos", "Rank", "#", "Pos."]),
            r.choice(["Team", "Club"]),
            *(heads.split("/")[at] for at in kept),
        ]
        return [header, *([str(n), name, *(row[at] for at in kept)] for n, (_, name, row) in enumerate(table, 1))]

    def medals(self, r: random.Random, rows: int) -> Grid:
        """Nations or people by three counts and their sum."""
        pool = self.names[r.choice(["country", "country", "person", "city", "code"])]
        most = r.choice([4, 9, 15, 40])
        counts = sorted(([r.randint(0, most) for _ in range(3)] for _ in range(rows)), reverse=True)
        header = r.choice([("Rank", "Nation", "Gold", "Silver", "Bronze"), ("#", "Name", "1st", "2nd", "3rd")])
        table = [
            [str(number), name, *map(str, count), str(sum(count))]
            for number, (name, count) in enumerate(zip(r.sample(pool, rows), counts, strict=True), 1)
        ]
        if r.random() < 0.3:
            sums = [sum(column) for column in zip(*counts, strict=True)]
            table.append(["", "Total", *map(str, sums), str(sum(sums))])
        return [[*header, "Total"], *table]

    # ---- what columns may hold -------------------------------------------------------------

    def some(self, pool: str, repeated: float = 0.0) -> Cells:
        """Names of a pool; sometimes a few of them again and again."""
        names = self.names[pool]

        def cells(r: random.Random, rows: int) -> list[str]:
            if r.random() < repeated or len(names) < rows:
                return r.choices(r.sample(names, 3), k=rows)
            return r.sample(names, rows)

        return cells

    def clubs(self, r: random.Random, rows: int) -> list[str]:
        towns = r.sample(self.names["town"], rows)
        clubs = [r.choice(CLUBS).format(town) if r.random() < 0.9 else r.choice(self.names["team"]) for town in towns]
        if r.random() < 0.1:
            return [f"{club} ({r.choice(self.names['code'])})" for club in clubs]
        return clubs

    def opponents(self, r: random.Random, rows: int) -> list[str]:
        where = r.choice(["at ", "@ ", "@"]), r.choice(["", "", "vs. ", "vs "])
        names = self.names[r.choice(["team", "school", "town", "country"])]
        return [r.choice(where) + name for name in r.choices(names, k=rows)]

    def several(self, r: random.Random, rows: int) -> list[str]:
        by, count = r.choice([", ", " / ", " and ", " & ", " "]), r.randint(2, 3)
        return [by.join(r.sample(self.names["person"], count)) for _ in range(rows)]

    def quoted(self, r: random.Random, rows: int) -> list[str]:
        return [f'"{film}"' for film in r.sample(self.names["film"], rows)]

    def routes(self, r: random.Random, rows: int) -> list[str]:
        by, towns = r.choice([" – ", " to ", "–", " - ", " → "]), r.sample(self.names["town"], rows + 1)
        return [by.join(pair) for pair in itertools.pairwise(towns)]

    def notes(self, r: random.Random, rows: int) -> list[str]:
        left_out = r.choice([0.0, 0.0, 0.3])
        cells = []
        for _ in range(rows):
            words = {pool: r.choice(names) for pool, names in self.names.items()}
            note = r.choice(NOTES).format(**words, year=r.randint(1900, 2020))
            cells.append("" if r.random() < left_out else note)
        return cells

    def _kinds(self) -> Sequence[Kind]:
        some = self.some
        return [
            Kind("index", "Rank/#/No./Pos/Pos./Place/Position/Rk", made.counting),
            Kind("index", "Week/Game/Round/Episode/Stage/Match/Event/Race/Heat/Lane/Number/Level/Seed", made.counting),
            Kind("index", "Year/Season/Date/Elected/Released", made.years),
            Kind("index", "Season/Year/Seasons/School year", made.seasons),
            Kind(
                "index",
                "Round/Stage/Phase/Competition",
                listed(
                    *(
                        "First Round",
                        "Second Round",
                        "Quarterfinals",
                        "Semifinals",
                        "Final",
                        "Group stage",
                        "Round of 16",
                    ),
                    *("QF", "SF", "F", "R1", "R2", "1R", "2R", "Playoffs", "Preseason", "Regular season"),
                ),
            ),
            Kind("when", "Date/Played/Opened/Released/Original air date/Launched/Born/Signed/Start date", made.dates),
            Kind("when", "Date/Day/Start", made.days),
            Kind("when", "Time/Kickoff/Start time/Departure/Arrival (ET)/Start", made.clock),
            Kind("when", "Years/Reign/Tenure/Term/Active/Period/Career/In office", made.spans),
            Kind("name", "Name/Player/Winner/Driver/Rider/Coach/Athlete/Candidate/Author/Artist", some("person")),
            Kind("name", "Director/Cast/Starring/Actor/Runner-up/Narrator/Writer(s)/Composer", some("actor")),
            Kind("name", "Director/Directed by/Producer", some("director")),
            Kind("name", "Names/Drivers/Crew/Partner/Winning team/Finalists", self.several),
            Kind("name", "Title/Film/Show/Work/Album/Song/Episode/Book/Game/Single/Movie", some("film")),
            Kind("name", "Title/Song/Track/Single/Episode title", self.quoted),
            Kind("name", "Team/Club/Home team/Away team/Winners/Home/Visitor/Opposition", self.clubs),
            Kind("name", "Opponent/Opponent#/Against", self.opponents),
            Kind("name", "School/University/College/Institution/Alma mater", some("school")),
            Kind("name", "Venue/Stadium/Site/Location/Ground/Arena/Park/Course", some("venue", 0.3)),
            Kind("name", "Airport/Station/Terminal/Destination/Stop", some("airport")),
            Kind("place", "City/Town/Location/Seat/Hometown/Municipality/Headquarters/Capital", some("city")),
            Kind("place", "City/Town/Locality/Parish/Borough/District/Origin/Route/Depot", some("town")),
            Kind("place", "Location/Place/Venue/Hometown/Host city", some("city, country", 0.2)),
            Kind("place", "Hometown/Location/City/Birthplace", some("city, state")),
            Kind("place", "Country/Nation/Nationality/Team/Host/Origin", some("country", 0.3)),
            Kind("place", "State/Territory/Region/Province", some("state", 0.3)),
            Kind("place", "Nat/Nat./NOC/Code/Country code", some("code", 0.3)),
            Kind("place", "Route/Course/Section/From – to/Line", self.routes),
            Kind("kind", "Genre/Type/Category/Style", some("genre", 0.6)),
            Kind("kind", "Genre/Genres/Category", some("genres", 0.2)),
            Kind(
                "kind",
                "Pos/Position/Pos./Role",
                listed(
                    *(
                        "G",
                        "F",
                        "C",
                        "GK",
                        "DF",
                        "MF",
                        "FW",
                        "QB",
                        "RB",
                        "WR",
                        "TE",
                        "LB",
                        "SS",
                        "PG",
                        "SF",
                        "LW",
                        "OF",
                        "3B",
                    ),
                    *("Guard", "Forward", "Center", "Goalkeeper", "Defender", "Midfielder", "Pitcher", "Linebacker"),
                ),
            ),
            Kind(
                "kind",
                "Result/Outcome/Award result",
                listed(
                    "Won", "Lost", "Nominated", "Winner", "Runner-up", "Finalist", "Pending", "Eliminated", "Qualified"
                ),
            ),
            Kind(
                "kind",
                "Status/State/Condition/Availability",
                listed(
                    *(
                        "Active",
                        "Closed",
                        "Open",
                        "Completed",
                        "In service",
                        "Retired",
                        "Demolished",
                        "Planned",
                        "Ongoing",
                    ),
                    *("Under construction", "Cancelled", "Scrapped", "Sunk", "Current", "Draft", "Extinct", "Unknown"),
                ),
            ),
            Kind(
                "kind",
                "Surface/Class/Gauge/Format/Terrain",
                listed(
                    *(
                        "Clay",
                        "Hard",
                        "Grass",
                        "Carpet",
                        "Hard (i)",
                        "Flat stage",
                        "Mountain stage",
                        "CD",
                        "LP",
                        'Vinyl 12"',
                    ),
                    *("Digital download", "Standard gauge", "A", "B", "AA", "AAA", "4A"),
                ),
            ),
            Kind(
                "kind",
                "Retired/Status/Gap",
                listed(
                    "Finished",
                    "Engine",
                    "Gearbox",
                    "Collision",
                    "+1 Lap",
                    "+2 Laps",
                    "Accident",
                    "DNF",
                    "DNS",
                    "Brakes",
                ),
            ),
            Kind(
                "kind",
                "Party/Affiliation/Caucus/Group",
                listed(
                    *("Democratic", "Republican", "Labour", "Conservative", "Liberal Democrat", "Green", "Independent"),
                    *("Liberal", "SNP", "Social Democrats", "Christian Democrats", "Whig", "CDU", "SPD", "FDP"),
                ),
            ),
            Kind(
                "kind",
                "Award/Category/Honour/Prize/Medal/Event",
                listed(
                    *(
                        "Best Actor",
                        "Best Director",
                        "Best Picture",
                        "Most Valuable Player",
                        "Gold",
                        "Silver",
                        "Bronze",
                    ),
                    *(
                        "100 metres",
                        "200 m freestyle",
                        "4 × 100 m relay",
                        "Marathon",
                        "Men's singles",
                        "Women's doubles",
                    ),
                ),
            ),
            Kind(
                "kind",
                "Role/Character/Credit/Position/Title/Occupation",
                listed(
                    *("Himself", "Herself", "Narrator", "Host", "Lead role", "Guest", "Producer", "Writer", "Captain"),
                    *("President", "Secretary", "Minister of Finance", "Governor", "Mayor", "Head coach", "TV movie"),
                ),
            ),
            Kind(
                "kind",
                "Owner/Language/Religion/Network/Broadcaster",
                listed(
                    *("English", "French", "German", "Spanish", "Hindi", "Catholic", "Public", "Private", "NBC", "CBS"),
                    *("BBC One", "ITV", "Classic rock", "News/talk", "Top 40", "Government", "Co-educational"),
                ),
            ),
            Kind("code", "Call sign/Callsign/Station/Registration/Designation/Hull No./Unit", made.codes),
            Kind("code", "IATA/FAA/Code/Abbr.", some("iata")),
            Kind("code", "ICAO/Code/Identifier", some("icao")),
            Kind("score", "Score/Result/Final score/Agg./Aggregate", made.scores),
            Kind("score", "Result/Score/Outcome/W/L", made.results),
            Kind("score", "Record/W–L/Overall/Conference/Series", made.records),
            Kind("score", "Score in the final/Score/Sets", made.sets),
            Kind("number", "Attendance/Crowd/Population/Votes/Total/Capacity/Students/Passengers/Visitors", made.big),
            Kind("number", "Points/Pts/Goals/Caps/Apps/Wins/Matches/Tries/Laps/Runs/Seats/Gold/Grid", made.small),
            Kind("number", "GP/W/D/L/GF/GA/Yards/Weeks/Episodes/Rounds/Age/Floors/Losses/Total/Overs", made.small),
            Kind("number", "GD/Diff/Change/Swing/Goal difference/Net", made.signed),
            Kind("number", "%/Percentage/Share/Pct/Win %/Turnout/Growth/Vote %/Rate", made.shares),
            Kind("number", "Avg/Average/Rating/PPG/Difficulty/Magnitude/Viewers/Area (km²)/GDP", made.decimals),
            Kind("number", "Time/Gap/Lap time/Split/Qual 1/Qual 2/Best time/Time (s)/Margin", made.times),
            Kind("number", "Length/Duration/Running time/Run time", made.lengths),
            Kind("number", "Distance/Height/Weight/Power/Speed/Area/Frequency/Size/Diameter/Depth", made.measured),
            Kind("number", "Prize/Salary/Price/Budget/Gross/Revenue/Fee/Prize money/Box office/Cost", made.money),
            Kind("number", "Height/Ht./Ht", made.heights),
            Kind("number", "Latitude/Longitude/Coordinates", made.degrees),
            Kind("note", "Notes/Remarks/Comments/Details/Description/Note", self.notes),
        ]


def grids(packages: Path, count: int) -> list[tuple[str, Grid]]:
    """So many tables; each is a source of its own."""
    maker = Maker(names_of(packages))
    tables = [(f"made {number}", maker.grid(random.Random(number))) for number in range(count)]
    return [(source, grid) for source, grid in tables if all(1 < len("".join(row)) <= LONGEST_ROW for row in grid)]
