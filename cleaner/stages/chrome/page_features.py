"""What the classifier of HTML pages looks at: numbers for each block, from its text, the tree and its neighbours.

Nothing here knows a language: length, sentence length and link density, what the reader measured
around the block (:mod:`cleaner.readers.html.surroundings`), what its tags and class words say,
how far it is from the running text, and the same of its neighbours.  Stop-word shares, commas,
capitals, digits, phrase lists and the named detectors' findings were tried and added nothing
out of fold once the tree was known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from cleaner.document import Block, Hints
from cleaner.readers.html.names import CHROME, CONTENT
from cleaner.readers.html.surroundings import NAMES, unpack
from cleaner.stages.chrome.characters import occurrences

_Key = TypeVar("_Key", bound=Hashable)
Places = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]

WORDS = {
    "comments": CHROME["comments"],
    "caption": CHROME["caption"],
    "body": "body content text story prose entry copy " + " ".join(w for w in CONTENT.split() if "+" not in w),
    "product": "product products price shop cart buy sku woocommerce",
    "main": "main primary center middle",
    "forum": "thread forum topic reply message msg question answer post",
    "list": "list items item grid card cards teaser tile tiles row",
}
"""Concept -> class, id, role and itemprop words."""

FADE = 0.15
"""A word n names away from the block counts 1 / (1 + FADE * n)."""
_TAGS = ("footer", "main", "article", "aside", "p", "li")
_FAR = 999.0
_REACH = 25  # blocks to either side that are looked at together, at most
_LISTS = [frozenset(words.split()) for words in WORDS.values()]
_CONCEPTS = {  # word -> columns of its concepts
    word: tuple(column for column, words in enumerate(_LISTS) if word in words) for word in frozenset().union(*_LISTS)
}


def features(judged: Sequence[tuple[Block, Hints]]) -> tuple[tuple[str, ...], Matrix]:
    """Names of the columns, and one row for each block of a page (at least one), in document order."""
    names, by_words = _group([hints.words for _, hints in judged])
    paths, by_path = _group([hints.path for _, hints in judged])
    named = _table([_word_marks(name) for name in names])[by_words]
    tagged = _table([_tag_marks(path) for path in paths])[by_path]
    columns = _of_text(judged) | _of_tree(judged)
    columns |= {f"names_{concept}": column for concept, column in zip(WORDS, named.T, strict=True)}
    columns |= {f"in_{tag}": column for tag, column in zip(_TAGS, tagged.T, strict=True)}
    chars, prose, links = columns["chars"], columns["prose"], columns["links"] * columns["chars"]
    clean = prose * (columns["suspect"] == 0)
    good = clean * (columns["score"] > 0.99)
    columns |= _of_page(columns, good)
    columns |= _of_place(prose, good, columns["words"])
    for name in ("score", "suspect"):
        columns[f"{name}_before"] = np.concatenate(([-1.0], columns[name][:-1]))
        columns[f"{name}_after"] = np.concatenate((columns[name][1:], [-1.0]))
    heads, near, text, linked = map(_running, (columns["heading"], clean, chars, links))
    columns |= {
        "headings_25_before": _window(heads, -25),
        "headings_25_after": _window(heads, 25),
        "headings_8_before": _window(heads, -8),
        "prose_3_after": _window(near, 3),
        "prose_3_before": _window(near, -3),
        "chars_3_before": _window(text, -3),
        "chars_25_before": _window(text, -25),
        "links_3_before": _window(linked, -3) / np.maximum(1.0, _window(text, -3)),
        "links_3_after": _window(linked, 3) / np.maximum(1.0, _window(text, 3)),
    }
    _, by_place = _group(zip(by_path.tolist(), by_words.tolist(), [block.kind for block, _ in judged], strict=True))
    columns |= {
        "class_prose": _total(by_words, prose) / max(1.0, prose.sum()),
        "class_density": _total(by_words, prose) / np.maximum(1.0, _total(by_words, chars)),
        "alike_share": _total(by_place, chars) / max(1.0, chars.sum()),
        "alike_prose": _total(by_place, prose) / max(1.0, prose.sum()),
        "alike_links": _total(by_place, links) / np.maximum(1.0, _total(by_place, chars)),
    }
    return tuple(columns), np.array(list(columns.values()), np.float32).T


def _of_text(judged: Sequence[tuple[Block, Hints]]) -> dict[str, Floats]:
    texts = [block.text for block, _ in judged]
    seen = Counter(texts)
    spaces, stops, bars = occurrences(texts, (" ", ".!?。！？", "|•·»›>/"))
    words = spaces + 1.0
    return {
        "words": words,
        "chars": _floats(map(len, texts)),
        "sentence_length": words / np.maximum(1.0, stops),
        "bars": bars / words,
        "same": _floats([seen[text] for text in texts]),
        "heading": _floats([block.kind == "heading" for block, _ in judged]),
        "level": _floats([block.level for block, _ in judged]),
    }


def _of_tree(judged: Sequence[tuple[Block, Hints]]) -> dict[str, Floats]:
    around = unpack(hints.surroundings for _, hints in judged)
    return {
        "links": _floats([hints.link_density for _, hints in judged]),
        "score": _floats([hints.score for _, hints in judged]),
        "suspect": _floats([hints.rule != "" for _, hints in judged]),
        **dict(zip(NAMES, around.T, strict=True)),
    }


@lru_cache(maxsize=4096)
def _word_marks(words: tuple[str, ...]) -> tuple[float, ...]:
    """For each concept how near its nearest word is, 0 without one."""
    marks = [0.0] * len(WORDS)
    for place, word in enumerate(words):
        if word in _CONCEPTS:
            for column in _CONCEPTS[word]:
                marks[column] = marks[column] or 1 / (1 + FADE * place)
    return tuple(marks)


@lru_cache(maxsize=4096)
def _tag_marks(path: str) -> tuple[float, ...]:
    tags = path.split("/")
    return tuple(float(tags.count(tag)) for tag in _TAGS)


def _of_page(columns: dict[str, Floats], good: Floats) -> dict[str, Floats]:
    """What is the same for all blocks of a page."""
    chars, prose = columns["chars"], columns["prose"]
    total = chars.sum()
    of_main = chars[(columns["score"] > 0.99) & (columns["suspect"] == 0)].sum()
    facts = {
        "page_words": columns["words"].sum(),
        "page_blocks": len(chars),
        "page_density": prose.sum() / total,
        "page_links": (columns["links"] * chars).sum() / total,
        "page_main": of_main / total,
        "page_prose": good.sum(),
        "page_prose_in_main": good.sum() / max(1.0, prose.sum()),
    }
    return {name: np.full(len(chars), float(value)) for name, value in facts.items()}


def _of_place(prose: Floats, good: Floats, words: Floats) -> dict[str, Floats]:
    """Where in the page's run of text a block stands."""
    count = np.arange(len(prose), dtype=np.float64)
    standing = np.flatnonzero(good)
    prose_to, good_to = np.cumsum(prose), np.cumsum(good)
    all_prose, all_good = max(1.0, prose.sum()), max(1.0, good.sum())
    return {
        "position": (np.cumsum(words) - words) / words.sum(),
        "prose_before": (prose_to - prose) / all_prose,
        "prose_after": (prose.sum() - prose_to) / all_prose,
        "good_before": (good_to - good) / all_good,
        "good_after": (good.sum() - good_to) / all_good,
        "from_first_prose": count - standing[0] if len(standing) else count * 0 - _FAR,
        "from_last_prose": count - standing[-1] if len(standing) else count * 0 + _FAR,
    }


