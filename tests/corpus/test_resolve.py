from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.corpus.ranking import UNDATED, moment, ranking
from cleaner.corpus.resolve import resolve, with_copies
from cleaner.corpus.verify import common, containment, jaccard

Pairs = dict[tuple[int, int], float]
pairs = st.dictionaries(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda p: p[0] < p[1]),
    st.sampled_from([0.8, 0.85, 0.9, 1.0]),
)


def resolved(found: Pairs) -> dict[int, tuple[int, float]]:
    ordered = sorted(found, key=lambda pair: pair[::-1])
    portions = []
    for _, some in groupby(ordered, lambda pair: pair[1] // 3):  # as many portions as may be
        ends = np.array(list(some), np.int64)
        portions.append((ends[:, 0], ends[:, 1], np.array([found[a, b] for a, b in ends.tolist()])))
    gone, keepers, scores = resolve(13, portions)
    return dict(zip(gone.tolist(), zip(keepers.tolist(), scores.tolist(), strict=True), strict=True))


@given(pairs)
def test_a_block_goes_if_and_only_if_it_is_a_twin_of_one_that_stays(found: Pairs) -> None:
    gone = resolved(found)
    for block in range(13):
        stays = [a for a, b in found if b == block and a not in gone]
        assert (block in gone) == bool(stays)
    for block, (keeper, score) in gone.items():
        assert keeper not in gone
        assert found[keeper, block] == score
        assert score == max(found[a, block] for a in range(block) if (a, block) in found and a not in gone)


@given(pairs)
def test_of_any_blocks_that_hang_together_one_stays(found: Pairs) -> None:
    gone = resolved(found)
    for a, b in found:
        group, size = {a, b}, 0
        while size != len(group):
            size = len(group)
            group |= {x for pair in found if group & set(pair) for x in pair}
        assert group - set(gone)


def test_no_chaining() -> None:
    assert resolved({(0, 1): 0.8, (1, 2): 0.8}) == {1: (0, 0.8)}


@pytest.mark.parametrize(
    ("keeper", "order"), [("first", [0, 1, 2, 3]), ("longest", [2, 1, 3, 0]), ("earliest", [1, 3, 0, 2])]
)
def test_the_keeper_policy_ranks_blocks(keeper: str, order: list[int]) -> None:
    lengths = np.array([5, 9, 12, 9])
    moments = np.array([UNDATED, 100, UNDATED, 100])
    assert ranking(keeper, lengths, moments).tolist() == order  # type: ignore[arg-type]


def test_moments_are_in_order_and_what_is_no_date_comes_last() -> None:
    dates = ["2024-01-02T00:30:00+02:00", "2024-01-02", "2024-01-02T00:00:01.500Z", "2024-01-03T00:00:00+00:00", "soon"]
    assert sorted(dates, key=moment) == dates
    assert moment("") == moment("2024-13-01") == UNDATED
    assert moment("0001-01-01T00:00:00+14:00") < moment("9999-12-31T23:59:59-12:00") <= UNDATED


@given(st.lists(st.sets(st.integers(0, 20)), min_size=2, max_size=8))
def test_scores_of_sets(sets: list[set[int]]) -> None:
    hashes = np.array([x for one in sets for x in (*one, *one)], np.uint64)  # repeats must not count
    offsets = np.cumsum([0, *(2 * len(one) for one in sets)])
    first, second = np.triu_indices(len(sets), 1)
    both, sizes = common(first, second, hashes, offsets)
    chosen = [(sets[a], sets[b]) for a, b in zip(first, second, strict=True)]
    assert jaccard(both, sizes[first], sizes[second]).tolist() == [len(a & b) / (len(a | b) or 1) for a, b in chosen]
    expected = [len(a & b) / (min(len(a), len(b)) or 1) for a, b in chosen]
    assert containment(both, sizes[first], sizes[second]).tolist() == expected


def test_copies_share_the_fate_of_their_original() -> None:
    near = resolve(8, [(np.array([0]), np.array([3]), np.array([0.9]))])
    gone, keepers, scores = with_copies(near, np.array([2, 5, 6]), np.array([1, 3, 3]))
    assert gone.tolist() == [2, 3, 5, 6]
    assert keepers.tolist() == [1, 0, 0, 0]
    assert scores.tolist() == [1.0, 0.9, 0.9, 0.9]
