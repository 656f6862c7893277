"""HTML to a document: one fast parse, one walk, blocks with hints.

The document's ``source`` is the page's visible text, laid out as the writer would: one line a
block (more for code and tables), a blank line between blocks but not inside a list.  Its
non-space characters are exactly those of the text nodes that
:mod:`cleaner.readers.html.walk` calls visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cleaner.alignment import recast
from cleaner.document import Block, Document, Edit, Hints, Metadata, change_edit
from cleaner.errors import InputError
from cleaner.readers import site_of
from cleaner.readers.html.boxes import Piece
from cleaner.readers.html.evidence import weigh
from cleaner.readers.html.guard import tame
from cleaner.readers.html.page import find_telling, page_metadata, told_url
from cleaner.readers.html.surroundings import measure
from cleaner.readers.html.walk import Picks, Walk
from cleaner.settings import SiteRules
from cleaner.siterules.match import matchers
from cleaner.writers.tables import pipe_table

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

NOSCRIPT_SHARE = 2.0
"""With this many times more characters in ``<noscript>`` than visible ones, what scripts would show is read there."""


def read_html(html: str, *, document_id: str, metadata: Metadata, rules: tuple[SiteRules, ...] = ()) -> Document:
    """The visible text of a page as blocks with kinds and hints, and what the page says of itself.

    ``metadata`` is what is known already: its non-empty fields win over the page's.  The hints say which
    of the ``rules`` for the page's site pick a block.  The result's format is ``"html"``.  A page without
    visible text gives a document without blocks.
    Raises :class:`~cleaner.errors.InputError` if the parser cannot make anything of the input.
    """
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    markup = tame(html).encode("utf-8", "replace")  # a lone surrogate has no UTF-8 form
    try:
        # As in a browser that runs scripts, <noscript> is one opaque text node; else an image in
        # it would end <head> and push the rest of the head into the body.
        parser = LexborHTMLParser(markup, scripting=True)
        telling = find_telling(parser)
        selectors = _selectors(rules, metadata, telling)
        walk = Walk(picks=_picks(parser, selectors)).run(parser.root)
        if walk.noscript > NOSCRIPT_SHARE * walk.visible:  # scripts would fetch the page's text
            parser = LexborHTMLParser(markup, scripting=False)
            telling = find_telling(parser)
            walk = Walk(scripting=False, picks=_picks(parser, selectors)).run(parser.root)
    except (SelectolaxError, MemoryError) as error:
        raise InputError("read", f"the HTML parser gave up: {error}; check that this is HTML") from error
    weigh(walk.boxes, walk.pieces)
    told = page_metadata(parser, telling, walk.pieces, metadata)
    source, blocks, edits = _lay_out(walk.pieces, measure(walk.boxes, walk.pieces, told.title))
    return Document(document_id, source, blocks, edits, told)


def _selectors(
    rules: tuple[SiteRules, ...], known: Metadata, telling: Sequence[LexborNode]
) -> tuple[tuple[str, str], ...]:
    """The selectors for the page's site, each behind the label of its rule."""
    if not any(rule.selectors for site in rules for rule in (*site.remove, *site.keep)):
        return ()
    site = site_of(known.url or told_url(telling)) or known.site
    return matchers(rules, site).selectors


def _picks(parser: LexborHTMLParser, selectors: Iterable[tuple[str, str]]) -> Picks:
    """Which elements the selectors of site rules pick."""
    picks: dict[int, tuple[str, ...]] = {}
    for label, selector in selectors:
        for node in parser.css(selector):
            picks[node.mem_id] = (*picks.get(node.mem_id, ()), label)
    return picks


def _lay_out(pieces: list[Piece], measured: list[bytes]) -> tuple[str, tuple[Block, ...], tuple[Edit, ...]]:
    """The source that the pieces make, and blocks that point into it."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []  # start, first line
    at, line = 0, 1
    before: Piece | None = None
    for piece in pieces:
        if before is not None:
            gap = "\n" if before.kind == piece.kind == "list_item" else "\n\n"
            parts.append(gap)
            at += len(gap)
            line += len(gap)
        places.append((at, line))
        parts.append(piece.text)
        at += len(piece.text)
        line += piece.text.count("\n")
        before = piece
    source = "".join(parts)
    blocks: list[Block] = []
    edits: list[Edit] = []
    for piece, (start, first), around in zip(pieces, places, measured, strict=True):
        end = start + len(piece.text)
        last = first + piece.text.count("\n")
        block = Block(
            piece.kind,
            piece.text,
            start,
            end,
            start,
            first,
            last,
            (),
            piece.level,
            piece.mark,
            hints=_hints(piece, around),
        )
        if piece.kind == "table":
            table = recast(source, [block], "table", pipe_table(piece.rows), piece.rows)
            edits.append(
                change_edit(source, block, "read", "table", (start, end, table.text), "the cells of an HTML table")
            )
            block = table
        blocks.append(block)
    return source, tuple(blocks), tuple(edits)


def _hints(piece: Piece, around: bytes) -> Hints:
    box = piece.box
    visible = len(piece.text) - piece.text.count(" ")
    density = min(1.0, piece.links / visible) if visible else 0.0
    return Hints(
        box.path, box.words, density, box.main, box.rule, around, tuple(sorted(piece.picked)) if piece.picked else ()
    )
