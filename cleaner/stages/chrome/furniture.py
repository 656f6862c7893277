"""The fixed parts around an article: share bars, menus, breadcrumbs, footers, ornaments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cleaner.stages.chrome.page import LONGEST, Finding, Found, Line, Page
from cleaner.words import words_of, words_of_each

# Only these characters: no letter, digit, question or exclamation mark, bracket or currency.
_ORNAMENT = re.compile(r"[\s.·•∙*_\-–—=~#|/\\<>«»‹›←→↑↓▲▼►◄▶◀+:,^°§†‡■□▪▫◆◇○●★☆✦✧❖✽✿♦♣♠♥─━═…⁂❦\u200b-\u200d]+")
_BREAK = re.compile(r"([*\-_~#=•·⁂❦])(?:\s*\1){0,4}|\.{3,4}|…")  # between paragraphs: a scene break, an omission
_FULL_STOP = re.compile(r"[^.…\s][.。]\s*$")
_TABLE_RULE = frozenset(" 	|:+-")  # the rule of a table that nobody read
_SEGMENTS = re.compile(r"\s*[|·•»›>→/\n\t]\s*|\s{3,}")
_MARK = re.compile(r"[|·•»›>→/]")
_SEGMENT_MARK = re.compile(r"[|·•»›>→/\n\t]|\s\s\s")
_STEPS = re.compile(r"(?:(?<!\s)\s+)?[>»›→]\s*|(?<!\s)\s+(?:/|::)\s+")
_COPYRIGHT = re.compile(r"\W{0,3}(?:copyright\W{0,3}(?:©|\(c\)|\d{4})|©|℗|\(c\)\W{0,2}\d{4})", re.IGNORECASE)

_SHARE = frozenset({"share", "follow"})
_BAR = frozenset({"share", "networks", "follow", "connectives"})
_MENU = frozenset("navigation sections share networks follow newsletter cookies footer app_prompt paywall".split())
_MOST_BAR_WORDS = 40
_MOST_FOLLOW_WORDS = 10  # "Follow @name on Twitter"
_MOST_ITEM_WORDS = 5
_FEWEST_ENTRIES = 3  # of a menu on one line
_ACCOUNT = frozenset(("navigation", "newsletter", "paywall"))
_FEWEST_OF_ACCOUNT = 2  # "Log in | Register"
_MOST_STEP_WORDS = 14
_MOST_TRAIL_WORDS = 3 * _MOST_STEP_WORDS
_MOST_FOOTER_WORDS = 60
_MOST_COPYRIGHT_WORDS = 40
_MOST_MAKER_WORDS = 10  # "Powered by …"
_MOST_CREDIT_WORDS = 10
_SHORTEST_RUN = 3
_SHORTEST_RUN_INSIDE = 4


def ornaments(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Lines of stars, dots, rules or arrows.

    A scene break ("* * *") or an omission ("…") between two paragraphs of prose stays.
    """
    for line in page.lines:
        if line.words or line.gone or line.block.kind in ("table", "code"):
            continue
        text = line.text.strip()
        if not _ORNAMENT.fullmatch(text):
            continue
        scene_break = _BREAK.fullmatch(text) and _between_prose(page, line.index)
        table_rule = "|" in text and "-" in text and _TABLE_RULE.issuperset(text)
        if not scene_break and not table_rule:
            yield line.index, Finding("ornament", "ornament")


def _between_prose(page: Page, index: int) -> bool:
    """Whether prose stands close on both sides; a heading or a date may come between."""
    before, after = page.lines[max(0, index - 2) : index], page.lines[index + 1 : index + 3]
    return any(line.prose for line in before) and any(line.prose for line in after)


