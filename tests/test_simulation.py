"""The simulated stages are those of a real run."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from benchmarks.simulate_cluster import measure, skew, stages, table
from cleaner.corpus.run import run
from cleaner.settings import Config
from tests.support import ROOT


def test_the_stages_are_those_of_a_run(tmp_path: Path) -> None:
    run(ROOT / "raw", tmp_path, Config())
    names = [one.name.partition(" ")[0] for one in stages(10_000)]
    done = {path.name.partition("-")[0] for path in (tmp_path / ".cleaner").iterdir() if path.is_dir()}
    small = {"pair_band", "pair_small", "verify_pairs"}  # which of them depends on the size
    assert set(names) - small <= done
    assert "sign_documents" in measure(tmp_path)


def test_large_runs_have_more_of_everything_and_no_stage_grows_beyond_its_bounds() -> None:
    for small, large in pairwise(stages(10**size) for size in (5, 7, 9, 11)):
        assert sum(one.read for one in small) < sum(one.read for one in large)
    for one in stages(10**11):
        assert one.tasks < 500_000
        assert one.memory < 30e9 or one.tasks == 1 or one.name in ("decide_sites", "find_taken")
    assert len(table(10**7).splitlines()) > 10
    assert "portions" in skew(10**9)
