"""What the classifier looks at in plain text: each block, its neighbours, its place in the document.

Most of the signal is in the neighbourhood (measured: a line's own words alone are worth little),
so every block is measured once (:mod:`cleaner.stages.chrome.texts`), and windows over those measures
to both sides do the rest.

A new measure is a name in :data:`OWN` and a column there or in :func:`_arrange`; a name of it in
:data:`NEAR` or :data:`SUMS` takes it over from the neighbours.  Then the model is to be trained again.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from cleaner.stages.chrome import texts as of_texts
from cleaner.stages.chrome.forest import FloatArray
from cleaner.stages.chrome.page import Found, Page
from cleaner.stages.chrome.texts import Column, Texts, measure

WINDOWS = (2, 4, 8, 16, 32)
"""Blocks to each side that are looked at together."""

CLUSTER_GAP = 6
"""So many blocks without prose end a cluster of prose."""

OWN = tuple(
    "words chars word_length stop_share stop_words capital_share all_capitals digit_share commas stops ended open_end"
    " bars money date link lower_start heading list_item table code quote level listed sentenced personal exclaims"
    " quotes name comment related social prose gone repeats indent gap repeated group group_words topic".split()
)
"""Measures of the block alone, as the model knows them; those that :func:`_arrange` adds depend on what else stays."""
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


_AT = {name: column for column, name in enumerate(OWN)}
_OF_TEXTS = [_AT[name] for name in of_texts.NAMES]
_FARTHEST = 9  # line breaks
_NEIGHBOURS = 3


def features(page: Page, found: Found, texts: Texts | None = None) -> FloatArray:
    """One row a block (also of those gone), one column a name of :data:`NAMES`.

    ``texts`` are the page's, for who has measured them already.
    """
    own = _arrange(page, found, texts or measure(page))
    rows, at = len(own), len(OWN)
    values = np.empty((rows, len(NAMES)), np.float32)
    values[:, :at] = own
    padded = np.full((_NEIGHBOURS + rows + _NEIGHBOURS, len(NEAR)), -1.0, np.float32)
    padded[_NEIGHBOURS:-_NEIGHBOURS] = own[:, [_AT[name] for name in NEAR]]
    for step in range(1, _NEIGHBOURS + 1):
        for first in (_NEIGHBOURS - step, _NEIGHBOURS + step):
            values[:, at : at + len(NEAR)] = padded[first : first + rows]
            at += len(NEAR)
    made = {"prose_words": own[:, _AT["words"]] * own[:, _AT["prose"]], "blank": own[:, _AT["gap"]] > 1}
    sums = np.stack([made[name] if name in made else own[:, _AT[name]] for name in SUMS], axis=1)
    values[:, at : -len(PLACE)] = _windows(sums)
    for column, place in zip(range(-len(PLACE), 0), _places(own), strict=True):
        values[:, column] = place
    return values


def _arrange(page: Page, found: Found, texts: Texts) -> FloatArray:
    """The measures of each block alone, shape ``(blocks, len(OWN))``."""
    own = np.zeros((len(page.lines), len(OWN)), np.float32)
    own[:, _OF_TEXTS] = texts.own
    own[:, _AT["topic"]] = texts.topic()
    own[[line.index for line in page.lines if line.gone], _AT["gone"]] = 1
    own[list(found), _AT["gone"]] = 1
    short = [line.text for line in page.lines if len(line.text) < 200]
    times = Counter(short)
    own[:, _AT["repeats"]] = [times.get(line.text, 0) for line in page.lines]
    own[:, _AT["repeated"]] = own[:, _AT["repeats"]] > 2
    own[:, _AT["gap"]] = [min(gap, _FARTHEST) for gap in page.gaps()]
    blank = own[:, _AT["gap"]] > 1
    group = np.cumsum(blank) - blank[0]
    sizes = np.bincount(group)
    own[:, _AT["group"]] = sizes[group]
    own[:, _AT["group_words"]] = (np.bincount(group, own[:, _AT["words"]]) / sizes)[group]
    return own


def _windows(values: FloatArray) -> FloatArray:
    """Sums over the next 2, 4 … blocks before and after, not counting the block itself, one beside the other."""
    rows, columns = values.shape
    most = max(WINDOWS)
    total = np.zeros((most + rows + 1 + most, columns))  # of the blocks before each one; the first is at `most`
    np.cumsum(values, axis=0, out=total[most + 1 : most + 1 + rows])
    total[most + 1 + rows :] = total[most + rows]
    here, after = total[most : most + rows], total[most + 1 : most + 1 + rows]
    sums = np.empty((rows, len(WINDOWS), 2, columns), np.float32)
    for number, width in enumerate(WINDOWS):
        sums[:, number, 0] = here - total[most - width : most - width + rows]
        sums[:, number, 1] = total[most + 1 + width : most + 1 + width + rows] - after
    return sums.reshape(rows, -1)


def _places(own: FloatArray) -> list[Column | float]:
    """The columns of :data:`PLACE`; a number is the same for all blocks."""
    n = len(own)
    words, prose = own[:, _AT["words"]], own[:, _AT["prose"]] > 0
    prose_words = words * prose
    before = np.cumsum(words) - words
    prose_before = np.cumsum(prose_words) - prose_words
    everything, all_prose = max(1.0, float(words.sum())), max(1.0, float(prose_words.sum()))
    here = np.arange(n)
    last = np.maximum.accumulate(np.where(prose, here, -1))
    following = np.minimum.accumulate(np.where(prose, here, 2 * n)[::-1])[::-1]
    since, until = np.where(last >= 0, here - last, 99), np.minimum(following - here, 99)
    indent = own[:, _AT["indent"]]
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
        float(own[:, _AT["stop_words"]].sum()) / everything,
        since,
        until,
        np.maximum(longest, words),
        indent - usual,
        np.cumsum(own[:, _AT["comment"]]),
        np.cumsum(own[:, _AT["related"]]),
        mass[cluster] / all_prose,
        cluster == 0,
        cluster == len(mass) - 1,
        (here >= start) & (here <= end),
        np.minimum(np.maximum(here - start, -60), 60),
        np.minimum(np.maximum(end - here, -60), 60),
    ]
