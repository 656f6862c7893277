from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cleaner.corpus import plan
from cleaner.readers import Rejected


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


def test_sources_are_sorted_and_an_unreadable_one_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("b")
    found = [("c.txt", tmp_path / "missing"), ("b.txt", tmp_path / "b.txt")]
    listed = plan.list_sources(found, [Rejected("a.bin", "find", "not a format")])
    assert [(source.name, source.rejected is None) for source in listed] == [
        ("a.bin", False),
        ("b.txt", True),
        ("c.txt", False),
    ]