def _running(values: Floats) -> Floats:
    """The sums of all values before each block; as if there were blocks of 0 at either end, for :func:`_window`."""
    sums = np.zeros(_REACH + len(values) + 1 + _REACH)
    np.cumsum(values, out=sums[_REACH + 1 : _REACH + 1 + len(values)])
    sums[_REACH + 1 + len(values) :] = sums[_REACH + len(values)]
    return sums


def _window(sums: Floats, reach: int) -> Floats:
    """Sums over the ``reach`` blocks after each one, or before it if ``reach`` is negative, from :func:`_running`."""
    first, count = _REACH + (reach > 0), len(sums) - 2 * _REACH - 1
    here, there = sums[first:][:count], sums[first + reach :][:count]
    return there - here if reach > 0 else here - there


def _group(keys: Iterable[_Key]) -> tuple[list[_Key], Places]:
    """The different keys, and for each of all keys the number of its equal among them."""
    numbers: dict[_Key, int] = {}
    group = [numbers.setdefault(key, len(numbers)) for key in keys]
    return list(numbers), np.array(group, np.intp)


def _total(group: Places, values: Floats) -> Floats:
    """For each row the sum over its group."""
    totals: Floats = np.bincount(group, values).astype(np.float64)[group]
    return totals


def _floats(values: Iterable[float]) -> Floats:
    return np.fromiter(values, np.float64)


def _table(rows: Sequence[Sequence[float]]) -> Floats:
    """Rows of one length as an array; NumPy itself takes twice as long to find out what they are."""
    flat = np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * len(rows[0]))
    return flat.reshape(len(rows), -1)
