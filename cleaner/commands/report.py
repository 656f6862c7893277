"""``cleaner report``: the page that shows what a run did, made again."""

from __future__ import annotations

from pathlib import Path

import click

from cleaner.commands.options import FILE, options
from cleaner.commands.output import refuse_input, sink


@click.command("report")
@click.argument("clean", type=FILE)
@click.option("-o", "--output", type=FILE, metavar="FILE", help="Write to this file.  [default: CLEAN/report.html]")
@options("verbose")
def command(clean: Path, output: Path | None) -> None:
    """Write CLEAN/report.html: a page that shows what was cut, and why.

    CLEAN is a folder that `cleaner run` wrote; every run writes the page by itself.  It is one file, works
    without a network, and depends on the other files of CLEAN alone: plots, the list of documents, before
    and after of each, clusters of duplicates.  Of a large run it shows a sample, with figures over all.
    """
    from cleaner.report.files import SOURCES
    from cleaner.report.page import NAME, render
    from cleaner.writers import forms

    target = output or clean / NAME
    refuse_input(target, [*forms.paths(clean), *(clean / name for name in SOURCES)])
    pieces = render(clean)
    first = next(pieces)  # what is wrong with CLEAN shows here, before anything is opened
    with sink(target) as stream:
        stream.write(first)
        for piece in pieces:
            stream.write(piece)
