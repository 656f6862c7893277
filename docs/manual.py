"""The man page ``docs/cleaner.1``, written from the commands themselves (by ``make docs``)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from cleaner.cli import cli


def manual() -> str:
    """The whole page: the group's help, each command with its flags, files, exit codes."""
    lines = [
        '.TH CLEANER 1 "" "article-cleaner" "User Commands"',
        ".SH NAME",
        "cleaner \\- clean scraped articles",
        ".SH SYNOPSIS",
        ".B cleaner",
        '.RI [ options ] " " command " " [ arguments ]',
        ".SH DESCRIPTION",
        *_prose(str(cli.help)),
        ".SH COMMANDS",
    ]
    for path, command in _commands(cli, "cleaner"):
        inner = click.Context(command, info_name=path, parent=None)
        usage = " ".join(command.collect_usage_pieces(inner))
        lines += [".SS", f"{_plain(path)} {_plain(usage)}", *_prose(str(command.help))]
        for parameter in command.get_params(inner):
            record = parameter.get_help_record(inner)
            if record and record[1]:
                lines += [".TP", f".B {_plain(record[0])}", _plain(record[1])]
    lines += [".SH EXIT STATUS", *_prose(str(cli.epilog)), ".SH FILES"]
    lines += [
        ".TP",
        ".B cleaner.toml",
        "Settings, in the working folder or above it; see",
        '.BR "cleaner config show" .',
        ".SH ENVIRONMENT",
        ".TP",
        ".B CLEANER_CONFIG",
        "The file with the settings.",
        ".TP",
        ".B SOURCE_DATE_EPOCH",
        "The time of records that tell none, in seconds since 1970.",
    ]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _prose(text: str) -> Iterator[str]:
    """Paragraphs of a help text; those behind a ``\\b`` keep their lines."""
    for number, paragraph in enumerate(inspect.cleandoc(text).split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith("\b"):
            yield from (".nf", *map(_plain, paragraph.split("\n")[1:]), ".fi")
        else:
            yield _plain(re.sub(r"\s+", " ", paragraph))


def _plain(text: str) -> str:
    """Text that roff takes as it is."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
