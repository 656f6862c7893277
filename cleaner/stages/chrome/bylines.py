"""Bylines and times of publication: chrome that tells the document's author and date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cleaner.datenames import months, read_date, weekdays
from cleaner.names import ACCOUNTS, PARTICLES
from cleaner.stages.chrome.page import Finding, Found, Line, Page
from cleaner.words import Words, fold, rest_after, words_of

_MOST_WORDS = 20
_MOST_REST_WORDS = 8  # after the name: job, paper, date
_MOST_HOURS = 2  # "Monday, 10:15" twice may still be the times of posting and of updating
_HEAD_PROSE = 2  # a standfirst may stand before the byline
_NAME_END = re.compile(r"[,|•·(\n\t/]|\s[-–—]\s|\s{2,}|\d|\s(?:on|am|le|el|il|em|with|avec|mit|con|com)\s")
_NAME_WORD = re.compile(r"[^\W\d_][\w.'’\-]*")
_JOINTS = frozenset("& and und et y e en".split())
# Names in scripts without capitals; only a label in front ("作者：") tells them from other words.
_UNCASED_NAME = re.compile(
    r"[\u3005\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{2,8}(?: [\u4e00-\u9fff\uac00-\ud7a3]{1,4})?"
    r"|[\u0600-\u06ff]+(?: [\u0600-\u06ff]+){1,3}"
)
_NUMERIC_DATE = re.compile(r"(?<!\d)\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}(?!\d)|\d{4}\s?[年년]")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:.hH]\s?\d{2}(?!\d)")
_DIGITS = re.compile(r"\d+")
_AGE = frozenset({"time_ago", "time_words"})
_TIME_TOKEN = re.compile(r"\d{1,4}(?:st|nd|rd|th|er|am|pm|h\d{0,2}|[dmwz]|t\d{2}|º|ª)?")


def bylines(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Who wrote it: "By Jane Doe, Staff Writer", "Jane Doe - Nov 19, 2019", "Posted on May 5 by Jane Doe",
    "By" over a name.

    Only in the head of a page (a standfirst may come first) or after the last prose; never the
    document's first heading ("By Dawn's Early Light"), never a line that is no list of names.
    """
    head, tail = page.head_end(found, _HEAD_PROSE), page.tail_start(found)
    known = _time_words(page)
    for line in page.shorts:
        if line.index in found or tail > line.index >= head or not 0 < len(line.words) <= _MOST_WORDS:
            continue
        if line.block.kind == "heading" and (line.block.level == 1 or line.index == 0):
            continue
        size = line.prefixes.get("byline", 0)
        if size:
            rest = rest_after(line.text, size).lstrip(" :：\u00a0\t")
            if not words_of(rest) and size == len(line.words):
                yield from _name_below(page, line)
            elif name := _named(page, rest, known):
                yield line.index, _by(name, line.text)
        elif line.index > 0 and (name := _name_and_date(page, line, known) or _date_and_name(page, line, known)):
            yield line.index, _by(name, line.text)


def _by(name: str, text: str) -> Finding:
    told = (("author", "" if name.casefold() in ACCOUNTS else name), ("date", read_date(text)))
    return Finding("byline", "byline", tuple(one for one in told if one[1]))


def _name_below(page: Page, line: Line) -> Iterator[tuple[int, Finding]]:
    after = page.lines[line.index + 1] if line.index + 1 < len(page.lines) else None
    if after and after.short and after.block.kind != "heading" and is_name(after.text):
        yield line.index, Finding("byline", "byline")
        yield after.index, _by(after.text.strip(), "")


def _named(page: Page, rest: str, time_words: frozenset[str]) -> str:
    """The name that ``rest`` begins with, if what follows it can follow a name in a byline; else ""."""
    end = _NAME_END.search(rest)
    name = (rest[: end.start()] if end else rest).strip(" .:")
    after = words_of(rest[end.start() :]) if end else ()
    known = is_name(name) or _UNCASED_NAME.fullmatch(name) or "staff" in page.lexicon.line(words_of(name))
    return name if known and (len(after) <= _MOST_REST_WORDS or _are_times(after, time_words)) else ""


def _name_and_date(page: Page, line: Line, time_words: frozenset[str]) -> str:
    if line.block.kind != "paragraph" or not (_is_time(line.words[-1], time_words) or _DIGITS.search(line.text)):
        return ""
    end = _NAME_END.search(line.text)
    if not end or not is_name(name := line.text[: end.start()].strip()):
        return ""
    rest = line.text[end.start() :]
    return name if _tells_time(page, rest, words_of(rest), time_words) else ""


