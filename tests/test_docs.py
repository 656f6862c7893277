"""The documentation is true: every command and snippet in it is run, and generated pages are up to date."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.config import load
from docs.generate import current, pages, run_python
from tests.support import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGE = "<title>Rain</title><article><h1>Rain</h1><p>It rained for three days, and the river came up.</p></article>"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_page_says_what_happens(page: Path) -> None:
    """If this fails: `make docs`, and read what changed."""
    assert page.read_text(encoding="utf-8") == current(page)


def fences(kind: str, text: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[str]:
    """The commands in a page's ``sh`` fences, without their comments."""
    found = [line.partition("  #")[0].strip() for fence in fences("sh", text) for line in fence.splitlines()]
    return [line for line in found if line]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the README's commands read."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEANER_CONFIG", raising=False)
    return tmp_path


@pytest.mark.parametrize("command", commands(README))
def test_the_readmes_commands_run(command: str, here: Path) -> None:
    if command.split()[0] == "curl":  # the page comes from elsewhere; what follows the pipe is ours
        command = command.partition("| ")[2]
    words = shlex.split(command)
    match words[0]:
        case "make":
            target = words[1] if len(words) > 1 else "clean"
            assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)
        case "pip":
            assert words[1:] in (["install", "."], ["install", f"{ROOT}"])
        case "cleaner":
            jobs = ["--jobs", "1"] if words[1] == "run" else []  # one process starts faster than several
            result = CliRunner().invoke(cli, [*words[1:], *jobs], input=PAGE)
            assert result.exit_code == (1 if "--check" in words else 0), result.output
        case _:
            pytest.fail(f"nobody checks {command!r}")


@pytest.mark.parametrize("command", commands((ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")))
def test_the_clusters_commands_are_right(command: str) -> None:
    """Not run, for they need a cluster and a store; but ours take these arguments."""
    words = shlex.split(command)
    if words[0] != "cleaner":
        pytest.skip(f"{words[0]} needs a cluster")
    context = cli.commands[words[1]].make_context(words[1], words[2:])
    assert context.params["out"] == "s3://bucket/clean"


def test_the_readmes_one_line_readers_run(here: Path) -> None:
    """Each line alone, with the library it names imported; those that are not installed are left out."""
    CliRunner().invoke(cli, ["run", "-j", "1"])
    lines = [line for fence in fences("python", README) if "import" not in fence for line in fence.splitlines()]
    assert len(lines) >= 4
    for line in lines:
        run_python(f"import {line.partition('.')[0]}\n{line}\n")


def test_the_configurations_in_the_docs_are_right(here: Path) -> None:
    """Every TOML that a page shows can be used as it stands."""
    shown = 0
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for fence in fences("toml", page.read_text(encoding="utf-8")):
            if fence.startswith(("# phrases/", "# sites/")):
                path = here / fence.split(",")[0].removeprefix("# ")
                path.parent.mkdir(exist_ok=True)
                path.write_text(fence, encoding="utf-8")
                fence = ""
            (here / "cleaner.toml").write_text(fence, encoding="utf-8")
            load(here / "cleaner.toml", environment={})
            shown += 1
    assert shown >= 3


def test_every_page_is_linked() -> None:
    """From the README or from another page, and every command is in the reference."""
    texts = {page: page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
    for page in texts:
        if page.name != "README.md":
            assert any(f"{page.name})" in text or f"{page.name}#" in text for one, text in texts.items() if one != page)
    for name in cli.commands:
        assert f"\n### cleaner {name}\n" in texts[ROOT / "docs" / "cli.md"]
