"""``cleaner dedup``: near-duplicate lines across records, without cleaning them."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from cleaner.commands.clean import STDIN
from cleaner.commands.options import DUPLICATES, ENGINE, FILE, TALK, options, progress_line, settings
from cleaner.commands.output import stdin_as_file
from cleaner.commands.summary import forecast, report
from cleaner.files import DOCUMENTS


@click.command("dedup")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...|-")
@click.option("-o", "--output", "out", type=FILE, required=True, metavar="DIR", help="The folder to write.")
@click.option("--threshold", type=float, metavar="T", help="Jaccard from which two texts are twins.  [default: 0.8]")
@click.option(
    "--against",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="OLD",
    help="Also cut what stands in these records (a file, a folder that cleaner wrote, or an index); may be repeated.",
)
@options(*DUPLICATES, "config", "set", *ENGINE, "dry-run", *TALK)
def command(
    files: tuple[Path, ...],
    out: Path,
    threshold: float | None,
    against: tuple[Path, ...],
    index: Path | None,
    pairs: bool,
    jobs: int,
    dry_run: bool,
) -> None:
    """Cut near-duplicate lines across records.

    The records are compared as they are, without cleaning.  FILE holds one record a line, with its
    text in the field `text` and its id in `id` (settings input.text_field and input.id_field); .gz
    and .zst are read too; - is standard input.  DIR gets documents.jsonl, duplicates.jsonl,
    rejected.jsonl and run.json.
    """
    config = settings([] if threshold is None else [("duplicates.threshold", threshold, "--threshold")]).config
    earlier = [_records_of(path) for path in against]
    for path in files:
        if path.parent.resolve() == out.resolve() and path != STDIN:
            raise click.UsageError(f"{path} stands in the folder to write: name another folder with -o.")
    from cleaner.corpus.dedup import dedup
    from cleaner.corpus.lock import locked
    from cleaner.corpus.workshop import FOLDER

    lock = nullcontext() if dry_run else locked(out / FOLDER)
    with lock, stdin_as_file(files, "stdin.jsonl") as inputs, progress_line() as progress:
        summary = dedup(
            inputs,
            out,
            config,
            against=earlier,
            index=index,
            pairs=pairs,
            jobs=jobs,
            dry_run=dry_run,
            progress=progress,
        )
    if dry_run:
        forecast(summary, out, check=False)
    else:
        report(summary, out)


def _records_of(path: Path) -> Path:
    """A file of records or an index; of a folder that cleaner wrote, its documents."""
    from cleaner.corpus.index import is_index

    if not path.is_dir() or is_index(path):
        return path
    if not (path / DOCUMENTS).exists():
        raise click.UsageError(f"--against {path} is no index and holds no documents.jsonl: name a file of records.")
    return path / DOCUMENTS
