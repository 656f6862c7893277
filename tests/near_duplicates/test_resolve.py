from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.corpus import store
from cleaner.corpus.ranking import UNDATED, moment, ranking
from cleaner.corpus.rounds import Verified, load_ranges, resolve_in_rounds
from cleaner.corpus.workshop import Made, Workshop
from cleaner.engines.local import Local
from cleaner.near_duplicates.resolve import GOES, OPEN, STAYS, decide, resolve, with_copies
from cleaner.near_duplicates.verify import common, containment, jaccard

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


many = st.dictionaries(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda p: p[0] < p[1]),
    st.sampled_from([0.8, 0.9, 1.0]),
    max_size=120,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(found=many, lowest=st.integers(0, 6), size=st.integers(1, 15))
def test_in_rounds_the_same_goes(tmp_path: Path, found: Pairs, lowest: int, size: int) -> None:
    found = {pair: score for pair, score in found.items() if pair[1] >= lowest}  # lower ones are old: they stay
    workshop = Workshop(tmp_path, Local(1))
    ranges: list[list[Made]] = []
    for low in range(lowest, 41, size):
        mine = sorted(pair[::-1] for pair in found if low <= pair[1] < low + size)
        second, first = np.array(mine, np.int64).reshape(-1, 2).T
        folder = tmp_path / store.sha256_of(str(mine))
        folder.mkdir(exist_ok=True)
        store.save_arrays(folder, first=first, second=second, jaccard=np.array([found[a, b] for b, a in mine]))
        ranges.append([Made(str(folder), folder.name)])
    made = resolve_in_rounds(workshop, ranges, lowest, size)
    near = workshop.listing("near", made)
    workshop.send()
    gone, keepers, scores = load_ranges(near.path)
    paths = [one.path for some in ranges for one in some]
    for mine_, expected in zip((gone, keepers, scores), resolve(41, Verified(paths)), strict=True):
        assert mine_.tolist() == expected.tolist()


def test_a_chain_through_all_ranges_is_decided_in_as_many_rounds() -> None:
    """The worst case: each block is a twin of the one before, and alone in its range."""
    fates = np.full(8, OPEN, np.uint8)
    rounds = 0
    while (fates == OPEN).any():
        pairs = [(np.array([i - 1]), np.array([i]), np.array([1.0])) for i in range(8)]
        before = fates.copy()
        fates = np.concatenate([decide(i, i + 1, pairs[i : i + 1] if i else [], before.__getitem__) for i in range(8)])
        rounds += 1
    assert fates.tolist() == [STAYS, GOES] * 4
    assert rounds <= 8


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
