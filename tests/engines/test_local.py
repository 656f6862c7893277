from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from cleaner.corpus.tasks import Task, is_done
from cleaner.engines import executor
from cleaner.engines.local import Local
from cleaner.engines.protocol import Dead, WorkersDiedError
from cleaner.errors import CleanerError
from cleaner.settings import Engine


def note(task: Task, folder: Path) -> dict[str, int]:
    (folder / "note").write_text(f"{os.getpid()}")
    return {"notes": 1}


def die_once(task: Task, folder: Path) -> dict[str, int]:
    mark = Path(task.inputs[0])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return note(task, folder)


def die(task: Task, folder: Path) -> dict[str, int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def fail(task: Task, folder: Path) -> dict[str, int]:
    raise ValueError("a bug")


class AwkwardError(Exception):
    def __init__(self, a: str, b: str) -> None:
        super().__init__(f"{a} and {b}")


def fail_awkwardly(task: Task, folder: Path) -> dict[str, int]:
    raise AwkwardError("a", "b")


def slow(task: Task, folder: Path) -> dict[str, int]:
    with Path(task.inputs[0]).with_name("slow").open("a") as log:
        log.write("x")
    time.sleep(1)
    return note(task, folder)


def stay(task: Task, folder: Path) -> dict[str, int]:
    pid = Path(task.output).with_name("pid")
    pid.with_suffix(".new").write_text(str(os.getpid()))
    pid.with_suffix(".new").rename(pid)
    time.sleep(60)
    return {}


def tasks(tmp_path: Path, *stages: object) -> list[Task]:
    mark = str(tmp_path / "mark")
    return [Task(stage, (mark,), str(tmp_path / f"out{i}"), f"d{i}") for i, stage in enumerate(stages)]  # type: ignore[arg-type]


def run(jobs: int, todo: list[Task], *, risky: bool = False) -> list[str]:
    done: list[str] = []
    engine = Local(jobs)
    try:
        engine.run(todo, lambda task: done.append(task.digest), risky=risky)
    finally:
        engine.close()
    return sorted(done)


@pytest.mark.parametrize("jobs", [1, 2])
def test_runs_every_task_and_tells_of_each(tmp_path: Path, jobs: int) -> None:
    todo = tasks(tmp_path, note, note, note)
    assert run(jobs, todo) == ["d0", "d1", "d2"]
    assert all(is_done(task) for task in todo)
    in_process = {(tmp_path / f"out{i}" / "note").read_text() == str(os.getpid()) for i in range(3)}
    assert in_process == {jobs == 1}


@pytest.mark.parametrize(("jobs", "wanted", "started"), [(2, 9, 2), (3, 1, 1), (1, 0, 0)])
@pytest.mark.parametrize("module", ["cleaner.pipeline", "no.such.module"])
def test_workers_that_were_prepared_do_the_tasks(
    tmp_path: Path, jobs: int, wanted: int, started: int, module: str
) -> None:
    engine = Local(jobs)
    try:
        engine.prepare(wanted, module)
        children = {str(child.pid) for child in multiprocessing.active_children()}
        assert len(children) == started
        engine.prepare(wanted, module)
        todo = tasks(tmp_path, *[note] * started)
        engine.run(todo, lambda task: None, risky=True)
        assert {(tmp_path / f"out{i}" / "note").read_text() for i in range(started)} <= children
    finally:
        engine.close()
    assert not multiprocessing.active_children()


def test_a_worker_that_dies_costs_nothing(tmp_path: Path) -> None:
    todo = tasks(tmp_path, note, die_once, note, note)
    assert run(2, todo) == ["d0", "d1", "d2", "d3"]
    assert all(is_done(task) for task in todo)


def test_a_task_that_always_kills_its_worker_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    todo = tasks(tmp_path, note, die, note)
    with pytest.raises(WorkersDiedError) as caught:
        run(2, todo)
    assert caught.value.dead == (Dead(todo[1], -signal.SIGKILL),)
    assert [is_done(task) for task in todo] == [True, False, True]


def test_a_risky_task_never_runs_in_this_process(tmp_path: Path) -> None:
    todo = tasks(tmp_path, note)
    assert run(1, todo, risky=True) == ["d0"]
    assert (tmp_path / "out0" / "note").read_text() != str(os.getpid())


def test_the_death_of_one_worker_leaves_the_others_alone(tmp_path: Path) -> None:
    todo = tasks(tmp_path, slow, die_once, note)
    assert run(2, todo) == ["d0", "d1", "d2"]
    assert len((tmp_path / "slow").read_text()) == 1


def test_an_error_that_cannot_be_sent_is_told_all_the_same(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="AwkwardError: a and b"):
        run(2, tasks(tmp_path, fail_awkwardly))


@pytest.mark.skipif(os.name != "posix", reason="looks at processes")
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = f"""
import sys
sys.path[:0] = {sys.path!r}
from tests.engines.test_local import stay
from pathlib import Path
from cleaner.corpus.tasks import Task
from cleaner.engines.local import Local
if __name__ == "__main__":
    Local(2).run([Task(stay, (), {str(tmp_path / "out")!r}, "d")], print, risky=True)
"""
    path = tmp_path / "parent.py"
    path.write_text(script)
    parent = subprocess.Popen([sys.executable, str(path)])
    note = tmp_path / "pid"
    assert eventually(note.exists)
    worker = int(note.read_text())
    parent.kill()
    parent.wait()
    assert eventually(lambda: not alive(worker))
    assert not is_done(Task(stay, (), str(tmp_path / "out"), "d"))


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    stop = time.monotonic() + seconds
    while not holds() and time.monotonic() < stop:
        time.sleep(0.02)
    return holds()


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_task_raises_comes_out(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(ValueError, match="a bug"):
        run(jobs, tasks(tmp_path, fail, note))


def test_the_local_engine_is_the_default() -> None:
    assert isinstance(executor(Engine(), 2), Local)


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is here")
def test_without_ray_its_engine_says_what_to_install() -> None:
    with pytest.raises(CleanerError, match=r"article-cleaner\[ray\]"):
        executor(Engine("ray"), 2)
