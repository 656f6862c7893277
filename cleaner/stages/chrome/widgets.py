"""Boxes of links: related articles, recent posts, archives, categories, tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from cleaner.phrases import rest_after, unspaced
from cleaner.stages.chrome.page import Finding, Found, Line, Page

_MOST_TITLE_WORDS = 20  # of a linked headline
_MOST_ENTRY_WORDS = 8  # of a category, a month, a tag
_MOST_ITEMS = 15
_TELLING, _TELLING_UNSPACED = 7, 4  # letters that make a single word more than an ordinary one ("Read: …")
_REACH = 40  # lines in which they come
_MOST_PREFIXED_WORDS = 25
_MOST_TAG_WORDS = 30
_WIDGETS = frozenset({"widgets", "widgets_weak", "widget_items"})
_OPENERS = frozenset({"related", "widgets", "widgets_weak", "about_author", "comments", "comment_form"})
_LABEL_END = re.compile(r"\s*[:：|–—»›>→-]")
_SENTENCE_END = re.compile(r"[.。]\s+\S")


def related_links(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Links to other articles: "Read also: …" lines, and headings such as "You may also like" with their links.

    A one-word heading with prose under it stays, as does "Related work".
    """
    finding = Finding("related-links", "links to other articles")
    tail = page.tail_start(found)
    labelled = {line.index for line in page.prefixed("related") if _is_labelled_link(line)} - found.keys()
    yield from ((index, finding) for index in labelled)
    for line in page.listed("related"):
        if line.short and line.index not in found and line.index not in labelled:
            if len(line.words) == 1 and page.over_prose(line.index, found):
                continue
            yield line.index, finding
            yield from ((item.index, finding) for item in _items(page, line, found, _MOST_TITLE_WORDS, tail))


def _is_labelled_link(line: Line) -> bool:
    size = line.prefixes["related"]
    if not size < len(line.words) <= _MOST_PREFIXED_WORDS or _SENTENCE_END.search(line.text):
        return False
    label = " ".join(line.words[:size])
    rest = rest_after(line.text, size)
    shouted = line.text[: len(line.text) - len(rest)].isupper() and not line.text.isupper()
    if not (_LABEL_END.match(rest) or (shouted and size > 1)):
        return False
    telling = len(label) >= _TELLING or unspaced(label) >= _TELLING_UNSPACED
    return size > 1 or shouted or (telling and line.block.kind != "list_item")


def widgets(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Headings of side boxes with their entries: "Recent posts" anywhere, "Categories" only among other chrome.

    A heading with prose under it stays, and so does a last section of the article that merely
    is called "Categories": the foot of the page must show other chrome.
    """
    possible = [line for line in page.shorts if not line.concepts.isdisjoint(_WIDGETS) and line.index not in found]
    if not possible:
        return
    tail = page.tail_start(found)
    weak = {line.index for line in page.listed("widgets_weak") if line.index >= tail and line.short}
    evidence = len(weak) > 1 or any(
        page.taken(index, found) for index in range(tail, len(page.lines)) if page.lines[index].block.kind != "table"
    )
    for line in possible:
        sure = "widgets" in line.concepts and not page.titles_prose(line.index, found)
        if sure or (line.index in weak and evidence):
            yield line.index, Finding("widget-heading", "widget heading")
            most = _MOST_TITLE_WORDS if sure else _MOST_ENTRY_WORDS
            entry = Finding("widget-entry", f"entry under “{line.text.strip()[:40]}”")
            yield from ((item.index, entry) for item in _items(page, line, found, most, tail))
        elif line.index >= tail and evidence and "widget_items" in line.concepts:
            yield line.index, Finding("widget-entry", "widget entry")


def tags(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Lines that list an article's tags or categories ("Tags: a, b", "Filed under: c"), before or after the prose."""
    head, tail = page.head_end(found), page.tail_start(found)
    for line in page.prefixed("tags"):
        if line.index in found or head <= line.index < tail or line.block.kind == "list_item":
            continue
        size = line.prefixes["tags"]
        if not size < len(line.words) <= _MOST_TAG_WORDS or _SENTENCE_END.search(line.text):
            continue
        if _LABEL_END.match(rest_after(line.text, size)) or (size > 1 and line.short):
            yield line.index, Finding("widget-entry", "tags of the article")


def _items(page: Page, heading: Line, found: Found, most_words: int, tail: int) -> list[Line]:
    """The short lines under a heading, up to the title if it stands over the article.

    In the midst of the article no headings: they open its next section.
    """
    items: list[Line] = []
    head = page.head_end(found)
    reach = page.lines[heading.index + 1 : heading.index + 1 + _REACH]
    for line in reach:
        if line.index in found and found[line.index].rule == "breadcrumb":
            break  # under it stands the title
        if line.gone or line.index in found:
            continue
        if line.prose or not 0 < len(line.words) <= most_words or len(items) == _MOST_ITEMS or _opens(line):
            break
        if line.index < head and page.signed(line.index, found):
            break
        items.append(line)
    if heading.index >= tail:
        return items
    kind = items[0].block.kind if items else "heading"
    return (
        [] if kind == "heading" else list(takewhile(lambda line: line.block.kind == kind and not _leads(line), items))
    )


def _opens(line: Line) -> bool:
    return not line.concepts.isdisjoint(_OPENERS)


def _leads(line: Line) -> bool:
    """Whether a line is what the prose after it hangs on ("They say:")."""
    return line.text.endswith(":")
