"""Keeps the documentation true: runs what it shows, and writes what the code knows.

``python -m docs.generate`` (or ``make docs``) brings every page up to date; the tests fail where that
changes anything.  What a page shows is marked like this:

- a fence ``console`` holds commands behind ``$ `` and what they print, in one working folder for a page, in
  which ``raw/`` holds the sample articles;
- ``<!-- file: NAME -->`` before a fence puts its content into the working folder;
- ``<!-- becomes -->`` or ``<!-- becomes: FLAGS -->`` before a fence: what `cleaner clean - FLAGS` makes of the
  fence before it;
- a fence ``python`` is run, if what it imports is installed; ``<!-- prints -->`` before the next fence: its output.

``cli.md``, ``settings.md``, the man page and the schemas of settings, site rules and flat records are written whole.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from click.testing import CliRunner

from cleaner.cli import cli
from cleaner.schema import Key, json_schema, keys
from cleaner.siterules.files import site_schema
from docs.manual import manual

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SCHEMA = ROOT / "config" / "cleaner.schema.json"
SITE_SCHEMA = ROOT / "config" / "sites.schema.json"
RECORDS = DOCS / "schemas" / "documents.schema.json"
FLAT = RECORDS.with_name("documents-flat.schema.json")
PAGES = ("tutorial.md", "stages.md", "site-rules.md", "filters.md", "using-the-output.md", "cluster.md")
_FENCE = re.compile(
    r"(?:<!-- (?P<mark>\w+)(?:: (?P<what>[^\n]*?))? -->\n)?```(?P<kind>\w*)\n(?P<body>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


def pages() -> list[Path]:
    """Every page that this module keeps."""
    return [*(DOCS / name for name in ("cli.md", "settings.md", "cleaner.1", *PAGES)), SCHEMA, SITE_SCHEMA, FLAT]


def current(path: Path) -> str:
    """What a page should say."""
    match path.name:
        case "cli.md":
            return cli_page()
        case "settings.md":
            return settings_page()
        case "cleaner.1":
            return manual()
        case SCHEMA.name:
            return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
        case SITE_SCHEMA.name:
            return json.dumps(site_schema(), ensure_ascii=False, indent=2) + "\n"
        case FLAT.name:
            return json.dumps(flat_schema(), ensure_ascii=False, indent=2) + "\n"
    return refreshed(path.read_text(encoding="utf-8"))


def refreshed(text: str) -> str:
    """A page with the results of all it shows."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        shutil.copytree(ROOT / "raw", here / "raw")
        return _Page(here).refresh(text)


class _Page:
    """Runs the fences of one page, one after another, in one folder."""

    def __init__(self, here: Path) -> None:
        self._here = here
        self._before = ""  # the body of the fence before
        self._printed: str | None = ""  # by the last `python`; None: it was not run

    def refresh(self, text: str) -> str:
        """The page with new results."""
        with contextlib.chdir(self._here), _environment():
            return _FENCE.sub(self._fence, text)

    def _fence(self, match: re.Match[str]) -> str:
        body = match["body"]
        what = match["what"] or ""
        if match["mark"] == "file":
            path = Path(what)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        elif match["mark"] == "becomes":
            body = _cleaner(["clean", "-", *shlex.split(what)], self._before)
        elif match["mark"] == "prints" and self._printed is not None:
            body = self._printed
        elif match["kind"] == "console":
            commands = re.findall(r"^\$ (.*)\n", body, re.MULTILINE)
            body = "".join(f"$ {command}\n{run(command)}" for command in commands)
            body = body.replace(f"{self._here.resolve()}/", "")
        elif match["kind"] == "python":
            self._printed = run_python(body)
        self._before = body
        return match[0][: match.start("body") - match.start()] + body + "```"


