"""Inputs made to break a reader: each gives a document or a reason, in good time, and touches nothing else."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest
import zstandard
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.config import load
from cleaner.corpus.run import run
from cleaner.document import Document
from cleaner.pipeline import finish, run_stages
from cleaner.readers import Rejected, read_bytes, read_file
from cleaner.readers.places import find_place
from cleaner.settings import Config
from tests.support import ROOT

CONFIG = load().config
WORDS = "The harbour opens again in spring, the council said on Monday."
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


@pytest.fixture(autouse=True)
def _in_good_time() -> Iterator[None]:
    began = process_time()
    yield
    assert process_time() - began < 10


def cleaned(data: bytes, name: str) -> list[str]:
    """Clean texts; ``!`` and the reason where there is none."""
    found = []
    for result in read_bytes(data, name, CONFIG):
        found.append(f"!{result.reason}" if isinstance(result, Rejected) else finish(run_stages(result, CONFIG))[0])
    return found


# ---- size ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bomb.txt.gz", "bomb.jsonl.gz", "bomb.html.zst", "bomb.jsonl.zst"])
def test_a_decompression_bomb_is_not_read_on(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    size = 70_000_000
    zeros = b" " * size
    path.write_bytes(gzip.compress(zeros, 1) if name.endswith(".gz") else zstandard.compress(zeros))
    (found,) = read_file(path, name, CONFIG)
    assert isinstance(found, Rejected)
    assert "expands" in found.reason
    assert found.stage == "decompress"


def test_compressed_text_that_repeats_much_is_no_bomb(tmp_path: Path) -> None:
    path = tmp_path / "much.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps({"text": WORDS}) + "\n").encode() * 2_000))
    assert sum(isinstance(one, Document) for one in read_file(path, path.name, CONFIG)) == 2_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks /proc for the memory")
@pytest.mark.parametrize("name", ["huge.txt", "huge.html", "huge.jsonl"])
def test_a_file_of_a_gigabyte_is_refused_in_little_memory(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    os.truncate(tmp_path / name, 1_000_000_000)  # sparse: it takes no room on the disk
    script = f"""
import re
from pathlib import Path
from dataclasses import replace
from cleaner.config import load
from cleaner.readers import read_file
config = load().config
config = replace(config, input=replace(config.input, max_bytes=10_000_000))
for result in read_file(Path({str(tmp_path / name)!r}), {name!r}, config):
    print(result.reason)
