"""What a page says of itself: title, author, date, address, language.

Each fact has an ordered list of sources, the most deliberate first; the first that gives a
usable value wins.  Dates of the markup are taken only in ISO 8601 form; where it has none, the address and
a short block near the title may tell one (sources ``url`` and ``text``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from cleaner.datenames import read_date
from cleaner.document import Metadata
from cleaner.readers.html.author import find_author
from cleaner.readers.html.boxes import Piece
from cleaner.words import TITLE_SEPARATOR, beginning, squeeze

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from cleaner.readers.html.walk import Telling

_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_DATES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
)
_BRACKET = re.compile(r"(?<!\s)\s+\((?=[^()]*\)$)")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)([/-]?)(\d\d)\2(\d\d)(?=/|-|$)")
_MOST_PARTS = 10
_SHORTEST_NAME = 4
"""A site's name of fewer letters is not looked for inside other words."""
_LONGEST_DATELINE = 120
_BEFORE, _AFTER = 4, 6
"""So many blocks before and after the title may hold the date."""
_ISO = re.compile(
    r"(\d{4})(?:-(\d\d?)-(\d\d?)|(\d\d)(\d\d))"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d\d:?\d\d)?)?(?=\D|$)"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
_JSON_LD = "application/ld+json"
_MAX_JSON = 500_000
_MAX_NODES = 20_000


@dataclass(frozen=True, slots=True)
class _Page:
    """The places that facts are looked for in."""

    parser: LexborHTMLParser
    telling: Telling
    meta: Mapping[str, str]  # name or property, lower-cased -> content
    things: tuple[Mapping[str, Any], ...]  # the objects of all JSON-LD scripts
    pieces: Sequence[Piece]


def page_metadata(parser: LexborHTMLParser, telling: Telling, pieces: Sequence[Piece], known: Metadata) -> Metadata:
    """``known`` with its empty fields filled from the page, and the format set to ``html``."""
    page = _Page(parser, telling, _meta(telling["meta"]), tuple(_things(telling["script"])), pieces)
    url = known.url or _url(telling["link"], page.meta)
    title = known.title or _title(page, url)
    day, source = (known.date, known.date_source) if known.date else _date(page, title, url)
    return replace(
        known,
        format="html",
        url=url,
        title=title,
        author=known.author or find_author(parser, page.meta, page.things, pieces, title, _site_names(page, url)),
        date=day,
        date_source=source if day else "",
        language=known.language or _language(page),
    )


def iso_date(text: str) -> str:
    """The ISO date, or date with time, that ``text`` begins with; ``""`` if none or not a real day."""
    match = _ISO.match(text.strip()[:40])
    if match is None:
        return ""
    year, *days, hour, minute, second, zone = match.groups()
    month, day = (part.zfill(2) for part in days if part)
    try:
        if not 1900 <= date(int(year), int(month), int(day)).year <= 2100:
            return ""
    except ValueError:
        return ""
    if hour is None or not (int(hour) < 24 and int(minute) < 60 and int(second or 0) < 60):
        return f"{year}-{month}-{day}"
    if zone and zone != "Z" and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{zone or ''}"


def without_site(title: str, names: Iterable[str]) -> str:
    """``title`` without a leading or trailing part that names the site (``"Bread rises | The Daily"``).

    ``names`` are what the site is called.  A part goes that is one of them, spaces and case aside, or
    is part of one, or looks like a domain (``"gamezine.co.uk"``).
    """
    wanted = frozenset(squeeze(name) for name in names) - {""}
    cuts = list(TITLE_SEPARATOR.finditer(title))
    if not cuts:
        return title
    if _names_site(title[cuts[-1].end() :], wanted):
        return title[: cuts[-1].start()].strip()
    if _names_site(title[: cuts[0].start()], wanted):
        return title[cuts[0].end() :].strip()
    return title


def _names_site(part: str, names: frozenset[str]) -> bool:
    own = squeeze(part)
    if own in names or _DOMAIN.fullmatch(part.strip()):
        return True
    return len(own) >= _SHORTEST_NAME and any(own in name for name in names)


