from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.corpus import plan
from cleaner.corpus.sources import Sources, list_sources
from cleaner.readers import Rejected
from cleaner.readers.places import find_place


def sources(names: set[str]) -> list[plan.Source]:
    return [plan.Source(name, b"", f"hash of {name}") for name in sorted(names)]


def groups(names: set[str]) -> set[tuple[str, ...]]:
    return {tuple(source.name for source in shard.sources) for shard in plan.shards(sources(names))}


@given(st.sets(st.integers(0, 9999).map("file{:04}.txt".format), min_size=1, max_size=200), st.integers(0, 9999))
def test_a_new_file_touches_the_shard_it_falls_into_and_no_other(names: set[str], number: int) -> None:
    before, after = groups(names), groups(names | {f"file{number:04}.txt"})
    assert len(before - after) <= 1
    assert len(after - before) <= 2
    assert sorted(name for group in before for name in group) == sorted(names)


def test_a_large_input_ends_its_shard() -> None:
    large = [plan.Source(f"{i}", b"", size=plan.BYTES_A_SHARD) for i in range(3)]
    assert [len(shard.sources) for shard in plan.shards(large)] == [1, 1, 1]


def test_a_shard_is_named_by_names_and_content_only() -> None:
    shard = plan.Shard((plan.Source("a", b"/here/a", "1"), plan.Source("b", b"/here/b", "2")))
    moved = plan.Shard((plan.Source("a", b"/there/a", "1"), plan.Source("b", b"/there/b", "2")), reuse=("x",))
    changed = plan.Shard((plan.Source("a", b"/here/a", "1"), plan.Source("b", b"/here/b", "3")))
    renamed = plan.Shard((plan.Source("a", b"/here/a", "1"), plan.Source("c", b"/here/b", "2")))
    assert shard.sha256 == moved.sha256
    assert len({shard.sha256, changed.sha256, renamed.sha256, plan.Shard(shard.sources, limit=1).sha256}) == 4


def test_with_more_inputs_shards_are_larger_and_still_end_where_small_ones_do() -> None:
    assert plan.size_of_shards(5000, 10**7) == plan.Size(plan.FILES_A_SHARD, plan.BYTES_A_SHARD)
    assert plan.size_of_shards(5000, 10**9) == plan.Size(plan.FILES_A_SHARD, plan.ENOUGH)
    large = plan.size_of_shards(1_000_000, 10**12)
    assert 500 < 1_000_000 / large.files <= plan.SHARDS
    assert large.bytes <= plan.MOST_BYTES
    many = [plan.Source(f"{i}", b"", f"{i}") for i in range(5000)]
    small = {shard.sources[-1] for shard in plan.shards(many)}
    chosen = [shard.sources[-1] for shard in plan.shards(many, size=plan.Size(128, plan.BYTES_A_SHARD))]
    assert 20 < len(chosen) < 80
    assert small.issuperset(chosen)


def test_sources_are_listed_in_order_and_an_unreadable_one_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("b")
    found = [Rejected("a.bin", "find", "not a format"), ("b.txt", tmp_path / "b.txt"), ("c.txt", tmp_path / "missing")]
    with list_sources(found) as listed:
        expected = [("a.bin", False), ("b.txt", True), ("c.txt", False)]
        assert [(source.name, source.rejected is None) for source in listed] == expected


def test_a_long_list_of_sources_is_on_disk_and_read_by_several_at_once() -> None:
    many = [plan.Source(f"{i:05}", b"/" * 40, f"{i}" * 12) for i in range(20_000)]
    with Sources(([one], one.sha256) for one in many) as listed:
        assert (listed.number, list(listed)) == (20_000, many)
        assert all(one == other for one, other in zip(listed, listed, strict=True))
        assert [one for (one,) in listed.inputs()] == many


def test_how_an_input_is_cut_is_no_matter_to_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.jsonl").write_text("{}\n" * 100)
    hashes, numbers = set(), []
    for size in (10, 70, 10_000):
        monkeypatch.setattr("cleaner.corpus.ranges.BYTES_CLEANED", size)
        with list_sources(find_place(tmp_path)[0]) as listed:
            hashes.add(listed.sha256)
            numbers.append((listed.number, listed.parts, listed.size))
    assert len(hashes) == 1
    assert numbers == [(1, 25, 300), (1, 5, 300), (1, 1, 300)]
