from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from cleaner.corpus.store import (
    StreamWriter,
    load_array,
    load_slice,
    read_chunks,
    read_stream,
    save_arrays,
    sha256_of,
    write_atomically,
)
from cleaner.corpus.tasks import Task, is_done, manifest_path, read_manifest, run_task
from cleaner.corpus.workshop import Made, Workshop
from cleaner.engines.local import Local
from cleaner.engines.protocol import Done


def copy(task: Task, folder: Path) -> dict[str, int]:
    """Copies its input, and notes beside it that it ran."""
    source = Path(task.inputs[0])
    with source.with_suffix(".ran").open("a") as log:
        log.write("x")
    text = source.read_text()
    if text == "bad":
        raise ValueError("bad input")
    (folder / "copy").write_text(text)
    return {"characters": len(text)}


def runs(source: Path) -> int:
    log = source.with_suffix(".ran")
    return len(log.read_text()) if log.exists() else 0


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.txt"
    path.write_text("one")
    return path


def test_a_task_is_done_once(tmp_path: Path, source: Path) -> None:
    task = Task(copy, (str(source),), str(tmp_path / "out"), "d1")
    run_task(task)
    run_task(task)
    assert runs(source) == 1
    assert (tmp_path / "out" / "copy").read_text() == "one"
    manifest = read_manifest(task.output)
    assert manifest is not None
    assert manifest.counts == {"characters": 3}


def test_another_digest_is_done_again(tmp_path: Path, source: Path) -> None:
    run_task(Task(copy, (str(source),), str(tmp_path / "out"), "d1"))
    source.write_text("two")
    run_task(Task(copy, (str(source),), str(tmp_path / "out"), "d2"))
    assert runs(source) == 2
    assert (tmp_path / "out" / "copy").read_text() == "two"


@pytest.mark.parametrize("content", ["", "{", '{"digest": 1}'])
def test_a_broken_manifest_is_no_commit(tmp_path: Path, source: Path, content: str) -> None:
    task = Task(copy, (str(source),), str(tmp_path / "out"), "d1")
    run_task(task)
    manifest_path(task.output).write_text(content)
    assert not is_done(task)
    run_task(task)
    assert runs(source) == 2


def test_a_task_that_fails_leaves_nothing(tmp_path: Path, source: Path) -> None:
    source.write_text("bad")
    task = Task(copy, (str(source),), str(tmp_path / "work" / "out"), "d1")
    with pytest.raises(ValueError, match="bad input"):
        run_task(task)
    assert list((tmp_path / "work").iterdir()) == []


def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "work", Local(1))


def made(source: Path) -> Made:
    return Made(str(source), sha256_of(source.read_text()))


def test_unchanged_inputs_are_not_worked_on_again(tmp_path: Path, source: Path) -> None:
    first = workshop(tmp_path).run(copy, [[made(source)]])
    assert workshop(tmp_path).run(copy, [[made(source)]]) == first
    assert runs(source) == 1
    source.write_text("two")
    workshop(tmp_path).run(copy, [[made(source)]])
    assert runs(source) == 2


def test_other_code_is_noticed(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop(tmp_path).run(copy, [[made(source)]])
    monkeypatch.setattr("cleaner.corpus.workshop.code_digest", lambda: "another version")
    workshop(tmp_path).run(copy, [[made(source)]])
    assert runs(source) == 2


def test_the_largest_tasks_are_begun_first_and_results_keep_their_order(tmp_path: Path) -> None:
    made = []
    for name in ("small", "large", "middle"):
        (tmp_path / name).write_text(name)
        made.append(Made(str(tmp_path / name), name))
    engine = Local(1)
    begun: list[str] = []
    run = engine.run

    def noting(tasks: Sequence[Task], done: Done, *, risky: bool = False) -> None:
        begun.extend(Path(task.inputs[0]).name for task in tasks)
        run(tasks, done, risky=risky)

    with patch.object(engine, "run", noting):
        results = Workshop(tmp_path / "work", engine).run(copy, [[one] for one in made], sizes=[1, 30, 2])
    assert begun == ["large", "middle", "small"]
    assert [Path(one.path, "copy").read_text() for one in results] == ["small", "large", "middle"]


def test_the_same_task_twice_is_run_once(tmp_path: Path, source: Path) -> None:
    first, second = workshop(tmp_path).run(copy, [[made(source)], [made(source)]])
    assert first == second
    assert runs(source) == 1


def test_tidy_removes_what_was_not_used(tmp_path: Path, source: Path) -> None:
    old = workshop(tmp_path)
    old.run(copy, [[made(source)]])
    source.write_text("two")
    new = workshop(tmp_path)
    kept = new.run(copy, [[made(source)]])[0]
    new.tidy()
    assert {path.name for path in (tmp_path / "work").iterdir()} == {
        Path(kept.path).name,
        manifest_path(kept.path).name,
    }


def test_an_atomic_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, [b"old"])

    def chunks() -> object:
        yield b"new"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, chunks())  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_stream_gives_back_its_records_and_can_be_copied_in_pieces(tmp_path: Path) -> None:
    values = [{"a": [1, "ü"]}, {}, {"b": "x" * 5000}]
    with StreamWriter(tmp_path / "whole") as out:
        marks = [0]
        for value in values:
            out.write(value)
            marks.append(out.position)
    assert list(read_stream(tmp_path / "whole", dict)) == values
    with StreamWriter(tmp_path / "part") as out:
        for chunk in read_chunks(tmp_path / "whole", marks[1], marks[3], size=7):
            out.write_bytes(chunk)
    assert list(read_stream(tmp_path / "part", dict)) == values[1:]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(7, dtype=np.uint64),
        np.arange(12.0).reshape(3, 4),
        np.asfortranarray(np.arange(12).reshape(3, 4)),
        np.array([True, False]),
        np.empty(0, np.int64),
        np.empty((5, 0), np.uint32),
    ],
)
def test_arrays_are_read_as_they_were_written(tmp_path: Path, array: np.ndarray) -> None:  # type: ignore[type-arg]
    save_arrays(tmp_path, some=array)
    read = load_array(tmp_path, "some")
    assert (read.dtype, read.shape, read.tolist()) == (array.dtype, array.shape, array.tolist())
    assert load_slice(tmp_path, "some", 1, 3).tolist() == array[1:3].tolist()
    assert not read.size or not read.flags.writeable
