"""Who wrote a page, by its markup: meta tags, JSON-LD, and elements that are marked as the author's name.

Markup often names an account ("admin"), a template's variable or the site itself; so a candidate is first
cleaned ("By Jane Doe, Staff writer" is Jane Doe), and must then be plausible: a single word must be shown on
the page, and the site's own name (or an organisation's) must be shown near the title.  Bylines in the text, without
any mark, are the stage ``chrome``'s to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from cleaner.datenames import months, read_date
from cleaner.names import ACCOUNTS, PARTICLES
from cleaner.readers.html.boxes import Piece
from cleaner.words import beginning, squeeze

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

Thing = Mapping[str, Any]
"""An object of a page's JSON-LD."""

_NAMES = (
    "author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
    "byl", "byline",
)  # fmt: skip
_MARKED = '[rel~="author"], [itemprop~="author"], [class*="author" i], [class*="byline" i]'
"""The elements that are marked as the author's, or as somebody's: others use these words in classes too."""
_MOST_MARKED = 12
_LONGEST_MARKED = 300
"""An element with more text is a whole box about the author, or about something else."""
_SHORTEST_SITE = 4
"""A site's name of fewer letters is not looked for inside others."""
_NEAR = 8
"""So many short blocks before and after the title may show who wrote the page."""
_MOST_TITLES = 4
_SHORTEST_PART = 12
"""A heading of so many letters may be a part of the title."""
_MOST_WORDS = 8
_LONGEST, _LONGEST_SHOWN = 80, 120
_WORKS = ("article", "posting", "report", "page", "recipe", "howto", "question")
"""What a page is: ``@type`` ends in it.  Others (comments, reviews, books) have authors too."""
_ELSEWHERE = re.compile(r"(?:^|\s)(?:site-)?(?:comment|related|sidebar|footer|nav(?!\w)|menu|recent)", re.IGNORECASE)
_JOBS = frozenset("staff writer reporter correspondent editor contributor columnist journalist md phd cfp cpa".split())
_LABEL = re.compile(
    r"\W*(?:(?:(?:written|posted|published|words|text|story|report|created)\s+)?by|geschrieben von|écrit par|author|"
    r"autore?|auteur|text|texte|texto|автор|作者|(?P<particle>von|par|por|da|door))\b[\s:：]*",
    re.IGNORECASE,
)
_END = re.compile(
    r"[|•·*(\[/\n]|\s\d|\s[-–—]\s|\s(?:on|am|le|el|il|em)\s(?=\w{1,20}\W{0,3}\d)"
    r"|\s(?:Associated Press|AP|Reuters|AFP|Staff) (?:Staff )?[Ww]riter"
)
_NO_NAME = re.compile(r"[a-z]+(?:[._]+[a-z]+)+$|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}$|https?:")
_NOT_IN_NAMES = re.compile(r"[{}<>$@=]")


def find_author(
    parser: LexborHTMLParser,
    meta: Mapping[str, str],
    things: Sequence[Thing],
    pieces: Sequence[Piece],
    title: str,
    sites: frozenset[str],
) -> str:
    """The names of those who wrote the page, with ", " between them; "" where its markup does not tell.

    ``sites``: what the site is called (squeezed).
    """
    shown = _Shown(pieces, title, sites)
    for candidates, sure in _sources(parser, meta, things, shown):
        names = [name for name in map(clean_author, candidates) if shown.plausible(name, sure=sure)]
        if names:
            return ", ".join(dict.fromkeys(names))
    return ""


def clean_author(text: str) -> str:
    """The name, or names, in what markup gives as an author: without a label, a job, a date; "" if none is left."""
    text = text.strip()
    if _NO_NAME.match(text):
        return ""
    if (label := _LABEL.match(text)) and not (label["particle"] and len(text[label.end() :].split()) < 2):
        text = text[label.end() :]  # but "von Trapp" is a name
    if end := _END.search(text):
        text = text[: end.start()]
    first, *others = (part.strip() for part in text.split(","))
    names = [first, *(part for part in others if " " in part and not _JOBS.intersection(part.casefold().split()))]
    words = ", ".join(names).split()
    while words and words[-1].strip(".").casefold() in months():
        words.pop()
    name = " ".join(words).strip(" ,;:|-–—.")
    if _NO_NAME.match(name) or _NOT_IN_NAMES.search(name) or name.casefold() in ACCOUNTS or len(name) > _LONGEST:
        return ""
    return name


def _sources(
    parser: LexborHTMLParser, meta: Mapping[str, str], things: Sequence[Thing], shown: _Shown
) -> Iterator[tuple[list[str], bool]]:
    """What each source gives, the most deliberate first; and whether it surely means who wrote the page."""
    for name in _NAMES:
        if value := meta.get(name):
            yield [value], True
    people = {thing["@id"]: thing for thing in things if isinstance(thing.get("@id"), str) and "name" in thing}
    for thing in things:
        if _is_work(thing):
            persons: list[Any] = []
            companies: list[Any] = []
            for kind in ("author", "creator"):
                value = thing.get(kind)
                for one in value if isinstance(value, list) else [value]:
                    company = isinstance(one, Mapping) and "Organization" in str(one.get("@type"))
                    (companies if company else persons).append(one)
            yield _names(persons, people), True
            yield _names(companies, people), False
    marked = parser.css(_MARKED)  # a look at every node, so no sooner than it is needed
    yield from _marked([node for node in marked if _says(node, "rel", "itemprop")], sure=True)
    yield from (([name], True) for name in map(_byline, shown.after_title()) if name)
    for names, sure in _marked([node for node in marked if _says(node, "class")], sure=False):
        yield list(filter(_is_written_like_names, names)), sure
    labelled = {name for name in map(_byline, filter(_LABEL.match, shown.texts)) if _is_written_like_names(name)}
    yield (list(labelled) if len(labelled) == 1 else []), True


