"""Paragraphs that a text editor or a typesetter wrapped, for stage ``structure``: where they end, how their lines meet.

A typesetter breaks words too: "refur-" over "bishment".  The hyphen goes if the whole is a word, or a part of it is
none.  It stays in "well-" over "known"; and "pre-" over "and postwar" keeps its space as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from cleaner.writers.markdown import GROUPED

WIDTHS = range(GROUPED + 1, 121)
"""Characters of the widest line: shorter ones are verse, cells or an address, longer ones prose."""
NARROWEST = 30
"""Characters of the widest line where words are broken: a column of a newspaper or of a paper."""
PROSE_END = re.compile(r"[.!?…。！？]['\"”’»)\]]*$")

_HYPHENS = ("-", "\u2010")
_FIRST_PART = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?=[-\u2010]$)")
_SECOND_PART = re.compile(r"[^\W\d_]+")
_RARER = 2.0  # Zipf: so much rarer than its rarer part, and what is written as one word is written so by mistake
_LITTLE_WORD = 6.0  # Zipf: "and", "or", "und" after a hyphen that stands for a word's end


def paragraph_ends(lines: Sequence[str]) -> list[int]:
    """Where the paragraphs of adjacent lines end (exclusive), if they were wrapped; else each line alone.

    Proof of wrapping: a line was broken because the next word would not have fitted the width
    of the widest line, or at a hyphen.  A paragraph's last line needs no such proof.
    """
    alone = list(range(1, len(lines) + 1))
    widths = [len(line) for line in lines]
    width = max(widths)
    if not NARROWEST <= width < WIDTHS.stop:
        return alone  # spares most lines the rest
    between = [seam(before, after) for before, after in pairwise(lines)]
    wide_enough = width in WIDTHS or None in between
    if not wide_enough or any("\t" in line or "|" in line for line in lines):
        return alone
    full = [one != " " or widths[i] + 1 + len(lines[i + 1].split(" ", 1)[0]) > width for i, one in enumerate(between)]
    ends = [i + 1 for i, fits in enumerate(full) if not fits] + [len(lines)]
    joined = [i for i, fits in enumerate(full) if fits]
    if any(not PROSE_END.search(lines[end - 1]) for end in ends[:-1]):
        return alone  # a short line that ends no sentence: verse, an address, a list
    carried = sum(lines[i + 1][0].islower() for i in joined)
    middle = sum(not PROSE_END.search(lines[i]) for i in joined)
    if not joined or middle < 0.6 * len(joined) or carried < 0.3 * len(joined):
        return alone
    return ends


def seam(before: str, after: str) -> str | None:
    """What stands between two lines of a paragraph: mostly a space, nothing after a hyphen; None if that goes too."""
    if not before.endswith(_HYPHENS) or not before[-2:-1].isalnum() or not after[:1].isalnum():
        return " "
    first, second = _FIRST_PART.search(before), _SECOND_PART.match(after)
    if not first or not second or (second[0][0].isupper() and not first[0].isupper()):
        return ""
    from cleaner.stages.tables.vocabulary import frequency

    parts, whole = sorted((frequency(first[0]), frequency(second[0]))), frequency(first[0] + second[0])
    if whole and whole >= parts[0] - _RARER:
        return None
    if frequency(second[0]) >= _LITTLE_WORD:
        return " "
    return "" if parts[0] else None
