"""`cleaner rules suggest`: what recurs is proposed, with counts, and the proposal works as it stands."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner.cli import cli
from cleaner.config import load_sites
from cleaner.siterules import suggest as module
from cleaner.siterules.cases import run_cases
from cleaner.siterules.suggest import Line, Suggestion, suggest
from cleaner.siterules.toml import to_toml
from cleaner.testing import default_config
from tests.support import cleaner_run

WORDS = "boats leave pier harbour morning captain river bridge water evening people island winter north stone".split()
HEAD = ["All the ferries at a glance", "- Boats and the sea", "Reader offers & gifts (§ 3)"]
FOOT = ["Read it again tomorrow", "Our boats on film", "All of it by the harbour people"]


def story(number: int) -> list[str]:
    """Ten sentences that no other number has."""
    return [
        " ".join(f"{WORDS[(number * 7 + i * k) % 15]}{number}{'abcdefghij'[k]}" for i in range(12)).capitalize() + "."
        for k in range(10)
    ]


def lines(number: int) -> list[str]:
    body = story(number)
    body[3:3] = ["## Background", f"{number * 37} people are reading this"]
    return [*HEAD, f"# Story of the {number}th boat", *body, *FOOT]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over two sites, with 12 and 3 documents."""
    folder = tmp_path_factory.mktemp("suggest")
    records = [
        {
            "id": f"d{n}",
            "url": f"https://{'www.hill' if n < 12 else 'pier'}.example/{n}",
            "text": "\n\n".join(lines(n) if n < 12 else [*story(n)[:3], "We sign off with a wave"]),
        }
        for n in range(15)
    ]
    (folder / "in.jsonl").write_text("\n".join(map(json.dumps, records)))
    cleaner_run(folder / "in.jsonl", folder / "out")
    return folder / "out"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rules", *arguments])


def proposed(out: Path, **how: object) -> dict[str, Suggestion]:
    return {made.site: made for made in suggest(out, **how)}  # type: ignore[arg-type]


def patterns(made: Suggestion) -> dict[str, Line]:
    return {line.pattern: line for some in made.lines.values() for line in some}


def test_what_was_removed_and_what_recurs_is_proposed_with_its_counts(out: Path) -> None:
    made = proposed(out)
    assert list(made) == ["hill.example", "pier.example"]
    hill = patterns(made["hill.example"])
    for line in (*HEAD, *FOOT):
        counted = hill[line.removeprefix("- ")]
        assert counted.removed + counted.kept == 12
        assert counted.exact
    assert not hill[r"\d{1,3} people are reading this"].exact
    assert "Background" not in hill  # a section's name
    assert not any("boats" in pattern.split()[0] for pattern in hill if len(pattern.split()) > 10)
    pier = made["pier.example"]
    assert [(line.pattern, line.removed, line.kept) for line in pier.lines["kept"]] == [
        ("We sign off with a wave", 0, 3)
    ]
    assert pier.lines["removed"] == []


def test_a_proposal_is_a_file_whose_cases_are_right(out: Path, tmp_path: Path) -> None:
    result = run("suggest", str(out), "-o", str(tmp_path / "sites"))
    assert result.exit_code == 0, result.output
    files = load_sites(named=[tmp_path / "sites"])
    assert [file.path.name for file in files] == ["hill.example.toml", "pier.example.toml"]
    for file, made in zip(files, suggest(out), strict=True):
        assert file.rules == made.file.rules
        assert file.cases == made.file.cases
        assert len(file.cases) == len(file.rules.remove) > 0
    outcomes = run_cases(files, default_config())
    assert [outcome.wrong for outcome in outcomes] == [()] * len(outcomes)
    assert run("test", str(tmp_path / "sites")).exit_code == 0
    again = run("suggest", str(out), "-o", str(tmp_path / "sites"))
    assert "is there already and was left" in again.stderr


def test_stdout_holds_the_same_and_one_site_can_be_asked_for(out: Path) -> None:
    both, one = run("suggest", str(out)), run("suggest", str(out), "--site", "pier.example", "-q")
    assert one.stderr == ""
    assert both.stdout.endswith(one.stdout)
    assert tomllib.loads(one.stdout)["remove"][0]["exact"] == ["We sign off with a wave"]
    assert run("suggest", str(out), "--site", "elsewhere").stdout == ""


def test_more_documents_can_be_asked_for(out: Path) -> None:
    assert list(proposed(out, least=4)) == ["hill.example"]
    assert proposed(out, least=13) == {}


def test_with_little_memory_only_what_is_rare_is_missed(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = proposed(out)
    monkeypatch.setattr(module, "MOST_HASHES", 60)
    assert proposed(out)["hill.example"].lines == whole["hill.example"].lines


def test_a_folder_that_no_run_wrote_is_refused(tmp_path: Path) -> None:
    assert run("suggest", str(tmp_path)).exit_code == 2


def test_any_text_comes_back_from_the_toml() -> None:
    odd = ['"""', "\\d\x7f", 'it\'s \\ "x"', "\u2028ü", "tab\tend", "'''"]
    from cleaner.settings import SiteRule, SiteRules
    from cleaner.siterules.files import SiteCase, SiteFile

    found = [Line(text, True, text, 1, 2) for text in odd]
    rules = SiteRules("x", ("x",), (SiteRule("removed-lines", tuple(odd), reason="r"),))
    case = SiteCase("removed-lines", "\n\n".join(odd) + "\n", goes=tuple(odd))
    made = Suggestion("x", 3, {"removed": found, "kept": []}, SiteFile(Path("x.toml"), rules, (case,)))
    read = tomllib.loads("\n".join(to_toml(made)))
    assert read["remove"][0]["exact"] == odd
    assert read["cases"][0]["text"] == case.text
    assert read["cases"][0]["goes"] == odd