def _is_work(thing: Thing) -> bool:
    kinds = thing.get("@type", "WebPage")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and kind.lower().endswith(_WORKS) for kind in kinds)


def _names(value: Any, people: Mapping[str, Thing]) -> list[str]:
    """The names of persons in a JSON-LD value: a string, an object, a reference to one, or a list of these."""
    if isinstance(value, list):
        return [name for one in value if not isinstance(one, list) for name in _names(one, people)]
    if isinstance(value, Mapping):
        value = value.get("name") or people.get(str(value.get("@id")), {}).get("name")
    return [_text(value)] if isinstance(value, str) else []


def _text(value: str) -> str:
    """A JSON string on one line; an escaped lone surrogate, which UTF-8 cannot hold, becomes ``?``."""
    return " ".join(value.encode("utf-8", "replace").decode().split())


def _byline(text: str) -> str:
    """The name in a line such as "by Jane Doe · May 5" or "Jane Doe | May 5, 2024"; "" if it is no byline."""
    label = _LABEL.match(text)
    if not label and not (_END.search(text) and read_date(text)):
        return ""
    name = clean_author(text)
    if not name or name[0].islower() or len(name.split()) > _MOST_WORDS:
        return ""
    return name if _is_written_like_names(name) or (label and " " not in name) else ""


def _is_written_like_names(text: str) -> bool:
    words = clean_author(text).split()
    return len(words) > 1 and all(word[0].isupper() or word in PARTICLES for word in words)


def _says(node: LexborNode, *keys: str) -> bool:
    """Whether one of these attributes names an author."""
    told = " ".join(node.attributes.get(key) or "" for key in keys).casefold()
    return "author" in told or "byline" in told


def _marked(nodes: Sequence[LexborNode], *, sure: bool) -> Iterator[tuple[list[str], bool]]:
    """Of each element marked as the author's, the first line that is more than a label."""
    for node in nodes[:_MOST_MARKED]:
        text = node.text(deep=True, separator="\n")
        if len(text) < _LONGEST_MARKED and not _is_elsewhere(node):
            lines = (line.strip() for line in text.split("\n"))
            yield [next(filter(clean_author, lines), "")], sure


def _is_elsewhere(node: LexborNode) -> bool:
    """Whether an element stands among comments, related articles or the like."""
    above: LexborNode | None = node
    while above is not None and above.tag != "body":
        attributes = above.attributes
        if _ELSEWHERE.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"):
            return True
        above = above.parent
    return False


class _Shown:
    """What of a candidate a reader of the page sees; looked at only when a candidate needs it."""

    def __init__(self, pieces: Sequence[Piece], title: str, sites: frozenset[str]) -> None:
        self._pieces = pieces
        self._title = squeeze(title)
        self._sites = sites

    @cached_property
    def _short(self) -> list[Piece]:
        return [piece for piece in self._pieces if len(piece.text) <= _LONGEST_SHOWN]

    @cached_property
    def texts(self) -> list[str]:
        """All short blocks of the page."""
        return [piece.text for piece in self._short]

    @cached_property
    def _titles(self) -> list[int]:
        """Where, among the short blocks, the title stands, or a heading that is part of it."""
        headings = [at for at, piece in enumerate(self._short) if piece.kind == "heading"]
        possible = sorted({*headings, *beginning(self.texts, self._title[:1])})
        return list(islice(filter(self._is_title, possible), _MOST_TITLES))

    def _is_title(self, at: int) -> bool:
        piece = self._short[at]
        own = squeeze(piece.text)
        part = piece.kind == "heading" and len(own) >= _SHORTEST_PART and own in self._title
        return part or (self._title != "" and own.startswith(self._title))

    @cached_property
    def _near(self) -> list[str]:
        """The short blocks around the title, case folded."""
        spans = (self.texts[max(0, at - _NEAR) : at + 1 + _NEAR] for at in self._titles or [0])
        return [text.casefold() for span in spans for text in span]

    def after_title(self) -> list[str]:
        """The short blocks after the title, in each place where it stands."""
        return [text for at in self._titles for text in self.texts[at + 1 : at + 1 + _NEAR]]

    def plausible(self, name: str, *, sure: bool) -> bool:
        """Whether a cleaned candidate can be the author: see the module."""
        if len(name) < 2:
            return False
        folded = name.casefold()
        own = squeeze(name)
        if not sure or any(own == site or (len(site) >= _SHORTEST_SITE and site in own) for site in self._sites):
            return folded in self._near or (" " in name and any(folded in text for text in self._near))
        if " " in name:
            return True
        whole = re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)")
        return any(whole.search(text.casefold()) for text in self.texts)
