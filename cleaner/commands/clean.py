"""``cleaner clean``: each input cleaned by itself, the result on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.commands.options import FILE, INPUT, PLACE, SETTINGS, TALK, options, progress_line, quiet, settings
from cleaner.commands.output import refuse_input, sink
from cleaner.errors import NothingUsableError
from cleaner.terminal import plain, say

if TYPE_CHECKING:
    from cleaner.document import Document
    from cleaner.readers import Rejected
    from cleaner.readers.remote import Place
    from cleaner.settings import Config

FOUND = 1
SOME_FAILED = 3
STDIN = Path("-")
PROSE = ("markdown", "text")
"""Formats whose documents are set apart by a blank line; the others are one line each."""


@click.command("clean")
@click.argument("paths", nargs=-1, required=True, type=PLACE, metavar="PATH...|-")
@click.option("-o", "--output", type=FILE, metavar="FILE", help="Write to this file.  [default: stdout]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "text", "json", "jsonl"]),
    default="markdown",
    show_default=True,
    help="What to write for each document.",
)
@click.option("--url", default="", metavar="URL", help="Where the one input comes from; its host picks site rules.")
@options("flat", *SETTINGS, *INPUT, "check", "limit", *TALK)
def command(
    paths: tuple[Place, ...], output: Path | None, form: str, url: str, flat: bool, check: bool, limit: int | None
) -> None:
    """Clean files one by one, result on stdout.

    PATH is a file (.txt .md .html .jsonl .json .csv .tsv .parquet .warc .zip .tar, also .gz .zst
    .bz2 .xz), a folder, a quoted glob, a URL, or - for standard input.  Results come in the order
    given.  None depends on another: near-duplicates are the work of `cleaner run`.

    \b
    markdown  the clean text; a blank line between documents
    text      the same without Markdown's marks
    jsonl     one record a line
    json      one record a line, with its blocks and its ledger
    """
    config = settings().config
    if check and output:
        raise click.UsageError("--check writes nothing: leave out -o.")
    inputs = _inputs(paths)
    if url and len(inputs) > 1:
        raise click.UsageError("--url is the address of one input: give no other beside it.")
    refuse_input(output, [item[1] for item in inputs if isinstance(item, tuple) and isinstance(item[1], Path)])
    to_screen = output in (None, STDIN) and sys.stdout.isatty()  # data and progress would mix on one screen

    done = failed = changed = 0
    written = False
    with progress_line(shown=not to_screen) as tick, sink(output) as stream:
        for result in _cleaned(inputs, config, url):
            if not isinstance(result, tuple):
                failed += 1
                say(rejection(result))
                continue
            text, document = result
            done += 1
            if document.dropped and not quiet():
                name = document.metadata.file_path or document.id
                say(f"left out: {name}: the document {document.dropped.reason} ({document.dropped.rule})")
            for warning in () if quiet() else document.warnings:
                say(f"note: {document.metadata.file_path or document.id}: {warning}")
            if check:
                changed += text != document.source
                if text != document.source and not quiet():
                    say(f"would change: {document.metadata.file_path or document.id}")
            else:
                piece = _render(text, document, form, config, flat=flat)
                stream.write(b"\n" + piece if written and piece and form in PROSE else piece)
                written = written or bool(piece)
            tick("cleaned", done, 0)
            if done == limit:
                break
        if not done:
            raise NothingUsableError(
                "no input gave a document. Check the path; `cleaner clean --help` lists what is read."
            )
    if failed:
        sys.exit(SOME_FAILED)
    if changed:
        sys.exit(FOUND)


def cleaned_paths(paths: tuple[Path, ...], config: Config) -> Iterator[tuple[str, Document] | Rejected]:
    """Text and document of every input that the paths lead to, or why there is none, in the order given."""
    return _cleaned(_inputs(paths), config)


def rejection(rejected: Rejected) -> str:
    """One line for people about an input that gave no document."""
    place = f"{rejected.path}:{rejected.line}" if rejected.line else rejected.path
    return f"rejected: {plain(place)}: {plain(rejected.reason)}"


def _inputs(places: tuple[Place, ...]) -> list[tuple[str, Place] | Rejected]:
    """Every file to read, in the order given; what cannot be found stands in its place."""
    from cleaner.readers.places import find_place

    inputs: list[tuple[str, Place] | Rejected] = []
    for place in places:
        if place == STDIN:
            inputs.append(("stdin", STDIN))
        else:
            found, rejected = find_place(place)
            inputs += [*found, *(replace(item, path=f"{place}/{item.path}") for item in rejected)]
    return inputs


def _cleaned(
    inputs: list[tuple[str, Place] | Rejected], config: Config, url: str = ""
) -> Iterator[tuple[str, Document] | Rejected]:
    """The clean text of every document with the document itself, or why there is none."""
    from cleaner.pipeline import finish, run_stages
    from cleaner.readers import Known, Rejected, read_file, read_open

    known = Known(url=url)
    for item in inputs:
        if isinstance(item, Rejected):
            yield item
            continue
        name, place = item
        found = (
            read_open(sys.stdin.buffer, name, config, known=known)
            if place == STDIN
            else read_file(place, name, config, known=known)
        )
        for result in found:
            if isinstance(result, Rejected):  # named as the user named it, a member of an archive behind it
                yield result if place == STDIN else replace(result, path=f"{place}{result.path.removeprefix(name)}")
            else:
                yield finish(run_stages(result, config))


def _render(text: str, document: Document, form: str, config: Config, *, flat: bool) -> bytes:
    """One document in the form asked for."""
    from cleaner.writers import records
    from cleaner.writers.text import plain

    match form:
        case "json":
            return records.object_line(document, text, config, flat=flat)
        case "jsonl":
            return records.document_line(document, text, records.Extras(), config, flat=flat)
        case "text":
            return plain(document).encode()
    return text.encode()
