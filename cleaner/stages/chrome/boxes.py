"""Boxes that ask the reader for something: ads, cookies, newsletters, paywalls, apps, comments.

Each detector takes whole lines that a phrase list names, and short paragraphs with one of its
telling phrases.  A line that is a heading with prose under it stays: an essay on advertising
has its own "Advertising".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.phrases import word_count
from cleaner.stages.chrome.page import Finding, Found, Line, Page

_MOST_WORDS = {"advertisement": 45, "cookies": 120, "newsletter": 45, "paywall": 25, "app_prompt": 30}
_LABEL, _FIELDS = frozenset({"advertisement"}), frozenset({"form_fields"})
_TOPIC = 4  # as many paragraphs of one box's phrases are what the page is about
_REACH = 6  # lines from a form's anchor to its fields
_MARKER_REACH = 4  # lines from a comments heading to the first comment's marks
_MOST_HEADING_WORDS = 20  # "3 thoughts on “<title of the article>”"
_SHORTEST_ARTICLE = 60  # words of prose before a comments heading; with fewer the thread may be the content
_LONGEST_THREAD = 2.0  # times the article; a longer thread may be what the page is about
_COUNTED = re.compile(r"\d+\s+\S")  # "27 Comments" counts them, and is no heading of the article's own
_MOST_COMMENTER_WORDS = 8  # "Jane Doe on March 3, 2025 at 5:14 pm says:"


def _box(page: Page, found: Found, concept: str, finding: Finding) -> Iterator[tuple[int, Finding]]:
    telling = [line for line in page.telling(concept) if len(line.words) <= _MOST_WORDS[concept]]
    topic = sum(line.prose for line in telling) >= _TOPIC
    for line in telling:
        if not (topic or line.gone or line.index in found):
            yield line.index, finding
    for line in page.listed(concept):
        if line.short and not _is_subject(page, line, found):
            yield line.index, finding


def _is_subject(page: Page, line: Line, found: Found) -> bool:
    """A heading with prose under it, unless it shouts like a label."""
    shouted = line.text.isupper() and "advertisement" in line.concepts
    return not shouted and page.titles_prose(line.index, found)


def ads(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Labels of ad slots ("ADVERTISEMENT", "Story continues below") and affiliate disclosures.

    An ad label between paragraphs goes even if it was taken for a heading, unless the prose
    under it speaks of the same thing.
    """
    finding = Finding("ad", "advertisement")
    telling = {line.index for line in page.telling("advertisement") if len(line.words) <= _MOST_WORDS["advertisement"]}
    yield from ((index, finding) for index in telling)
    for line in page.shorts:
        if "advertisement" not in line.opens or line.index in telling:
            continue
        if page.lexicon.cover(line.words, _LABEL) and (line.text.isupper() or not _speaks_of(page, line)):
            yield line.index, finding


def _speaks_of(page: Page, line: Line) -> bool:
    """Whether the next prose has the label's word, or one with the same six letters in front."""
    stem = line.words[0][:6]
    for after in page.lines[line.index + 1 : line.index + 3]:
        if after.prose:
            return after.text.casefold().find(stem) >= 0
    return False


