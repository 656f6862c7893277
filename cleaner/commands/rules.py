"""``cleaner rules``: the rules of single sites listed, tested and proposed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.commands.clean import FOUND
from cleaner.commands.diff import shown
from cleaner.commands.options import SETTINGS, options, quiet, settings
from cleaner.terminal import Paint, count, plain, say

if TYPE_CHECKING:
    from cleaner.siterules.files import SiteFile


@click.group("rules")
def command() -> None:
    """List, test and propose rules for single sites.

    A file sites/NAME.toml beside cleaner.toml says what goes from the documents of a site, and what
    stays; docs/site-rules.md shows how.
    """


@command.command("list")
@options(*SETTINGS, "verbose")
def list_rules() -> None:
    """List the rules in force, a line each, under the names that the ledger gives them."""
    from cleaner.siterules.match import label

    for site in settings().config.site_rules:
        hosts = ", ".join(site.hosts)
        for action, rules in (("remove", site.remove), ("keep", site.keep)):
            for rule in rules:
                click.echo(plain(f"{action:<8}{label(site, rule.name)}  ({hosts})"))
        for concept, entries in site.phrases:
            click.echo(plain(f"{'phrases':<8}{label(site, concept)}  ({hosts}): {count(len(entries), 'phrase')}"))


@command.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="[PATH]...")
@options(*SETTINGS, "quiet", "verbose")
def test(paths: tuple[Path, ...]) -> None:
    """Run the tests that stand in files of site rules.

    PATH is such a file, or a folder of them; without one, all that are in force are tested.  Each case is
    cleaned as `cleaner clean` would, and what should go or stay is looked for in the result.  What is wrong
    is written to stdout, with all that was done to the case's lines; exit code 1.
    """
    from cleaner.siterules.cases import run_cases, untested

    loaded = settings()
    files = _files(paths, loaded.file)
    outcomes = run_cases(files, loaded.config)
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    paint = Paint(sys.stdout)
    for outcome in wrong:
        click.echo(paint(f"{outcome.file.path}: case “{outcome.case.name}”", bold=True))
        for what in outcome.wrong:
            click.echo(paint(f"  {what}", fg="red"))
        for line in shown(outcome.text, outcome.document, paint, 0, whole=True):
            click.echo(f"  {line}")
    if not quiet():
        for file in files:
            if names := untested(file, (outcome for outcome in outcomes if outcome.file is file)):
                say(f"note: {file.path}: no case tries {', '.join(names)}")
        right = len(outcomes) - len(wrong)
        say(f"{right:,} of {count(len(outcomes), 'case')} in {count(len(files), 'file')} of site rules right.")
    if wrong:
        sys.exit(FOUND)


def _files(paths: tuple[Path, ...], config: Path | None) -> list[SiteFile]:
    from cleaner.config import load_sites

    return load_sites(named=paths) if paths else load_sites(None if config is None else config.parent)
