"""A run over ``https://``, ``gs://`` and ``hf://``, as over the same folder, with a stand-in for the services.

It runs on this machine and answers what their own clients ask; the services themselves are not tried.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from cleaner.corpus.run import run
from cleaner.readers.places import gather
from cleaner.settings import Config

FILES = {
    "raw/a/one.txt": b"The ferry left at dawn, and nobody but the cook was on it.",
    "raw/two.html": b"<html><body><p>The second ferry left at noon with nobody.</p></body></html>",
    "raw/rows.jsonl": b'{"text": "The first row."}\n{"text": "The second row."}\n',
}
SHA = "0" * 40
pytestmark = pytest.mark.filterwarnings("ignore")  # of the clients, not ours


class Service(BaseHTTPRequestHandler):
    """Cloud Storage (bucket ``bucket``), the Hub (data set ``me/ferries``) and the web (``/web/``) in one."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        if path == "/storage/v1/b/bucket/o":
            self._json(_listing(query.get("prefix", [""])[0], query.get("delimiter", [""])[0]))
        elif stored := re.fullmatch(r"(/download)?/storage/v1/b/bucket/o/(.*)", path):
            if stored[2] not in FILES:
                self._send(404, b"{}")
            elif stored[1] or "media" in query.get("alt", []):
                self._content(FILES[stored[2]])
            else:
                self._json(_stored(stored[2]))
        elif tree := re.fullmatch(r"/api/datasets/me/ferries/tree/[^/]+/?(.*)", path):
            self._json(_tree(tree[1], everything="true" in query.get("recursive", [])))
        elif re.fullmatch(r"/api/datasets/me/ferries(/revision/\w+)?", path):
            self._json({"id": "me/ferries", "sha": SHA, "siblings": [], "private": False, "tags": []})
        elif (found := re.fullmatch(r"(?:/datasets/me/ferries/resolve/[^/]+|/web)/(.*)", path)) and found[1] in FILES:
            self._content(FILES[found[1]])
        else:
            self._send(404, b"{}")

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        wanted = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        self._json([_entry(one) for one in wanted.get("paths", []) if one in FILES or one in _folders()])

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _json(self, value: object) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _content(self, data: bytes) -> None:
        headers = {"ETag": f'"{len(data)}"', "X-Repo-Commit": SHA, "Accept-Ranges": "bytes"}
        if span := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            start, stop = int(span[1]), min(len(data), int(span[2] or len(data)) + 1)
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
            self._send(206, data[start:stop], headers)
        else:
            self._send(200, data, headers)

    def _send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def _stored(name: str) -> dict[str, str]:
    return {
        "kind": "storage#object",
        "bucket": "bucket",
        "name": name,
        "size": str(len(FILES[name])),
        "generation": "1",
    }


def _listing(prefix: str, delimiter: str) -> dict[str, object]:
    below = [name for name in FILES if name.startswith(prefix)]
    cut = [name for name in below if delimiter and delimiter in name[len(prefix) :]]
    folders = {prefix + name[len(prefix) :].partition(delimiter)[0] + delimiter for name in cut}
    return {"items": [_stored(name) for name in below if name not in cut], "prefixes": sorted(folders)}


def _folders() -> set[str]:
    return {str(folder) for name in FILES for folder in Path(name).parents if folder != Path()}


def _tree(folder: str, *, everything: bool) -> list[dict[str, object]]:
    start = f"{folder}/" if folder else ""
    below = [name for name in sorted({*FILES, *_folders()}) if name.startswith(start)]
    return [_entry(name) for name in below if everything or "/" not in name[len(start) :]]


def _entry(name: str) -> dict[str, object]:
    if name in FILES:
        return {"type": "file", "path": name, "size": len(FILES[name]), "oid": SHA}
    return {"type": "directory", "path": name, "oid": SHA}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
    monkeypatch.setenv("HF_ENDPOINT", address)
    monkeypatch.setenv("NO_GCE_CHECK", "true")  # no search for credentials where there are none
    yield address
    server.shutdown()
    server.server_close()


def local(folder: Path) -> Path:
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / "raw"


@pytest.mark.parametrize(
    ("library", "url"), [("gcsfs", "gs://bucket/raw"), ("huggingface_hub", "hf://datasets/me/ferries/raw")]
)
def test_a_bucket_or_data_set_is_read_like_a_folder(
    service: str, library: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(library)
    if library == "huggingface_hub":  # it may have read its address from the environment already
        from huggingface_hub import constants

        monkeypatch.setattr(constants, "ENDPOINT", service)
        template = f"{service}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    assert [name for name, _ in gather([f"{url}/**/*.txt"])[0]] == ["a/one.txt"]
    first = run(url, tmp_path / "remote", Config())
    run(local(tmp_path), tmp_path / "local", Config())
    assert (first.documents, first.rejected) == (4, 0)
    for name in ("documents.jsonl", "ledger.jsonl", "run.json"):
        assert (tmp_path / "remote" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()


def test_pages_of_the_web(service: str, tmp_path: Path) -> None:
    pytest.importorskip("aiohttp")
    pytest.importorskip("fsspec")
    urls = [f"{service}/web/{name}" for name in FILES] + [f"{service}/web/none.html"]
    summary = run(urls, tmp_path / "out", Config())
    assert (summary.documents, summary.rejected) == (4, 1)
    assert "cannot be read" in (tmp_path / "out" / "rejected.jsonl").read_text()
