"""A run killed at any moment: nothing half written, the next run finishes it, byte for byte."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.hostile.kills import WAYS, campaign, command, finish, make_inputs
from tests.support import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for workers in /proc")


def test_a_few_kills_at_random_moments(tmp_path: Path) -> None:
    """The same with 100 kills: ``python -m tests.hostile.kills 100``."""
    hits = campaign(tmp_path, 3, 40)
    assert sum(hits.values()) >= 3
    assert set(hits) == set(WAYS)


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    """A limit on file size stands for the full disk: writing fails in the middle, at every size."""
    import resource

    raw = tmp_path / "raw"
    make_inputs(raw, 20)
    assert finish(raw, tmp_path / "calm") == 3
    wanted = (tmp_path / "calm" / "documents.jsonl").read_bytes()
    out = tmp_path / "out"
    for size in (100, 8_000, len(wanted) // 2):
        full = subprocess.run(
            command(raw, out, 2),
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            preexec_fn=lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),  # type: ignore[misc]
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert full.returncode == 2
        assert "File too large" in full.stderr
        assert "Traceback" not in full.stderr
        assert not list(out.glob("*.json*"))
        assert not list(out.glob(".*.tmp"))
    assert finish(raw, out) == 3
    assert (out / "documents.jsonl").read_bytes() == wanted


def test_two_runs_on_one_output_do_not_mix(tmp_path: Path) -> None:
    import fcntl

    raw, out = tmp_path / "raw", tmp_path / "out"
    make_inputs(raw, 3)
    (out / ".cleaner").mkdir(parents=True)
    with (out / ".cleaner" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4711\n")
        held.flush()
        second = subprocess.run(
            command(raw, out, 1), env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
        )
    assert second.returncode == 2
    assert "another run (process 4711)" in second.stderr
    assert finish(raw, out) == 3  # the file is still there, but nobody holds it: a stale lock locks nobody out
