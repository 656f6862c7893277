"""What the README shows is what happens.  Run as a script this writes the results into the README anew."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleaner.cli import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def sample(name: str) -> str:
    """The fenced block behind a ``<!-- sample: name -->``."""
    found = re.search(rf"<!-- sample: {name} -->\n```\w+\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found, name
    return found[1]


def clean(*flags: str) -> str:
    result = CliRunner().invoke(cli, ["clean", "-", *flags], input=sample("before"))
    assert result.exit_code == 0, result.stderr
    return result.stdout


def table(rows: list[dict[str, object]]) -> str:
    """Ledger rows as the README shows them: without the writer's, and long texts cut."""

    def cell(value: object) -> str:
        text = str(value).replace("\n", "⏎").replace("|", "\\|")
        return text if len(text) <= 24 else f"{text[:23]}…"

    def code(value: object) -> str:
        return f"`{cell(value)}`" if value else ""

    lines = []
    for row in rows:
        if row["stage"] != "write":
            first, last = row["lines"]  # type: ignore[misc]
            place = str(first) if first == last else f"{first}–{last}"  # type: ignore[has-type]
            texts = f"{code(row['raw_text'])} | {code(row['new_text'])}"
            lines.append(f"| {place} | {row['stage']} | {row['rule']} | {row['action']} | {texts} | {row['reason']} |")
    return "\n".join(lines) + "\n"


def ledger() -> str:
    return table(json.loads(clean("--format", "json"))["ledger"])


def shown_ledger() -> str:
    """The rows of the README's table, behind its two lines of heading."""
    shown = README.partition("<!-- sample: ledger -->\n")[2].partition("\n\n")[0]
    return "".join(f"{line}\n" for line in shown.split("\n")[2:])


def test_the_sample_comes_out_as_shown() -> None:
    assert clean() == sample("after")


def test_the_ledger_of_the_sample_is_as_shown() -> None:
    assert shown_ledger() == ledger()


def test_the_python_sample_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = "<title>Rain</title><article><h1>Rain</h1><p>It rained for three days, and the river came up.</p></article>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(sample("python"), "README.md", "exec"), {})
    assert "It rained for three days" in printed.getvalue()


if __name__ == "__main__":
    anew = README.replace(sample("after"), clean()).replace(shown_ledger(), ledger())
    (ROOT / "README.md").write_text(anew, encoding="utf-8")
