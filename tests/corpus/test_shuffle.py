"""What only large runs do, done to small ones: the same must come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cleaner.corpus import storage, store
from cleaner.corpus.dedup import dedup
from cleaner.corpus.ranking import chained
from cleaner.corpus.shuffle import combined, keys_of, shuffle
from cleaner.corpus.signed import keep_list
from cleaner.corpus.workshop import Made, Workshop
from cleaner.engines.local import Local
from cleaner.near_duplicates.candidates import candidates_of_band
from cleaner.settings import Config, Duplicates, Keeper, Near
from tests.corpus.test_dedup import HALF, LONG, NEAR, use, write


def large(patch: pytest.MonkeyPatch) -> None:
    """Have any run shuffle its keys, in many portions, and resolve its pairs in rounds."""
    patch.setattr("cleaner.corpus.shuffle.PORTION", 60)
    patch.setattr("cleaner.corpus.pairing.SLICE", 4)
    patch.setattr("cleaner.corpus.pairing.SLICES", 8)
    patch.setattr("cleaner.corpus.pairing.RANGE", 16)
    patch.setattr("cleaner.corpus.duplicates.AT_ONCE", 0)


@pytest.mark.parametrize(
    ("keeper", "near", "earlier"),
    [("first", "jaccard", False), ("longest", "jaccard", True), ("earliest", "containment", False)],
)
def test_a_large_run_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeper: Keeper, near: Near, earlier: bool
) -> None:
    texts = [f"{text} {i % 4}\n{i} own words" for i in range(25) for text in (LONG, HALF, f"{i} {NEAR}", "short")]
    texts += [f"{LONG} {'x ' * i}" for i in range(12)]
    records = [{"id": f"d{i}", "text": text, "date": f"20{i % 30:02}-01-01"} for i, text in enumerate(texts)]
    path = write(tmp_path / "in.jsonl", records)
    against = [write(tmp_path / "old.jsonl", records[40:60])] if earlier else []
    config = Config(duplicates=Duplicates(keeper=keeper, near=near, short_texts=True))
    use("numpy", monkeypatch)
    monkeypatch.setattr("cleaner.corpus.ranges.BYTES", 2000)
    found = []
    for way in ("small", "large"):
        if way == "large":
            large(monkeypatch)
        dedup([path], tmp_path / way, config, against=against, pairs=True)
        found.append([(tmp_path / way / name).read_bytes() for name in ("documents.jsonl", "duplicates.jsonl")])
        found[-1].append(b"".join(sorted((tmp_path / way / "pairs.jsonl").read_bytes().splitlines())))
    assert found[0] == found[1]
    done = {path.name.partition("-")[0] for path in (tmp_path / "large" / ".cleaner").iterdir()}
    assert done >= {"group_keys", "copies_of_portion", "pair_portion", "merge_candidates", "decide_range", "name_range"}
    assert len(found[0][1]) > 1000


def test_equal_keys_come_together_whatever_the_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.corpus.shuffle.PORTION", 30)
    random = np.random.default_rng(7)
    keys = [random.integers(0, 40, size).astype(np.uint64) << np.uint64(32) for size in (20, 0, 25, 31, 5)]
    made = []
    for number, exact in enumerate(keys):
        (tmp_path / f"{number}").mkdir()
        store.save_arrays(tmp_path / f"{number}", exact=exact)
        made.append(Made(str(tmp_path / f"{number}"), f"{number}", {"blocks": len(exact), "documents": 0}))
    ranks = random.permutation(81)
    ranks[::9] = -1
    store.save_arrays(tmp_path, ranks=ranks)
    workshop = Workshop(tmp_path / "work", Local(1))
    ranked = Made(str(tmp_path), "ranks")
    grouped = shuffle(workshop, keep_list(workshop, made), [len(one) for one in keys], ranked, "ranks")
    workshop.send()
    assert len(store.load(grouped.path, list[str])) == 4
    together = [
        {(k, r) for k, r in zip(*map(np.ndarray.tolist, keys_of(grouped.path, p)), strict=True)} for p in range(3)
    ]
    assert not {k for k, _ in together[0]} & {k for k, _ in together[1]}
    assert all(together)
    expected = zip(np.concatenate(keys).tolist(), ranks.tolist(), strict=True)
    best: dict[int, int] = {}
    for key, rank in expected:
        if rank >= 0:
            best[key] = min(rank, best.get(key, rank))
    passed_on = set().union(*together)
    assert len(passed_on) < sum(rank >= 0 for rank in ranks.tolist())
    assert {key: min(r for k, r in passed_on if k == key) for key, _ in passed_on} == best


def test_a_slice_of_an_array_at_a_url_is_read_alone(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    arrays = {"keys": np.arange(9, dtype=np.uint64), "ranks": np.arange(9) * 2, "none": np.empty(0, np.int64)}
    store.save_arrays(tmp_path, **arrays)
    storage.upload(tmp_path, "memory://shuffle/group", [f"{name}.npy" for name in arrays])
    for name, array in arrays.items():
        for start, stop in ((0, 0), (0, 9), (3, 5), (8, 9)):
            for place in (str(tmp_path), "memory://shuffle/group"):
                found = store.load_slice(place, name, start, stop)
                assert found.dtype == array.dtype
                assert found.tolist() == array[start:stop].tolist()
    storage.remove(["memory://shuffle"])


def test_a_key_that_a_million_blocks_share_costs_one_entry_each() -> None:
    """No more pairs than blocks: a star about the best of them, whose copies are not compared at all."""
    n = 1_000_000
    keys = np.full(n, 12345, np.uint64)
    ranks = np.arange(n)[::-1].copy()
    codes = candidates_of_band(keys, ranks, n)
    assert len(codes) == n - 1
    assert not (codes % np.uint64(n)).any()
    passed_on, best, copies, originals = combined(keys, ranks)
    assert (len(passed_on), best.tolist(), len(copies)) == (1, [0], n - 1)
    assert not originals.any()


def test_copies_of_copies_are_copies_of_the_best() -> None:
    near = np.array([5, 7, 9, 8]), np.array([3, 3, 4, 6])
    far = np.array([6, 3]), np.array([2, 1])
    copies, originals = chained(near, far)
    assert dict(zip(copies.tolist(), originals.tolist(), strict=True)) == {5: 1, 7: 1, 9: 4, 8: 2, 6: 2, 3: 1}
    assert [side.tolist() for side in chained(near, (far[0][:0], far[1][:0]))] == [side.tolist() for side in near]
