"""``cleaner rules``: the rules of single sites listed, tested and proposed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.commands.clean import FOUND
from cleaner.commands.diff import shown
from cleaner.commands.options import FILE, SETTINGS, options, quiet, settings
from cleaner.terminal import Paint, count, plain, say

if TYPE_CHECKING:
    from cleaner.siterules.files import SiteFile

NEXT_FILE = "\n\n"
"""Between the files of two sites."""


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
        for what, wanted in outcome.wrong:
            click.echo(paint(f"  {what}: {wanted}", fg="red"))
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


@command.command("suggest")
@click.argument("clean", type=FILE, default="clean")
@click.option("-o", "--output", type=FILE, metavar="DIR", help="Write a file for each site into this folder.")
@click.option("--site", default="", metavar="HOST", help="Only for this site.")
@click.option(
    "--min-documents",
    type=click.IntRange(min=2),
    default=3,
    show_default=True,
    metavar="N",
    help="A line recurs if it is on so many documents of a site.",
)
@options("quiet", "verbose")
def suggest(clean: Path, output: Path | None, site: str, min_documents: int) -> None:
    """Propose rules from what recurs in a run, as TOML with a test for each.

    CLEAN is a folder that `cleaner run` wrote.  Proposed is, site by site, what the classifier or the stage
    `sites` removed again and again, and what recurs and stayed; numbers may differ.  Read it, take out what
    belongs to the articles, and put it into sites/NAME.toml.
    """
    from cleaner.corpus.store import write_atomically
    from cleaner.siterules.suggest import suggest as propose
    from cleaner.siterules.toml import to_toml

    number = 0
    for number, made in enumerate(propose(clean, least=min_documents, site=site), 1):
        text = "".join(f"{line}\n" for line in to_toml(made))
        if output is None:
            click.echo(f"{'' if number == 1 else NEXT_FILE}# sites/{made.file.path.name}\n{text}", nl=False)
        elif (output / made.file.path).exists():
            say(f"{output / made.file.path} is there already and was left: take it away first, or name another folder.")
        else:
            write_atomically(output / made.file.path, [text.encode()])
    if not number:
        say(f"Nothing recurs on {min_documents} documents of one site.")
    elif not quiet():
        say(f"Rules for {count(number, 'site')} proposed. `cleaner rules test FILE` runs their tests.")


def _files(paths: tuple[Path, ...], config: Path | None) -> list[SiteFile]:
    from cleaner.config import load_sites

    return load_sites(named=paths) if paths else load_sites(None if config is None else config.parent)
