"""What people read: messages, colours and progress.  Messages and progress go to stderr (stdout is for data)."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click

from cleaner.progress import Progress, silent

_INTERVAL = 0.1  # seconds between two redraws: quick enough to look alive, slow enough to cost nothing
_SETTLED = 1.0  # seconds of a phase before its pace says anything


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


class Paint:
    """Colours for what goes to a stream: none unless it is a terminal, and none where ``NO_COLOR`` is set."""

    def __init__(self, stream: TextIO) -> None:
        self.on = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def __call__(self, text: str, **style: Any) -> str:
        """The text in the style that :func:`click.style` knows; made :func:`plain` in any case."""
        return click.style(plain(text, keep="\n\t"), **style) if self.on and text else plain(text, keep="\n\t")


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
        self._begun = (0.0, 0)  # when the phase was first heard of, and how much was done then
        self._drawn = 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._begun = phase, (now, done)
        elif done != total and now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        amount = f": {done:,} of {total:,} ({done / total:.0%})" if total else f": {done:,}" if done else ""
        begun, before = self._begun
        self._write(f"{phase}{amount}{pace(done - before, max(0, total - done), now - begun)}")

    def wipe(self) -> None:
        """Leave an empty line."""
        self._write("")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{plain(text)}")
        self._stream.flush()


def pace(done: int, left: int, seconds: float) -> str:
    """``, 3.1/s, 2 min left`` for so much done in so many seconds; ``""`` as long as that says too little."""
    if seconds < _SETTLED or done < 1:
        return ""
    rate = done / seconds
    shown = f", {rate:,.0f}/s" if rate >= 10 else f", {rate:.1f}/s"
    return f"{shown}, {_duration(left / rate)} left" if left else shown


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
