"""Corpus stage ``sites``: chrome known by its coming back on page after page of one site.

Counted are blocks near the ends of a document, digits and dates masked ("Updated 3 hours ago" is
one line on all pages).  What is on enough of a site's documents goes, every copy, from the ends
inwards until other text comes.  So do lines that vary a little ("Photo: Ann Lee for the Wave"): words that
are at the ends of few of a site's documents are masked, and what is left must be most of the line and
recur on even more of them.  Left alone: sites with few documents; headings, but for those that
head nothing else; tables and code; long texts, which stage ``duplicates`` thins out to one copy;
and documents that would lose most of their text (copies of one another rather than chrome).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

from cleaner.corpus import store
from cleaner.corpus.clean import documents
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.document import Block, Document, remove
from cleaner.settings import Config, Sites

RECURRING, TALLY = "recurring", "tally"
"""Names of the files with what recurs and on how many documents."""
LONGEST = 300
"""A text of more characters (some 50 words) is no line of chrome."""
GAP = 2
"""So many other blocks in a row (a title, a dateline) may stand between lines of chrome."""
MIN_KEPT = 0.5
"""A document of which less than this share of characters would stay is left as it is."""

VARIED_WORDS = 0.7
"""A line that varies keeps at least this share of its words,"""
VARIED_SLOTS = 2
"""differs in at most so many places,"""
VARIED_SHARE = 0.5
"""and is on at least this share of a site's documents."""
SHORTEST = 4
"""A line of fewer words may recur as it is, but not vary."""

_NUMBER = re.compile(r"\d[\d.,:/-]*")
_LETTERS = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class EdgeCounts:
    """For one site: its documents, and ``(what, on how many of them it stands near an end)``."""

    documents: int
    lines: tuple[tuple[int, int], ...]
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Template:
    """What recurs on one site: hashes of lines, words, and hashes of lines whose other words are masked."""

    lines: frozenset[int]
    words: frozenset[str] = frozenset()
    varied: frozenset[int] = frozenset()

    def key(self, text: str | None) -> int | None:
        """The hash under which a line (see :func:`line_of`) recurs; ``None`` if it does not."""
        if text is None:
            return None
        if (whole := hash_of(text)) in self.lines:
            return whole
        key = masked(text, self.words) if self.varied else None
        return key if key in self.varied else None


Recurring = Mapping[str, Template]
"""By site."""
Tally = Mapping[str, tuple[int, dict[int, int]]]
"""By site: its documents, and on how many of them each of the lines stands that recur."""


def find_recurring(workshop: Workshop, config: Config, items: list[Made], limits: list[int]) -> tuple[Made, Made]:
    """The lines that recur, by site, for the tasks that apply them; and a tally of them, for the ledger.

    They are two, because the tally changes with every document, but what recurs does not.
    """
    if not config.sites.enabled or "sites" in config.skip_stages:
        return workshop.keep("sites", {}), workshop.keep("sites", {})
    settings = workshop.settings(Config(sites=config.sites))
    counted = workshop.run(count_edges, [[settings, one] for one in items], limits)
    decided = workshop.run(decide_sites, [[settings, *counted]])[0]
    if config.sites.variations:
        recurring = decided.file(RECURRING)
        varied = workshop.run(count_varied, [[recurring, one.file("edges")] for one in counted])
        decided = workshop.run(decide_varied, [[settings, recurring, decided.file(TALLY), *varied]])[0]
    return decided.file(RECURRING), decided.file(TALLY)


def count_edges(task: Task, folder: Path) -> Counts:
    """Inputs: settings, documents of a shard (at most ``part``).

    Makes ``counts``: site -> :class:`EdgeCounts`, and ``edges``: the lines near the ends of each document.
    """
    sites = store.load(task.inputs[0], Config).sites
    pages: Counter[str] = Counter()
    lines: dict[str, Counter[int]] = {}
    words: dict[str, Counter[str]] = {}
    with store.StreamWriter(folder / "edges") as edges:
        for document in documents(task.inputs[1], task.part):
            site = document.metadata.site
            pages[site] += 1
            found = {line_of(document.blocks[index]) for index in _edges(document, sites.edge)}
            texts = sorted(text for text in found if text is not None)
            lines.setdefault(site, Counter()).update({hash_of(text) for text in texts})
            if sites.variations:
                words.setdefault(site, Counter()).update({word for text in texts for word in text.split()})
                edges.write((site, texts))
    counts = {
        site: EdgeCounts(pages[site], tuple(sorted(lines[site].items())), tuple(sorted(words.get(site, {}).items())))
        for site in pages
    }
    (folder / "counts").write_bytes(store.encode(counts))
    return {}


