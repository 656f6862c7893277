"""Stages of other packages: the template as a user would install it, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from msgspec.structs import replace

from cleaner.document import Document, remove
from cleaner.errors import CleanerError
from cleaner.pipeline import STAGES, Stage
from cleaner.plugins import placed
from cleaner.settings import Config
from cleaner.testing import check_stage, document_of

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "docs" / "stage-template"
TEXT = "The ferry left at dawn, and nobody but the cook was on it.\n\nBUY YOUR TICKETS NOW BEFORE THEY ARE ALL GONE\n"


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment in which the template's package is installed."""
    site = tmp_path / "site"
    site.mkdir()
    shutil.copy(TEMPLATE / "cleaner_shouting.py", site)
    project = tomllib.loads((TEMPLATE / "pyproject.toml").read_text("utf-8"))["project"]
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = project["entry-points"]["cleaner.stages"]
    (info / "entry_points.txt").write_text(
        "[cleaner.stages]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
    )
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}


def python(environment: dict[str, str], *arguments: object) -> str:
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_template_works_once_installed(installed: dict[str, str], tmp_path: Path) -> None:
    listed = python(installed, "-m", "cleaner", "stages").splitlines()
    assert [line.split()[0] for line in listed][6:9] == ["spacing", "shouting", "chrome"]
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(TEXT)
    python(installed, "-m", "cleaner", "run", tmp_path / "raw", "-o", tmp_path / "out", "-j", 2)
    assert "TICKETS" not in (tmp_path / "out" / "documents.jsonl").read_text("utf-8")
    flags = ["--skip-stage", "shouting"]
    assert "TICKETS" in python(installed, "-m", "cleaner", "clean", tmp_path / "raw", *flags)
    assert json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["versions"]["cleaner-shouting"] == "0.1.0"


def test_its_settings_are_checked_shown_and_used(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    file = tmp_path / "cleaner.toml"
    run = ["run", tmp_path / "a.txt", "-o", tmp_path / "out", "-j", 2, "-c", file]
    file.write_text("[stages.shouting]\nmin_words = 20\n")
    python(installed, "-m", "cleaner", *run)
    assert "TICKETS" in (tmp_path / "out" / "documents.jsonl").read_text("utf-8")
    file.write_text("[stages.shouting]\nmin_words = 3\n")
    python(installed, "-m", "cleaner", *run)
    assert "TICKETS" not in (tmp_path / "out" / "documents.jsonl").read_text("utf-8")
    shown = python(installed, "-m", "cleaner", "config", "show", "-c", file)
    assert f"[stages.shouting]\nmin_words = 3                       # {file}" in shown
    shown = python(
        installed, "-m", "cleaner", "config", "show", "--set", "stages.shouting.min_words=4", "--format", "json"
    )
    assert json.loads(shown)["stages.shouting.min_words"] == {"value": 4, "origin": "--set"}
    for text, why in (
        ("[stages.shouting]\nmin_words = 0\n", "cleaner.toml:2: stages.shouting.min_words: 0 is not allowed"),
        ("[stages.shouting]\nmin_word = 3\n", 'Did you mean "stages.shouting.min_words"?'),
        ("[stages.shoutin]\nmin_words = 3\n", 'Did you mean "stages.shouting.min_words"?'),
        ("[stages]\nshouting = 3\n", "a table of its own: [stages.NAME]"),
    ):
        file.write_text(text)
        command = [sys.executable, "-m", "cleaner", "config", "check", str(file)]
        done = subprocess.run(command, env=installed, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert why in done.stderr


def test_settings_that_are_none_are_named(installed: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "site" / "cleaner_shouting.py"
    right = 'setting(6, "a line of fewer words stays", low=1)'
    path.write_text(path.read_text("utf-8").replace(right, "6"))
    command = [sys.executable, "-m", "cleaner", "stages"]
    done = subprocess.run(command, env=installed, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "min_words is not made with setting()" in done.stderr


def test_the_templates_own_tests_pass(installed: dict[str, str]) -> None:
    python(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", TEMPLATE / "tests")


def test_a_package_that_is_no_stage_is_named(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "site" / "cleaner_shouting.py").write_text("STAGE = 1\n")
    command = [sys.executable, "-m", "cleaner", "stages"]
    done = subprocess.run(command, env=installed, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'shouting' of cleaner-shouting is no cleaner.Stage" in done.stderr


# ---- where they go -------------------------------------------------------------------------


def stage(name: str, after: str = "") -> Stage:
    return Stage(name, "", lambda document, _: document, after)


def test_stages_are_placed_behind_the_one_they_name() -> None:
    names = [one.name for one in placed(STAGES, [stage("x", "tables"), stage("y"), stage("z", "x")])]
    assert names[4:7] == ["tables", "x", "z"]
    assert names[-3:] == ["y", "filters", "masks"]  # filters judge what all the others leave


@pytest.mark.parametrize(("name", "after", "why"), [("chrome", "", "two stages"), ("x", "nothing", "no stage")])
def test_what_can_not_be_placed_is_refused(name: str, after: str, why: str) -> None:
    with pytest.raises(CleanerError, match=why):
        placed(STAGES, [stage(name, after)])


# ---- the test kit --------------------------------------------------------------------------


def cut(document: Document, _: Config) -> Document:
    return remove(document, "bad", {len(document.blocks) - 1: ("rule", "reason", 0.0)})


def silent(document: Document, config: Config) -> Document:
    return replace(cut(document, config), edits=document.edits)


def restless(document: Document, _: Config) -> Document:
    first = next(index for index, block in enumerate(document.blocks) if block.removed is None)
    return remove(document, "bad", {first: ("rule", "reason", 0.0)})


def deleting(document: Document, _: Config) -> Document:
    return replace(document, blocks=document.blocks[:-1])


def misnamed(document: Document, _: Config) -> Document:
    return remove(document, "other", {0: ("rule", "reason", 0.0)})


def test_a_right_stage_passes() -> None:
    assert "TICKETS" not in check_stage(Stage("bad", "", cut), TEXT).text


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (silent, "1 blocks are removed, by 0 rows"),
        (restless, "changes its own result"),
        (deleting, "changes its own result"),
        (misnamed, "name the stage"),
    ],
)
def test_a_wrong_stage_is_told_what_is_wrong(wrong: object, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check_stage(Stage("bad", "", wrong), f"{TEXT}\nA third paragraph that is here to be cut.\n")  # type: ignore[arg-type]


def test_the_kit_reads_pages() -> None:
    assert document_of("<p>Words of a page.</p>", format="html").metadata.format == "html"
