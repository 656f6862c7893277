"""``cleaner index``: what is in an index of earlier batches, and how to get it out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.commands.options import FILE

if TYPE_CHECKING:
    from cleaner.corpus.index import Index


@click.group("index")
def command() -> None:
    """Look into an index of earlier batches.

    `cleaner run --index DIR` and `cleaner dedup --index DIR` make one and add to it.
    """


@command.command("info")
@click.argument("folder", type=FILE, metavar="DIR")
def info(folder: Path) -> None:
    """Print as JSON what the index was made with and how much is in it."""
    from dataclasses import asdict

    index = _open(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    click.echo(
        json.dumps(
            {
                **asdict(index.generations[0].spec),
                "generations": len(index.generations),
                "documents": sum(one.documents for one in index.generations),
                "blocks": sum(one.blocks for one in index.generations),
                "bytes": size,
            },
            indent=2,
        )
    )


@command.command("export")
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("-o", "--output", "out", type=FILE, required=True, metavar="FILE.npz", help="The file to write.")
def export(folder: Path, out: Path) -> None:
    """Write all signatures as arrays that become datasketch objects.

    docs/near-duplicates.md shows how, and how to feed an index of datasketch with them.
    """
    from cleaner.corpus import export as exporting
    from cleaner.terminal import count, say

    say(f"{count(exporting.export(_open(folder), out), 'signature')} written to {out}.")


def _open(folder: Path) -> Index:
    from cleaner.corpus.index import is_index, open_index

    if not is_index(folder):
        raise click.UsageError(f"{folder} is no index: name the folder that was given to --index.")
    return open_index(folder)
