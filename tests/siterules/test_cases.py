"""`cleaner rules test`, `rules list` and `clean --url`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import cli
from cleaner.config import defaults_dir

GOOD = """
hosts = ["*.harbour.example"]
[[remove]]
name = "letter"
prefix = ["Get the letter"]
[[remove]]
name = "never"
exact = ["Nobody writes this"]
[[cases]]
name = "the letter"
text = "The ferry left at dawn, and nobody but the cook was on it.\\n\\nGet the letter now\\n"
goes = ["Get the letter"]
stays = ["The ferry  left"]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLEANER_CONFIG", raising=False)
    (tmp_path / "cleaner.toml").write_text("")
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "harbour.toml").write_text(GOOD)
    return tmp_path


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(cli, arguments, input=text)


def test_the_shipped_cases_are_right() -> None:
    result = run("rules", "test", str(defaults_dir() / "sites"))
    assert result.exit_code == 0, result.output
    assert "no case tries" not in result.stderr


def test_all_rules_in_force_are_tested_and_a_rule_without_a_case_is_named(here: Path) -> None:
    result = run("rules", "test")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "harbour.toml: no case tries never\n" in result.stderr
    assert "3 of 3 cases in 2 files of site rules right." in result.stderr
    assert run("rules", "test", "-q").output == ""


def test_what_is_wrong_is_shown_with_what_was_done(here: Path) -> None:
    path = here / "sites" / "harbour.toml"
    path.write_text(
        GOOD.replace('goes = ["Get the letter"]', 'goes = ["left at dawn", "no such words"]').replace(
            '"The ferry  left"', '"Get the letter", "other words"'
        )
    )
    result = run("rules", "test", str(path))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == f"{path}: case “the letter”"
    assert lines[1:5] == [
        "  should go, but stays: left at dawn",
        "  should go, but is not in the input: no such words",
        "  should stay, but goes: Get the letter",
        "  should stay, but is not in the input: other words",
    ]
    assert any(line.strip().startswith("3 - Get the letter now") and "site:harbour/letter" in line for line in lines)
    assert "0 of 1 case in 1 file" in result.stderr


def test_an_input_that_gives_no_document_is_a_failure(here: Path) -> None:
    path = here / "sites" / "harbour.toml"
    path.write_text('hosts = ["a"]\n[[cases]]\nname = "c"\ntext = " \\n"\nstays = ["x"]\n')
    result = run("rules", "test", str(path))
    assert result.exit_code == 1
    assert "its input cannot be read" in result.stdout


def test_a_wrong_file_ends_every_command(here: Path) -> None:
    (here / "sites" / "harbour.toml").write_text("hosts = []")
    for command in (["rules", "test"], ["clean", "-"], ["config", "check"]):
        result = run(*command, text="words")
        assert result.exit_code == 2
        assert "harbour.toml: hosts: must be a list of hosts" in result.stderr


def test_the_rules_in_force_are_listed(here: Path) -> None:
    lines = run("rules", "list").stdout.splitlines()
    assert lines[-1] == "remove  site:harbour/never  (*.harbour.example)"
    assert any(line.startswith("keep    site:example.com/") for line in lines)


def test_url_picks_the_rules(here: Path) -> None:
    text = "The ferry left at dawn, and nobody but the cook was on it.\n\nGet the letter now\n"
    assert "letter" in run("clean", "-", text=text).stdout
    assert "letter" not in run("clean", "-", "--url", "https://news.harbour.example/x", text=text).stdout
    assert run("clean", "a", "b", "--url", "https://a.example/").exit_code == 2
