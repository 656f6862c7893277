"""HTML to a document: one fast parse, one walk, blocks with hints.

The document's ``source`` is the page's visible text, laid out as the writer would: one line a
block (more for code and tables), a blank line between blocks but not inside a list.  Its
non-space characters are exactly those of the text nodes that
:mod:`cleaner.readers.html.walk` calls visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise, zip_longest
from typing import TYPE_CHECKING

from cleaner.alignment import recast
from cleaner.document import Block, Document, Edit, Hints, Metadata, change_edit
from cleaner.errors import InputError
from cleaner.readers import site_of
from cleaner.readers.html.boxes import Box, Piece
from cleaner.readers.html.evidence import weigh
from cleaner.readers.html.guard import tame
from cleaner.readers.html.page import page_metadata, told_url
from cleaner.readers.html.surroundings import measure
from cleaner.readers.html.tree import tree_of
from cleaner.readers.html.walk import Picks, Walk
from cleaner.settings import SiteRules
from cleaner.siterules.match import matchers
from cleaner.writers.tables import pipe_table

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

NOSCRIPT_SHARE = 2.0
"""With this many times more characters in ``<noscript>`` than visible ones, what scripts would show is read there."""


def read_html(
    html: str, *, document_id: str, metadata: Metadata, rules: tuple[SiteRules, ...] = (), utf8: bytes = b""
) -> Document:
    """The visible text of a page as blocks with kinds and hints, and what the page says of itself.

    ``metadata`` is what is known already: its non-empty fields win over the page's.  The hints say which
    of the ``rules`` for the page's site pick a block.  The result's format is ``"html"``.  A page without
    visible text gives a document without blocks.  ``utf8`` is ``html`` in UTF-8, if that is at hand.
    Raises :class:`~cleaner.errors.InputError` if the parser cannot make anything of the input.
    """
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    markup = tame(utf8 or html.encode("utf-8", "replace"))  # a lone surrogate has no UTF-8 form
    try:
        # As in a browser that runs scripts, <noscript> is one opaque text node; else an image in
        # it would end <head> and push the rest of the head into the body.
        parser = LexborHTMLParser(markup, scripting=True)
        selectors = _selectors(rules, metadata, parser)
        walk = Walk(picks=_picks(parser, selectors)).run(parser.root)
        if walk.noscript > NOSCRIPT_SHARE * walk.visible:  # scripts would fetch the page's text
            parser = LexborHTMLParser(markup, scripting=False)
            walk = Walk(scripting=False, picks=_picks(parser, selectors)).run(parser.root)
    except (SelectolaxError, MemoryError) as error:
        raise InputError("read", f"the HTML parser gave up: {error}; check that this is HTML") from error
    told = page_metadata(parser, walk.telling, walk.pieces, metadata)
    if not walk.pieces:
        return Document(document_id, "", (), (), told)
    hints = _hints(walk.boxes, walk.pieces, told.title)
    return Document(document_id, *_lay_out(walk.pieces, hints), told)


def _selectors(rules: tuple[SiteRules, ...], known: Metadata, parser: LexborHTMLParser) -> tuple[tuple[str, str], ...]:
    """The selectors for the page's site, each behind the label of its rule."""
    if not any(rule.selectors for site in rules for rule in (*site.remove, *site.keep)):
        return ()
    site = site_of(known.url or told_url(parser)) or known.site
    return matchers(rules, site).selectors


def _picks(parser: LexborHTMLParser, selectors: Iterable[tuple[str, str]]) -> Picks:
    """Which elements the selectors of site rules pick."""
    picks: dict[int, tuple[str, ...]] = {}
    for label, selector in selectors:
        for node in parser.css(selector):
            picks[node.mem_id] = (*picks.get(node.mem_id, ()), label)
    return picks


def _hints(boxes: Sequence[Box], pieces: Sequence[Piece], title: str) -> list[Hints]:
    """What the tree tells of each piece."""
    tree = tree_of(boxes, pieces)
    evidence = weigh(tree, boxes)
    measured = measure(tree, evidence, boxes, pieces, title)
    looks = [tree.looks[look] for look in tree.look[tree.at].tolist()]
    scores = evidence.main[tree.at].tolist()
    hints = []
    for piece, look, score, around in zip(pieces, looks, scores, measured, strict=True):
        text = piece.text
        density = min(1.0, piece.links / (len(text) - text.count(" "))) if piece.links else 0.0
        picked = tuple(sorted(piece.picked)) if piece.picked else ()
        rule = evidence.rules[piece.box.index]
        hints.append(Hints(look.path, look.words, density, score, rule, around, picked))
    return hints


def _lay_out(pieces: Sequence[Piece], hints: Sequence[Hints]) -> tuple[str, tuple[Block, ...], tuple[Edit, ...]]:
    """The source that the pieces make, blocks that point into it, and the ledger rows of its tables."""
    gaps = ["\n" if before.kind == after.kind == "list_item" else "\n\n" for before, after in pairwise(pieces)]
    texts = [piece.text for piece in pieces]
    source = "".join(chain.from_iterable(zip_longest(texts, gaps, fillvalue="")))
    blocks: list[Block] = []
    edits: list[Edit] = []
    start, first = 0, 1
    for piece, gap, hint in zip(pieces, [*gaps, ""], hints, strict=True):
        text, kind = piece.text, piece.kind
        end, last = start + len(text), first + text.count("\n")
        block = Block(kind, text, start, end, start, first, last, (), piece.level, piece.mark, (), hint)
        if kind == "table":
            table = recast(source, [block], "table", pipe_table(piece.rows), piece.rows)
            edits.append(
                change_edit(source, block, "read", "table", (start, end, table.text), "the cells of an HTML table")
            )
            block = table
        blocks.append(block)
        start, first = end + len(gap), last + len(gap)
    return source, tuple(blocks), tuple(edits)
