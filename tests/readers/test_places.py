"""What a command is asked to read, and the names that inputs get."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.document import Document
from cleaner.errors import CleanerError
from cleaner.readers import Rejected, read_file
from cleaner.readers.places import find_place, gather, listed
from cleaner.readers.remote import name_of, place_of
from cleaner.settings import Config


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("raw/a/one.txt", "raw/a/two.html", "raw/b/one.txt", "raw/b/picture.png", "other/one.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Words of a page.")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["raw"], ["a/one.txt", "a/two.html", "b/one.txt"]),
        (["raw/a/one.txt"], ["one.txt"]),
        (["raw/*/one.txt"], ["a/one.txt", "b/one.txt"]),
        (["raw/**/*.html"], ["a/two.html"]),
        (["raw/a", "raw/b"], ["a/one.txt", "a/two.html", "b/one.txt"]),
        (["raw/a/one.txt", "raw/a/two.html"], ["one.txt", "two.html"]),
        (["raw", "raw/a/one.txt"], ["a/one.txt", "a/two.html", "b/one.txt"]),
        (["raw/b", "other/*.txt"], ["other/one.txt", "raw/b/one.txt"]),
        (["raw/none.txt"], ["none.txt"]),
        (["raw/none*.txt"], []),
    ],
)
def test_names_are_relative_to_what_holds_all(tree: Path, given: list[str], names: list[str]) -> None:
    for start in ("", f"{tree}/"):
        inputs = gather([place_of(start + one) for one in given])
        assert [one[0] for one in inputs if not isinstance(one, Rejected)] == names


def test_what_is_no_input_is_named_the_same_way(tree: Path) -> None:
    refused = [one for one in gather([Path("raw"), Path("other")]) if isinstance(one, Rejected)]
    assert [item.path for item in refused] == ["raw/b/picture.png"]
    assert [item.path for item in find_place(Path("raw"))[1]] == ["b/picture.png"]


def test_inputs_come_sorted_by_their_whole_name(tmp_path: Path) -> None:
    names = ["a b.txt", "a-b/x.txt", "a.txt", "a.txt.d/x.txt", "a/b.txt", "a/b/c.txt", "a0.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [name for name, _ in find_place(tmp_path)[0]] == sorted(names)
    twice = list(gather([tmp_path / "a", tmp_path, tmp_path / "*.txt"]))
    assert [one[0] for one in twice if not isinstance(one, Rejected)] == sorted(names)


def test_a_file_list() -> None:
    assert listed(["raw/a\n", "\n", "# no\n", "s3://bucket/x y.html\r\n"]) == [Path("raw/a"), "s3://bucket/x y.html"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("raw/a", Path("raw/a")),
        ("/x/a://b", Path("/x/a://b")),
        ("file:///x/a%20b", Path("/x/a b")),
        ("s3://bucket/a", "s3://bucket/a"),
    ],
)
def test_place_of(text: str, place: Path | str) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("s3://bucket/a/b.html.gz", "b.html.gz"),
        ("https://example.org/a/b.html?x=1", "b.html"),
        ("https://example.org/", "example.org"),
    ],
)
def test_name_of(url: str, name: str) -> None:
    assert name_of(url) == name


# ---- through fsspec ------------------------------------------------------------------------


@pytest.fixture
def bucket() -> str:
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    for name in ("a/one.txt", "a/two.html.gz", "b/one.txt"):
        import gzip

        data = b"Words of a page."
        files.pipe(f"/bucket/{name}", gzip.compress(data) if name.endswith(".gz") else data)
    return "memory://bucket"


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["{}"], ["a/one.txt", "a/two.html.gz", "b/one.txt"]),
        (["{}/a/one.txt"], ["one.txt"]),
        (["{}/*/one.txt"], ["a/one.txt", "b/one.txt"]),
        (["{}/a", "{}/b"], ["a/one.txt", "a/two.html.gz", "b/one.txt"]),
    ],
)
def test_urls_are_listed_and_named_like_paths(bucket: str, given: list[str], names: list[str]) -> None:
    found = [one for one in gather([one.format(bucket) for one in given]) if not isinstance(one, Rejected)]
    assert [name for name, _ in found] == names
    for name, place in found:
        (document,) = read_file(place, name, Config())
        assert isinstance(document, Document)
        assert document.source == "Words of a page."


def test_a_run_over_urls_is_a_run_over_the_same_folder(tree: Path) -> None:
    pytest.importorskip("fsspec")
    from cleaner.corpus.run import run

    run(f"local://{tree}/raw", tree / "remote", Config())
    run(tree / "raw", tree / "local", Config())
    for name in ("documents.jsonl", "ledger.jsonl", "rejected.jsonl"):
        assert (tree / "remote" / name).read_bytes() == (tree / "local" / name).read_bytes() != b""


def test_what_is_not_there_or_not_known(bucket: str) -> None:
    (only,) = read_file(f"{bucket}/none.txt", "none.txt", Config())
    assert isinstance(only, Rejected)
    assert only.reason == "no such file"
    with pytest.raises(CleanerError, match="nosuch"):
        list(gather(["nosuch://bucket/*"]))


def test_a_missing_library_is_named_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for module in ("fsspec", "fsspec.core", "pyarrow", "pyarrow.parquet", "warcio", "warcio.archiveiterator"):
        monkeypatch.setitem(sys.modules, module, None)
    from cleaner.readers import read_bytes

    for results, extra in (
        (read_file("s3://bucket/a.txt", "a.txt", Config()), "s3"),
        (read_bytes(b"PAR1", "a.parquet", Config()), "parquet"),
        (read_bytes(b"WARC/1.0", "a.warc", Config()), "warc"),
    ):
        (only,) = results
        assert isinstance(only, Rejected)
        assert f"pip install 'article-cleaner[{extra}]'" in only.reason
