"""Work files and outputs at URLs: in memory, and on disk as if it were remote (``local://``)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.corpus import storage, store
from cleaner.corpus.publish import Summary
from cleaner.corpus.run import run
from cleaner.corpus.tasks import Task, is_done, read_manifest, run_task
from cleaner.corpus.workshop import Workshop
from cleaner.engines.local import Local
from cleaner.errors import CleanerError, RejectedError
from cleaner.settings import Config
from cleaner.writers.forms import Form
from tests.corpus.test_run import article, output

pytest.importorskip("fsspec")


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where copies go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def url() -> Iterator[str]:
    folder = f"memory://{uuid4().hex}"
    yield folder
    storage.remove([folder])


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name in ("ferry", "museum", "café"):
        (folder / f"{name}.txt").write_text(article(name), "utf-8")
    (folder / "empty.txt").touch()
    return folder


def count(task: Task, folder: Path) -> dict[str, int]:
    store.save_arrays(folder, letters=np.arange(len(store.read_bytes(task.inputs[0]))))
    (folder / "note").write_text("here")
    return {"letters": len(store.load(task.inputs[0], str))}


def double(task: Task, folder: Path) -> dict[str, int]:
    store.save_arrays(folder, letters=2 * store.load_array(task.inputs[0], "letters"))
    return {}


def test_what_is_put_there_is_found_there(url: str) -> None:
    place = store.join(f"{url}/", "a", "b")
    assert place == f"{url}/a/b"
    assert store.beside(place, "c") == f"{url}/a/c"
    assert store.names(f"{url}/a") == []
    store.write_atomically(place, [b"one ", b"two"])
    storage.write_all({f"{url}/a/c": b"three", f"{url}/a/d/e": b"four"})
    assert store.names(f"{url}/a") == ["b", "c", "d"]
    assert (store.read_bytes(place), store.size_of(place)) == (b"one two", 7)
    assert list(store.read_all([f"{url}/a/{name}" for name in "cxb"])) == [b"three", None, b"one two"]
    assert b"".join(store.read_chunks(place, 2, 5)) == b"e t"
    assert store.sha256_of_file(place) == store.sha256_of_file(storage.fetch(f"{url}/a/b"))
    store.remove([place, f"{url}/a/d", f"{url}/not-there"])
    assert store.names(f"{url}/a") == ["c"]
    with pytest.raises(FileNotFoundError):
        store.read_bytes(place)


def test_an_object_that_fails_is_not_there_by_half(url: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        store.write_atomically(f"{url}/object", chunks())
    assert store.names(url) == []


def test_records_are_read_as_a_stream(url: str, tmp_path: Path) -> None:
    with store.StreamWriter(tmp_path / "records") as out:
        for number in range(3):
            out.write({"ü": number})
    storage.upload(tmp_path, f"{url}/deep/er", ["records"])
    assert list(store.read_stream(f"{url}/deep/er/records", dict)) == [{"ü": number} for number in range(3)]


def test_a_task_reads_and_fills_folders_at_urls(url: str, scratch: Path) -> None:
    workshop = Workshop(url, Local(1))
    kept = workshop.keep("text", "four")
    assert store.names(url) == [], "it goes when tasks are to read it"
    (counted,) = workshop.run(count, [[kept]])
    (doubled,) = workshop.run(double, [[counted]])
    assert counted.counts == {"letters": 4}
    assert store.read_bytes(counted.file("note").path) == b"here"
    assert store.load_array(doubled.path, "letters").tolist() == [0, 2, 4, 6, 8]
    assert workshop.run(count, [[kept]]) == [counted]
    assert store.names(counted.path) == ["letters.npy", "note"]
    copies = {path.name for path in scratch.rglob("*") if path.is_file()}
    assert copies == {"letters.npy"}, "only what is mapped is copied"

    fresh = Workshop(url, Local(1))
    fresh.run(count, [[fresh.keep("text", "seven")]])
    fresh.tidy()
    assert len(store.names(url)) == 3, "the text, what was made of it, its manifest"
    store.leave(url)
    assert not [path for path in scratch.rglob("*") if path.is_file()]


def test_content_without_its_manifest_is_no_result(url: str, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("of a worker that died")
    task = Task(count, (f"{url}/input",), f"{url}/count-1", "d1")
    store.write_atomically(f"{url}/input", [store.encode("text")])
    storage.upload(tmp_path, task.output, ["note"])
    assert not is_done(task)
    run_task(task)
    assert is_done(task)
    manifest = read_manifest(task.output)
    assert manifest is not None
    assert store.read_bytes(f"{task.output}/note") == b"here"


def test_another_users_scratch_is_not_used(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "getuid"):
        pytest.skip("no users")
    (scratch / "cleaner-4711").mkdir()
    monkeypatch.setattr("os.getuid", lambda: 4711)
    with pytest.raises(CleanerError, match="TMPDIR"):
        storage.scratch("memory://x/../../y")
    monkeypatch.undo()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert ".." not in storage.scratch("memory://x/../../y").parts


# ---- whole runs --------------------------------------------------------------------------------


def remote(path: Path) -> str:
    return f"local://{path}"


def finished(raw: Path, out: Path, jobs: int = 2, form: Form | None = None) -> Summary:
    return run(remote(raw), remote(out), Config(), jobs=jobs, form=form or Form())


def test_a_run_to_a_url_gives_the_same_bytes(raw: Path, tmp_path: Path, scratch: Path) -> None:
    run(raw, tmp_path / "here", Config())
    assert finished(raw, tmp_path / "there").changed
    assert output(tmp_path / "there") == output(tmp_path / "here")
    assert (tmp_path / "there" / "report.html").exists()
    assert not [path for path in scratch.rglob("*") if path.is_file()]
    assert not finished(raw, tmp_path / "there").changed
    (tmp_path / "there" / "ledger.jsonl").write_text("damaged")
    assert finished(raw, tmp_path / "there").changed
    assert output(tmp_path / "there") == output(tmp_path / "here")


def test_what_did_not_change_is_taken_over(raw: Path, tmp_path: Path) -> None:
    finished(raw, tmp_path / "there")
    (raw / "museum.txt").write_text(article("market"))
    again = finished(raw, tmp_path / "there", jobs=1)
    assert (again.inputs, again.reused) == (4, 3)
    shutil.rmtree(tmp_path / "there" / ".cleaner")
    assert finished(raw, tmp_path / "fresh").changed
    assert output(tmp_path / "there") == output(tmp_path / "fresh")


def test_what_no_longer_fits_is_removed(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "there"
    finished(raw, out, form=Form("markdown", shard_bytes=300))
    assert len(list(out.glob("documents-*.jsonl"))) == 3
    assert len(list(out.rglob("*.md"))) == 3
    finished(raw, out)
    assert not list(out.glob("documents-*"))
    assert not [path for path in out.rglob("*.md") if path.is_file()]
    assert (out / "documents.jsonl").exists()


def test_a_strict_run_says_where_its_rejections_are(raw: Path, tmp_path: Path) -> None:
    with pytest.raises(RejectedError) as caught:
        run(remote(raw), remote(tmp_path / "there"), Config(), jobs=2, strict=True)
    assert caught.value.path == remote(tmp_path / "there" / ".cleaner" / "rejected.jsonl")
    assert b"empty.txt" in store.read_bytes(caught.value.path)


def test_the_command_takes_urls(raw: Path, tmp_path: Path) -> None:
    out = remote(tmp_path / "there")
    result = CliRunner().invoke(cli, ["run", remote(raw), "-o", out, "-j", "1"])
    assert result.exit_code == 3
    assert f"written to {out}" in result.output
    assert "empty.txt" in result.output
    assert f"{out}/report.html" in result.output or "Removed" not in result.output
    inside = CliRunner().invoke(cli, ["run", remote(raw), "-o", remote(raw / "clean")])
    assert inside.exit_code == 2
    assert "inside" in inside.output
