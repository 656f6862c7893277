"""The flags that commands share, each declared once, and what turns them into settings.

Flags about settings and about talking mean the same to every command, so that no command takes them
as arguments: they are kept in the context, where :func:`settings`, :func:`quiet` and
:func:`progress_line` find them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from cleaner import terminal
from cleaner.progress import Progress
from cleaner.settings import EngineName, Favor, InputFormat, Near

if TYPE_CHECKING:
    from cleaner.config import Loaded

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)


class _PlaceType(click.Path):
    """A path, or a URL that fsspec reads; completed like a path."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A :class:`~pathlib.Path`, or a URL as it is."""
        from cleaner.readers.remote import place_of

        return place_of(value) if isinstance(value, str) else value


PLACE = _PlaceType()


class _Size(click.ParamType[int]):
    """A number of bytes: ``500MB``, ``1.5 GiB``, ``1000000``."""

    name = "size"
    _form = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?b?)", re.IGNORECASE)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, at least 1."""
        if isinstance(value, int):
            return value
        found = self._form.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no size; write for example 500MB or 2GiB.", param, ctx)
        letter = found[2].lower()[:1]
        power = "kmgt".index(letter) + 1 if letter in tuple("kmgt") else 0
        return max(1, int(float(found[1]) * (1024 if "i" in found[2].lower() else 1000) ** power))


SIZE = _Size()


def _key(name: str) -> str:
    return f"cleaner.{name}"


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    context.meta[_key(str(parameter.name))] = value
    return value


def _kept(*names: str, **how: Any) -> Callable[[Any], Any]:
    """A flag that is kept in the context and no argument of the command."""
    return click.option(*names, expose_value=False, callback=_keep, **how)


def cpus() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


