"""``cleaner check``: is a finished output whole?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cleaner.commands.clean import FOUND
from cleaner.commands.options import FILE, options, quiet
from cleaner.terminal import count, plain, say

SHOWN = 100
"""So many problems are shown."""


@click.command("check")
@click.argument("clean", type=FILE, default="clean")
@options("quiet", "verbose")
def command(clean: Path) -> None:
    """Verify an output folder.

    CLEAN is a folder that `cleaner run` or `cleaner dedup` wrote.  Looks whether every line is as
    its schema says, whether files and texts have their hashes, whether each document's ledger leads
    back to its input, whether the twin of each removed duplicate is there and kept, and whether the
    counts of run.json hold.  What does not is written to stdout, a line each; exit code 1.
    """
    from cleaner.corpus.check import check

    number = 0
    for problem in check(clean):
        number += 1
        if number <= SHOWN:
            place = f"{problem.file}:{problem.line}" if problem.line else problem.file
            click.echo(plain(f"{clean / place}: {problem.what}"))
    if number:
        more = f" ({SHOWN} are shown)" if number > SHOWN else ""
        say(f"{count(number, 'problem')}{more}. Run the command that wrote {clean} again: it writes all files anew.")
        sys.exit(FOUND)
    if not quiet():
        say(f"{clean} is whole.")
