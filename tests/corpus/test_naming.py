from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.corpus import naming
from cleaner.corpus.workshop import Workshop
from cleaner.engines.local import Local

ids = st.from_regex(r"\A[ab]?(~?[12]?){0,3}\Z")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(shards=st.lists(st.lists(ids, max_size=8), max_size=4), portion=st.integers(1, 20))
def test_all_names_differ_and_portions_are_no_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shards: list[list[str]], portion: int
) -> None:
    expected: list[list[str]] = []
    taken: set[str] = set()
    for own in chain.from_iterable(shards):
        tries = chain([own], (f"{own}~{copy}" for copy in range(2, 100)))
        taken.add(name := next(name for name in tries if name not in taken))
        expected.append([own, name])
    monkeypatch.setattr(naming, "PORTION", portion)
    workshop = Workshop(tmp_path, Local(1))
    made = [workshop.keep("ids", one) for one in shards]
    found = [naming.load_names(one.path) for one in naming.name_documents(workshop, made, len(expected))]
    named = [[own, new.get(i, own)] for one, new in zip(shards, found, strict=True) for i, own in enumerate(one)]
    assert named == expected


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
