"""What the corpus commands say at their end: counts and rejections on stderr, and the exit code."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cleaner.commands.clean import FOUND, SOME_FAILED, rejection
from cleaner.commands.options import quiet
from cleaner.errors import NothingUsableError, RejectedError
from cleaner.files import REJECTED
from cleaner.terminal import count, say

if TYPE_CHECKING:
    from cleaner.corpus.forecast import Forecast
    from cleaner.corpus.publish import Summary
    from cleaner.readers.remote import Place

SHOWN = 20
"""So many rejections are shown; all of them are in ``rejected.jsonl``."""
WHY = {
    "find": "could not be used as files",
    "decompress": "could not be decompressed",
    "decode": "hold no text",
    "read": "could not be read",
    "clean": "were given up while they were cleaned",
}
"""Stages that reject, for people."""


def report(summary: Summary, out: Place) -> None:
    """Say what was written to ``out``, and leave with the exit code that the outcome has.

    Raises :class:`NothingUsableError` if there is no document.
    """
    if summary.rejected:
        _say_rejections(_in(out, REJECTED), summary.rejected)
    if not summary.documents + summary.dropped + sum(summary.filtered.values()):
        raise NothingUsableError("no input gave a document. Check the path; `cleaner clean --help` lists what is read.")
    if not quiet():
        say(_what_was_done(summary, out))
    if summary.rejected:
        sys.exit(SOME_FAILED)


@contextmanager
def listing_rejections() -> Iterator[None]:
    """Show the rejections for which a strict run fails."""
    try:
        yield
    except RejectedError as error:
        _say_rejections(error.path, error.number)
        raise


def forecast(summary: Summary, out: Place, *, check: bool) -> None:
    """Say what a run would do, and with ``check`` leave with 1 if that is anything."""
    if not quiet():
        todo = summary.inputs - summary.reused
        changes = f"{out} would change: {todo:,} of {count(summary.inputs, 'input')} to read."
        if summary.forecast:
            changes += f"\n{_costs(summary.forecast)}"
        say(changes if summary.changed else f"Nothing to do: {out} is up to date.")
    if check and summary.changed:
        sys.exit(FOUND)


def _costs(forecast: Forecast) -> str:
    """Rough figures, so that they are taken for what they are."""
    time = count(max(1, round(forecast.seconds / 60)), "minute")
    size, memory, disk = (f"{value / 1e9:.1f} GB" for value in (forecast.size, forecast.memory, forecast.disk))
    return f"Of {size} of input, that is about {time}, {memory} of memory, and {disk} of disk with the output."


def _what_was_done(summary: Summary, out: Place) -> str:
    documents = count(summary.documents, "document")
    if not summary.changed:
        return f"Nothing to do: {out} is up to date ({documents})."
    lines = [f"{count(summary.inputs, 'input')}, {documents} written to {out}."]
    if summary.reused:
        lines.append(f"{count(summary.reused, 'input')} had not changed and were not cleaned again.")
    if summary.removed:
        gone = sum(summary.removed.values())
        lines += [f"Removed {gone:,} of {count(summary.blocks, 'block')}:", *_table(summary.removed)]
    elif summary.duplicates:
        lines.append(f"Cut {count(summary.duplicates, 'duplicate')} of {count(summary.blocks, 'line')}.")
    if summary.warnings:
        lines.append(f"Kept though nearly all of it looks like site chrome: {count(summary.warnings, 'document')}.")
    if summary.dropped:
        lines.append(f"Left out as duplicates: {count(summary.dropped, 'document')}.")
    if summary.filtered:
        number = sum(summary.filtered.values())
        lines += [f"Left out by filters: {count(number, 'document')}:", *_table(summary.filtered)]
    if summary.removed:
        lines.append(f"What went and why: {_in(out, 'report.html')}")
    return "\n".join(lines)


def _table(counts: dict[str, int]) -> list[str]:
    """One line a name, the most first, numbers right-aligned."""
    width = max(map(len, counts))
    figures = max(len(f"{number:,}") for number in counts.values())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"  {name:<{width}}  {number:>{figures},}" for name, number in ranked]


def _in(out: Place, name: str) -> Place:
    from cleaner.corpus.store import join

    return join(out, name)


def _say_rejections(path: Place, number: int) -> None:
    from cleaner.corpus.store import open_file
    from cleaner.readers import Rejected

    stages: Counter[str] = Counter()
    with open_file(path) as stream:
        for line in stream:
            rejected = Rejected(**json.loads(line))
            if rejected.stage not in WHY:  # left out as a duplicate: no failure
                continue
            stages[rejected.stage] += 1
            if stages.total() <= SHOWN:
                say(rejection(rejected))
    if number > SHOWN:
        say(f"... and {number - SHOWN:,} more: see {path}")
    if number > 1:
        parts = ", ".join(f"{stages[stage]:,} {why}" for stage, why in WHY.items() if stages[stage])
        say(f"{number:,} inputs gave no document: {parts}.")
