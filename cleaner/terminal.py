"""What people read: messages and progress, all of it on stderr (stdout is for data)."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from cleaner.progress import Progress, silent

_INTERVAL = 0.1  # seconds between two redraws: quick enough to look alive, slow enough to cost nothing


# Controls, which a terminal may obey; what turns the direction of text or is not seen; lone surrogates.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def plain(text: str, *, keep: str = "") -> str:
    """Text that came from an input, safe to show: ``\\x1b`` for an escape; characters of ``keep`` stay."""
    return _UNSEEN.sub(lambda m: m[0] if m[0] in keep else m[0].encode("unicode_escape").decode(), text)


def say(text: str) -> None:
    """One message on stderr.  Nothing in it can move the cursor or colour the screen."""
    click.echo(plain(text, keep="\n\t"), err=True)


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 document``, ``12,345 documents``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


@contextmanager
def progress(wanted: bool | None, *, quiet: bool = False) -> Iterator[Progress]:
    """A progress line on stderr: when ``wanted``, or (``None``) when stderr is a terminal.

    The line is wiped at the end, so that what is said next starts on a clean one.
    """
    show = sys.stderr.isatty() and not quiet if wanted is None else wanted
    if not show:
        yield silent
        return
    line = _Line(sys.stderr)
    try:
        yield line
    finally:
        line.wipe()


class _Line:
    """One line of a terminal, drawn over and over."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._phase = ""
        self._drawn = 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase == self._phase and done != total and now - self._drawn < _INTERVAL:
            return
        self._phase, self._drawn = phase, now
        amount = f"{done:,} of {total:,} ({done / total:.0%})" if total else f"{done:,}"
        self._write(f"{phase}: {amount}")

    def wipe(self) -> None:
        """Leave an empty line."""
        self._write("")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{text}")
        self._stream.flush()
