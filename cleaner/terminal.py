"""What people read: messages, colours and progress.  Messages and progress go to stderr (stdout is for data)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click

from cleaner.progress import Progress, silent

_INTERVAL = 0.1  # seconds between two redraws: quick enough to look alive, slow enough to cost nothing
_SETTLED = 1.0  # seconds of a phase before its pace says anything

_ESCAPES = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\n\t"}
_ESCAPES |= {code: f"\\x{code:02x}" for code in range(0x7F, 0xA0)}
_ESCAPES |= {code: f"\\u{code:04x}" for code in (0x061C, *range(0x200E, 0x2010), *range(0x2028, 0x202F))}
_ESCAPES |= {code: f"\\u{code:04x}" for code in range(0x2066, 0x206A)}


def safe(text: str) -> str:
    """Text from an input as a terminal may show it.

    Control characters (a terminal would obey them) and those that change the direction of writing
    (they hide what stands there) are shown instead of sent; line ends and tabs stay.
    """
    return text.translate(_ESCAPES)


def say(text: str) -> None:
    """One message on stderr."""
    click.echo(safe(text), err=True)


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 document``, ``12,345 documents``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


class Paint:
    """Colours for what goes to a stream: none unless it is a terminal, and none where ``NO_COLOR`` is set."""

    def __init__(self, stream: TextIO) -> None:
        self.on = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def __call__(self, text: str, **style: Any) -> str:
        """The text in the style that :func:`click.style` knows; made :func:`safe` in any case."""
        return click.style(safe(text), **style) if self.on and text else safe(text)


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
        self._begun = 0.0
        self._drawn = 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._begun = phase, now
        elif done != total and now - self._drawn < _INTERVAL:
            return
        self._drawn = now
        amount = f"{done:,} of {total:,} ({done / total:.0%})" if total else f"{done:,}"
        self._write(f"{phase}: {amount}{pace(done, total, now - self._begun)}")

    def wipe(self) -> None:
        """Leave an empty line."""
        self._write("")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\x1b[K{safe(text)}")
        self._stream.flush()


def pace(done: int, total: int, seconds: float) -> str:
    """``, 3.1/s, 2 min left``; ``""`` as long as too little is known, no time left where the total is unknown.

    ``seconds`` are those since the first of ``done`` was finished.
    """
    if seconds < _SETTLED or done < 2:
        return ""
    rate = (done - 1) / seconds
    shown = f", {rate:,.0f}/s" if rate >= 10 else f", {rate:.1f}/s"
    return f"{shown}, {_duration((total - done) / rate)} left" if total > done else shown


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
