"""What the classifier looks at in plain text: each block, its neighbours, its place in the document.

Most of the signal is in the neighbourhood (measured: a line's own words alone are worth little),
so every block is measured once, and windows over those measures to both sides do the rest.

A new measure is a name in :data:`OWN` and a column in :func:`_of_texts` (its characters),
:func:`_of_blocks` (its place, kind and phrases) or :func:`_of_words`; a name of it in :data:`NEAR` or
:data:`SUMS` takes it over from the neighbours.  Then the model is to be trained again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.language import STOP_WORDS
from cleaner.stages.chrome.bylines import is_name
from cleaner.stages.chrome.characters import count
from cleaner.stages.chrome.forest import FloatArray
from cleaner.stages.chrome.page import Found, Line, Page

Column = npt.NDArray[Any]
Columns = dict[str, Column]

WINDOWS = (2, 4, 8, 16, 32)
"""Blocks to each side that are looked at together."""

CONCEPTS = frozenset((
    "navigation", "sections", "share", "networks", "follow", "related", "widgets", "widget_items", "comments",
    "comment_actions", "comment_form", "form_fields", "footer", "time_words", "advertisement", "newsletter", "cookies",
))  # fmt: skip
"""Phrase lists whose whole-line hits are counted together as ``listed``."""

_CLOSING = "\"'”’»)]"
_ENDINGS = frozenset(".!?。！？…")
_OPENINGS = frozenset(":,;-–—")
_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?[$€£¥]")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[:/.]\d{2}")
_LINK = re.compile(r"https?:|www\.|\.com\b|@\w|©|\(c\)", re.IGNORECASE)
_NAME_WORDS = 4
_DENSE_WORD = 2  # characters of a script without spaces that make up a word
_LONGEST = 3000  # characters measured of a block

_COMMENTS = frozenset(("comments", "comment_actions", "comment_form", "form_fields", "time_ago"))
_RELATED = frozenset(("related", "widgets", "widgets_weak"))
_SOCIAL = frozenset(("share", "follow", "networks", "newsletter"))
_PERSONAL = frozenset(
    "i you my your me i'm i’m don't don’t lol thanks ich du mein je tu mon yo mi io mio eu meu ik mijn".split()
)

CLUSTER_GAP = 6
"""So many blocks without prose end a cluster of prose."""

OWN = tuple(
    "words chars word_length stop_share stop_words capital_share all_capitals digit_share commas stops ended open_end"
    " bars money date link lower_start heading list_item table code quote level listed sentenced personal exclaims"
    " quotes name comment related social prose gone repeats indent gap repeated group group_words topic".split()
)
"""Measures of the block alone; see :func:`_of_texts`, :func:`_of_blocks` and :func:`_arrange`."""
NEAR = tuple("words stop_share ended prose capital_share gone listed list_item indent gap topic name date".split())
"""Measures that are taken over from the next three blocks to each side."""
SUMS = tuple(
    "words stop_words prose_words listed gone ended list_item blank date repeated personal exclaims quotes"
    " name comment".split()
)
"""Measures that are added up over windows to each side."""
PLACE = tuple(
    "place words_before prose_before prose_all stop_all since_prose until_prose longest_near indent_of_prose"
    " comments_before related_before cluster_share cluster_first cluster_last in_main to_main_start to_main_end".split()
)
"""Where the block stands in the document, and in which cluster of prose; see :func:`_places`."""

NAMES: tuple[str, ...] = (
    *OWN,
    *(f"{side}{step}_{name}" for step in (1, 2, 3) for side in ("before", "after") for name in NEAR),
    *(f"{side}_{width}_{name}" for width in WINDOWS for side in ("before", "after") for name in SUMS),
    *PLACE,
)
"""Names of all columns of :func:`features`."""


def features(page: Page, found: Found) -> FloatArray:
    """One row a block (also of those gone), one column a name of :data:`NAMES`."""
    own = _arrange(page, found)
    column = {name: number for number, name in enumerate(OWN)}
    words, prose = own[:, column["words"]], own[:, column["prose"]]
    parts = [own]
    near = own[:, [column[name] for name in NEAR]]
    for step in (1, 2, 3):
        empty = np.full((min(step, len(near)), near.shape[1]), -1.0, np.float32)
        parts += [
            np.concatenate([empty, near[:-step]])[: len(near)],
            np.concatenate([near[step:], empty])[-len(near) :],
        ]
    made = {"prose_words": words * prose, "blank": own[:, column["gap"]] > 1}
    parts += _windows(np.stack([made[name] if name in made else own[:, column[name]] for name in SUMS], axis=1))
    parts.append(_places(own, column))
    return np.concatenate(parts, axis=1, dtype=np.float32)


def _arrange(page: Page, found: Found) -> FloatArray:
    """The measures of each block alone, shape ``(blocks, len(OWN))``."""
    texts = [line.text[:_LONGEST] for line in page.lines]
    own = np.zeros((len(texts), len(OWN)), np.float32)
    columns = _of_texts(texts, page.lines) | _of_blocks(page, found) | _of_words(texts, page.lines)
    columns["stop_share"] = columns["stop_words"] / np.maximum(1, columns["words"])
    for name, values in columns.items():
        own[:, OWN.index(name)] = values
    _groups(own)
    return own


def _of_texts(texts: Sequence[str], lines: Sequence[Line]) -> Columns:
    """What the characters of each text tell."""
    counts = count(texts)
    chars = np.array([len(text) for text in texts])
    words = counts["tokens"] + counts["dense"] // _DENSE_WORD
    size = np.maximum(1, words)
    ellipses = np.array([text.count("...") for text in texts])
    few = (words <= _NAME_WORDS).tolist()
    return {
        "words": words,
        "word_length": chars / size,
        "capital_share": counts["capitals"] / size,
        "all_capitals": counts["all_capitals"] / size,
        "digit_share": counts["digit"] / np.maximum(1, chars),
        "commas": counts["comma"] / size,
        "stops": counts["stops"],
        "ended": np.array([text[-8:].removesuffix("\n").rstrip(_CLOSING)[-1:] in _ENDINGS for text in texts]),
        "open_end": np.array([text[-2:].removesuffix("\n")[-1:] in _OPENINGS for text in texts]),
        "bars": counts["bar"] / size,
        "money": _matching(_MONEY, texts, (counts["money"] > 0) & (counts["digit"] > 0)),
        "date": _matching(_DATE, texts, counts["digit"] > 2),
        "link": _matching(_LINK, texts, counts["addresses"] > 0),
        "lower_start": np.array([text[:1].islower() for text in texts]),
        "exclaims": counts["exclaim"] + ellipses,
        "quotes": np.minimum(9, counts["quote"]),
        "name": np.array(
            [short and not line.prose and is_name(text) for short, line, text in zip(few, lines, texts, strict=True)]
        ),
    }


def _matching(pattern: re.Pattern[str], texts: Sequence[str], possible: npt.NDArray[np.bool_]) -> Column:
    """Whether a pattern occurs in each text; it is looked for only where the character counts allow it."""
    matches = np.zeros(len(texts), bool)
    for index in np.flatnonzero(possible).tolist():
        matches[index] = pattern.search(texts[index]) is not None
    return matches


def _of_blocks(page: Page, found: Found) -> Columns:
    """What the blocks and the phrase lists tell, and how each line stands in the document."""
    times = Counter([line.text for line in page.lines if len(line.text) < 200])
    source = page.document.source
    rows = []
    last = 0
    for line in page.lines:
        block, concepts = line.block, line.concepts
        lead = source[block.start : block.body]
        indent = len(lead.expandtabs(4)) - len(lead.strip()) if lead else 0
        gap = min(block.first_line - last, 9) if last else 9
        last = block.last_line
        rows.append(
            (
                len(line.text),
                block.level,
                len(concepts & CONCEPTS),
                len(line.sentences),
                not concepts.isdisjoint(_COMMENTS),
                not concepts.isdisjoint(_RELATED),
                not concepts.isdisjoint(_SOCIAL),
                line.prose,
                line.gone or line.index in found,
                times.get(line.text, 0),
                min(indent, 80),
                gap,
            )
        )
    names = "chars level listed sentenced comment related social prose gone repeats indent gap".split()
    columns: Columns = dict(zip(names, np.array(rows, np.float64).T, strict=True))
    kinds = np.array([line.block.kind for line in page.lines])
    columns |= {kind: kinds == kind for kind in ("heading", "list_item", "table", "code", "quote")}
    columns["repeated"] = columns["repeats"] > 2
    return columns


def _of_words(texts: Sequence[str], lines: Sequence[Line]) -> Columns:
    """What the words of each text tell.

    ``topic`` is the share of its content words that other prose of the document has too (-1 without such words).
    """
    stop_words, personal, content = [], [], []
    for text in texts:
        words = text.lower().split()
        distinct = set(words)
        stop_words.append(len([word for word in words if word in STOP_WORDS]))
        personal.append(0 if distinct.isdisjoint(_PERSONAL) else sum(word in _PERSONAL for word in words))
        content.append({word for word in distinct - STOP_WORDS if len(word) > 3})
    prose = Counter[str]()
    for line, own in zip(lines, content, strict=True):
        if line.prose and not line.gone:
            prose.update(own)
    once, twice = prose.keys(), {word for word, blocks in prose.items() if blocks > 1}
    topic = [
        len(own & twice if line.prose else own & once) / len(own) if own else -1.0
        for line, own in zip(lines, content, strict=True)
    ]
    return {"stop_words": np.array(stop_words), "personal": np.array(personal), "topic": np.array(topic)}


def _groups(own: FloatArray) -> None:
    """Fill in the size of each block's group (no blank line inside) and the mean words of its members."""
    gap, group, group_words = OWN.index("gap"), OWN.index("group"), OWN.index("group_words")
    number = np.cumsum(own[:, gap] > 1) - 1
    number -= number[0]
    sizes = np.bincount(number)
    words = np.bincount(number, own[:, 0])
    own[:, group] = sizes[number]
    own[:, group_words] = (words / sizes)[number]


