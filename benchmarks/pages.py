"""Writes what was measured into the README and the pages of docs/.

    python -m benchmarks.pages

A page marks each place: ``<!-- measured: NAME -->``, and what stands from there to the next empty line is
the table of that name, made from ``results.json`` by a function of :data:`TABLES`.  A test fails where a page and
the results differ.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any

from benchmarks.contest import QUICK, RESULTS, wanted
from benchmarks.material import ROOT

PAGES = (ROOT / "README.md", *(ROOT / "docs" / name for name in ("benchmarks.md", "cost.md", "near-duplicates.md")))
_MARK = re.compile(r"(<!-- measured: (\w+) -->\n)(?:[^\n]+\n)*")

Sections = dict[str, Any]


def refreshed(text: str, results: dict[str, Any]) -> str:
    """A page with the tables of these results."""
    return _MARK.sub(lambda match: f"{match[1]}{TABLES[match[2]](results)}\n", text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(line)} |" for line in (head, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]])


def number(value: float) -> str:
    """A figure with as many digits as mean something."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def spread(values: Sequence[float]) -> str:
    """The median, and in brackets the least and the most."""
    low, middle, high = map(number, (min(values), median(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"


def ratios(way: dict[str, Any], ours: dict[str, Any]) -> list[float]:
    """How many times as fast as a contestant we were, round by round."""
    return [theirs / own for theirs, own in zip(way["seconds"], ours["seconds"], strict=True)]


def figure(value: float | None) -> str:
    """A score, as the field writes them."""
    return "" if value is None else f"{value:.3f}".removeprefix("0")


# ---- where and when ------------------------------------------------------------------------


def machine(results: dict[str, Any]) -> str:
    """One sentence on the machine and the date."""
    one, sections = results["machine"], results["sections"].values()
    days = sorted({section["measured"] for section in sections})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return (
        f"Measured {when} on a machine of {one['cores']} cores ({one['architecture']}) and {one['memory_gb']} GB, "
        f"{one['system']}, Python {one['python']}."
    )


def material(results: dict[str, Any]) -> str:
    """What each contest was held on."""
    rows = [
        (
            name.replace("_", " "),
            one["material"],
            f"{one['items']:,}",
            f"{one['bytes'] / 1e6:,.1f}",
            f"`{one['sha256'][:12]}`",
        )
        for name, one in results["sections"].items()
        if "ways" in one
    ]
    return table(("contest", "data", "inputs", "MB", "SHA-256"), rows)


def versions(results: dict[str, Any]) -> str:
    """Who took part."""
    ways = [way for one in results["sections"].values() for way in one.get("ways", ())]
    known = {way["package"]: way["version"] for way in ways}
    return ", ".join(f"{name} {version}" for name, version in sorted(known.items())) + "."


# ---- contests ------------------------------------------------------------------------------


def contest(name: str, scores: dict[str, str], *, megabytes: bool = False) -> Callable[[dict[str, Any]], str]:
    """The table of a contest: speed, how many times as fast we are, scores, memory."""

    def make(results: dict[str, Any]) -> str:
        one = results["sections"][name]
        ours = one["ways"][0]
        amount = one["bytes"] / 1e6 if megabytes else one["items"]
        rows = [
            (
                f"{way['name']}",
                spread([amount / seconds for seconds in way["seconds"]]),
                "" if way is ours else spread(ratios(way, ours)),
                *(figure(way["score"].get(score)) for score in scores),
                spread(way["peak_mb"]),
            )
            for way in one["ways"]
        ]
        unit = "MB" if megabytes else one["unit"]
        return table(("", f"{unit}/s", "cleaner is faster by", *scores.values(), "peak memory, MB"), rows)

    return make


def run(results: dict[str, Any]) -> str:
    """The whole command, with one process and with two."""
    one = results["sections"]["run"]
    rows = [
        (
            jobs,
            spread([one["items"] / wall for wall in found["wall"]]),
            spread([one["bytes"] / 1e6 / wall for wall in found["wall"]]),
            spread(found["cpu"]),
            spread([single / wall for single, wall in zip(one["jobs"]["1"]["wall"], found["wall"], strict=True)]),
            f"{found['peak_mb']:,}",
        )
        for jobs, found in one["jobs"].items()
    ]
    head = ("processes", "articles/s", "MB/s", "CPU, s", "times one process", "largest process, MB")
    return table(head, rows)


def start(results: dict[str, Any]) -> str:
    """What starting costs."""
    rows = [
        (f"`{name}`", spread(found["cached"]), spread(found["uncached"]))
        for name, found in results["sections"]["start"]["commands"].items()
    ]
    return table(("command", "CPU, s", "the first time, without cached bytecode of ours"), rows)


def profile(results: dict[str, Any]) -> str:
    """Milliseconds a document and share, by stage, for each kind of input."""
    kinds = results["sections"]["profile"]["kinds"]

    def cell(kind: str, seconds: float) -> str:
        return f"{1000 * seconds / kinds[kind]['items']:.2f} ({seconds / sum(kinds[kind]['seconds'].values()):.0%})"

    names = list(next(iter(kinds.values()))["seconds"])
    rows = [(name, *(cell(kind, kinds[kind]["seconds"].get(name, 0.0)) for kind in kinds)) for name in names]
    rows.append(("all", *(cell(kind, sum(kinds[kind]["seconds"].values())) for kind in kinds)))
    rows.append(("MB/s", *(f"{speed(kinds[kind]):.2f}" for kind in kinds)))
    return table(("ms a document", *kinds), rows)


def speed(kind: dict[str, Any]) -> float:
    """MB/s of a kind in the profile."""
    return float(kind["bytes"] / 1e6 / sum(kind["seconds"].values()))


# ---- the README's comparison ---------------------------------------------------------------

DOES = {
    "cleaner": ("every cut, with its reason", "yes", "kept; rebuilt from text", "paragraphs, of all documents"),
    "trafilatura": ("", "", "kept", "repeats it has met"),
    "resiliparse": ("", "", "", ""),
    "readability-lxml": ("", "", "kept", ""),
    "jusText": ("a class for each paragraph", "", "", ""),
    "datatrove": ("why a document went", "by rules for lines", "", "documents, sentences"),
    "datasketch, rensa": ("", "", "", "find pairs"),
    "ftfy": ("steps of a repair", "encodings", "", ""),
}
"""What each does besides finding the main content of HTML, by its own documentation (:func:`compare` has the head)."""


def compare(results: dict[str, Any]) -> str:
    """The README's table: quality and speed on HTML, and what else each does."""
    one = results["sections"]["html"]
    ways = {way["name"]: way for way in one["ways"]}

    def figures(name: str) -> tuple[str, ...]:
        if name not in ways:
            return ("", "", "")
        scores = (figure(ways[name]["score"].get(score)) for score in ("articles", "all"))
        return (*scores, f"{one['items'] / median(ways[name]['seconds']):,.0f}")

    head = (
        "F1 articles",
        "F1 all pages",
        "pages/s a core",
        "says what it cut",
        "cleans plain text",
        "tables",
        "duplicates",
    )
    rows = [(f"**{name}**" if name == "cleaner" else name, *figures(name), *does) for name, does in DOES.items()]
    return table(("", *head), rows)


def also(results: dict[str, Any]) -> str:
    """For the README: what the comparison is of, and how the rest of the work compares."""
    html, near, text = (results["sections"][name] for name in ("html", "near_duplicates", "text_curly"))
    ways = {way["name"]: way for way in near["ways"]}
    ours, peer = ways["cleaner"], ways["datasketch, pairs verified"]
    times = median(ratios(text["ways"][1], text["ways"][0]))
    faster, found, known = round(median(ratios(peer, ours))), ours["score"]["recall"], peer["score"]["recall"]
    return (
        f"From {html['items']:,} {html['material']}, bytes to records with their ledger, on one core. Near-duplicate "
        f"paragraphs: {faster} times as fast as datasketch, {found:.1%} of the pairs found (datasketch: {known:.1%}). "
        f"Plain text: all stages run at {number(times)} times the speed of ftfy's repair of encodings alone. More: "
        "[all benchmarks](docs/benchmarks.md), [what a million pages cost](docs/cost.md)."
    )


# ---- cost ----------------------------------------------------------------------------------

DOLLARS = 0.045
"""What an hour of one core costs where machines are rented by the hour: list price, no discount."""
CLUSTER = 1000
"""Cores of the cluster that is calculated with."""


def price(results: dict[str, Any]) -> str:
    """What the dollars stand for."""
    return (
        f"Core-hours are CPU time. Dollars take ${DOLLARS} for an hour of one core, about the list price of machines "
        "rented by the hour; spot prices are a third of it."
    )


def efficiency(results: dict[str, Any]) -> float:
    """Of a second core, how much is put to use: measured with two processes on two cores, never over 1."""
    jobs = results["sections"]["run"]["jobs"]
    factors = [one / two for one, two in zip(jobs["1"]["wall"], jobs["2"]["wall"], strict=True)]
    return min(1.0, median(factors) / 2)


def work(results: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Inputs, their bytes a document, and CPU seconds a document."""
    kinds = {"html": "pages of HTML", "text_chrome": "web pages as text", "text_curly": "prose, 12 paragraphs"}
    rows = []
    for name, shown in kinds.items():
        one = results["sections"][name]
        rows.append((shown, one["bytes"] / one["items"], median(one["ways"][0]["seconds"]) / one["items"]))
    run = results["sections"]["run"]
    rows.append(
        ("short articles, whole run", run["bytes"] / run["items"], median(run["jobs"]["1"]["cpu"]) / run["items"])
    )
    return rows


def cost(results: dict[str, Any]) -> str:
    """Core-hours and dollars per million documents and per terabyte."""
    rows = []
    for shown, size, seconds in work(results):
        million = 1e6 * seconds / 3600
        terabyte = 1e12 / size * seconds / 3600
        rows.append(
            (
                shown,
                f"{size / 1000:,.1f}",
                f"{million:,.2f}",
                f"${number(million * DOLLARS)}",
                f"{terabyte:,.0f}",
                f"${number(terabyte * DOLLARS)}",
            )
        )
    return table(("input", "KB each", "core-hours a million", "a million costs", "core-hours a TB", "a TB costs"), rows)


def cluster(results: dict[str, Any]) -> str:
    """Hours on this machine and, calculated, on a cluster."""
    used, cores = efficiency(results), results["machine"]["cores"]
    rows = [
        (
            shown,
            f"{1e6 * seconds / 3600 / cores / used:,.2f}",
            f"{1e12 / size * seconds / 3600 / cores / used:,.0f}",
            f"{1e6 * seconds / CLUSTER / used:,.1f} s",
            f"{1e12 / size * seconds / 3600 / CLUSTER / used:,.2f}",
        )
        for shown, size, seconds in work(results)
    ]
    head = (
        "input",
        f"{cores} cores: hours a million",
        f"{cores} cores: hours a TB",
        f"{CLUSTER:,} cores: a million",
        f"{CLUSTER:,} cores: hours a TB",
    )
    return table(head, rows)


def limits(results: dict[str, Any]) -> str:
    """How fast one core could be if it did nothing else, and how far off we are."""
    html = results["sections"]["html"]
    ways = {way["name"]: way for way in html["ways"]}
    parse = median(ways["parser alone (lexbor)"]["seconds"])
    kinds = results["sections"]["profile"]["kinds"]
    ours = {name: speed(kinds[name]) for name in ("html", "prose")}
    rows = [
        (f"{name} (text)", f"{limit:,.0f}", f"{limit / ours['prose']:,.0f}")
        for name, limit in results["sections"]["profile"]["floors"].items()
    ]
    share = html["bytes"] / 1e6
    rows.append(("parse HTML (lexbor)", f"{share / parse:,.0f}", f"{median(ways['cleaner']['seconds']) / parse:,.1f}"))
    rows += [(f"cleaner, all of it ({name})", f"{value:,.1f}", "1") for name, value in ours.items()]
    return table(("one core can", "MB/s", "times our speed"), rows)


TABLES: dict[str, Callable[[dict[str, Any]], str]] = {
    "machine": machine,
    "material": material,
    "versions": versions,
    "html": contest("html", {"articles": "F1 articles", "all": "F1 all pages"}),
    "text_curly": contest("text_curly", {"content": "F1 content"}, megabytes=True),
    "text_ascii": contest("text_ascii", {"content": "F1 content"}, megabytes=True),
    "text_chrome": contest("text_chrome", {"content": "F1 content"}, megabytes=True),
    "near_duplicates": contest("near_duplicates", {"recall": "recall", "precision": "precision"}),
    "run": run,
    "start": start,
    "profile": profile,
    "compare": compare,
    "also": also,
    "price": price,
    "cost": cost,
    "cluster": cluster,
    "limits": limits,
}
"""What a page can show."""


def main() -> None:
    if wanted():  # a quick look changes no page
        results = json.loads(QUICK.read_text(encoding="utf-8"))
        print("\n\n".join(make(results) for make in TABLES.values()))
        return
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    for page in PAGES:
        page.write_text(refreshed(page.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
