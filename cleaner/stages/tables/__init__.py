"""Stage ``tables``: rows of cells that an extractor flattened into lines become tables again.

Does: Markdown pipes with or without outer bars, columns aligned by tabs or spaces, one cell a
line, cells one space apart, and cells glued together without any separator, row by row or all on
one line.  Refuses: prose with brand names, lists,
code, menus, addresses; what is doubtful stays as it was.  HTML documents come with their
tables done and pass untouched.

Each form is a function from some lines to the tables found in them; the surest form goes first, and
the next sees only what it left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from cleaner.alignment import recast
from cleaner.document import Block, Document, Edit, Rows
from cleaner.settings import Config
from cleaner.stages.tables import spans
from cleaner.stages.tables.lines import Found, Line, Page, pick
from cleaner.stages.tables.look import Mask
from cleaner.stages.tables.spans import Span
from cleaner.writers.tables import pipe_table, tidy_rows

STAGE = "tables"


class Form(NamedTuple):
    """Where on a page, of the lines that are in no table yet, a form could find something, and what it finds in those
    stretches of lines, each table with the number of its stretch."""

    spans: Callable[[Page, Mask], Iterator[Span]]
    find: Callable[[Sequence[Sequence[Line]]], Iterable[tuple[int, Found]]]


def apply(document: Document, config: Config) -> Document:
    """Replace each run of blocks that is a table by one table block, with one ledger row."""
    if document.metadata.format == "html":
        return document
    picked = pick(document)
    if spans.plain(document.source, picked):
        return document
    found = _search(Page.of(document.source, picked), _forms(config), config.tables.min_confidence)
    if not found:
        return document
    blocks: list[Block] = []
    edits = list(document.edits)
    cursor = 0
    for first, stop, table in sorted(found, key=lambda item: item[0]):
        blocks += document.blocks[cursor:first]
        block = _rebuilt(document.source, document.blocks[first:stop], table.rows)
        blocks.append(block)
        raw = document.source[block.start : block.end]
        if raw != block.text:
            edits.append(_edit(block, raw, table))
        cursor = stop
    blocks += document.blocks[cursor:]
    return replace(document, blocks=tuple(blocks), edits=tuple(edits))


def _forms(config: Config) -> list[Form]:
    """The forms switched on, the surest first.  The glued form's budget is for one document."""
    from cleaner.stages.tables import aligned, blob, glued, pipes, vertical  # a tenth of a start; HTML needs none

    switches = config.tables
    finder = glued.Finder()
    least = switches.min_confidence
    forms = [
        (switches.pipes, Form(spans.barred, _each(pipes.find))),
        (switches.aligned, Form(spans.aligned, _each(aligned.find))),
        (switches.glued, Form(spans.glued, finder.find)),
        (switches.vertical, Form(spans.cells, partial(vertical.find, least=least))),
        (switches.glued, Form(spans.spaced, finder.find_spaced)),
        (switches.glued, Form(spans.one_line, blob.Finder().find)),
    ]
    return [form for on, form in forms if on]


def _each(
    find: Callable[[Sequence[Line]], Iterable[Found]],
) -> Callable[[Sequence[Sequence[Line]]], Iterator[tuple[int, Found]]]:
    """A form that looks at one stretch after the other."""
    return lambda stretches: ((number, table) for number, lines in enumerate(stretches) for table in find(lines))


def _search(page: Page, forms: Iterable[Form], least: float) -> list[tuple[int, int, Found]]:
    """``(first block, stop block, table)`` for each table of a page."""
    found: list[tuple[int, int, Found]] = []
    free = np.ones(len(page.picked.bare), bool)
    places = page.picked.places
    for form in forms:
        stretches = list(form.spans(page, free))
        for number, table in form.find([page.lines(*span) for span in stretches]):
            if table.confidence >= least:
                start, _ = stretches[number]
                first, last = start + table.start, start + table.end - 1
                found.append((places[first], places[last] + 1, table))
                free[first : last + 1] = False
    return found


def _rebuilt(source: str, blocks: Sequence[Block], rows: Rows) -> Block:
    rows = tidy_rows(rows)
    return recast(source, blocks, "table", pipe_table(rows), rows)


def _edit(block: Block, raw: str, table: Found) -> Edit:
    reason = f"{len(block.rows)} rows x {len(block.rows[0])} columns {table.how}"
    return Edit(
        STAGE,
        table.rule,
        "replace",
        block.first_line,
        block.last_line,
        block.start,
        block.end,
        raw,
        block.text,
        score=round(table.confidence, 3),
        reason=reason,
    )
