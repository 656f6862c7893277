from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.near_duplicates.candidates import BUCKET_CAP, candidates_of_band, candidates_of_signatures
from cleaner.near_duplicates.minhash import (
    PERMUTATIONS,
    band_keys,
    from_signature,
    layout,
    minhash,
    permutations,
    signatures,
)
from cleaner.near_duplicates.shingles import I64, U64, shingled


def hashes_of(texts: list[str]) -> tuple[U64, I64]:
    found = shingled(texts)
    return found.hashes, found.offsets


with_words = st.text(min_size=1, max_size=60).filter(lambda text: shingled([text]).counts[0] > 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(with_words, min_size=1, max_size=12))
def test_signatures_are_those_of_datasketch(texts: list[str]) -> None:
    hashes, offsets = hashes_of(texts)
    batch = signatures(hashes, offsets)
    for number in range(len(texts)):
        sketch = minhash(hashes[offsets[number] : offsets[number + 1]])
        assert batch[number].tolist() == sketch.hashvalues.tolist()
        assert from_signature(batch[number]).jaccard(sketch) == 1.0


def test_signatures_of_texts_of_very_different_length() -> None:
    texts = [" ".join(f"w{i * k}" for i in range(n)) for k, n in enumerate([1, 40_000, 3, 500, 2, 7, 20_000], 1)]
    hashes, offsets = hashes_of(texts)
    alone = [minhash(hashes[a:b]).hashvalues for a, b in pairwise(offsets)]
    assert np.array_equal(signatures(hashes, offsets), np.array(alone))


def test_permutations_are_those_of_datasketch() -> None:
    assert np.array_equal(permutations(), minhash(np.array([1], np.uint64)).permutations)


@pytest.mark.parametrize("threshold", [0.1, 0.25, 0.5, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0])
def test_the_layout_finds_pairs_at_the_threshold(threshold: float) -> None:
    bands, rows = layout(threshold)
    assert bands * rows <= PERMUTATIONS
    assert 1 - (1 - threshold**rows) ** bands >= 0.995


def test_the_layout_for_the_default_threshold() -> None:
    assert layout(0.8) == (21, 6)


def some_signatures(seed: int, number: int) -> np.ndarray:  # type: ignore[type-arg]
    """Signatures of which many share some bands."""
    random = np.random.default_rng(seed)
    return random.integers(0, 3, (number, PERMUTATIONS)).astype(np.uint32)


def brute_force(signed: np.ndarray, bands: int, rows: int) -> set[tuple[int, int]]:  # type: ignore[type-arg]
    parts = [[tuple(row[b * rows : (b + 1) * rows]) for b in range(bands)] for row in signed.tolist()]
    return {
        (i, j)
        for j in range(len(parts))
        for i in range(j)
        if any(x == y for x, y in zip(parts[i], parts[j], strict=True))
    }


@pytest.mark.parametrize("seed", range(3))
def test_both_ways_give_the_pairs_that_share_a_band(seed: int) -> None:
    signed, n = some_signatures(seed, 40), 40
    ranks = np.random.default_rng(seed).permutation(n)
    keys = band_keys(signed, 21, 6)
    batch = np.unique(np.concatenate([candidates_of_band(keys[band], ranks, n) for band in range(21)]))
    assert batch.tolist() == candidates_of_signatures(signed, ranks, n, (21, 6)).tolist()
    by_rank = {tuple(sorted((int(ranks[i]), int(ranks[j])))) for i, j in brute_force(signed, 21, 6)}
    assert {divmod(code, n)[::-1] for code in batch.tolist()} == by_rank


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_texts(n: int) -> None:
    codes = candidates_of_band(np.full(n, 7, np.uint64), np.arange(n), n)
    assert len(codes) == n * (n - 1) // 2


def test_a_large_bucket_gives_a_star_around_the_best_ranked() -> None:
    n = BUCKET_CAP + 6
    ranks = np.arange(n)[::-1].copy()
    star = [(0, other) for other in range(1, n)]
    codes = candidates_of_band(np.full(n, 7, np.uint64), ranks, n)
    assert [divmod(code, n)[::-1] for code in codes.tolist()] == star
    same = np.repeat(some_signatures(1, 1), n, axis=0)
    codes = candidates_of_signatures(same, ranks, n, (21, 6))
    assert [divmod(code, n)[::-1] for code in codes.tolist()] == star
