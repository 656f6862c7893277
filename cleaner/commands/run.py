"""``cleaner run``: a folder of articles to JSONL files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.commands.clean import STDIN
from cleaner.commands.options import (
    DUPLICATES,
    ENGINE,
    INPUT,
    PLACE,
    SETTINGS,
    TALK,
    options,
    progress_line,
    settings,
)
from cleaner.commands.output import stdin_as_file
from cleaner.commands.summary import forecast, listing_rejections, report
from cleaner.errors import NothingUsableError

if TYPE_CHECKING:
    from cleaner.readers.remote import Place
    from cleaner.writers.forms import Compression, Format


@click.command("run")
@click.argument("raw", nargs=-1, type=PLACE, metavar="[RAW]...")
@click.option(
    "-o",
    "--output",
    "out",
    type=PLACE,
    default="clean",
    show_default=True,
    metavar="CLEAN",
    help="The folder to write.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "parquet", "markdown"]),
    default="jsonl",
    show_default=True,
    help="How to write the documents; markdown: JSONL and a tree of files.",
)
@options(
    "flat",
    "compress",
    "shard-size",
    "files-from",
    *SETTINGS,
    *INPUT,
    *ENGINE,
    "check",
    "dry-run",
    "limit",
    "strict",
    *DUPLICATES,
    *TALK,
)
def command(
    raw: tuple[Place, ...],
    out: Place,
    form: Format,
    flat: bool,
    compress: Compression,
    shard_size: int,
    files_from: Path | None,
    jobs: int,
    check: bool,
    dry_run: bool,
    limit: int | None,
    strict: bool,
    pairs: bool,
    index: Path | None,
) -> None:
    """Clean a folder of articles into JSONL.

    RAW is a folder, read with its subfolders (default: raw), a file, a quoted glob, a URL, or - for
    standard input; `cleaner clean --help` lists the formats.  Writes into the folder CLEAN documents.jsonl,
    ledger.jsonl (every cut and edit), duplicates.jsonl, rejected.jsonl and run.json.  What did not
    change since the last run is not cleaned again.
    """
    config = settings().config
    places = _places(raw, files_from)
    if STDIN in places and len(places) > 1:
        raise click.UsageError("- (standard input) is read alone: give no other input beside it.")
    for place in places:
        if place != STDIN:
            _refuse(place, out)
    if index and (limit or not config.duplicates.enabled or "duplicates" in config.skip_stages):
        raise click.UsageError("--index needs the stage duplicates, and all documents: leave --limit out.")

    from cleaner.corpus.run import run
    from cleaner.writers.forms import Form

    written_as = Form(form, compress, shard_size, flat)
    written_as.check()
    with stdin_as_file(places) as inputs, progress_line() as progress, listing_rejections():
        summary = run(
            inputs,
            out,
            config,
            jobs=jobs,
            limit=limit,
            dry_run=dry_run,
            check=check,
            pairs=pairs,
            form=written_as,
            index=index,
            strict=strict,
            progress=progress,
        )
    if check or dry_run:
        forecast(summary, out, check=check)
    else:
        report(summary, out)


def _places(raw: tuple[Place, ...], files_from: Path | None) -> list[Place]:
    """All that is to be read: at least something that is there."""
    from cleaner.readers.places import listed

    places = list(raw)
    if files_from is not None:
        with click.open_file(str(files_from), encoding="utf-8", errors="surrogateescape") as lines:
            places += listed(lines)
    if not places and files_from is None:
        places = [Path("raw")]
    if not places or (len(places) == 1 and isinstance(places[0], Path) and not _is_there(places[0])):
        raise NothingUsableError(f"there is no {places[0] if places else 'input'}: name the folder with the articles.")
    return places


def _is_there(path: Path) -> bool:
    return path == STDIN or path.exists() or any(sign in str(path) for sign in "*?[")


def _refuse(raw: Place, out: Place) -> None:
    """Usage error if the output would stand among the inputs, or can not be a folder."""
    if isinstance(raw, str) or isinstance(out, str):
        if f"{out}/".startswith(f"{str(raw).rstrip('/')}/"):
            raise click.UsageError(f"-o {out} is, or is inside, the input {raw}: name another folder.")
        return
    source, target = raw.resolve(), out.resolve()
    if target == source or source in target.parents or (source.is_file() and source.parent == target):
        raise click.UsageError(f"-o {out} is, or is inside, the input {raw}: name another folder.")
    if out.exists() and not out.is_dir():
        raise click.UsageError(f"-o {out} is a file: name a folder.")