def _windows(values: FloatArray) -> list[FloatArray]:
    """Sums over the next 2, 4 … blocks before and after, not counting the block itself."""
    n = len(values)
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    here = np.arange(n)
    out: list[FloatArray] = []
    for width in WINDOWS:
        first, last = np.maximum(here - width, 0), np.minimum(here + 1 + width, n)
        out += [(total[here] - total[first]).astype(np.float32), (total[last] - total[here + 1]).astype(np.float32)]
    return out


def _places(own: FloatArray, column: dict[str, int]) -> FloatArray:
    n = len(own)
    words, prose = own[:, column["words"]], own[:, column["prose"]] > 0
    prose_words = words * prose
    before = np.cumsum(words) - words
    prose_before = np.cumsum(prose_words) - prose_words
    everything, all_prose = max(1.0, float(words.sum())), max(1.0, float(prose_words.sum()))
    here = np.arange(n)
    last = np.maximum.accumulate(np.where(prose, here, -1))
    following = np.minimum.accumulate(np.where(prose, here, 2 * n)[::-1])[::-1]
    since, until = np.where(last >= 0, here - last, 99), np.minimum(following - here, 99)
    indent = own[:, column["indent"]]
    usual = float(np.bincount(indent.astype(np.int64), prose_words, minlength=1).argmax())
    longest = np.maximum(np.maximum(np.roll(words, 1), np.roll(words, -1)), words)

    # Clusters of prose: the nearest one on either side counts for the blocks between two.
    begins = prose & (np.concatenate([[99], since[:-1] + 1]) > CLUSTER_GAP)
    cluster = np.maximum(np.cumsum(begins) - 1, 0)
    cluster = np.where((until < since) & (since > CLUSTER_GAP), cluster + (following < n), cluster)
    cluster = np.minimum(cluster, max(0, int(begins.sum()) - 1))
    mass = np.bincount(cluster, prose_words, minlength=1)
    main = int(mass.argmax())
    inside = np.flatnonzero(prose & (cluster == main))
    start, end = (int(inside[0]), int(inside[-1])) if len(inside) else (0, n - 1)
    return np.stack(
        [
            here / n,
            before / everything,
            prose_before / all_prose,
            np.full(n, all_prose / everything),
            np.full(n, float(own[:, column["stop_words"]].sum()) / everything),
            since,
            until,
            longest,
            indent - usual,
            np.cumsum(own[:, column["comment"]]),
            np.cumsum(own[:, column["related"]]),
            mass[cluster] / all_prose,
            cluster == 0,
            cluster == len(mass) - 1,
            (here >= start) & (here <= end),
            np.clip(here - start, -60, 60),
            np.clip(end - here, -60, 60),
        ],
        axis=1,
    ).astype(np.float32)
