"""A run over a bucket of a real S3-compatible server on this machine (moto), as over the same folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner.corpus.run import run
from cleaner.readers.places import find_place
from cleaner.settings import Config

FILES = {
    "raw/a/one.txt": b"The ferry left at dawn, and nobody but the cook was on it.",
    "raw/a/two.html.gz": gzip.compress(b"<html><body><p>The second ferry left at noon with nobody.</p></body></html>"),
    "raw/rows.jsonl": b"".join(
        json.dumps({"text": f"Number {n} of the ferries left."}).encode() + b"\n" for n in range(9)
    ),
}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    pytest.importorskip("s3fs")
    server_module = pytest.importorskip("moto.server")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    files.mkdir("bucket")
    for name, data in FILES.items():
        files.pipe(f"bucket/{name}", data)
    yield "s3://bucket"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.mark.filterwarnings("ignore")  # of the server and the client, not ours
def test_a_bucket_is_read_like_a_folder(bucket: str, tmp_path: Path) -> None:
    assert [name for name, _ in find_place(f"{bucket}/raw/**/*.html.gz")[0]] == ["a/two.html.gz"]
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    first = run(f"{bucket}/raw", tmp_path / "remote", Config(), jobs=2)
    run(tmp_path / "raw", tmp_path / "local", Config())
    assert (first.documents, first.rejected) == (11, 0)
    for name in ("documents.jsonl", "ledger.jsonl", "run.json"):
        assert (tmp_path / "remote" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()
    assert not run(f"{bucket}/raw", tmp_path / "remote", Config()).changed
