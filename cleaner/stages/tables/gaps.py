"""What the characters, words and numbers on both sides of a gap in a line say about it.

:func:`measure` gives one row of features for each gap where two cells could have been glued
together; :mod:`.glued_model` judges them.  Gaps beside a space, inside URLs and the like, or
inside a known word are left out: nobody glued there, or nobody could tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, pairwise, starmap

import numpy as np
import numpy.typing as npt

from cleaner.stages.tables.parts import NUMBER, WORD, Parts, parts_of_number, parts_of_word

_SIGNS = {
    **dict.fromkeys(")]}", "close"),
    **dict.fromkeys("([{", "open"),
    **dict.fromkeys("%‰°*", "percent"),
    **dict.fromkeys("$€£¥₹#", "money"),
    **dict.fromkeys(".!?…", "stop"),
    **dict.fromkeys(",;:", "comma"),
    **dict.fromkeys("-‑−/", "hyphen"),
    **dict.fromkeys("–—+", "dash"),
    **dict.fromkeys("'’‘`\"“”", "quote"),
}
CLASSES = ("digit", "capital", "letter", "script", *dict.fromkeys(_SIGNS.values()), "other")

NAMES = (
    *(f"before_{name}" for name in CLASSES),
    *(f"after_{name}" for name in CLASSES),
    "before_class_before",
    "after_class_after",
    *WORD,
    *NUMBER,
    "depth",
    "quote_open",
    "space_left",
    "space_right",
    "token_left",
    "token_right",
    "first_token",
    "last_token",
    "in_tag",
    "before_two",
    "after_two",
    "left_after_digit",
    "right_before_digit",
    "line_length",
    "line_seams",
)

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER = re.compile(r"\d[\d.,:]*")
_WHOLE = re.compile(
    r"https?://\S+|www\.\S+|(?<!\S)[^\s@]+@[^\s@]+\.\w+|\b[^\W_]+_\w+|\b[^\W\d_]\w*\.[^\W\d_]\w*\(\S*|`[^`]+`"
)
"""URLs, addresses, identifiers, code: never cut inside."""
_WHOLE_SIGNS = ("//", "www", "@", "_", "(", "`")
"""None of these is without one."""
_SEAM = re.compile(r"[^\W\d_A-ZÀ-ÖØ-Þ](?=[A-ZÀ-ÖØ-Þ]|\d)|\d(?=[^\W\d_])|[)%](?=[^\W_])")
_PAD = "\n\n"
"""What stands between lines: a gap's neighbours are looked at as far as two characters away."""
_NO_CLASS = -1
_ONE_OF = np.eye(len(CLASSES), dtype=np.float32)

Ints = npt.NDArray[np.intp]
Features = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@lru_cache(maxsize=4096)
def char_class(char: str) -> int:
    """The class of a character, an index of :data:`CLASSES`."""
    if char.isdigit():
        return 0
    if char.isalpha():
        return 1 if char.isupper() else 2 if char.islower() else 3
    return CLASSES.index(_SIGNS.get(char, "other"))


