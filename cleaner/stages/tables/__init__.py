"""Stage ``tables``: rows of cells that an extractor flattened into lines become tables again.

Does: Markdown pipes with or without outer bars, columns aligned by tabs or spaces, one cell a
line, cells one space apart, and cells glued together without any separator, row by row or all on
one line.  Refuses: prose with brand names, lists,
code, menus, addresses; what is doubtful stays as it was.  HTML documents come with their
tables done and pass untouched.

Each form is a function from a section of lines to the tables found in it; the surest form goes
first, and the next sees only what it left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec.structs import replace

from cleaner.alignment import recast
from cleaner.document import Block, Document, Edit, Rows
from cleaner.settings import Config
from cleaner.stages.tables.lines import Found, Line, sections
from cleaner.writers.tables import pipe_table, tidy_rows

STAGE = "tables"

Form = Callable[[Sequence[Line]], Iterable[Found]]


def apply(document: Document, config: Config) -> Document:
    """Replace each run of blocks that is a table by one table block, with one ledger row."""
    if document.metadata.format == "html":
        return document
    found: list[tuple[int, int, Found]] = []
    forms = _forms(config)
    for section in sections(document):
        found += _search(section, forms, config.tables.min_confidence)
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
    forms: list[tuple[bool, Form]] = [
        (switches.pipes, pipes.find),
        (switches.aligned, aligned.find),
        (switches.glued, finder.find),
        (switches.vertical, partial(vertical.find, least=switches.min_confidence)),
        (switches.glued, finder.find_spaced),
        (switches.glued, blob.Finder().find),
    ]
    return [form for on, form in forms if on]


def _search(section: Sequence[Line], forms: Iterable[Form], least: float) -> list[tuple[int, int, Found]]:
    """``(first block, stop block, table)`` for each table of a section."""
    found: list[tuple[int, int, Found]] = []
    free: list[Sequence[Line]] = [section]
    for form in forms:
        left: list[Sequence[Line]] = []
        for stretch in free:
            cursor = 0
            for table in form(stretch):
                if table.confidence < least:
                    continue
                found.append((stretch[table.start].block, stretch[table.end - 1].block + 1, table))
                left.append(stretch[cursor : table.start])
                cursor = table.end
            left.append(stretch[cursor:])
        free = [stretch for stretch in left if stretch]
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