OPTIONS: dict[str, Callable[[Any], Any]] = {
    "config": _kept("-c", "--config", type=FILE, metavar="FILE", help="Read settings from this file."),
    "set": _kept("--set", multiple=True, metavar="KEY=VALUE", help="Change one setting; may be repeated."),
    "skip-stage": _kept("--skip-stage", multiple=True, metavar="NAME", help="Leave a stage out; may be repeated."),
    "favor": _kept(
        "--favor",
        type=click.Choice(get_args(Favor)),
        help="In doubt keep less (precision) or more (recall).  [default: balanced]",
    ),
    "near": _kept(
        "--near", type=click.Choice(get_args(Near)), help="containment also finds trimmed and padded copies."
    ),
    "drop-duplicate-documents": _kept(
        "--drop-duplicate-documents", is_flag=True, help="Leave out documents that are mostly duplicates."
    ),
    "quiet": _kept("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    "verbose": _kept("-v", "--verbose", is_flag=True, help="Say more; show tracebacks."),
    "progress": _kept("--progress/--no-progress", default=None, help="Progress on stderr.  [default: on a terminal]"),
    "jobs": click.option(
        "-j", "--jobs", type=click.IntRange(min=1), default=cpus, metavar="N", help="Processes.  [default: one a CPU]"
    ),
    "engine": _kept("--engine", type=click.Choice(get_args(EngineName)), help="What runs the work.  [default: local]"),
    "address": _kept("--address", metavar="ADDRESS", help="The Ray cluster: auto, HOST:PORT or ray://HOST:PORT."),
    "check": click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the output would change."),
    "dry-run": click.option("--dry-run", is_flag=True, help="Write nothing; say what would be done."),
    "limit": click.option(
        "--limit", type=click.IntRange(min=1), metavar="N", help="Stop after so many documents, for trying out."
    ),
    "flat": click.option("--flat", is_flag=True, help="Write the fields of metadata beside the others (like FineWeb)."),
    "compress": click.option(
        "--compress", type=click.Choice(["none", "gz", "zst"]), default="none", help="Compress the documents' JSONL."
    ),
    "shard-size": click.option(
        "--shard-size",
        type=SIZE,
        default=0,
        metavar="SIZE",
        help="Split the documents into such files (500MB).",
    ),
    "files-from": click.option(
        "--files-from", type=FILE, metavar="FILE", help="Also read what this file (- is stdin) lists, one a line."
    ),
    "input-format": _kept(
        "--input-format",
        type=click.Choice(get_args(InputFormat)),
        help="What an input is whose name does not say it.  [default: auto]",
    ),
    "text-field": _kept("--text-field", metavar="NAME", help="A record's field with its text.  [default: text]"),
    "html-field": _kept("--html-field", metavar="NAME", help="A record's field with HTML, read instead of text."),
    "id-field": _kept("--id-field", metavar="NAME", help="A record's field with its id.  [default: id]"),
    "url-field": _kept("--url-field", metavar="NAME", help="A record's field with its URL.  [default: url]"),
    "index": click.option(
        "--index", type=FILE, metavar="DIR", help="Compare with, and add to, an index of earlier batches."
    ),
    "strict": click.option("--strict", is_flag=True, help="Fail, and write nothing, if any input is rejected."),
    "pairs": click.option("--pairs", is_flag=True, help="Also write pairs.jsonl: every verified pair of twins."),
}
SETTINGS = ("config", "set", "skip-stage", "favor")
ENGINE = ("jobs", "engine", "address")
DUPLICATES = ("pairs", "near", "drop-duplicate-documents", "index")
INPUT = {
    "input-format": "input.format",
    "text-field": "input.text_field",
    "html-field": "input.html_field",
    "id-field": "input.id_field",
    "url-field": "input.url_field",
}
"""Flags that are short for settings of how records are read."""
TALK = ("quiet", "verbose", "progress")


def options(*names: str) -> Callable[[F], F]:
    """Give a command the named shared flags, in this order in its help."""

    def decorate(function: F) -> F:
        for name in reversed(names):
            function = OPTIONS[name](function)
        return function

    return decorate


def settings(more: Iterable[tuple[str, object, str]] = ()) -> Loaded:
    """The settings that the flags, the environment and the files give.

    ``more`` are ``(key, value, flag)`` of flags that a command has beside the shared ones.
    """
    from cleaner.config import Override, load, parse_assignment

    overrides = [parse_assignment(text) for text in _given("set") or ()]
    if _given("favor"):
        overrides.append(Override("favor", _given("favor"), "--favor"))
    if _given("near"):
        overrides.append(Override("duplicates.near", _given("near"), "--near"))
    if _given("engine"):
        overrides.append(Override("engine.name", _given("engine"), "--engine"))
    if _given("address"):
        overrides.append(Override("engine.address", _given("address"), "--address"))
    if _given("drop_duplicate_documents"):
        overrides.append(Override("duplicates.drop_documents", True, "--drop-duplicate-documents"))
    for flag, key in INPUT.items():
        if (value := _given(flag.replace("-", "_"))) is not None:
            overrides.append(Override(key, value, f"--{flag}"))
    overrides += [Override(*item) for item in more]
    loaded = load(_given("config"), overrides, skip_stages=_given("skip_stage") or ())
    if _given("address") and loaded.config.engine.name != "ray":
        raise click.UsageError("--address is of a Ray cluster: give --engine ray too.")
    if verbose():
        terminal.say(f"settings: {loaded.file or 'the shipped defaults'}")
    return loaded


def quiet() -> bool:
    """Whether ``-q`` was given."""
    return bool(_given("quiet"))


def verbose() -> bool:
    """Whether ``-v`` was given."""
    return bool(_given("verbose"))


def progress_line(*, shown: bool = True) -> AbstractContextManager[Progress]:
    """The progress line, if it is wanted; ``shown=False`` keeps it away whatever the flags say."""
    return terminal.progress(_given("progress") if shown else False, quiet=quiet())


def _given(name: str) -> Any:
    """A kept flag's value; ``None`` for one that the command does not have."""
    return click.get_current_context().meta.get(_key(name))