class _Page:
    """Lines as one text, ``_PAD`` before, between and after them, and its characters as arrays."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.whole = _PAD.join(("", *texts, ""))
        self.lengths = np.array([len(text) for text in texts], np.intp)
        self.firsts = np.cumsum(self.lengths + len(_PAD)) - self.lengths
        self.codes = np.frombuffer(self.whole.encode("utf-32-le", "surrogatepass"), np.uint32)
        signs = set(self.whole)
        classes = np.zeros(ord(max(signs)) + 1, np.intp)
        blank = np.zeros(len(classes), bool)
        for sign in signs:
            classes[ord(sign)] = char_class(sign)
            blank[ord(sign)] = sign.isspace()
        classes[ord("\n")] = _NO_CLASS
        self.classes, self.blank = classes.take(self.codes), blank.take(self.codes)

    def any_of(self, signs: str) -> Mask:
        """Where one of the signs stands."""
        stands: Mask = np.any([self.codes == ord(sign) for sign in signs], axis=0)
        return stands

    def before(self, steps: Ints | Mask, at: Ints, line: Ints) -> Ints:
        """The sum of the steps from the beginning of its line to each place."""
        sums: Ints = np.cumsum(steps)
        there: Ints = sums[at - 1] - sums[self.firsts - 1][line]
        return there


class _Runs:
    """The words, or the numbers, of a page: ``row[at]`` says which row of ``features`` is that of a cut at a place,
    below 0 where none makes sense."""

    def __init__(self, page: _Page, pattern: re.Pattern[str], parts: Callable[[str, bool, bool], Parts]) -> None:
        matches = list(pattern.finditer(page.whole))
        self.start, self.end = np.array([(0, 0), *(match.span() for match in matches)], np.intp).T
        before, after = ~page.blank[self.start[1:] - 1], ~page.blank[self.end[1:]]
        texts = [match.group() for match in matches]
        runs = [("", True, True), *zip(texts, before.tolist(), after.tolist(), strict=True)]  # row 0 is that of no run
        numbers: dict[tuple[str, bool, bool], int] = {}
        which = np.array([numbers.setdefault(run, len(numbers)) for run in runs])
        places, features = zip(*starmap(parts, numbers), strict=True)
        sizes = np.array(list(map(len, places)))
        self.features = np.frombuffer(b"".join(features), np.float32).reshape(sizes.sum(), -1)
        ends = np.cumsum(sizes)
        inside = np.zeros(len(page.blank), np.intp)
        inside[self.start + 1] = -1
        inside[self.end] += 1
        self.row = np.cumsum(inside)
        run = np.repeat(np.arange(len(runs)), sizes[which])
        row = np.arange(len(run)) + np.repeat(ends[which] - np.cumsum(sizes[which]), sizes[which])
        self.row[self.start[run] + np.array(list(chain(*places)))[row]] = row

    def holds(self, flags: Mask, at: Ints) -> Mask:
        """Whether there is a run at each place, and flagged."""
        run = np.searchsorted(self.start, at, side="right") - 1
        held: Mask = flags[run] & (at < self.end[run])
        return held


def measure(texts: Sequence[str]) -> tuple[list[list[int]], Features]:
    """The offsets of each line's gaps, and a row of features (:data:`NAMES`) for each gap of all lines in turn.

    All lines at once: each word and each number is asked about once, and all the rest is arrays.
    """
    page = _Page(texts)
    classes, blank, firsts = page.classes, page.blank, page.firsts
    words, numbers = _Runs(page, _LETTERS, parts_of_word), _Runs(page, _NUMBER, parts_of_number)
    gap = ~blank & (words.row >= 0)
    gap[1:] &= ~blank[:-1]
    gap[_inside_whole(texts, firsts.tolist())] = False
    at: Ints = np.flatnonzero(gap)
    line = np.searchsorted(firsts, at, side="right") - 1

    starts, ends = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1, np.flatnonzero(~blank[:-1] & blank[1:]) + 1
    token = np.searchsorted(starts, at, side="right") - 1
    tokens = np.searchsorted(starts, np.append(firsts, len(blank)))  # before each line
    left, right = at - starts[token], ends[token] - at
    digit, space = classes == CLASSES.index("digit"), page.codes == ord(" ")
    after_digit = digit[words.start - 1] | space[words.start - 1] & digit[words.start - 2]
    before_digit = digit[words.end] | space[words.end] & digit[words.end + 1]
    depths = page.any_of("([{").astype(np.intp) - page.any_of(")]}")
    seams = np.array([len(_SEAM.findall(text)) for text in texts], np.intp)
    features = np.concatenate(
        [
            _ONE_OF[classes[at - 1]].T,
            _ONE_OF[classes[at]].T,
            [np.where(blank[beside], _NO_CLASS, classes[beside]) for beside in (at - 2, at + 1)],
            words.features[words.row[at]].T,
            numbers.features[numbers.row[at]].T,
            [
                page.before(depths, at, line),
                page.before(page.any_of('"'), at, line) % 2,
                left == 1,
                right == 1,
                left,
                right,
                token == tokens[line],
                token == tokens[line + 1] - 1,
                page.any_of("#@")[starts[token]],
                classes[at - 3],
                classes[at + 2],
                words.holds(after_digit, at - 1),
                words.holds(before_digit, at),
                page.lengths[line],
                seams[line],
            ],
        ],
        dtype=np.float32,
    ).T
    offsets = (at - firsts[line]).tolist()
    bounds = np.searchsorted(at, np.append(firsts, len(blank))).tolist()
    return [offsets[a:b] for a, b in pairwise(bounds)], features


def _inside_whole(texts: Sequence[str], firsts: Iterable[int]) -> list[int]:
    """The places on a page inside URLs and the like."""
    return [
        first + place
        for text, first in zip(texts, firsts, strict=True)
        if any(map(text.__contains__, _WHOLE_SIGNS))
        for match in _WHOLE.finditer(text)
        for place in range(match.start() + 1, match.end())
    ]