def _date_and_name(page: Page, line: Line, time_words: frozenset[str]) -> str:
    """The name in "Posted on May 5, 2024 by Jane Doe": a byline's opening after nothing but time words.

    After a date one word is enough ("by Jane").
    """
    for at in range(1, len(line.words)):
        if not _is_time(line.words[at - 1], time_words):
            return ""
        if size := page.lexicon.prefixes(line.words[at:]).get("byline", 0):
            rest = rest_after(line.text, at + size).strip(" :：\u00a0\t")
            alone = _NAME_WORD.fullmatch(rest) and not rest[0].islower() and _DIGITS.search(line.text[: -len(rest)])
            return rest if alone else _named(page, rest, time_words)
    return ""


@lru_cache(maxsize=4096)  # the menu entries of a site come again on each of its pages
def is_name(text: str) -> bool:
    """Whether a text is written like the names of people: 2–4 capitalised words each, joined by "and" or so."""
    words = text.split()
    if not 2 <= len(words) <= 12:
        return False
    capitalised = [word for word in words if word[0].isupper()]
    if len(capitalised) < 2:
        return False  # spares most texts the rest
    full = [word for word in words if word.casefold() not in PARTICLES and word != "&"]
    if len(full) < 2 or not all(word[0].isupper() for word in full):
        return False
    joined = 1 + sum(word in _JOINTS for word in words)
    first = fold(full[0])
    return (
        len(full) <= 4 * joined
        and all(word == "&" or _NAME_WORD.fullmatch(word) for word in words)
        and len(set(map(str.casefold, full))) == len(full)
        and not (first in weekdays() or (first in months() and len(full[0]) > 3))
    )


def timestamps(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Lines of nothing but dates, times, reading times and words that go with them.

    With a word of publishing ("Updated …") or as "2 hours ago" anywhere; bare dates only in the
    head, under a title.  A page with several dates over prose is a chronicle, and a run of hours
    without a date a timetable: both keep them.
    """
    head = page.head_end(found, _HEAD_PROSE)
    known = _time_words(page)
    possible = [
        line for line in page.shorts if not (words := line.words) or (first := words[0]) in known or first[0].isdigit()
    ]
    times = [line for line in possible if line.index not in found and _tells_only_time(page, line, known)]
    if not times:
        return
    bare = {line.index for line in times if not _is_labelled(page, line)}
    chronicle = sum(page.over_prose(index, found) for index in bare) > 1
    timetable = sum(not read_date(page.lines[index].text) for index in bare) > _MOST_HOURS
    for line in times:
        if line.index in bare and (chronicle or timetable or not 0 < line.index < head):
            continue
        date = read_date(line.text)
        yield line.index, Finding("timestamp", "time of publication", (("date", date),) if date else ())


def _tells_only_time(page: Page, line: Line, time_words: frozenset[str]) -> bool:
    text, words = line.text, line.words
    return len(words) <= _MOST_WORDS and len(text) <= 160 and _tells_time(page, text, words, time_words)


def _is_labelled(page: Page, line: Line) -> bool:
    plain = page.lexicon.vocabulary("time_words")
    size = line.prefixes.get("timestamp", 0)
    return any(word not in plain for word in line.words[:size]) or _tells_age(page, line.words)


def _tells_time(page: Page, text: str, words: Words, time_words: frozenset[str]) -> bool:
    if not _are_times(words, time_words):
        return False
    if _tells_age(page, words):
        return True
    if not _DIGITS.search(text):
        return False
    month = any(word in months() for word in words)
    days = [number for number in _DIGITS.findall(text) if len(number) <= 2]
    return bool(_NUMERIC_DATE.search(text) or _CLOCK.search(text) or (month and days))


def _tells_age(page: Page, words: Words) -> bool:
    """Whether the words are a time counted from now, or a reading time: "2 hours ago", "2h ago", "5 min read"."""
    bare = tuple(word.lstrip("0123456789") or word for word in words)
    return any("time_ago" in piece for piece in page.lexicon.cover(bare, _AGE))


def _are_times(words: Words, time_words: frozenset[str]) -> bool:
    return all(_is_time(word, time_words) for word in words)


def _is_time(word: str, time_words: frozenset[str]) -> bool:
    return word in time_words or (word[0].isdigit() and _TIME_TOKEN.fullmatch(word) is not None)


def _time_words(page: Page) -> frozenset[str]:
    return _with_calendar(page.lexicon.vocabulary("time_words"), page.lexicon.vocabulary("timestamp_prefix"))


@lru_cache(maxsize=8)
def _with_calendar(plain: frozenset[str], labels: frozenset[str]) -> frozenset[str]:
    return plain.union(labels, months(), weekdays())