def run(command: str) -> str:
    """What a command of a page prints, stderr first, as in a terminal where stdout is read at the end."""
    ours, _, lines = command.partition(" | head -")  # in this process: starting another takes a second
    words = shlex.split(ours)
    if words[0] == "cleaner" and not set(words) & {"|", ">", "<", "&&"}:
        printed = _cleaner(words[1:])
        return "".join(printed.splitlines(keepends=True)[: int(lines)]) if lines else printed
    shim = Path(".bin/cleaner")
    if not shim.exists():
        shim.parent.mkdir(exist_ok=True)
        shim.write_text(
            f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m cleaner "$@"\n'
        )
        shim.chmod(0o755)
    environment = os.environ | {"PATH": f"{shim.parent.absolute()}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.stdout.decode()


def run_python(code: str) -> str | None:
    """What a snippet prints; ``None`` if something that it imports, or that this needs, is not installed."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    except ImportError:
        return None
    return printed.getvalue()


def _cleaner(arguments: list[str], stdin: str = "") -> str:
    result = CliRunner().invoke(cli, arguments, input=stdin, prog_name="cleaner")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stderr + result.stdout


@contextlib.contextmanager
def _environment():  # type: ignore[no-untyped-def]
    """No configuration, cache or account of this machine."""
    names = {"CLEANER_CONFIG": None, "NO_COLOR": "1", "HF_HOME": ".hf", "HF_HUB_OFFLINE": "1", "COLUMNS": "100"}
    before = {name: os.environ.get(name) for name in names}
    try:
        for name, value in names.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


# ---- the pages that are written whole ------------------------------------------------------


def cli_page() -> str:
    """Every command with its help."""
    parts = ["# Commands\n\nWritten by `make docs` from the commands themselves.\n"]
    for path, command in _commands(cli, ("cleaner",)):
        depth = "#" * min(2 + len(path) - 1, 4) if len(path) > 1 else "##"
        parts.append(f"{depth} {' '.join(path)}\n\n```text\n{_help(path, command)}\n```\n")
    return "\n".join(parts)


def _commands(command: click.Command, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], click.Command]]:
    found = [(path, command)]
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            found += _commands(inner, (*path, name))
    return found


def _help(path: tuple[str, ...], command: click.Command) -> str:
    context = None
    for depth in range(len(path)):
        inner = cli if depth == 0 else context.command.commands[path[depth]]  # type: ignore[union-attr]
        context = click.Context(
            inner, info_name=path[depth], parent=context, terminal_width=100, **inner.context_settings
        )
    assert context is not None
    return command.get_help(context).rstrip()


def flat_schema() -> dict[str, object]:
    """JSON Schema of records as ``--flat`` writes them, from that of the others."""
    schema = json.loads(RECORDS.read_text(encoding="utf-8"))
    metadata = schema["properties"].pop("metadata")
    schema["required"].remove("metadata")
    return {
        **schema,
        "title": "documents.jsonl with --flat",
        "properties": schema["properties"] | metadata["properties"],
        "required": schema["required"] + metadata["required"],
    }


def settings_page() -> str:
    """Every setting with its meaning, values and default."""
    lines = [
        "# Settings",
        "",
        "Written by `make docs` from the settings themselves. [configuration.md](configuration.md) says where they are",
        "looked for; `cleaner config show` prints those in force.",
    ]
    section = None
    for key in keys().values():
        if key.section != section:
            section = key.section
            lines += [
                "",
                f"## {section or 'At the top of the file'}",
                "",
                "| key | default | allowed | meaning |",
                "|---|---|---|---|",
            ]
        lines.append(_row(key))
    return "\n".join(lines) + "\n"


def _row(key: Key) -> str:
    default = (
        "[]" if key.default == () else str(key.default).lower() if isinstance(key.default, bool) else str(key.default)
    )
    cells = (f"`{key.leaf}`", f"`{default}`" if default else "", key.allowed, key.doc)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    for page in pages():
        new = current(page)
        if not page.exists() or page.read_text(encoding="utf-8") != new:
            page.write_text(new, encoding="utf-8")
            print(f"{page.relative_to(ROOT)}: brought up to date")
