"""What is let through is quick on any line and page; what could be slow is refused."""

from __future__ import annotations

import re
from time import process_time

import pytest
from selectolax.lexbor import LexborHTMLParser

from cleaner.siterules.safety import LONGEST, check_selector, compile_line

QUICK = [
    r"Photo: .* / .*",
    r".*\d{1,3} shares",
    r"(?: \w{1,20}){1,3} min read",
    r"(photo|picture|credit|image|graphic|video): .+ for .+",
    r"(?:ab)*",
    r"by [A-Z][\w.-]+ [A-Z][\w.-]+",
    r"^\bupdated\b.*$",
    r"第\d+页",
    r"(a{0,9}){0,3}b",
]
SLOW = [
    r"(a+)+b",
    r"(a|aa)+",
    r"(a|a){1,20}b",
    r"(?:a?){30}a{30}",
    r".*.*.*b",
    r"^(\w+\s?)*$",
    r"(a*)*",
    r"(.*)(\d+)(.*)!",
    r"(?=a).*",
    r"(a)\1",
    r"(?:(?:a{0,30}){0,30}){0,30}b",
]
LINES = [
    unit * (LONGEST // len(unit)) + end
    for unit in ("a", "aa ", "ab", " ", "1", "a b ", "Photo: / ", ": for ", "第1页", "A.")
    for end in ("", "!")
]


@pytest.mark.parametrize("pattern", QUICK)
def test_what_is_let_through_is_quick(pattern: str) -> None:
    regex = compile_line(pattern)
    for line in LINES:
        began = process_time()
        regex.fullmatch(line)
        assert process_time() - began < 0.2, line


@pytest.mark.parametrize("pattern", SLOW)
def test_what_could_be_slow_is_refused(pattern: str) -> None:
    re.compile(pattern)
    with pytest.raises(ValueError, match="ways"):
        compile_line(pattern)


@pytest.mark.parametrize("pattern", ["(", "[", "(?P<n", "a{3,1}", r"\p{L}", "*", "(" * 5000 + ")" * 5000])
def test_what_is_no_expression_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        compile_line(pattern)


SELECTORS = [
    "div.promo",
    "#newsletter",
    "aside > ul > li",
    "article .promo",
    "div.a, div.b p, div.c p",
    "div:has(> h3.more)",
    "p:not(.a, .b)",
    "h2 + p",
    "div[class='a b ~ c > d'] p",
    "li:first-child",
    "*",
    "Aside.promo > ul.x-y p#z",
]


@pytest.mark.parametrize("selector", SELECTORS)
def test_selectors_that_are_let_through_are_quick_on_hostile_pages(selector: str) -> None:
    check_selector(selector)
    for page in ("<div>" * 1900 + "<i>a</i>" * 3000, "<p>a</p>" * 20_000, "<ul>" * 900 + "<li>a<p>b" * 3000):
        parser = LexborHTMLParser(page)
        began = process_time()
        parser.css(selector)
        assert process_time() - began < 1


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("div[", "no CSS selector"),
        ("", "no CSS selector"),
        ("p::before", "no CSS selector"),
        ("[x='", "unclosed"),
        ("p ~ p", "has a ~"),
        ("p:nth-child(2)", ":nth-child"),
        ("p:NTH-last-child(2)", ":nth-last-child"),
        (":lexbor-contains('a')", ":lexbor-contains"),
        ("span div div i", "twice"),
        ("div:has(p) a", "twice"),
        ("div:not(:has(p))", "inside of brackets"),
        (":is(div div i)", "inside of brackets"),
    ],
)
def test_other_selectors_are_refused(selector: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_selector(selector)
