from __future__ import annotations

import gzip
from hashlib import sha256, sha512
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner.corpus import ranges
from cleaner.corpus.dedup import dedup
from cleaner.corpus.plan import Source
from cleaner.settings import Config
from tests.corpus.test_dedup import HALF, LONG, NEAR, use, write

lines = st.lists(st.sampled_from([b"a\n", b"\n", b"  \r\n", b"bcd\n", b"e" * 30 + b"\n"]), max_size=30).map(b"".join)


def all_lines(parts: list[Source], limit: int = 1000) -> list[tuple[int, bytes | None]]:
    return [item for part in parts for item in ranges.part_lines(part, limit)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.tuples(lines, st.sampled_from([b"", b"last", b"x" * 50])).map(b"".join), size=st.integers(1, 40))
def test_parts_hold_every_line_once_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, size: int
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(data)
    monkeypatch.setattr(ranges, "BYTES", size)
    monkeypatch.setattr(ranges, "_CHUNK", 7)
    parts, whole = ranges.split("in", path)
    expected = [(i, line) for i, line in enumerate(data.splitlines(keepends=True), 1) if line.strip()]
    assert all_lines(parts) == expected
    assert sum(part.size for part in parts) == len(data)
    assert whole == sha256(data).hexdigest()
    assert all(part.size >= size and all_lines([part]) for part in parts[:-1])
    assert len({part.identity for part in parts}) == len(parts)
    short = all_lines(parts, limit=20)
    assert short == [(i, line if len(line) <= 20 else None) for i, line in expected]


def test_lines_that_are_added_at_the_end_leave_earlier_parts_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "BYTES", 10)
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"123456789\n" * 5)
    before = [part.identity for part in ranges.split("in", path)[0]]
    path.write_bytes(b"123456789\n" * 7)
    assert [part.identity for part in ranges.split("in", path)[0]][:5] == before


def test_what_cannot_be_read_is_rejected(tmp_path: Path) -> None:
    (part,), _ = ranges.split("gone", tmp_path / "gone.jsonl")
    assert part.rejected is not None
    assert all_lines([part]) == []


@pytest.mark.parametrize("form", ["plain", "gz", "zst"])
def test_the_same_bytes_for_any_parts_jobs_and_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    texts = [f"{text} {i % 4}\n{i} own words" for i in range(30) for text in (LONG, HALF, f"{i} {NEAR}", "short")]
    plain = write(tmp_path / "in.jsonl", [{"id": f"d{i}", "text": text} for i, text in enumerate(texts)])
    path = plain if form == "plain" else tmp_path / f"in.jsonl.{form}"
    if form != "plain":
        path.write_bytes({"gz": gzip.compress, "zst": zstandard.compress}[form](plain.read_bytes()))
    found = []
    for number, (size, jobs, way) in enumerate(
        [(8_000_000, 1, "datasketch"), (5000, 2 if form == "plain" else 1, "numpy"), (7000, 1, "numba")]
    ):
        with monkeypatch.context() as patch:
            use(way, patch)
            patch.setattr(ranges, "BYTES", size)
            dedup([path], tmp_path / f"out{number}", Config(), pairs=True, jobs=jobs)
        names = ("documents.jsonl", "duplicates.jsonl", "rejected.jsonl")
        found.append([(tmp_path / f"out{number}" / name).read_bytes() for name in names])
        pairs = (tmp_path / f"out{number}" / "pairs.jsonl").read_text("utf-8").splitlines()
        found[-1].append("\n".join(sorted(pairs)).encode())
    assert all(one == found[0] for one in found)


def test_compressed_data_that_break_off_give_what_came_before(tmp_path: Path) -> None:
    plain = write(tmp_path / "in.jsonl", [{"id": i, "text": sha512(b"%d" % i).hexdigest()} for i in range(20_000)])
    broken = tmp_path / "in.jsonl.gz"
    broken.write_bytes(gzip.compress(plain.read_bytes())[:-2000])
    summary = dedup([broken], tmp_path / "out", Config())
    assert summary.rejected == 1
    assert 1000 < summary.documents < 20_000
