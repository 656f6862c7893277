"""``cleaner config``: what is set, whether a file is right, and what may be set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.commands.options import FILE, SETTINGS, options, settings, verbose

if TYPE_CHECKING:
    from cleaner.config import Loaded
    from cleaner.schema import Key


@click.group("config")
def command() -> None:
    """Show, check and describe the settings.

    Settings come from --config FILE, else the file that CLEANER_CONFIG names, else the nearest
    cleaner.toml in this folder or above it, else the shipped defaults.  Flags come last.
    """


@command.command("show")
@options(*SETTINGS, "verbose")
@click.option(
    "--format", "form", type=click.Choice(["toml", "json"]), default="toml", show_default=True, help="What to print."
)
def show(form: str) -> None:
    """Print every setting with its value and where the value comes from.

    The TOML is a valid cleaner.toml; -v adds what each setting means.
    """
    from cleaner.config import DEFAULT, value_of

    loaded = settings()
    if form == "json":
        origins = loaded.origins
        shown = {
            key: {"value": value_of(loaded.config, key), "origin": origins.get(key, DEFAULT)} for key in _all_keys()
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_toml(loaded, meanings=verbose())))


@command.command("check")
@click.argument("file", type=FILE, required=False)
@options("verbose")
def check(file: Path | None) -> None:
    """Check FILE, or the file that would be used from here.

    Exits with 2 and says what is wrong if it does not hold.
    """
    from cleaner.config import load
    from cleaner.terminal import say

    found = load(file).file
    say(f"{found}: right." if found else "No config file here or above: the shipped defaults are used.")


@command.command("schema")
@click.option("--sites", is_flag=True, help="Print that of the files of site rules.")
def schema(sites: bool) -> None:
    """Print the JSON Schema of cleaner.toml, for editors."""
    from cleaner.schema import json_schema
    from cleaner.siterules.files import site_schema

    click.echo(json.dumps(site_schema() if sites else json_schema(), ensure_ascii=False, indent=2))


def _toml(loaded: Loaded, *, meanings: bool) -> Iterator[str]:
    """The settings as the lines of a TOML file, origins as comments at the lines' ends."""
    from cleaner.config import DEFAULT, value_of

    section = ""
    for key in _all_keys().values():
        if key.section != section:
            section = key.section
            yield f"\n[{section}]"
        if meanings:
            yield f"# {key.doc}" if key.type is bool else f"# {key.doc} ({key.allowed})"
        value = value_of(loaded.config, key.name)
        # JSON's form of booleans, numbers, strings and lists of strings is TOML's form too.
        line = f"{key.leaf} = {json.dumps(value, ensure_ascii=False)}"
        yield f"{line:<34}  # {loaded.origins.get(key.name, DEFAULT)}"


def _all_keys() -> dict[str, Key]:
    """Our settings and those of installed stages."""
    from cleaner.plugins import stage_keys
    from cleaner.schema import keys

    return {**keys(), **stage_keys()}
