"""Inputs, work files and outputs in a bucket, on nodes that share no disk: as over the same folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.corpus import storage
from cleaner.settings import Engine
from tests.cluster.conftest import Nodes
from tests.cluster.corpus import FILES, clean, make, sums

RAW, CLEAN = "s3://bucket/raw", "s3://bucket/clean"


@pytest.fixture
def files(cluster: Nodes, store: dict[str, str]) -> Any:
    """The bucket, empty."""
    if not store:
        pytest.skip("needs s3fs and moto")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    found = s3fs.S3FileSystem()
    if found.exists("bucket"):
        found.rm("bucket", recursive=True)
    found.mkdir("bucket")
    return found


def fill(files: Any, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            files.put_file(str(path), f"bucket/raw/{path.relative_to(folder).as_posix()}")


@pytest.mark.parametrize("engine", [pytest.param("local", marks=pytest.mark.full), "ray"])
def test_a_bucket_is_cleaned_into_a_bucket(joined: Nodes, files: Any, tmp_path: Path, engine: str) -> None:
    make(tmp_path / "raw", 12)
    fill(files, tmp_path / "raw")
    chosen = Engine("ray") if engine == "ray" else Engine()
    clean(tmp_path / "raw", tmp_path / "clean")
    summary = clean(RAW, CLEAN, chosen, jobs=2)
    assert summary.documents
    assert {one.rpartition("/")[2] for one in files.ls("bucket/clean")} == {*FILES, ".cleaner"}
    files.get("bucket/clean", str(tmp_path / "copy"), recursive=True)
    assert sums(tmp_path / "copy") == sums(tmp_path / "clean")
    assert not storage.scratch(f"{CLEAN}/.cleaner").exists()
    if engine == "ray":
        assert len(list(joined.folder.glob("*/cleaner-*/s3:"))) == 2, "each node had copies of its own"
        assert not [path for path in joined.folder.glob("*/cleaner-*/**/*") if path.is_file()], "and keeps none"

    files.rm("bucket/raw/records.jsonl")
    (tmp_path / "raw" / "records.jsonl").unlink()
    again = clean(RAW, CLEAN, chosen, jobs=2)
    assert again.reused >= 12, "what did not change was not cleaned again"
    clean(tmp_path / "raw", tmp_path / "clean")
    files.get("bucket/clean", str(tmp_path / "again"), recursive=True)
    assert sums(tmp_path / "again") == sums(tmp_path / "clean")


def test_the_command_of_the_manual_works(apart: Nodes, files: Any, tmp_path: Path) -> None:
    """`cleaner run s3://bucket/raw -o s3://bucket/clean --engine ray --address auto`."""
    for number, topic in enumerate(("ferry", "café", "museum")):
        text = f"News of the {topic}\n\nThe {topic} opens again after a winter in which visits had to stop.\n"
        files.pipe_file(f"bucket/raw/{number}.txt", text.encode())
    flags = ["--engine", "ray", "--address", "auto"]
    result = CliRunner().invoke(cli, ["run", RAW, "-o", CLEAN, *flags])
    assert result.exit_code == 0, result.output
    assert "3 documents written to s3://bucket/clean" in result.output
    assert files.cat_file("bucket/clean/documents.jsonl").decode().count("\n") == 3
    files.pipe_file("bucket/raw/empty.txt", b"")
    result = CliRunner().invoke(cli, ["run", RAW, "-o", CLEAN, *flags])
    assert result.exit_code == 3, "one input was rejected, and is listed"
    assert "empty.txt" in result.output
    assert CliRunner().invoke(cli, ["run", RAW, "-o", CLEAN, "--check"]).exit_code == 0
    assert CliRunner().invoke(cli, ["run", RAW, "-o", f"{RAW}/clean"]).exit_code == 2
