from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.corpus import naming
from cleaner.corpus.workshop import Workshop
from cleaner.engines.local import Local
from cleaner.settings import Config, Filters

ids = st.from_regex(r"\A[ab]?(~?[12]?){0,3}\Z")

texts = st.sampled_from(["", "00000000", "00000001", "0000000e"])  # hashes of them


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    shards=st.lists(
        st.lists(st.tuples(ids, st.sampled_from(["", *(f"{i:08x}" for i in range(4))])), max_size=8), max_size=4
    ),
    portion=st.integers(1, 20),
    copies_go=st.booleans(),
)
def test_all_names_differ_and_portions_are_no_matter(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shards: list[list[tuple[str, str]]],
    portion: int,
    copies_go: bool,
) -> None:
    expected: list[naming.Standing] = []
    taken: set[str] = set()
    first: dict[str, str] = {}
    for number, (own, text) in ((i, one) for shard in shards for i, one in enumerate(shard)):
        tries = chain([own], (f"{own}~{copy}" for copy in range(2, 100)))
        taken.add(name := next(name for name in tries if name not in taken))
        original = first.setdefault(text, name) if text and copies_go else name
        expected.append(naming.Standing(number, name, "" if original == name else original))
    monkeypatch.setattr(naming, "PORTION", portion)
    workshop = Workshop(tmp_path, Local(1))
    made = [workshop.keep("ids", one) for one in shards]
    config = Config(filters=Filters(exact_duplicates=copies_go))
    found = [naming.load_names(one.path) for one in naming.name_documents(workshop, config, made, len(expected))]
    standing = [
        told.get(i, naming.Standing(i, own))
        for shard, told in zip(shards, found, strict=True)
        for i, (own, _) in enumerate(shard)
    ]
    assert standing == expected


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("a", "a"),
        ("a~2", "a"),
        ("a~2~13", "a"),
        ("doc-7", "doc-7"),
        ("a~", "a~"),
        ("a~~2", "a~"),
        ("1~2~3", "1"),
        ("~", "~"),
    ],
)
def test_the_family_of_an_id(name: str, family: str) -> None:
    assert naming.family(name) == family
