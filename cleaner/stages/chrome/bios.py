"""Author boxes: a paragraph on who wrote the article, with its heading and links."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.stages.chrome.bylines import is_name
from cleaner.stages.chrome.page import Finding, Found, Line, Page
from cleaner.words import words_of

ENOUGH = 3.0
"""A paragraph of this weight is a bio; the weights below were set on the seed articles and case files."""
_LAST = 0.5  # of this weight standing last
_LEAST = ENOUGH - _LAST  # with less weight of its own no paragraph is a bio, so it is not weighed to the end
_TIED = 3.0  # at most of this a name with "is a … journalist"
_SIGNED = 2.0  # of a paragraph that opens with the name of the byline
_MOST_CONTACT = 1.5  # at most of this the addresses
_LONGEST = 1500  # characters
_CANDIDATES = 3  # only the last prose paragraphs can be an author box without a heading
_MOST_BOXES = 20  # on one page
_NAME_REACH = 600  # characters in which the name must come
_NEAR = 10  # words before the end of "Jane Doe is a"
_SOON = 40  # the same in a longer paragraph than a bio's: a novel's may have such words anywhere
_FAR = 14  # words between "is a" and the role
_SHORT_BIO, _LONG_BIO = 60, 150  # words
_MOST_HEADING_WORDS = 6
_MOST_LINK_WORDS = 8
_MOST_LINES_ABOVE = 4
_FIRST_PERSON = frozenset({"i", "ich", "je"})

# Two or more capitalised words with particles; hyphens and initials belong to a word.
_NAME = re.compile(
    r"\b[^\W\d_a-zß-ÿ][\w'’.-]*(?:\s(?:de|da|di|van|von|der|del|la|le|al|bin)){0,2}(?:\s[^\W\d_a-zß-ÿ][\w'’.-]*){1,3}"
)
_CONTACT = re.compile(
    r"@\w{2,}|(?<![\w-])[\w-]{2,}\.(?:com|org|net|info|biz|de|fr|es|it|pt|br|nl|uk|co|io|me|blog|news|eu|ch|at|us)\b"
)
_SAID = re.compile(r"\b(?:said|says|told|added|sagte|a déclaré|dijo|ha detto|disse|zei)\b", re.IGNORECASE)


def author_bios(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """The author box at the end of an article (or under "About the author" anywhere).

    Evidence is added up: the byline's name opens it, a name with "is a … journalist", phrases of such boxes
    ("lives in", "follow her on"), addresses, a heading that names the author or the site, standing last.
    Refused: people whom the article names elsewhere (an obituary, a portrait), quoted speech.
    """
    finding = Finding("author-bio", "author bio")
    for line in page.prefixed("author_links"):
        if line.short and len(line.words) <= _MOST_LINK_WORDS and line.index not in found:
            yield line.index, finding
    prose = [line for line in page.prose if line.index not in found]
    authors = tuple({value for taken in found.values() for key, value in taken.fields if key == "author"})
    for last, line in enumerate(reversed(prose[1:][-_CANDIDATES:])):  # the first paragraph is the article's
        above = _lines_above(page, line, found)
        if _weigh(page, line, above, prose, authors) + (0.0 if last else _LAST) < ENOUGH:
            break  # what stands before a paragraph of the article is the article
        yield from ((taken.index, finding) for taken in (line, *_headings(line, above)))
    for line in _under_headings(page, prose, found):
        above = _lines_above(page, line, found)
        if _weigh(page, line, above, prose, authors) >= ENOUGH:
            yield from ((taken.index, finding) for taken in (line, *_headings(line, above)))


def _under_headings(page: Page, prose: list[Line], found: Found) -> list[Line]:
    """The paragraphs right under "About the author", wherever they stand."""
    if not (page.listed("about_author") or page.prefixed("about_author")):
        return []
    under = [line for line in prose if any(map(_names_author, _lines_above(page, line, found)))]
    return under[:_MOST_BOXES]


def _weigh(page: Page, line: Line, above: list[Line], prose: list[Line], authors: tuple[str, ...]) -> float:
    """How much speaks for a bio; see :func:`author_bios`."""
    if line.block.kind in ("table", "code") or len(line.text) > _LONGEST:
        return 0.0
    words = line.words or words_of(line.text)
    clues = page.lexicon.clues(words)
    weight = 2.5 if any(map(_names_author, above)) else 0.0
    weight += 1.5 if any(_is_kin(heading, line) for heading in above) else 0.0
    weight += _SIGNED if line.text.startswith(authors) else 0.0
    weight += min(2.0, 0.5 * len({start for concept, start, _ in clues if concept == "bio"}))
    copulas = [end for concept, _, end in clues if concept == "copula"]
    roles = [start for concept, start, _ in clues if concept == "role"]
    tied = [end for end in copulas if any(0 <= start - end <= _FAR for start in roles)]
    if weight + (_TIED if tied else 0.0) + _MOST_CONTACT < _LEAST:
        return 0.0  # whatever its names and addresses
    names = _NAME.findall(line.text[:_NAME_REACH])
    if names and _is_mentioned(names[0], line, prose):
        return 0.0
    if tied and (names or words[0] in _FIRST_PERSON):
        opens = bool(names) and line.text.lstrip(' *_“"').startswith(names[0])
        if opens and tied[0] <= _NEAR and len(words) <= _SHORT_BIO:
            weight += _TIED
        elif len(words) <= _LONG_BIO or (opens and tied[0] <= _SOON):
            weight += 2.0
    if weight + _MOST_CONTACT < _LEAST:
        return 0.0
    weight += min(_MOST_CONTACT, 1.0 * len(_CONTACT.findall(line.text)))
    return weight - (2.0 if weight >= _LEAST and _SAID.search(line.text) else 0.0)


def _is_mentioned(name: str, besides: Line, prose: list[Line]) -> bool:
    """Whether the article speaks of a person, by the last word of the name."""
    surname = name.split()[-1].strip(".'’-")
    return any(surname in line.text for line in prose if line.index != besides.index)


def _lines_above(page: Page, line: Line, found: Found) -> list[Line]:
    """Up to two short lines right above a paragraph, nearest first: the box's title and the name."""
    above: list[Line] = []
    for index in range(line.index - 1, max(-1, line.index - 1 - _MOST_LINES_ABOVE), -1):
        before = page.lines[index]
        if before.gone or index in found:
            continue
        if not before.short or len(before.words) > _MOST_HEADING_WORDS or before.block.level == 1:
            break
        above.append(before)
    return above[:2]


def _headings(line: Line, above: list[Line]) -> list[Line]:
    """The lines above that go with a bio."""
    return [heading for heading in above if _names_author(heading) or _is_kin(heading, line)]


def _names_author(heading: Line) -> bool:
    return "about_author" in heading.concepts or heading.prefixes.get("about_author", 0) > 1


def _is_kin(heading: Line, line: Line) -> bool:
    """Whether a short heading is the name, or the site, that the paragraph speaks of."""
    name, words = "".join(heading.words), words_of(line.text)
    called = is_name(heading.text) and heading.words[0] in words[:3]  # "Jane Doe" over "Jane lives in …"
    return called or (len(name) >= 4 and name in "".join(words))
