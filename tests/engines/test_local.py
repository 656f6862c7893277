from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from cleaner.corpus.tasks import Task, is_done
from cleaner.engines import WorkersDiedError, executor
from cleaner.engines.local import Local
from cleaner.errors import CleanerError


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


def tasks(tmp_path: Path, *stages: object) -> list[Task]:
    mark = str(tmp_path / "mark")
    return [Task(stage, (mark,), str(tmp_path / f"out{i}"), f"d{i}") for i, stage in enumerate(stages)]  # type: ignore[arg-type]


def run(jobs: int, todo: list[Task]) -> list[str]:
    done: list[str] = []
    engine = Local(jobs)
    try:
        engine.run(todo, lambda task: done.append(task.digest))
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


def test_a_worker_that_dies_costs_nothing(tmp_path: Path) -> None:
    todo = tasks(tmp_path, note, die_once, note, note)
    assert run(2, todo) == ["d0", "d1", "d2", "d3"]
    assert all(is_done(task) for task in todo)


def test_a_task_that_always_kills_its_worker_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    todo = tasks(tmp_path, note, die, note)
    with pytest.raises(WorkersDiedError) as caught:
        run(2, todo)
    assert caught.value.tasks == (todo[1],)
    assert [is_done(task) for task in todo] == [True, False, True]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_task_raises_comes_out(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(ValueError, match="a bug"):
        run(jobs, tasks(tmp_path, fail, note))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(CleanerError, match="local"):
        executor("spark", 2)