def share_bars(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Share and follow buttons, on one line or one a line.

    A network's name alone is chrome only in a run with such a button; a short heading over prose
    stays, unless it stands between the title and the first prose.
    """
    finding = Finding("share-bar", "share or follow buttons")
    bars = {
        line.index: pieces
        for line in page.lines
        if not line.opens.isdisjoint(_BAR) and (pieces := _bar_pieces(page, line))
    }
    if any(piece & _SHARE for pieces in bars.values() for piece in pieces):
        head = page.head_end(found)
        for run in _runs(page, bars):
            if any(piece & _SHARE for line in run for piece in bars[line.index]):
                alone = len(run) == 1 and len(run[0].words) < 3 and not 0 < run[0].index < head
                if not (alone and page.titles_prose(run[0].index, found)):
                    yield from ((line.index, finding) for line in run)
    for line in page.shorts:
        if "follow" not in line.opens and "follow" not in line.prefixes:
            continue
        handle = "@" in line.text and "follow" in page.lexicon.line(line.words[:1])
        if len(line.words) <= _MOST_FOLLOW_WORDS and (handle or "follow" in line.prefixes):
            yield line.index, finding


def _runs(page: Page, indices: Iterable[int]) -> list[list[Line]]:
    """The lines of ascending indices, those that stand next to each other together."""
    runs: list[list[Line]] = []
    for index in indices:
        if runs and runs[-1][-1].index == index - 1:
            runs[-1].append(page.lines[index])
        else:
            runs.append([page.lines[index]])
    return runs


def _bar_pieces(page: Page, line: Line) -> list[frozenset[str]]:
    if len(line.words) > _MOST_BAR_WORDS:
        return []
    pieces = page.lexicon.cover(line.words, _BAR)
    return [] if all(piece == {"connectives"} for piece in pieces) else pieces


def navigation(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Menu entries that name themselves ("Skip to content", "Privacy policy") and menus on one line.

    A heading with prose under it stays ("Contact" in a guide), and so does the line of a poem ("Home.").
    """
    finding = Finding("navigation", "navigation")
    for line in page.listed("navigation"):
        if line.short and not _FULL_STOP.search(line.text) and not page.titles_prose(line.index, found):
            yield line.index, finding
    for line in page.shorts:
        if len(line.words) < _FEWEST_OF_ACCOUNT and "](" not in line.text:
            continue
        split = _is_split(line.text)
        if (split or not line.opens.isdisjoint(_MENU)) and _is_menu(page, line, split=split):
            yield line.index, finding


def _is_split(text: str) -> bool:
    """Whether there are marks, line ends, tabs or wide gaps in a text."""
    if _MARK.search(text):
        return True
    single_spaces = "  " not in text and text.isprintable()  # the only white space that is printable
    return not single_spaces and _SEGMENT_MARK.search(text) is not None


def _is_menu(page: Page, line: Line, *, split: bool) -> bool:
    """Whether a line holds several menu entries; ``split`` says that it has marks that may stand between them."""
    sure = "navigation" in line.concepts or "author_links" in line.prefixes
    if sure or not 0 < len(line.words) <= _MOST_BAR_WORDS or _ends_sentence(line):
        return False
    pieces = page.lexicon.cover(line.words, _MENU)
    fewest = _FEWEST_ENTRIES if any(_ACCOUNT.isdisjoint(piece) for piece in pieces) else _FEWEST_OF_ACCOUNT
    if len(pieces) >= fewest and any("navigation" in piece for piece in pieces):
        return True
    parts = _SEGMENTS.split(line.text) if split else []
    if len(parts) < _FEWEST_ENTRIES:
        return False
    segments = [words for words in words_of_each(parts) if words]
    entries = sum(not page.lexicon.line(words).isdisjoint(_MENU) for words in segments)
    return (
        len(segments) >= _FEWEST_ENTRIES
        and all(len(words) <= _MOST_ITEM_WORDS for words in segments)
        and 2 * entries >= len(segments)
    )


def _ends_sentence(line: Line) -> bool:
    return line.text.rstrip().endswith((".", "!", "?", ":"))


def breadcrumbs(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Trails such as "Home > News > Sport", or "You are here: …".  Other lines with arrows stay."""
    finding = Finding("breadcrumb", "breadcrumb trail")
    for line in page.prefixed("breadcrumb"):
        if line.short and len(line.words) <= _MOST_TRAIL_WORDS:
            yield line.index, finding
    for line in page.shorts:
        if "breadcrumb_home" not in line.opens or len(line.words) > _MOST_TRAIL_WORDS:
            continue
        steps = words_of_each(_STEPS.split(line.text))
        at_home = "breadcrumb_home" in page.lexicon.line(steps[0])
        if len(steps) >= 2 and at_home and all(len(step) <= _MOST_STEP_WORDS for step in steps):
            yield line.index, finding


def menus(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Runs of short lines that are mostly names of sections, with what stands between them.

    Only at the head or the foot of a page, or with a sure menu entry among them; a line over
    prose, the document's first heading, and a title over its byline stay.
    """
    finding = Finding("navigation", "menu")
    entries = page.listed("sections")
    if not entries:
        return
    head, tail = page.head_end(found), page.tail_start(found)
    for run in _runs_around(page, entries, found):
        if len(run) < _SHORTEST_RUN:
            continue
        known = [line.index for line in run if "sections" in line.concepts or page.taken(line.index, found)]
        named = [line.index for line in run if "sections" in line.concepts and line.index not in found]
        edge = run[-1].index < head or run[0].index >= tail
        if not named or 5 * len(known) < 3 * len(run) or len(known) < _SHORTEST_RUN:
            continue
        if not edge and (len(run) < _SHORTEST_RUN_INSIDE or len(named) == len(known)):
            continue
        for line in run:
            between = edge and known[0] < line.index < known[-1]
            other = line.short and line.block.level != 1 and not page.signed(line.index, found)
            goes = line.index in named or (between and other)
            if goes and line.index not in found and not page.titles_prose(line.index, found):
                yield line.index, finding


def _runs_around(page: Page, entries: Iterable[Line], found: Found) -> Iterator[Sequence[Line]]:
    """The longest runs of possible menu items, each with one of the entries in it."""
    stop = 0
    for entry in entries:
        if entry.index >= stop and _could_be_item(entry, found):
            start, stop = entry.index, entry.index + 1
            while start > 0 and _could_be_item(page.lines[start - 1], found):
                start -= 1
            while stop < len(page.lines) and _could_be_item(page.lines[stop], found):
                stop += 1
            yield page.lines[start:stop]


def _could_be_item(line: Line, found: Found) -> bool:
    if line.gone or line.index in found:
        return True
    return line.short and len(line.words) <= _MOST_ITEM_WORDS and not _ends_sentence(line)


def footers(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Copyright lines anywhere; "Powered by …" and the like after the last prose."""
    finding = Finding("footer", "page footer")
    tail = page.tail_start(found)
    for line in page.lines:
        marked = len(line.text) <= LONGEST and _COPYRIGHT.match(line.text) and len(line.words) <= _MOST_COPYRIGHT_WORDS
        if marked and not line.gone and line.block.kind not in ("table", "code"):
            yield line.index, finding
    for line in page.listed("footer"):
        if len(line.words) <= _MOST_FOOTER_WORDS and not page.titles_prose(line.index, found):
            yield line.index, finding
    for line in page.telling("copyright"):
        if len(line.words) <= _MOST_FOOTER_WORDS:
            yield line.index, finding
    for line in page.prefixed("footer"):
        if line.index >= tail and line.short and len(line.words) <= _MOST_MAKER_WORDS:
            yield line.index, finding


def picture_credits(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Picture credits ("Photo: Jane Doe / Agency").  Only a colon makes one."""
    for line in page.prefixed("credit"):
        if line.short and len(line.words) <= _MOST_CREDIT_WORDS and ":" in line.text and line.block.kind == "paragraph":
            before = words_of(line.text.partition(":")[0])
            if len(before) == line.prefixes["credit"]:
                yield line.index, Finding("caption-credit", "picture credit")