def decide_sites(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the counts of all shards.  Makes ``recurring`` and ``tally``, without varied lines."""
    sites = store.load(task.inputs[0], Config).sites
    pages: Counter[str] = Counter()
    lines: dict[str, Counter[int]] = {}
    words: dict[str, Counter[str]] = {}
    for path in task.inputs[1:]:
        for site, counts in store.load(store.join(path, "counts"), dict[str, EdgeCounts]).items():
            pages[site] += counts.documents
            lines.setdefault(site, Counter()).update(dict(counts.lines))
            words.setdefault(site, Counter()).update(dict(counts.words))
    recurring = {
        site: Template(
            frozenset(line for line, n in lines[site].items() if n >= max(2, sites.min_share * pages[site])),
            frozenset(word for word, n in words[site].items() if n >= max(2, sites.min_share * pages[site])),
        )
        for site in pages
        if pages[site] >= sites.min_documents
    }
    tally = {site: (pages[site], {line: lines[site][line] for line in one.lines}) for site, one in recurring.items()}
    _save(folder, recurring, tally)
    return {"lines": sum(len(one.lines) for one in recurring.values())}


def count_varied(task: Task, folder: Path) -> Counts:
    """Inputs: what recurs, the edges of a shard.

    Makes ``counts``: site -> its documents and ``(hash of a masked line, on how many of them it stands)``.
    """
    recurring = load_recurring(task.inputs[0])
    pages: Counter[str] = Counter()
    found: dict[str, Counter[int]] = {}
    for site, texts in store.read_stream(task.inputs[1], tuple[str, list[str]]):
        if site in recurring:
            pages[site] += 1
            keys = {masked(text, recurring[site].words) for text in texts}
            found.setdefault(site, Counter()).update(key for key in keys if key is not None)
    counts = {site: (pages[site], sorted(found[site].items())) for site in pages}
    (folder / "counts").write_bytes(store.encode(counts))
    return {}


def decide_varied(task: Task, folder: Path) -> Counts:
    """Inputs: settings, what recurs, its tally, the counts of all shards.  Makes both anew, with varied lines."""
    sites = store.load(task.inputs[0], Config).sites
    recurring = dict(load_recurring(task.inputs[1]))
    tally = dict(load_tally(task.inputs[2]))
    pages: Counter[str] = Counter()
    found: dict[str, Counter[int]] = {}
    for path in task.inputs[3:]:
        counts = store.load(store.join(path, "counts"), dict[str, tuple[int, list[tuple[int, int]]]])
        for site, (number, keys) in counts.items():
            pages[site] += number
            found.setdefault(site, Counter()).update(dict(keys))
    share = max(VARIED_SHARE, sites.min_share)
    for site, number in pages.items():
        varied = frozenset(key for key, n in found[site].items() if n >= max(2, share * number))
        recurring[site] = replace(recurring[site], varied=varied)
        tally[site] = (number, tally[site][1] | {key: found[site][key] for key in varied})
    _save(folder, recurring, tally)
    return {"lines": sum(len(one.varied) for one in recurring.values())}


def _save(folder: Path, recurring: Recurring, tally: Tally) -> None:
    counts = {site: (number, sorted(lines.items())) for site, (number, lines) in tally.items()}
    (folder / TALLY).write_bytes(store.encode(counts))
    some = {site: (sorted(one.lines), sorted(one.words), sorted(one.varied)) for site, one in recurring.items()}
    (folder / RECURRING).write_bytes(store.encode(some))


def load_recurring(path: str) -> Recurring:
    """What :func:`find_recurring` made."""
    found = store.load(path, dict[str, tuple[list[int], list[str], list[int]]])
    return {
        site: Template(frozenset(lines), frozenset(words), frozenset(varied))
        for site, (lines, words, varied) in found.items()
    }


def load_tally(path: str) -> Tally:
    """The tally that :func:`find_recurring` made."""
    found = store.load(path, dict[str, tuple[int, list[tuple[int, int]]]])
    return {site: (number, dict(lines)) for site, (number, lines) in found.items()}


def remove_recurring(document: Document, recurring: Recurring, sites: Sites, tally: Tally | None = None) -> Document:
    """Mark the recurring lines at the document's ends removed; with a tally the ledger says on how many they are."""
    template = recurring.get(document.metadata.site)
    if template is None:
        return document
    edges = _edges(document, sites.edge)
    goes = _reached(document, edges, template) | _reached(document, edges[::-1], template)
    goes -= _heading_others(document, goes)
    size = sum(len(block.text) for block in document.blocks if block.removed is None)
    if size - sum(len(document.blocks[index].text) for index in goes) < MIN_KEPT * size:
        return document
    number, counts = (tally or {}).get(document.metadata.site, (0, {}))
    reasons = {}
    for index in goes:
        key = template.key(line_of(document.blocks[index]))
        rule = "recurring-line" if key in template.lines else "recurring-variation"
        reasons[index] = (rule, f"recurs on {counts.get(key or 0, 0):,} of {number:,} documents of this site", 0.0)
    return remove(document, "sites", reasons)


def _edges(document: Document, edge: int) -> list[int]:
    """Indices of the kept blocks at most ``edge`` from either end."""
    kept = [index for index, block in enumerate(document.blocks) if block.removed is None]
    return kept if len(kept) <= 2 * edge else kept[:edge] + kept[-edge:]


def _reached(document: Document, indices: list[int], template: Template) -> set[int]:
    """Recurring blocks, from one end on, until more than :data:`GAP` others in a row come."""
    reached: set[int] = set()
    others = 0
    for index in indices:
        if template.key(line_of(document.blocks[index])) is not None:
            reached.add(index)
            others = 0
        else:
            others += 1
            if others > GAP:
                break
    return reached


def _heading_others(document: Document, goes: set[int]) -> set[int]:
    """Headings among ``goes`` whose next block stays: they may be section names that many pages share."""
    heading: set[int] = set()
    stays = False
    for index in range(len(document.blocks) - 1, -1, -1):
        block = document.blocks[index]
        if block.removed is not None:
            continue
        if index not in goes:
            stays = True
        elif block.kind == "heading" and stays:
            heading.add(index)
        else:
            stays = False
    return heading


def line_of(block: Block) -> str | None:
    """The block's text, folded, digits and dates masked; ``None`` if it is no line of chrome by form."""
    if block.kind in ("table", "code") or len(block.text) > LONGEST:
        return None
    text = " ".join(unicodedata.normalize("NFKC", block.text).casefold().split())
    names = _date_names()
    text = _LETTERS.sub(lambda match: "#" if match.group() in names else match.group(), text)
    return _NUMBER.sub("0", text)


def masked(text: str, words: frozenset[str]) -> int | None:
    """A hash of a line with all but ``words`` masked; ``None`` if it does not vary, or too much of it does."""
    found = text.split()
    stays = [word in words for word in found]
    if len(found) < SHORTEST or not VARIED_WORDS * len(found) <= sum(stays) < len(found):
        return None
    masks = [word if stay else "*" for word, stay in zip(found, stays, strict=True)]
    parts = [one for before, one in pairwise(["", *masks]) if one != "*" or before != "*"]  # a slot of any length
    return hash_of(" ".join(parts)) if parts.count("*") <= VARIED_SLOTS else None


def hash_of(text: str) -> int:
    """64 bits that stand for a line."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


@lru_cache(maxsize=1)
def _date_names() -> frozenset[str]:
    from cleaner.datenames import months, weekdays

    return frozenset(months()) | weekdays()
