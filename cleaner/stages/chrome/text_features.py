"""What the classifier looks at in plain text: each block, its neighbours, its place in the document.

Most of the signal is in the neighbourhood (measured: a line's own words alone are worth little),
so every block is measured once (:mod:`cleaner.stages.chrome.texts`), and windows over those measures
to both sides do the rest.

A new measure is a name and a row in ``texts``, or in :data:`OWN` and :func:`_arrange` if it depends on what
else stays; its name in :data:`NEAR` or :data:`SUMS` takes it over from the neighbours.  Then the model is to be
trained again.
"""

from __future__ import annotations

import numpy as np

from cleaner.stages.chrome import texts as of_texts
from cleaner.stages.chrome.forest import FloatArray
from cleaner.stages.chrome.page import Found, Page
from cleaner.stages.chrome.texts import Column, Texts, measure

WINDOWS = (2, 6, 16, 40)
"""Blocks to each side that are looked at together."""

CLUSTER_GAP = 6
"""So many blocks without prose end a cluster of prose."""

OWN = (*of_texts.NAMES, "gone", "repeats", "gap", "group", "group_words")
"""Measures of the block alone; those that :func:`_arrange` adds depend on what else stays."""
NEAR = tuple("words stop_share ended prose capital_share gone listed list_item indent gap".split())
"""Measures that are taken over from the next three blocks to each side."""
SUMS = tuple(
    "words stop_words capitals listed gone ended list_item digits exclaims quotes comment prose_words blank"
    " repeated".split()
)
"""Measures that are added up over windows to each side; those that are made for it come last."""
SHARES = ("stop_words", "prose_words")
"""Of these sums also the share of the window's words."""
PLACE = tuple(
    "place words_before prose_before prose_all stop_all since_prose until_prose longest_near indent_of_prose"
    " comments_before related_before cluster_share in_main to_main_start to_main_end".split()
)
"""Where the block stands in the document, and in which cluster of prose; see :func:`_places`."""

NAMES: tuple[str, ...] = (
    *OWN,
    *(f"{side}{step}_{name}" for step in (1, 2, 3) for side in ("before", "after") for name in NEAR),
    *(
        f"{side}_{width}_{name}"
        for width in WINDOWS
        for side in ("before", "after")
        for name in (*SUMS, *(f"{share}_share" for share in SHARES))
    ),
    *PLACE,
)
"""Names of all columns of :func:`features`."""


_AT = {name: row for row, name in enumerate(OWN)}
_OF_NEAR = [_AT[name] for name in NEAR]
_SUM_AT = {name: row for row, name in enumerate(SUMS)}
_OWN_SUMS = [_AT[name] for name in SUMS if name in _AT]
_OF_SHARES = [_SUM_AT[name] for name in SHARES]
_FARTHEST = 9  # line breaks
_NEIGHBOURS = 3


def features(page: Page, found: Found, texts: Texts | None = None) -> FloatArray:
    """One row a block (also of those gone), one column a name of :data:`NAMES`.

    ``texts`` are the page's, for who has measured them already.  In memory a column lies in one piece.
    """
    own = _arrange(page, found, texts or measure(page))
    blocks, at = own.shape[1], len(OWN)
    values = np.empty((len(NAMES), blocks), np.float32)
    values[:at] = own
    padded = np.full((len(NEAR), _NEIGHBOURS + blocks + _NEIGHBOURS), -1.0, np.float32)
    padded[:, _NEIGHBOURS:-_NEIGHBOURS] = own[_OF_NEAR]
    for step in range(1, _NEIGHBOURS + 1):
        for first in (_NEIGHBOURS - step, _NEIGHBOURS + step):
            values[at : at + len(NEAR)] = padded[:, first : first + blocks]
            at += len(NEAR)
    _add_windows(own, values[at : -len(PLACE)])
    for row, place in zip(values[-len(PLACE) :], _places(own), strict=True):
        row[:] = place
    return values.T


def _arrange(page: Page, found: Found, texts: Texts) -> FloatArray:
    """The measures of each block alone, shape ``(len(OWN), blocks)``."""
    own = np.zeros((len(OWN), len(page.lines)), np.float32)
    own[: len(of_texts.NAMES)] = texts.own
    own[_AT["gone"], [*found, *[line.index for line in page.lines if line.gone]]] = 1
    own[_AT["repeats"]] = np.bincount(texts.same)[texts.same]
    own[_AT["gap"]] = gap = np.minimum(page.gaps(), _FARTHEST)
    blank = gap > 1
    group = np.cumsum(blank) - blank[0]
    sizes = np.bincount(group)
    own[_AT["group"]] = sizes[group]
    own[_AT["group_words"]] = (np.bincount(group, own[_AT["words"]]) / sizes)[group]
    return own