print(re.search("VmHWM:.*", Path("/proc/self/status").read_text()).group())
"""
    done = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "larger than 10,000,000 bytes" in done.stdout
    assert int(done.stdout.split()[-2]) < 250_000


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


# ---- markup --------------------------------------------------------------------------------

DEEP = 100_000


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * DEEP + WORDS,
        "<b>" * DEEP + WORDS,
        "<table><tr><td>" * (DEEP // 10) + WORDS,
        "<ul><li>" * (DEEP // 4) + WORDS,
        "<blockquote>" * (DEEP // 4) + WORDS,
        f"<p {' '.join(f'a{n}={n}' for n in range(1_000_000))}>{WORDS}</p>",
        f"<p {'x ' * 1_000_000}>{WORDS}</p>",
        f"<p class='{'c ' * 500_000}'>{WORDS}</p>",
        f"<p>{WORDS}" + "<" * 500_000,
        f"<p>{WORDS}" + "<!--" * 200_000,
        f"<p>{WORDS}</p>" + "</div>" * DEEP,
        f"<table><tr><td colspan=1000 rowspan=1000>{WORDS}</td></tr></table>" * 30,
        f"<p>{WORDS}</p><script type='application/ld+json'>" + "[" * DEEP + "</script>",
        '<!DOCTYPE html [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><p>&b;&b; ' + WORDS,
        f"<p>{'&lol;' * 100_000} {WORDS}",
        f"<p>{'&#x41;' * 100_000} {WORDS}",
        f"<p>{'&amp;' * 100_000} {WORDS}",
    ],
    ids=lambda page: page[:24],
)
def test_absurd_markup(page: str) -> None:
    (text,) = cleaned(page.encode(), "page.html")
    assert text
    assert len(text) < 3 * len(page)


def test_entities_that_the_page_declares_are_not_expanded() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "boom">]><p>One &x; two &y; three four.'
    (text,) = cleaned(page.encode(), "page.html")
    assert "root:" not in text
    assert "boom " not in text


@pytest.mark.parametrize(
    "record",
    ["[" * 200_000, '{"text":' * 100_000, '{"text": ' + "9" * 10_000 + "}", '{"text": "' + "\\ud800" * 50_000 + '"}'],
    ids=["lists", "objects", "number", "surrogates"],
)
def test_absurd_json(record: str) -> None:
    found = cleaned(f"{record}\n{json.dumps({'text': WORDS})}\n".encode(), "records.jsonl")
    assert len(found) == 2
    assert found[1] == WORDS + "\n"


@pytest.mark.parametrize(
    "unit",
    [
        "a ",
        "| ",
        "> ",
        "- ",
        "1. ",
        "# ",
        "```\n",
        "a|b\n",
        "A1b\n",
        "\n",
        "é ",
        "a\u0301",
        "Ã©",
        "&amp;",
        "* * *\n",
        "<b>",
        ". ",
        "1 2 3 4 5 6 7 ",
    ],
)
def test_100_kb_of_nearly_nothing(unit: str) -> None:
    cleaned((unit * (100_000 // len(unit))).encode(), "x.txt")


# ---- characters ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "must", "must_not"),
    [
        ((WORDS * 3 + "\n\nNUL\0bytes\0here and there.").encode(), "bytes", "\0"),
        (("\ufeff" + WORDS + "\n\nmiddle\ufeff mark.").encode("utf-8"), "middle mark", "\ufeff"),
        (WORDS.encode("utf-16"), "harbour", "\0"),
        (WORDS.encode("utf-16-le"), "harbour", "\0"),
        (("café " * 30 + "\n").encode() + "caf\xe9 ".encode("latin-1"), "café", "\udce9"),
        (b"words \xed\xa0\x80 of a surrogate, encoded as if it were one. " + WORDS.encode(), "surrogate", "\ud800"),
        (f"zero\u200bwidth and \u202eturned\u202c words. {WORDS}".encode(), "turned", "\u200b"),
        (f"\x1b[31mred\x1b[0m and \x1b]0;title\x07 words. {WORDS}".encode(), "red", "\x1b"),
        (("مرحبا بالعالم " * 20).encode(), "مرحبا", "\ufffd"),
    ],
    ids=["nul", "bom", "utf-16", "utf-16-le", "mixed", "surrogate", "zero-width", "escapes", "right-to-left"],
)
def test_odd_characters(data: bytes, must: str, must_not: str) -> None:
    (text,) = cleaned(data, "x.txt")
    assert must in text
    assert must_not not in text
    text.encode()


# ---- names and files -----------------------------------------------------------------------


@posix
def test_what_is_no_file_costs_nothing(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "good.txt").write_text(WORDS)
    os.mkfifo(raw / "pipe.txt")
    (raw / "device.txt").symlink_to("/dev/zero")
    (raw / "nowhere.txt").symlink_to("missing")
    (raw / "self.txt").symlink_to("self.txt")
    (raw / "loop").symlink_to(raw)
    (raw / "up").symlink_to("..")
    (raw / "folder.txt").mkdir()
    (raw / "unreadable.txt").write_text(WORDS)
    (raw / "unreadable.txt").chmod(0)
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(raw)  # a socket's path must be short
        server.bind("socket.txt")
    Path(os.fsdecode(os.fsencode(raw) + b"/latin-\xe9.txt")).write_text(WORDS)
    (raw / "line\nend \x1b[31m.txt").write_text(WORDS)
    (raw / ("long" * 60 + ".txt")).write_text(WORDS)

    result = CliRunner().invoke(cli, ["run", str(raw), "-o", str(tmp_path / "out"), "-j", "1"])
    assert result.exit_code == 3, result.stderr
    assert "\x1b" not in result.stderr
    rejected = [json.loads(line) for line in (tmp_path / "out" / "rejected.jsonl").read_text("utf-8").splitlines()]
    reasons = {row["path"]: row["reason"] for row in rejected}
    assert {"pipe.txt", "device.txt", "nowhere.txt", "self.txt", "loop", "up", "socket.txt"} <= set(reasons)
    documents = [json.loads(line) for line in (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines()]
    expected = {"good.txt", "latin-\\xe9.txt", "line\nend \x1b[31m.txt", "long" * 60 + ".txt"}
    assert expected <= {row["id"] for row in documents}
    if os.geteuid():  # root may read anything
        assert "unreadable.txt" in reasons


@posix
def test_links_that_loop_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "back").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "x.txt").write_text(WORDS)
    found, refused = find_place(tmp_path)
    assert [name for name, _ in found] == ["a/x.txt"]
    assert [one.path for one in refused] == ["a/b/back"]


@pytest.mark.parametrize(
    "name", ["../../escape", "/etc/cron.d/x", "..\\..\\x", "a\0b", "x" * 5_000, "\u202e\u2066", "."]
)
def test_an_id_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    raw = tmp_path / "deep" / "raw"
    raw.mkdir(parents=True)
    (raw / "records.jsonl").write_text(json.dumps({"id": name, "url": name, "text": WORDS}) + "\n")
    before = {path for path in tmp_path.rglob("*") if "out" not in path.parts}
    summary = run(raw, tmp_path / "deep" / "out", Config())
    assert summary.documents == 1
    assert {path for path in tmp_path.rglob("*") if "out" not in path.parts} == before
    (row,) = (tmp_path / "deep" / "out" / "documents.jsonl").read_text("utf-8").splitlines()
    assert json.loads(row)["id"] == name


# ---- the terminal --------------------------------------------------------------------------


@posix
def test_nothing_that_a_terminal_obeys_passes(tmp_path: Path) -> None:
    """On a terminal, clean text and messages show escapes instead of sending them."""
    import pty

    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m"
    (tmp_path / "x.txt").write_text(f"{evil} {WORDS}", "utf-8")
    (tmp_path / f"{evil.replace('/', '')}.pdf").write_bytes(b"%PDF-1.4")
    ours, theirs = pty.openpty()
    arguments = ["clean", str(tmp_path / "x.txt"), str(tmp_path), "--skip-stage", "encoding", "-q"]
    done = subprocess.Popen(
        [sys.executable, "-m", "cleaner", *arguments], env=environment(), stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65_536):
            shown += data
    except OSError:  # how a terminal says that it was hung up
        pass
    done.wait()
    text = shown.decode("utf-8", "replace")
    assert "harbour" in text
    assert "rejected" in text
    assert not any(code in text for code in "\x1b\x07\x9b")
    assert "\\x1b]0;owned" in text
