"""What both engines promise, of the one on a cluster; see ``tests/engines/test_local.py``."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from cleaner.corpus.tasks import Task, is_done
from cleaner.engines.protocol import ClusterError, Dead, WorkersDiedError
from cleaner.engines.ray import Ray
from cleaner.settings import Engine
from tests.cluster.conftest import Nodes
from tests.engines.test_local import alive, die, die_once, eventually, fail, fail_awkwardly, note, stay, tasks


def run(cluster: Nodes, todo: list[Task], settings: Engine | None = None) -> list[str]:
    done: list[str] = []
    engine = Ray(settings or Engine("ray", cluster.address), 1)
    try:
        engine.run(todo, lambda task: done.append(task.digest), risky=True)
    finally:
        engine.close()
    return sorted(done)


def gather(task: Task, folder: Path) -> dict[str, int]:
    """Notes how many of its kind are at work at the same time."""
    mark = Path(task.inputs[0]).with_name(f"{task.digest}.at-work")
    mark.touch()
    time.sleep(0.2)
    most = len(list(mark.parent.glob("*.at-work")))
    mark.unlink()
    return note(task, folder) | {"most": most}


def lose_worker_once(task: Task, folder: Path) -> dict[str, int]:
    """Takes with it the Ray worker that looks after its process."""
    mark = Path(task.inputs[0])
    if not mark.exists():
        mark.touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return note(task, folder)


def lose_worker(task: Task, folder: Path) -> dict[str, int]:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return {}


def test_every_task_is_run_and_told_of(apart: Nodes, tmp_path: Path) -> None:
    todo = tasks(tmp_path, *[note] * 9)
    assert run(apart, todo) == [f"d{n}" for n in range(9)]
    assert all(is_done(task) for task in todo)
    assert str(os.getpid()) not in {(tmp_path / f"out{n}" / "note").read_text() for n in range(9)}


def test_no_more_is_under_way_than_the_nodes_can_hold(joined: Nodes, tmp_path: Path) -> None:
    from cleaner.corpus.tasks import read_manifest

    todo = tasks(tmp_path, *[gather] * 8)
    submitted: list[int] = []
    run(joined, todo)
    for task in todo:
        manifest = read_manifest(task.output)
        assert manifest is not None
        submitted.append(manifest.counts["most"])
    assert max(submitted) == 2, "both nodes work, on one task each"


def test_a_process_that_dies_costs_nothing(joined: Nodes, tmp_path: Path) -> None:
    assert run(joined, tasks(tmp_path, note, die_once, note)) == ["d0", "d1", "d2"]


def test_a_ray_worker_that_dies_costs_nothing(joined: Nodes, tmp_path: Path) -> None:
    assert run(joined, tasks(tmp_path, note, lose_worker_once, note)) == ["d0", "d1", "d2"]


def test_a_task_that_always_kills_its_process_is_named_and_the_others_are_done(joined: Nodes, tmp_path: Path) -> None:
    todo = tasks(tmp_path, note, die, note)
    with pytest.raises(WorkersDiedError, match="SIGKILL") as caught:
        run(joined, todo)
    assert caught.value.dead == (Dead(todo[1], -signal.SIGKILL),)
    assert [is_done(task) for task in todo] == [True, False, True]


def test_a_task_that_always_kills_its_ray_worker_is_named_too(joined: Nodes, tmp_path: Path) -> None:
    todo = tasks(tmp_path, note, lose_worker, note)
    with pytest.raises(WorkersDiedError, match="lost") as caught:
        run(joined, todo, Engine("ray", joined.address, retries=1))
    assert caught.value.dead == (Dead(todo[1], None),)
    assert [is_done(task) for task in todo] == [True, False, True]


def test_what_a_task_raises_comes_out(joined: Nodes, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a bug") as caught:
        run(joined, tasks(tmp_path, fail, note))
    assert "in a worker process" in "".join(caught.value.__notes__)
    with pytest.raises(RuntimeError, match="AwkwardError: a and b"):
        run(joined, tasks(tmp_path, fail_awkwardly))


def test_an_interrupt_ends_what_is_under_way(apart: Nodes, tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    def interrupt() -> None:
        if eventually(pid.exists):
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        run(apart, tasks(tmp_path, stay))
    assert eventually(lambda: not alive(int(pid.read_text())), 5)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_tasks_that_no_node_could_hold_are_refused(
    joined: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.engines.ray._GROWTH", 2.0)
    for settings in (
        Engine("ray", joined.address, task_cpus=3),
        Engine("ray", joined.address, task_memory_mb=10_000_000),
    ):
        with pytest.raises(ClusterError, match=r"lower engine\.task_cpus"):
            run(joined, tasks(tmp_path, note), settings)


def test_an_address_where_nobody_listens_is_told_at_once(apart: Nodes, tmp_path: Path) -> None:
    for address in ("127.0.0.1:1", "ray://127.0.0.1:1", "nonsense"):
        with pytest.raises(ClusterError, match="no Ray cluster at"):
            run(apart, tasks(tmp_path, note), Engine("ray", address))


def test_nodes_with_another_version_are_refused(joined: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.engines.ray.code_digest", lambda: "another")
    with pytest.raises(ClusterError, match="another version"):
        run(joined, tasks(tmp_path, note))


def test_a_cluster_that_was_joined_before_is_used_and_left_joined(apart: Nodes, tmp_path: Path) -> None:
    import ray

    ray.init(address=apart.address, log_to_driver=False)
    try:
        assert run(apart, tasks(tmp_path, note), Engine("ray", "127.0.0.1:1")) == ["d0"]
        assert ray.is_initialized()
    finally:
        ray.shutdown()


def test_worker_processes_are_kept_from_task_to_task(joined: Nodes, tmp_path: Path) -> None:
    run(joined, tasks(tmp_path, *[note] * 12))
    notes = [(tmp_path / f"out{n}" / "note").read_text() for n in range(12)]
    assert len(set(notes)) <= 4
