"""The same bytes, whatever runs the work and whatever befalls it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from unittest import mock

import pytest

from cleaner.engines import executor
from cleaner.engines.protocol import Executor
from cleaner.settings import Engine
from tests.cluster.conftest import Nodes
from tests.cluster.corpus import Shuffled, clean, committed, make, started, sums, when
from tests.engines.test_local import eventually
from tests.support import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for workers in /proc")
DOCUMENTS = 60
STEPS = (3, 12, 40)
"""After so many steps something happens: while articles are cleaned, soon after, late."""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "raw"
    make(folder, DOCUMENTS)
    return folder


@pytest.fixture(scope="module")
def expected(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one worker makes of it in one piece: the poison is rejected, the paragraph that all have stays once."""
    out = tmp_path_factory.mktemp("expected")
    summary = clean(raw, out, files_a_shard=10**9)
    rejected = [json.loads(line) for line in (out / "rejected.jsonl").read_text("utf-8").splitlines()]
    given_up = [(one["path"], one["line"]) for one in rejected if "SIGKILL" in one["reason"]]
    assert given_up == [("poison.txt", 0), ("records.jsonl", 8)]
    assert summary.duplicates > DOCUMENTS / 2
    return sums(out)


@pytest.mark.parametrize(
    ("jobs", "files_a_shard"),
    [
        pytest.param(7, 2, id="7-small"),
        *(pytest.param(j, f, marks=pytest.mark.full) for j in (1, 2, 7) for f in (10**9, 8, 2)),
    ],
)
def test_local(raw: Path, expected: dict[str, str], tmp_path: Path, jobs: int, files_a_shard: int) -> None:
    """In one shard, in some 8 and in some 32."""
    clean(raw, tmp_path, jobs=jobs, files_a_shard=files_a_shard)
    assert sums(tmp_path) == expected


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.full), pytest.param(2, marks=pytest.mark.full)])
@pytest.mark.parametrize("engine", [pytest.param("local", marks=pytest.mark.full), "ray"])
def test_tasks_in_another_order(
    joined: Nodes, raw: Path, expected: dict[str, str], tmp_path: Path, engine: str, seed: int
) -> None:
    def shuffled(settings: Engine, jobs: int) -> Executor:
        return Shuffled(executor(settings, jobs), seed)

    with mock.patch("cleaner.corpus.run.executor", shuffled):
        clean(raw, tmp_path, Engine("ray") if engine == "ray" else Engine(), jobs=2)
    assert sums(tmp_path) == expected


@pytest.mark.parametrize("step", [pytest.param(step, marks=pytest.mark.full) for step in STEPS[:2]] + [STEPS[2]])
@pytest.mark.parametrize("who", [pytest.param("its process", marks=pytest.mark.full), "the Ray worker"])
def test_a_worker_is_killed(
    joined: Nodes, raw: Path, expected: dict[str, str], tmp_path: Path, who: str, step: int
) -> None:
    killed: list[int] = []

    def kill() -> None:
        killed.extend((joined.processes() if who == "its process" else joined.workers())[:1])
        for process in killed:
            os.kill(process, signal.SIGKILL)

    clean(raw, tmp_path, Engine("ray"), progress=when(step, kill))
    assert killed
    assert sums(tmp_path) == expected


@pytest.mark.parametrize("step", [STEPS[0], *(pytest.param(step, marks=pytest.mark.full) for step in STEPS[1:])])
def test_a_node_is_killed(joined: Nodes, raw: Path, expected: dict[str, str], tmp_path: Path, step: int) -> None:
    node = joined.add(cpus=2)
    clean(raw, tmp_path, Engine("ray"), progress=when(step, lambda: joined.kill(node)))
    assert sums(tmp_path) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ray", "local"),
        ("local", "ray"),
        pytest.param("ray", "ray", marks=pytest.mark.full),
        pytest.param("local", "local", marks=pytest.mark.full),
    ],
)
def test_the_run_is_killed_and_goes_on(
    joined: Nodes, raw: Path, expected: dict[str, str], tmp_path: Path, first: str, second: str
) -> None:
    """On the same engine or the other one; what was done is not done again."""
    run = started(raw, tmp_path, joined.address if first == "ray" else "")
    try:
        assert eventually(lambda: committed(tmp_path) >= STEPS[1], 60)
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    before = {path: path.stat().st_ino for path in (tmp_path / ".cleaner").glob("*.manifest")}
    clean(raw, tmp_path, Engine("ray") if second == "ray" else Engine(), jobs=2)
    assert sums(tmp_path) == expected
    assert not [path.name for path, file in before.items() if path.exists() and path.stat().st_ino != file]


@pytest.mark.parametrize("step", [STEPS[0], pytest.param(STEPS[2], marks=pytest.mark.full)])
def test_the_run_is_interrupted_and_goes_on(
    joined: Nodes, raw: Path, expected: dict[str, str], tmp_path: Path, step: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        clean(raw, tmp_path, Engine("ray"), progress=when(step, lambda: os.kill(os.getpid(), signal.SIGINT)))
    assert committed(tmp_path)
    clean(raw, tmp_path, Engine("ray"))
    assert sums(tmp_path) == expected


def test_nothing_else_in_the_package_knows_ray() -> None:
    paths = [path for path in (ROOT / "cleaner").rglob("*.py") if "import ray" in path.read_text("utf-8")]
    assert [path.relative_to(ROOT).as_posix() for path in paths] == ["cleaner/engines/ray.py"]