def cookies(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Consent boxes.  "Accept", "Settings" … go only near a line that speaks of cookies.

    A page with cookies in its title is about them, and keeps all.
    """
    finding = Finding("cookie-notice", "cookie notice")
    taken = {
        index
        for index, _ in _box(page, found, "cookies", finding)
        if "cookies" in page.lines[index].sentences or _speaks_of_cookies(page.lines[index])
    }
    if not taken or any(_is_title_on_cookies(line) for line in page.lines):
        return
    for index in sorted(taken):
        yield index, finding
        for direction in (1, -1):
            at = index + direction
            while 0 <= at < len(page.lines) and at not in taken and "cookies" in page.lines[at].concepts:
                yield at, finding
                at += direction


def _is_title_on_cookies(line: Line) -> bool:
    if line.block.level != 1 or "cookies" in line.concepts | line.sentences:
        return False
    return any(word.startswith("cookie") for word in line.words)


def _speaks_of_cookies(line: Line) -> bool:
    return any(word.startswith(("cookie", "consent", "privac")) for word in line.words)


def newsletter(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Newsletter boxes and their form fields.  An article on newsletters keeps its headings and prose."""
    finding = Finding("newsletter", "newsletter box")
    anchors = dict(_box(page, found, "newsletter", finding))
    yield from anchors.items()
    yield from _fields(page, found, anchors, finding)


def paywall(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Subscription walls and calls for support."""
    yield from _box(page, found, "paywall", Finding("paywall", "subscription or donation prompt"))


def app_prompt(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Calls to get the app, to switch on notifications or JavaScript."""
    yield from _box(page, found, "app_prompt", Finding("app-prompt", "app or browser prompt"))


def comment_form(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """Comment and rating forms, with the fields (name, email …) around their anchors."""
    finding = Finding("comment-form", "comment form")
    anchors = {}
    for line in (*page.listed("comment_form"), *page.prefixed("comment_form")):
        if len(line.words) <= 60 and not _is_one_word_title(page, line, found):
            anchors[line.index] = finding
    yield from anchors.items()
    yield from _fields(page, found, anchors, finding)


def _is_one_word_title(page: Page, line: Line, found: Found) -> bool:
    """A heading of one or two words may be the article's own; "Leave a reply" may not."""
    return len(line.words) < 3 and page.titles_prose(line.index, found)


def _fields(page: Page, found: Found, anchors: Found, finding: Finding) -> Iterator[tuple[int, Finding]]:
    for anchor in anchors:
        for line in page.lines[anchor + 1 : anchor + 1 + _REACH]:
            if line.prose and line.index not in anchors and line.index not in found:
                break
            if line.short and page.lexicon.cover(line.words, _FIELDS):
                yield line.index, finding


def comments(page: Page, found: Found) -> Iterator[tuple[int, Finding]]:
    """The heading of a comment section and, if comments follow it, everything to the end of the page.

    Comments show themselves by "X says:" or "Reply"; a forum's thread under a short post stays,
    and so does "Discussion" over the prose of a paper ("27 Comments" does not).
    """
    finding = Finding("comments", "comment section")
    possible = (*page.listed("comments"), *page.prefixed("comments"))
    openers = {line.index for line in possible if line.short and _opens_comments(line)}
    sizes = [0 if line.gone else word_count(line.text) for line in page.lines] if openers else []
    article, after = 0, sum(sizes)
    for line in page.lines if openers else ():
        after -= sizes[line.index]
        if page.kept_prose(line.index, found):
            article += sizes[line.index]
        elif line.index in openers:
            outweighed = article >= _SHORTEST_ARTICLE and after <= _LONGEST_THREAD * article
            reach = page.lines[line.index + 1 : line.index + 1 + _MARKER_REACH]
            if outweighed and any(_is_comment_mark(page, other) for other in reach):
                yield from ((other.index, finding) for other in page.lines[line.index :] if not other.gone)
                return
            if _COUNTED.match(line.text) or not page.titles_prose(line.index, found):
                yield line.index, finding
    for line in page.listed("comment_actions"):
        if line.short and not page.titles_prose(line.index, found):
            yield line.index, finding


def _opens_comments(line: Line) -> bool:
    """ "Comments", or "Two thoughts on …" (a prefix of at least two words)."""
    counted = len(line.words) < _MOST_HEADING_WORDS and line.prefixes.get("comments", 0) > 1
    return "comments" in line.concepts or counted


def _is_comment_mark(page: Page, line: Line) -> bool:
    if not line.short:
        return False
    if "comment_actions" in line.concepts:
        return True
    names = line.text.rstrip().endswith((":", "：")) and len(line.words) <= _MOST_COMMENTER_WORDS
    return names and any(concept == "comment_by" for concept, _, _ in page.lexicon.clues(line.words))
