"""Corpus stage ``sites``: chrome known by its coming back on page after page of one site.

Counted are blocks near the ends of a document, digits and dates masked ("Updated 3 hours ago" is
one line on all pages).  What is on enough of a site's documents goes, every copy, from the ends
inwards until other text comes.  Left alone: sites with few documents; headings, but for those that
head nothing else; tables and code; long texts, which stage ``duplicates`` thins out to one copy;
and documents that would lose most of their text (copies of one another rather than chrome).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from cleaner.corpus import store
from cleaner.corpus.clean import documents
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.document import Block, Document, remove
from cleaner.settings import Config, Sites

LONGEST = 300
"""A text of more characters (some 50 words) is no line of chrome."""
GAP = 2
"""So many other blocks in a row (a title, a dateline) may stand between lines of chrome."""
MIN_KEPT = 0.5
"""A document of which less than this share of characters would stay is left as it is."""

_NUMBER = re.compile(r"\d[\d.,:/-]*")
_LETTERS = re.compile(r"[^\W\d_]{3,}")

Recurring = Mapping[str, frozenset[int]]
"""Site -> keys (see :func:`key_of`) of the lines that recur on it."""


@dataclass(frozen=True, slots=True)
class EdgeCounts:
    """For one site: its documents, and ``(key, on how many of them it stands near an end)``."""

    documents: int
    keys: tuple[tuple[int, int], ...]


def find_recurring(workshop: Workshop, config: Config, items: list[Made], limits: list[int]) -> Made:
    """The lines that recur, by site: an input for the tasks that apply them."""
    if not config.sites.enabled or "sites" in config.skip_stages:
        return workshop.keep("sites", {})
    settings = workshop.settings(Config(sites=config.sites))
    counted = workshop.run(count_edges, [[settings, one] for one in items], limits)
    return workshop.run(decide_sites, [[settings, *counted]])[0].file("recurring")


def count_edges(task: Task, folder: Path) -> Counts:
    """Inputs: settings, documents of a shard (at most ``part``).  Makes ``counts``: site -> :class:`EdgeCounts`."""
    config = store.load(task.inputs[0], Config)
    pages: Counter[str] = Counter()
    keys: dict[str, Counter[int]] = {}
    for document in documents(task.inputs[1], task.part):
        site = document.metadata.site
        pages[site] += 1
        found = {key_of(document.blocks[index]) for index in _edges(document, config.sites.edge)}
        keys.setdefault(site, Counter()).update(key for key in found if key is not None)
    counts = {site: EdgeCounts(pages[site], tuple(sorted(keys[site].items()))) for site in pages}
    (folder / "counts").write_bytes(store.encode(counts))
    return {}


def decide_sites(task: Task, folder: Path) -> Counts:
    """Inputs: settings, the counts of all shards.  Makes ``recurring`` (:data:`Recurring`)."""
    sites = store.load(task.inputs[0], Config).sites
    pages: Counter[str] = Counter()
    keys: dict[str, Counter[int]] = {}
    for path in task.inputs[1:]:
        for site, counts in store.load(Path(path, "counts"), dict[str, EdgeCounts]).items():
            pages[site] += counts.documents
            keys.setdefault(site, Counter()).update(dict(counts.keys))
    recurring = {
        site: sorted(key for key, number in keys[site].items() if number >= max(2, sites.min_share * pages[site]))
        for site in pages
        if pages[site] >= sites.min_documents
    }
    (folder / "recurring").write_bytes(store.encode({site: found for site, found in recurring.items() if found}))
    return {"lines": sum(map(len, recurring.values()))}


def load_recurring(path: str) -> Recurring:
    """What :func:`find_recurring` made."""
    return {site: frozenset(keys) for site, keys in store.load(path, dict[str, list[int]]).items()}


def remove_recurring(document: Document, recurring: Recurring, sites: Sites) -> Document:
    """Mark the recurring lines at the document's ends removed."""
    keys = recurring.get(document.metadata.site)
    if not keys:
        return document
    edges = _edges(document, sites.edge)
    goes = _reached(document, edges, keys) | _reached(document, edges[::-1], keys)
    goes -= _heading_others(document, goes)
    size = sum(len(block.text) for block in document.blocks if block.removed is None)
    if size - sum(len(document.blocks[index].text) for index in goes) < MIN_KEPT * size:
        return document
    reason = "recurs on many documents of this site"
    return remove(document, "sites", dict.fromkeys(goes, ("recurring-line", reason, 0.0)))


def _edges(document: Document, edge: int) -> list[int]:
    """Indices of the kept blocks at most ``edge`` from either end."""
    kept = [index for index, block in enumerate(document.blocks) if block.removed is None]
    return kept if len(kept) <= 2 * edge else kept[:edge] + kept[-edge:]


def _reached(document: Document, indices: list[int], keys: frozenset[int]) -> set[int]:
    """Recurring blocks, from one end on, until more than :data:`GAP` others in a row come."""
    reached: set[int] = set()
    others = 0
    for index in indices:
        if key_of(document.blocks[index]) in keys:
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


def key_of(block: Block) -> int | None:
    """A hash of the block's text, digits and dates masked; ``None`` if it is no line of chrome by form."""
    if block.kind in ("table", "code") or len(block.text) > LONGEST:
        return None
    text = " ".join(unicodedata.normalize("NFKC", block.text).casefold().split())
    names = _date_names()
    text = _LETTERS.sub(lambda match: "#" if match.group() in names else match.group(), text)
    text = _NUMBER.sub("0", text)
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


@lru_cache(maxsize=1)
def _date_names() -> frozenset[str]:
    from cleaner.datenames import months, weekdays

    return frozenset(months()) | weekdays()