def _add_windows(own: FloatArray, windows: FloatArray) -> None:
    """Sums over the next blocks before and after each one, not counting itself, and shares of them.

    They are differences of running totals, which are whole numbers, exact in 32 bits up to 16 million.
    """
    blocks, most = own.shape[1], max(WINDOWS)
    total = np.zeros((len(SUMS), most + blocks + 1 + most), np.float32)  # of the blocks before each; first at `most`
    summed = total[:, most + 1 : most + 1 + blocks]
    summed[: len(_OWN_SUMS)] = own[_OWN_SUMS]
    np.multiply(own[_AT["words"]], own[_AT["prose"]], out=summed[_SUM_AT["prose_words"]])
    np.greater(own[_AT["gap"]], 1, out=summed[_SUM_AT["blank"]])
    np.greater(own[_AT["repeats"]], 2, out=summed[_SUM_AT["repeated"]])
    np.cumsum(summed, axis=1, out=summed)
    total[:, most + 1 + blocks :] = total[:, most + blocks, None]
    here, after = total[:, most : most + blocks], total[:, most + 1 : most + 1 + blocks]
    windows = windows.reshape(2 * len(WINDOWS), -1, blocks)
    for number, width in enumerate(WINDOWS):
        before_that = total[:, most - width : most - width + blocks]
        up_to_that = total[:, most + 1 + width : most + 1 + width + blocks]
        np.subtract(here, before_that, out=windows[2 * number, : len(SUMS)])
        np.subtract(up_to_that, after, out=windows[2 * number + 1, : len(SUMS)])
    words = windows[:, [_SUM_AT["words"]]]
    np.divide(windows[:, _OF_SHARES], np.maximum(words, 1), out=windows[:, len(SUMS) :])


def _places(own: FloatArray) -> list[Column | float]:
    """The columns of :data:`PLACE`; a number is the same for all blocks."""
    n = own.shape[1]
    words, prose = own[_AT["words"]], own[_AT["prose"]] > 0
    prose_words = words * prose
    before = np.cumsum(words) - words
    prose_before = np.cumsum(prose_words) - prose_words
    everything, all_prose = max(1.0, float(words.sum())), max(1.0, float(prose_words.sum()))
    here = np.arange(n)
    last = np.maximum.accumulate(np.where(prose, here, -1))
    following = np.minimum.accumulate(np.where(prose, here, 2 * n)[::-1])[::-1]
    since, until = np.where(last >= 0, here - last, 99), np.minimum(following - here, 99)
    indent = own[_AT["indent"]]
    usual = float(np.bincount(indent.astype(np.int64), prose_words, minlength=1).argmax())
    longest = np.maximum(np.concatenate((words[-1:], words[:-1])), np.concatenate((words[1:], words[:1])))

    # Clusters of prose: the nearest one on either side counts for the blocks between two.
    begins = prose & (np.concatenate(([99], since[:-1] + 1)) > CLUSTER_GAP)
    cluster = np.maximum(np.cumsum(begins) - 1, 0)
    cluster = np.where((until < since) & (since > CLUSTER_GAP), cluster + (following < n), cluster)
    cluster = np.minimum(cluster, max(0, int(begins.sum()) - 1))
    mass = np.bincount(cluster, prose_words, minlength=1)
    main = int(mass.argmax())
    inside = np.flatnonzero(prose & (cluster == main))
    start, end = (int(inside[0]), int(inside[-1])) if len(inside) else (0, n - 1)
    return [
        here / n,
        before / everything,
        prose_before / all_prose,
        all_prose / everything,
        float(own[_AT["stop_words"]].sum()) / everything,
        since,
        until,
        np.maximum(longest, words),
        indent - usual,
        np.cumsum(own[_AT["comment"]]),
        np.cumsum(own[_AT["related"]]),
        mass[cluster] / all_prose,
        (here >= start) & (here <= end),
        np.minimum(np.maximum(here - start, -60), 60),
        np.minimum(np.maximum(end - here, -60), 60),
    ]
