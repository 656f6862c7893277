"""The command line: the list of commands, and what each kind of error looks like to a user.

Modules of commands are imported when they are asked for, and import only click at the top; what does the work is
imported when a command runs.  So ``--help`` and completion are quick.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections import UserDict
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import click

from cleaner import __version__
from cleaner.commands.options import verbose
from cleaner.errors import CleanerError, ConservationError
from cleaner.memory import collect_seldom
from cleaner.terminal import say

INTERRUPTED = 130
BUG = 70


COMMANDS = (
    *("run", "clean", "diff", "dedup", "index", "report", "explain", "check", "restore", "rules", "stages", "config"),
    "completion",
)
"""The commands, the most used first; each is the ``command`` of the module of its name in :mod:`cleaner.commands`."""


class _Commands(UserDict[str, click.Command]):
    """The commands by name, each loaded when it is asked for: a start loads one of them."""

    def __missing__(self, name: str) -> click.Command:
        if name not in COMMANDS:
            raise KeyError(name)
        command: click.Command = import_module(f"cleaner.commands.{name}").command
        return self.data.setdefault(name, command)

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Main(click.Group):
    """A group that turns every exception into a message and the exit code promised for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they were added: the most used first."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            say("Interrupted. Nothing is half written; the same command goes on where this one stopped.")
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # Whoever read our stdout has enough.  Python would complain when it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except (CleanerError, ConservationError) as error:
            self._explain(ctx, str(error), error.exit_code)
        except OSError as error:
            self._explain(ctx, f"{error.filename or 'the operating system says'}: {error.strerror or error}.", 2)
        except Exception as error:
            self._explain(
                ctx,
                f"{type(error).__name__}: {error}\nThis is a bug in cleaner: please report it with the command and "
                "the input. -v shows where it happened.",
                BUG,
            )

    def _explain(self, ctx: click.Context, message: str, code: int) -> None:
        if verbose():
            say(traceback.format_exc().rstrip())
        say(f"Error: {message}")
        ctx.exit(code)


@click.group(
    cls=_Main,
    commands=_Commands(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 --check or check found something, 2 wrong usage or config, 3 some inputs failed (the "
    "rest is written), 4 no usable input (or --strict and a rejected one), 70 a bug of ours, 130 interrupted.",
)
@click.version_option(__version__, prog_name="cleaner")
def cli() -> None:
    """Clean scraped articles: repair text, strip site chrome, rebuild tables, drop near-duplicates.

    \b
    Try:  cleaner clean page.html           one file, result on stdout
          cleaner run raw/ -o clean/        a folder to JSONL, with a ledger of every cut
    """


def main() -> None:
    """Entry point of the ``cleaner`` command."""
    collect_seldom()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it politely gets it tidied up too
    try:
        cli(prog_name="cleaner")
    except KeyboardInterrupt:  # before or after a command runs
        sys.exit(INTERRUPTED)
