"""``cleaner run``: a folder of articles to JSONL files."""

from __future__ import annotations

from pathlib import Path

import click

from cleaner.commands.options import FILE, SETTINGS, TALK, options, progress_line, settings
from cleaner.commands.summary import forecast, listing_rejections, report
from cleaner.errors import NothingUsableError


@click.command("run")
@click.argument("raw", type=FILE, default="raw")
@click.option(
    "-o", "--output", "out", type=FILE, default="clean", show_default=True, metavar="CLEAN", help="The folder to write."
)
@options(*SETTINGS, "jobs", "engine", "check", "dry-run", "limit", "strict", "pairs", "index", *TALK)
def command(
    raw: Path,
    out: Path,
    jobs: int,
    engine: str,
    check: bool,
    dry_run: bool,
    limit: int | None,
    strict: bool,
    pairs: bool,
    index: Path | None,
) -> None:
    """Clean a folder of articles into JSONL.

    Reads all articles of the folder RAW (default: raw) and its subfolders.  Writes into the folder
    CLEAN documents.jsonl, ledger.jsonl (every cut and edit), duplicates.jsonl, rejected.jsonl and
    run.json.  What did not change since the last run is not cleaned again.
    """
    config = settings().config
    _refuse(raw, out)
    if index and (limit or not config.duplicates.enabled or "duplicates" in config.skip_stages):
        raise click.UsageError("--index needs the stage duplicates, and all documents: leave --limit out.")
    if not raw.exists():
        raise NothingUsableError(f"there is no {raw}: name the folder with the articles.")

    from cleaner.corpus.run import run

    with progress_line() as progress, listing_rejections():
        summary = run(
            raw,
            out,
            config,
            jobs=jobs,
            engine=engine,
            limit=limit,
            dry_run=dry_run,
            check=check,
            pairs=pairs,
            index=index,
            strict=strict,
            progress=progress,
        )
    if check or dry_run:
        forecast(summary, out, check=check)
    else:
        report(summary, out)


def _refuse(raw: Path, out: Path) -> None:
    """Usage error if the output would stand among the inputs, or can not be a folder."""
    source, target = raw.resolve(), out.resolve()
    if target == source or source in target.parents or (source.is_file() and source.parent == target):
        raise click.UsageError(f"-o {out} is, or is inside, the input {raw}: name another folder.")
    if out.exists() and not out.is_dir():
        raise click.UsageError(f"-o {out} is a file: name a folder.")