def _meta(nodes: Sequence[LexborNode]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in nodes:
        attributes = node.attributes
        content = (attributes.get("content") or "").strip()
        for key in ("property", "name", "itemprop"):
            name = (attributes.get(key) or "").strip().lower()
            if name and content:
                found.setdefault(name, " ".join(content.split()))
    return found


def _things(scripts: Sequence[LexborNode]) -> Iterator[Mapping[str, Any]]:
    """Every object in the page's JSON-LD, outer before inner; broken scripts are passed over."""
    for node in scripts:
        text = node.text(deep=True) if node.attributes.get("type") == _JSON_LD else ""
        if not text or len(text) > _MAX_JSON:
            continue
        try:
            queue: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        for count, thing in enumerate(queue):  # grows while it is read
            if isinstance(thing, dict):
                yield thing
                thing = list(thing.values())
            if isinstance(thing, list) and count < _MAX_NODES:
                queue.extend(item for item in thing if isinstance(item, dict | list))


def _title(page: _Page, url: str) -> str:
    names = _site_names(page, url)
    deliberate = next((page.meta[name] for name in _TITLES if page.meta.get(name)), "")
    node = page.parser.css_first("title")
    title = deliberate or (" ".join(node.text(deep=True).split()) if node is not None else "")
    if shown := _shown(title, page.pieces, names):
        return shown
    headings = [piece.text for piece in page.pieces if piece.kind == "heading" and piece.level == 1]
    if not deliberate and len(headings) == 1:
        return headings[0]
    if not title:
        return next((piece.text for piece in page.pieces if piece.kind == "heading" and piece.level <= 2), "")
    return without_site(title, names)


def _site_names(page: _Page, url: str) -> frozenset[str]:
    """What the site is called (squeezed): by the page itself, and by its host as a whole and in parts."""
    names = [page.meta.get("og:site_name", ""), page.meta.get("application-name", "")]
    labels = _host(url).split(".")
    names += [".".join(labels[i:]) for i in range(len(labels))] + labels[:-1]
    return frozenset(map(squeeze, names)) - {""}


def _shown(title: str, pieces: Sequence[Piece], names: frozenset[str]) -> str:
    """The longest run of the title's parts that stands on the page as a block of its own; "" if none does.

    So the names of sites and sections around it go, also those that nothing else tells.
    """
    cuts = [*list(TITLE_SEPARATOR.finditer(title))[:_MOST_PARTS], *_BRACKET.finditer(title)]
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(title)]
    runs = (title[i:j].strip() for number, i in enumerate(starts) for j in ends[number:])
    wanted = {run: squeeze(run) for run in runs}
    begins = {words[:1] for words in wanted.values()}
    texts = [piece.text for piece in pieces if len(piece.text) <= 2 * len(title)]
    blocks = {squeeze(texts[at]) for at in beginning(texts, begins)}
    found = [run for run in wanted if wanted[run] in blocks and not _names_site(run, names)]
    return max(found, key=len, default="")


def _first(nodes: Sequence[LexborNode], key: str, value: str) -> LexborNode | None:
    """The first node with that value of an attribute."""
    return next((node for node in nodes if (node.attributes.get(key) or "").lower() == value), None)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # "http://[half"
        return ""


def _date(page: _Page, title: str, url: str) -> tuple[str, str]:
    """``(date, where it was found)``."""
    for name in _DATES[:2]:
        if found := iso_date(page.meta.get(name, "")):
            return found, f"meta {name}"
    for thing in page.things:
        value = thing.get("datePublished")
        if isinstance(value, str) and (found := iso_date(value)):
            return found, "json-ld datePublished"
    for name in _DATES[2:]:
        if found := iso_date(page.meta.get(name, "")):
            return found, f"meta {name}"
    times = [node.attributes["datetime"] or "" for node in page.telling["time"] if "datetime" in node.attributes]
    for time in times[:5]:
        if found := iso_date(time):
            return found, "time datetime"
    told = _URL_DATE.search(url)
    if told and (day := iso_date(f"{told[1]}-{told[3]}-{told[4]}")):
        return day, "url"
    return _dateline(page, title), "text"


def _dateline(page: _Page, title: str) -> str:
    """The date in a short block near one that is the title or begins with it."""
    wanted = squeeze(title)
    texts = [piece.text for piece in page.pieces]
    for at in beginning(texts, wanted[0]) if wanted else ():
        text = texts[at]
        if len(text) <= 2 * len(title) + _LONGEST_DATELINE and squeeze(text[: 2 * len(title)]).startswith(wanted):
            near = [*texts[at + 1 : at + _AFTER], *texts[max(0, at - _BEFORE) : at][::-1], text]
            days = (read_date(one) for one in near if len(one) <= _LONGEST_DATELINE + len(title))
            if found := next(filter(None, days), ""):
                return found
    return ""


def told_url(parser: LexborHTMLParser) -> str:
    """The address that a page names as its own, "" if it names none."""
    return _url(parser.css("link"), _meta(parser.css("meta")))


def _url(links: Sequence[LexborNode], meta: Mapping[str, str]) -> str:
    node = _first(links, "rel", "canonical")
    candidates = [(node.attributes.get("href") or "") if node is not None else "", meta.get("og:url", "")]
    return next((url.strip() for url in candidates if url.strip().startswith(("http://", "https://"))), "")


def _language(page: _Page) -> str:
    node = page.parser.css_first("html")
    value = (node.attributes.get("lang") or node.attributes.get("xml:lang") or "") if node is not None else ""
    value = value.strip() or page.meta.get("og:locale", "")
    return re.split("[-_]", value)[0].lower() if _LANGUAGE.match(value) else ""
