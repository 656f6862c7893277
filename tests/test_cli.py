"""The command line: streams, formats, exit codes, and what a newcomer reads."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cleaner import __version__
from cleaner.cli import cli

ROOT = Path(__file__).parent.parent
TEXT = "The ferry left at dawn.Nobody was on it.\n\n\n\nADVERTISEMENT\n\nThe second one,at noon, was full of people.\n"
CLEAN = "The ferry left at dawn. Nobody was on it.\n\nThe second one, at noon, was full of people.\n"
HTML = (
    "<html><head><title>Rain</title></head><body><nav><a href='/'>Home</a></nav><article><h1>Rain</h1>"
    "<p>It rained for three days, and on the fourth day the river came up to the church door.</p>"
    "<p>Nobody in the village was surprised, for the river had done so twice in ten years.</p></article></body></html>"
)


def cleaner(*arguments: object, stdin: bytes | str | None = None) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments], input=stdin, prog_name="cleaner")


def subprocess_cleaner(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cleaner", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def lines(data: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in data.split("\n") if line]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, out of reach of any configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEANER_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def article(here: Path) -> Path:
    path = here / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


# ---- help ----------------------------------------------------------------------------------


def every_command() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for name, command in cli.commands.items():
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, inner) for inner in command.commands]
    return found


@pytest.mark.parametrize("path", every_command(), ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...]) -> None:
    for flag in ("-h", "--help"):
        result = cleaner(*path, flag)
        assert result.exit_code == 0
        assert result.stdout.startswith(f"Usage: {' '.join(('cleaner', *path))} ")
        assert len(result.stdout.splitlines()) > 5


@pytest.mark.parametrize("path", every_command(), ids=" ".join)
def test_every_flag_is_explained(path: tuple[str, ...]) -> None:
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, (path, parameter.name)


def test_a_flag_of_one_name_is_the_same_everywhere() -> None:
    meaning: dict[str, str] = {}
    for command in cli.commands.values():
        for parameter in command.params:
            for flag in parameter.opts if isinstance(parameter, click.Option) else ():
                if flag not in ("-o", "--output", "--format"):  # a file or a folder; formats differ
                    assert meaning.setdefault(flag, str(parameter.help)) == parameter.help, flag


def test_version() -> None:
    assert cleaner("--version").stdout == f"cleaner, version {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    heavy = "numpy scipy ftfy datasketch bs4 selectolax msgspec zstandard multiprocessing tomllib".split()
    code = (
        "import sys\nfrom cleaner.cli import cli\ntry:\n    cli(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


# ---- clean: formats and streams ------------------------------------------------------------


def test_clean_prints_markdown_and_nothing_else(article: Path) -> None:
    result = cleaner("clean", article)
    assert (result.exit_code, result.stdout, result.stderr) == (0, CLEAN, "")


def test_several_documents_are_set_apart_by_a_blank_line(article: Path) -> None:
    assert cleaner("clean", article, article).stdout == f"{CLEAN}\n{CLEAN}"


def test_text_has_no_marks(here: Path) -> None:
    path = here / "a.md"
    path.write_text("# Rain\n\nIt rained for three days, and then it stopped.\n", encoding="utf-8")
    assert cleaner("clean", path).stdout.startswith("# Rain\n")
    assert cleaner("clean", path, "--format", "text").stdout.startswith("Rain\n")


def test_json_is_the_record_with_blocks_and_ledger(article: Path) -> None:
    (record,) = lines(cleaner("clean", article, "--format", "json").stdout)
    assert list(record)[:6] == ["id", "text", "source", "added", "created", "metadata"]
    assert record["text"] == CLEAN
    assert [block["lines"] for block in record["blocks"]] == [[1, 1], [7, 7]]  # type: ignore[attr-defined]
    removed = [row for row in record["ledger"] if row["action"] == "remove"]  # type: ignore[attr-defined]
    assert [(row["stage"], row["raw_text"], row["lines"]) for row in removed] == [("chrome", "ADVERTISEMENT", [5, 5])]


def test_jsonl_is_the_record_alone(article: Path) -> None:
    whole = cleaner("clean", article, "--format", "json").stdout
    alone = cleaner("clean", article, "--format", "jsonl").stdout
    assert list(lines(alone)[0]) == ["id", "text", "source", "added", "created", "metadata"]
    assert alone.removesuffix("}\n") == whole[: len(alone) - 2]


def test_results_come_in_the_order_given_even_if_nothing_is_kept(here: Path) -> None:
    for name, text in [("b.txt", "ADVERTISEMENT\n"), ("a.txt", TEXT), ("c.html", HTML)]:
        (here / name).write_text(text, encoding="utf-8")
    records = lines(cleaner("clean", "c.html", "b.txt", "a.txt", "--format", "json").stdout)
    assert [record["metadata"]["file_path"] for record in records] == ["c.html", "b.txt", "a.txt"]  # type: ignore[index]
    assert records[1]["text"] == ""


def test_standard_input(here: Path) -> None:
    assert cleaner("clean", "-", stdin=TEXT).stdout == CLEAN
    assert "It rained" in cleaner("clean", "-", stdin=HTML).stdout
    assert "Home" not in cleaner("clean", "-", stdin=HTML).stdout


def test_a_folder_and_compressed_files(here: Path) -> None:
    (here / "in").mkdir()
    (here / "in" / "a.txt.gz").write_bytes(gzip.compress(TEXT.encode()))
    (here / "in" / "b.jsonl").write_text(json.dumps({"id": "x", "text": TEXT}) + "\n", encoding="utf-8")
    assert cleaner("clean", "in").stdout == f"{CLEAN}\n{CLEAN}"
    assert cleaner("clean", "in", "--limit", "1").stdout == CLEAN


# ---- clean: -o -----------------------------------------------------------------------------


def test_output_file(article: Path, here: Path) -> None:
    (here / "out.md").write_text("old", encoding="utf-8")
    result = cleaner("clean", article, "-o", here / "out.md")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (here / "out.md").read_text(encoding="utf-8") == CLEAN
    assert sorted(os.listdir(here)) == ["a.txt", "out.md"]
    assert (here / "out.md").stat().st_mode == article.stat().st_mode


def test_a_failed_run_leaves_the_old_output(here: Path) -> None:
    (here / "out.md").write_text("old", encoding="utf-8")
    result = cleaner("clean", "missing.txt", "-o", "out.md")
    assert result.exit_code == 4
    assert (here / "out.md").read_text(encoding="utf-8") == "old"
    assert os.listdir(here) == ["out.md"]


def test_an_output_that_is_an_input_is_refused(article: Path, here: Path) -> None:
    (here / "link.txt").symlink_to(article)
    for output in ("a.txt", "link.txt"):
        result = cleaner("clean", here, "-o", output)
        assert result.exit_code == 2
        assert "is one of the inputs" in result.stderr
    assert article.read_text(encoding="utf-8") == TEXT


def test_an_output_that_can_not_be_written_is_refused(article: Path, here: Path) -> None:
    assert "is a folder" in cleaner("clean", article, "-o", here).stderr
    result = cleaner("clean", article, "-o", here / "none" / "out.md")
    assert result.exit_code == 2
    assert "make it first" in result.stderr


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no /dev/null here")
def test_output_to_a_device(article: Path) -> None:
    assert cleaner("clean", article, "-o", "/dev/null").exit_code == 0


# ---- clean: exit codes ---------------------------------------------------------------------


def test_some_inputs_failed(article: Path) -> None:
    result = cleaner("clean", "missing.txt", article)
    assert result.exit_code == 3
    assert result.stdout == CLEAN
    assert result.stderr.startswith("rejected: missing.txt: ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["missing.txt", "folder"])
def test_nothing_usable(here: Path, name: str) -> None:
    (here / "folder").mkdir()
    result = cleaner("clean", name)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "Error: " in result.stderr


def test_rejections_name_the_path_as_given(here: Path) -> None:
    (here / "in").mkdir()
    (here / "in" / "a.txt").write_text(TEXT, encoding="utf-8")
    (here / "in" / "picture.png").write_bytes(b"\x89PNG\0\0")
    result = cleaner("clean", "in")
    assert result.exit_code == 3
    assert f"rejected: {Path('in') / 'picture.png'}: " in result.stderr


def test_check(article: Path, here: Path) -> None:
    result = cleaner("clean", article, "--check")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "would change: a.txt\n")
    (here / "b.txt").write_text(CLEAN, encoding="utf-8")
    assert cleaner("clean", "b.txt", "--check").exit_code == 0
    assert cleaner("clean", article, "--check", "-q").stderr == ""
    assert cleaner("clean", article, "missing.txt", "--check").exit_code == 3
    assert cleaner("clean", article, "--check", "-o", "x").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["clean"], "PATH...|-"),
        (["clen", "a.txt"], "clean"),
        (["clean", "a.txt", "--favour", "recall"], "--favor"),
        (["clean", "a.txt", "--favor", "more"], "precision"),
        (["clean", "a.txt", "--format", "parquet"], "markdown"),
        (["clean", "a.txt", "--set", "favr=recall"], 'Did you mean "favor"?'),
        (["clean", "a.txt", "--set", "favor"], "key=value"),
        (["clean", "a.txt", "--skip-stage", "table"], 'Did you mean "tables"?'),
        (["clean", "a.txt", "-c", "none.toml"], "there is no file"),
        (["clean", "a.txt", "--limit", "0"], "--limit"),
        (["run", "-j", "0"], "--jobs"),
        (["run", "--address", "auto"], "--engine ray"),
        (["restore", ".", "x"], "name a folder that `cleaner run` wrote"),
        (["dedup", "a.jsonl"], "--output"),
        (["dedup", "a.jsonl", "-o", "out", "--threshold", "7"], "from 0.1 to 1"),
        (["completion", "tcsh"], "bash"),
    ],
)
def test_wrong_usage_says_what_is_right(article: Path, arguments: list[str], hint: str) -> None:
    result = cleaner(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert hint in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_config_file_stops_before_anything_is_done(article: Path, here: Path) -> None:
    (here / "cleaner.toml").write_text("[chrome]\nmin_kep = 1\n", encoding="utf-8")
    result = cleaner("clean", article)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cleaner.toml:2: " in result.stderr
    assert cleaner("config", "check").exit_code == 2


def test_settings_reach_the_stages(article: Path, here: Path) -> None:
    assert "ADVERTISEMENT" in cleaner("clean", article, "--skip-stage", "chrome").stdout
    assert "dawn.Nobody" in cleaner("clean", article, "--set", "spacing.after_punctuation=false").stdout
    (here / "cleaner.toml").write_text('skip_stages = ["chrome"]\n', encoding="utf-8")
    assert "ADVERTISEMENT" in cleaner("clean", article).stdout


# ---- errors nobody expects -----------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError("odd"), RecursionError("deep")])
def test_a_bug_of_ours(article: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("cleaner.pipeline.run_stages", fail)
    result = cleaner("clean", article)
    assert result.exit_code == 70
    assert "please report it" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Traceback" in cleaner("clean", article, "-v").stderr


def test_a_violated_conservation_names_the_document(article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.ledger.redo", lambda *_: "something else")
    result = cleaner("clean", article, "--format", "json")
    assert result.exit_code == 70
    assert "document '" in result.stderr
    assert "please report it" in result.stderr


def test_interrupted(article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cleaner.pipeline.run_stages", interrupt)
    result = cleaner("clean", article, "-o", "out.md")
    assert result.exit_code == 130
    assert os.listdir(article.parent) == ["a.txt"]


def test_a_full_disk_is_no_bug_of_ours(article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "out.md")

    monkeypatch.setattr("cleaner.pipeline.run_stages", full)
    result = cleaner("clean", article)
    assert result.exit_code == 2
    assert result.stderr == "Error: out.md: No space left on device.\n"


def test_a_reader_that_has_enough(here: Path) -> None:
    (here / "in").mkdir()
    for number in range(40):
        (here / "in" / f"{number}.txt").write_text(f"{number} words of a long tale, told at length.\n" * 3000)
    command = [sys.executable, "-m", "cleaner", "clean", "in"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=here, env=env()) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_control_c_in_a_real_process(here: Path) -> None:
    command = [sys.executable, "-m", "cleaner", "clean", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env()
    ) as process:
        assert process.stdin
        process.stdin.write(b"word " * 100_000)  # more than a pipe holds: when this returns, it is being read
        process.stdin.flush()
        time.sleep(0.3)  # Python notices a signal only while it waits for more
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stderr
        assert b"Traceback" not in process.stderr.read()


def env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_streams_of_a_real_process(article: Path, here: Path) -> None:
    done = subprocess_cleaner("clean", "a.txt", "missing.txt", cwd=here, env=env())
    assert done.returncode == 3
    assert done.stdout == CLEAN.encode()
    assert done.stderr.startswith(b"rejected: missing.txt: ")


def test_output_is_utf8_whatever_the_locale(here: Path) -> None:
    text = "Der Zug hält in Köln – und in Łódź.\n"
    (here / "a.txt").write_text(text, encoding="utf-8")
    done = subprocess_cleaner("clean", "a.txt", cwd=here, env={**env(), "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"})
    assert done.stdout == text.encode()


# ---- run, restore, dedup -------------------------------------------------------------------


@pytest.fixture
def raw(here: Path) -> Path:
    folder = here / "raw"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "deep" / "b.txt").write_text(
        "Title of it\r\n\r\nA line  with two spaces.\r\n", encoding="utf-8", newline=""
    )
    (folder / "c.html").write_text(HTML, encoding="utf-8")
    return folder


def test_run_writes_the_folder_and_leaves_stdout_empty(raw: Path, here: Path) -> None:
    result = cleaner("run", "raw", "-o", "out", "-j", "1")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 documents" in result.stderr
    written = {path.name for path in (here / "out").iterdir()}
    assert {"documents.jsonl", "ledger.jsonl", "duplicates.jsonl", "rejected.jsonl", "run.json"} <= written
    assert len(lines((here / "out" / "documents.jsonl").read_text(encoding="utf-8"))) == 3


def test_run_has_defaults_and_is_quiet_when_asked(raw: Path, here: Path) -> None:
    result = cleaner("run", "-q", "-j", "1")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert (here / "clean" / "documents.jsonl").is_file()


def test_run_says_what_it_did_not_do_again(raw: Path) -> None:
    cleaner("run", "-j", "1")
    assert "nothing to do" in cleaner("run", "-j", "1").stderr.lower()


def test_run_shows_rejections_and_exits_with_3(raw: Path) -> None:
    (raw / "picture.png").write_bytes(b"\x89PNG")
    result = cleaner("run", "-j", "1")
    assert result.exit_code == 3
    assert "rejected: " in result.stderr
    assert "picture.png" in result.stderr


def test_strict_writes_nothing(raw: Path, here: Path) -> None:
    (raw / "empty.txt").touch()
    result = cleaner("run", raw, "-o", "out", "--strict")
    assert result.exit_code == 4
    assert "rejected: empty.txt: the file is empty" in result.stderr
    assert "nothing was written" in result.stderr
    assert not list((here / "out").glob("*.json*"))
    assert "empty.txt" in (here / "out" / ".cleaner" / "rejected.jsonl").read_text()
    (raw / "empty.txt").unlink()
    assert cleaner("run", raw, "-o", "out", "--strict").exit_code == 0


def test_many_rejections_are_summed_up(raw: Path) -> None:
    for number in range(30):
        (raw / f"empty{number}.txt").touch()
    (raw / "\x1b[31mred.pdf").touch()
    result = cleaner("run", raw, "-o", "out")
    assert result.exit_code == 3
    assert "more: see" in result.stderr
    assert "inputs gave no document: " in result.stderr
    assert "could not be read" in result.stderr
    assert "could not be used as files" in result.stderr
    assert "\x1b" not in result.stderr


def test_check_of_an_output(raw: Path, here: Path) -> None:
    assert cleaner("check", "out").exit_code == 2
    cleaner("run", raw, "-o", "out")
    result = cleaner("check", "out")
    assert (result.exit_code, result.stdout) == (0, "")
    with (here / "out" / "ledger.jsonl").open("a") as file:
        file.write("{}\n")
    result = cleaner("check", "out")
    assert result.exit_code == 1
    assert "ledger.jsonl" in result.stdout
    assert "again" in result.stderr
    cleaner("run", raw, "-o", "out")
    assert cleaner("check", "out").exit_code == 0


@pytest.mark.parametrize("make", [False, True])
def test_run_without_anything_usable(here: Path, make: bool) -> None:
    if make:
        (here / "raw").mkdir()
    result = cleaner("run", "-j", "1")
    assert result.exit_code == 4
    assert "Error: " in result.stderr


@pytest.mark.parametrize("out", ["raw", "raw/clean", "raw/../raw"])
def test_run_refuses_to_write_into_its_input(raw: Path, out: str) -> None:
    result = cleaner("run", "raw", "-o", out)
    assert result.exit_code == 2
    assert "another folder" in result.stderr


def test_run_check_and_dry_run_write_nothing(raw: Path, here: Path) -> None:
    assert cleaner("run", "--check", "-j", "1").exit_code == 1
    assert cleaner("run", "--dry-run", "-j", "1").exit_code == 0
    assert not (here / "clean" / "documents.jsonl").exists()
    cleaner("run", "-j", "1")
    assert cleaner("run", "--check", "-j", "1").exit_code == 0


def test_restore_gives_the_input_back(raw: Path, here: Path) -> None:
    cleaner("run", "-j", "1")
    for record in lines((here / "clean" / "documents.jsonl").read_text(encoding="utf-8")):
        result = cleaner("restore", "clean", record["id"])
        name = record["metadata"]["file_path"]  # type: ignore[index]
        if name.endswith(".html"):
            assert result.exit_code == 2
            assert "HTML" in result.stderr
        else:
            assert result.exit_code == 0
            assert result.stdout_bytes == (raw / name).read_bytes()


def test_restore_suggests_the_nearest_id(raw: Path, here: Path) -> None:
    cleaner("run", "-j", "1")
    (first, *_) = lines((here / "clean" / "documents.jsonl").read_text(encoding="utf-8"))
    result = cleaner("restore", "clean", f"{first['id']}x")
    assert result.exit_code == 2
    assert f'Did you mean "{first["id"]}"?' in result.stderr


def test_restore_notices_a_changed_file(raw: Path, here: Path) -> None:
    cleaner("run", "-j", "1")
    documents = here / "clean" / "documents.jsonl"
    (first, *_) = lines(documents.read_text(encoding="utf-8"))
    documents.write_text(documents.read_text(encoding="utf-8").replace("Nobody", "Everybody"), encoding="utf-8")
    result = cleaner("restore", "clean", first["id"])
    assert result.exit_code == 2
    assert "does not fit its ledger" in result.stderr


def test_dedup(here: Path) -> None:
    line = "The harbour board voted eleven to four to restore the night crossings that were dropped in 2015."
    records = [{"id": "a", "text": f"{line}\nOne."}, {"id": "b", "text": f"Two.\n{line}"}]
    data = "".join(json.dumps(record) + "\n" for record in records)
    (here / "in.jsonl").write_text(data, encoding="utf-8")
    for out, argument, stdin in (("out", "in.jsonl", None), ("again", "-", data)):
        result = cleaner("dedup", argument, "-o", out, "--pairs", "-j", "1", stdin=stdin)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "Cut 1 duplicate of 4 lines." in result.stderr
        (pair,) = lines((here / out / "pairs.jsonl").read_text(encoding="utf-8"))
        assert (pair["doc_id"], pair["block"], pair["twin_id"], pair["twin_block"], pair["jaccard"]) == (
            "b",
            1,
            "a",
            0,
            1.0,
        )


def test_dedup_against_older_records_and_an_index(here: Path) -> None:
    text = " ".join(f"word{i}" for i in range(20))
    Path("old.jsonl").write_text(json.dumps({"id": "old", "text": text}) + "\n", encoding="utf-8")
    Path("new.jsonl").write_text(json.dumps({"id": "new", "text": f"{text}!\nmore"}) + "\n", encoding="utf-8")
    assert cleaner("dedup", "old.jsonl", "-o", "a", "--index", "index", "-j", "1").exit_code == 0
    for number, flags in enumerate(
        (["--against", "old.jsonl"], ["--against", "a"], ["--against", "index"], ["--index", "index"])
    ):
        assert cleaner("dedup", "new.jsonl", "-o", f"out{number}", "-j", "1", *flags).exit_code == 0
        assert lines(Path(f"out{number}", "documents.jsonl").read_text()) == [{"id": "new", "text": "more"}]
    told = json.loads(cleaner("index", "info", "index").stdout)
    assert (told["generations"], told["documents"], told["blocks"], told["scheme"]) == (2, 2, 2, "affine32")
    assert cleaner("index", "export", "index", "-o", "index.npz").exit_code == 0
    assert Path("index.npz").stat().st_size > 512
    other = cleaner("dedup", "new.jsonl", "-o", "b", "--index", "index", "--threshold", "0.5")
    assert other.exit_code == 2
    assert "duplicates.threshold" in other.stderr
    assert cleaner("dedup", "new.jsonl", "-o", "b", "--against", here).exit_code == 2
    assert cleaner("index", "info", here).exit_code == 2
    assert cleaner("run", ".", "-o", "c", "--index", "index", "--limit", "1").exit_code == 2


def test_dedup_leaves_out_documents_on_demand_and_finds_trimmed_copies(here: Path) -> None:
    words = [f"word{i}" for i in range(40)]
    records = [{"id": str(i), "text": " ".join(some)} for i, some in enumerate((words, words, words[:25]))]
    Path("in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    flags = ("--drop-duplicate-documents", "--near", "containment", "-j", "1")
    assert cleaner("dedup", "in.jsonl", "-o", "out", *flags).exit_code == 0
    assert [row["id"] for row in lines(Path("out", "documents.jsonl").read_text())] == ["0"]


def test_dedup_dry_run_says_what_it_would_take(here: Path) -> None:
    Path("in.jsonl").write_text(json.dumps({"id": "a", "text": "some words"}) + "\n", encoding="utf-8")
    told = cleaner("dedup", "in.jsonl", "-o", "out", "--dry-run")
    assert (told.exit_code, told.stdout, Path("out").exists()) == (0, "", False)
    assert re.search(r"1 minute, \d\.\d GB of memory, and 0\.0 GB of disk", told.stderr)


def test_dedup_refuses_to_write_beside_its_input(here: Path) -> None:
    (here / "documents.jsonl").write_text('{"id": "a", "text": "b"}\n', encoding="utf-8")
    assert cleaner("dedup", "documents.jsonl", "-o", ".").exit_code == 2


# ---- stages, config, completion ------------------------------------------------------------


def test_stages_in_order() -> None:
    result = cleaner("stages")
    names = [line.split()[0] for line in result.stdout.splitlines()[1:]]
    expected = "encoding structure site-rules calendars tables spacing chrome headings filters masks sites duplicates"
    assert names == expected.split()


def spaced(text: str) -> list[str]:
    return [re.sub(" +  #", "  #", line) for line in text.splitlines()]


def test_config_show_is_a_config_file(here: Path) -> None:
    (here / "cleaner.toml").write_text('favor = "recall"\n', encoding="utf-8")
    shown = cleaner("config", "show", "-v", "--set", 'input.source=a "quoted" one').stdout
    assert any(line.split("  #") == ['favor = "recall"', f" {here / 'cleaner.toml'}"] for line in spaced(shown))
    (here / "shown.toml").write_text(shown, encoding="utf-8")
    assert cleaner("config", "check", "shown.toml").exit_code == 0
    again = json.loads(cleaner("config", "show", "-c", "shown.toml", "--format", "json").stdout)
    assert again["input.source"] == {"value": 'a "quoted" one', "origin": "shown.toml"}


def test_config_check(here: Path) -> None:
    assert cleaner("config", "check").exit_code == 0
    (here / "cleaner.toml").write_text("", encoding="utf-8")
    result = cleaner("config", "check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("cleaner.toml: right.\n")


def test_config_schema_is_json() -> None:
    assert json.loads(cleaner("config", "schema").stdout)["properties"]["chrome"]["additionalProperties"] is False


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    result = cleaner("completion", shell)
    assert result.exit_code == 0
    assert f"_CLEANER_COMPLETE={shell}_complete" in result.stdout
