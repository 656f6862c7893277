"""What a rule may be, so that no page can make it slow: regular expressions and selectors of bounded cost.

Rules are their author's, but the pages they meet are anybody's.  Python's regular expressions try one
way to match after another, and a selector engine one ancestor after another; both are bounded here
by what the expression itself says, before it is ever run.
"""

from __future__ import annotations

import re
import re._constants as codes  # type: ignore[import-not-found]  # the parser of `re` has no public name
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from itertools import pairwise, takewhile
from typing import Any

LONGEST = 300
"""Characters: a longer line is matched by no regular expression."""
MOST_WAYS = 500_000
"""So many ways to match one line may be open: a few hundredths of a second for the worst line there can be."""

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)
_SINGLE = (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN, codes.AT)

_TAG = r"[a-zA-Z][\w-]*(?:[.#][a-zA-Z][\w-]*)*"
_ORDINARY = re.compile(rf"{_TAG}(?:(?: | > ){_TAG})*")
_QUOTED = re.compile(r"""\[[^\[\]"']*(?:"[^"]*"[^\[\]"']*|'[^']*'[^\[\]"']*)?\]""")
_TIGHT = re.compile(r"(?<!\s)\s*([>+,])\s*|(?<=\()\s+|(?<!\s)\s+(?=\))")
_INNER = re.compile(r"\(([^()]*)\)")
_PSEUDO = re.compile(r"::?([\w-]+)")
_KNOWN_PSEUDO = frozenset(
    "not is where has empty root first-child last-child only-child first-of-type last-of-type only-of-type".split()
)


def compile_line(pattern: str) -> re.Pattern[str]:
    """A regular expression for whole lines of at most :data:`LONGEST` characters, case aside.

    Raises ``ValueError``, with the cure, for one that is wrong or that some line could make slow.
    """
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
        ways = _ways(parser.parse(pattern, re.IGNORECASE))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(
            f"is no regular expression ({error}). Escape signs that are meant as such: \\. \\( \\?"
        ) from None
    if ways > MOST_WAYS:
        raise ValueError(
            f"could match one line in more than {MOST_WAYS:,} ways, which takes too long on a hostile page. Repeat "
            "less: no more than two of * and +, none inside another; write {1,9} in their place, or several rules."
        )
    return compiled


def _ways(items: Iterable[Any]) -> int:
    """In how many ways the parts of an expression can divide a line among them, at most.

    A repetition of what can match in one way has one way for each number of times; of what can match in
    ``w`` ways, the sum of ``w ** times``.  That is an upper bound of what the matcher goes through.
    """
    ways = 1
    for code, value in items:
        ways *= _ways_of(code, value)
        if ways > MOST_WAYS:
            return MOST_WAYS + 1
    return ways


def _ways_of(code: Any, value: Any) -> int:
    if code in _SINGLE:
        return 1
    if code is codes.SUBPATTERN:
        return _ways(value[3])
    if code is codes.BRANCH:
        begins = sorted(_begin(branch) for branch in value[1])
        at_most_one = not any(after.startswith(before) for before, after in pairwise(begins))
        return (max if at_most_one else sum)(_ways(branch) for branch in value[1])
    if code in _REPEATS:
        least, most, inner = int(value[0]), min(int(value[1]), LONGEST), _ways(value[2])
        if inner == 1:
            return max(1, most - least + 1)
        ways = 0
        for times in range(least, most + 1):
            ways += min(MOST_WAYS + 1, inner ** min(times, 20))  # 2 ** 20 are too many already
            if ways > MOST_WAYS:
                break
        return ways
    return MOST_WAYS + 1  # lookarounds, references to groups, atomic groups: nothing a line of chrome needs


def _begin(items: Iterable[Any]) -> str:
    """The letters that a match must begin with."""
    literals = takewhile(lambda item: item[0] is codes.LITERAL, items)
    return "".join(chr(value) for _, value in literals).casefold()


def check_selector(selector: str) -> None:
    """Raise ``ValueError``, with the cure, for a CSS selector that is wrong or that some page could make slow.

    Bounded are: tags, classes, ids, attributes, ``>``, ``+`` and the pseudo-classes that look at one element;
    and once in a selector what looks at all ancestors or descendants (a space, ``:has``).
    """
    if not _ORDINARY.fullmatch(selector):  # else there is no need to load the parser, at every start
        from selectolax.lexbor import LexborHTMLParser, SelectolaxError

        try:
            LexborHTMLParser("<p>").css(selector)
        except SelectolaxError:
            raise ValueError("is no CSS selector. For example: div.promo, #newsletter, aside > ul") from None
    plain = _TIGHT.sub(lambda m: m[1] or "", _QUOTED.sub("[]", selector).strip()).lower()
    for name in _PSEUDO.findall(plain):
        if name not in _KNOWN_PSEUDO:
            raise ValueError(f"has :{name}, which is not known or slow. Known are: {', '.join(sorted(_KNOWN_PSEUDO))}.")
    if re.search(r"[~\"'\[\]]", plain.replace("[]", "")):
        raise ValueError("has a ~ or an unclosed quote or bracket. Name what to pick by class, id or attribute.")
    while inner := _INNER.search(plain):
        if " " in inner[1] or ":has" in inner[1]:
            raise ValueError("looks at ancestors or descendants inside of brackets. Write two selectors.")
        plain = plain[: inner.start()] + plain[inner.end() :]
    for one in plain.split(","):
        if len(re.findall(r"\s+|:has", one)) > 1:
            raise ValueError("looks at ancestors or descendants twice. Use > in place of spaces, or leave some out.")
