"""The document model: a source text, and blocks that stay aligned with it.

Every stage works on :class:`Block` objects whose ``text`` may differ from the source, but
whose ``patches`` say which stretch of the source each difference stands for.  That
alignment is what lets the ledger name exact positions and lets :mod:`cleaner.ledger` undo
every change.  Positions are code points of ``Document.source``; all objects are frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

Kind = Literal["heading", "paragraph", "list_item", "table", "quote", "code"]
Action = Literal["remove", "replace", "move"]
Rows = tuple[tuple[str, ...], ...]
WHOLE = "the document "
"""What the reasons of ledger rows begin with where a document as a whole goes."""
Change = tuple[int, int, str]
"""``(i, j, new)``: replace ``text[i:j]`` of a block by ``new``."""


@dataclass(frozen=True, slots=True)
class Patch:
    """``text[at:at + length]`` of a block stands for ``source[start:end]``, and differs from it."""

    at: int
    length: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Removal:
    """Why a block does not stay: the stage and rule that marked it."""

    stage: str
    rule: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What an HTML reader saw around a block (plain text has none).

    ``path`` is the tag path from ``body`` down, joined by ``/``; ``words`` the lower-cased
    class, id, role and itemprop words of the block and its ancestors; ``link_density`` the
    share (0–1) of the block's characters that stand inside links; ``score`` how much the
    reader takes the block for main content (0–1, .5 where it cannot tell); ``rule`` names what
    in the page's structure says that it is not, "" where nothing does; ``surroundings`` measures
    the boxes around it (:data:`cleaner.readers.html.surroundings.NAMES`), () where nobody did.
    """

    path: str = ""
    words: tuple[str, ...] = ()
    link_density: float = 0.0
    score: float = 0.5
    rule: str = ""
    surroundings: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A run of source with one role.

    ``source[start:end]`` are the whole lines the block stands on, with its marks and outer
    spaces; ``body`` is where ``text`` begins in the source.  ``level`` is a heading's depth
    (1–6) or a list item's nesting (1 is outermost), else 0.  ``mark`` is the literal Markdown
    mark of a list item (``"- "``, ``"3. "``) or a code fence's info string.  ``rows`` is a
    table's grid, header first.  Lines are 1-based and inclusive.
    """

    kind: Kind
    text: str
    start: int
    end: int
    body: int
    first_line: int
    last_line: int
    patches: tuple[Patch, ...] = ()
    level: int = 0
    mark: str = ""
    rows: Rows = ()
    hints: Hints | None = None
    removed: Removal | None = None

    @property
    def body_end(self) -> int:
        """Source position where ``text`` ends."""
        return source_position(self, len(self.text), ending=True)


@dataclass(frozen=True, slots=True)
class Edit:
    """One row of the ledger, but for the document's id and the running number.

    ``raw_text`` is ``source[start:end]``.  ``new_text`` is what stands in its place, empty for
    ``remove`` and ``move``.  ``score`` is a classifier's or Jaccard score, 0.0 where there is none.
    """

    stage: str
    rule: str
    action: Action
    first_line: int
    last_line: int
    start: int
    end: int
    raw_text: str
    new_text: str = ""
    twin_id: str = ""
    twin_block: int = -1
    score: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a document as a whole does not stay: stage and rule, and a reason that goes on from :data:`WHOLE`."""

    stage: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document from outside its text; ``""`` where unknown.

    ``date`` is ISO 8601 (``2024-05-01`` or with a time); ``date_source`` says where it was
    found.  ``raw_sha256`` is of the input's bytes.
    """

    url: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    date_source: str = ""
    language: str = ""
    language_score: float = 0.0
    site: str = ""
    file_path: str = ""
    format: str = "text"
    encoding: str = "utf-8"
    raw_sha256: str = ""
    added: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One article.  ``source`` is the decoded input before any stage (for HTML, its visible text).

    ``warnings`` are sentences for the user: what a stage left undone, and why.  ``dropped`` is set by :func:`drop`.
    """

    id: str
    source: str
    blocks: tuple[Block, ...]
    edits: tuple[Edit, ...] = ()
    metadata: Metadata = Metadata()
    warnings: tuple[str, ...] = ()
    dropped: Drop | None = None

    @property
    def text(self) -> str:
        """The kept blocks as Markdown, written anew at each call; of a cleaned document its clean text."""
        from cleaner.writers.markdown import render

        return render(self)[0]

    @property
    def positioned(self) -> bool:
        """Whether positions and lines mean something to the user (not for HTML)."""
        return self.metadata.format != "html"


# ---- alignment -----------------------------------------------------------------------------


class _Cursor:
    """Source positions of a block's text offsets, asked in ascending order (linear over all calls)."""

    def __init__(self, block: Block) -> None:
        self._patches = block.patches
        self._next = 0
        self._base = block.body

    def position(self, offset: int, *, ending: bool = False) -> int:
        while self._next < len(self._patches):
            patch = self._patches[self._next]
            stop = patch.at + patch.length
            if stop > offset or (stop == offset and ending and patch.length == 0):
                if patch.at < offset:
                    return patch.end if ending else patch.start
                break
            self._base += (patch.end - patch.start) - patch.length
            self._next += 1
        return self._base + offset


def source_position(block: Block, offset: int, *, ending: bool = False) -> int:
    """Source position of ``block.text[offset]``; with ``ending``, of the end of ``text[:offset]``.

    A patch of length 0 (deleted source) at ``offset`` lies before the position, or after it
    with ``ending``.  An offset inside a patch gives the patch's start, or its end with ``ending``.
    """
    return _Cursor(block).position(offset, ending=ending)


def rewrite(block: Block, changes: Sequence[Change]) -> tuple[Block, list[tuple[int, int, str]]]:
    """Apply sorted, disjoint changes to a block's text.

    Returns the new block and, for each resulting patch, ``(start, end, new_text)`` in source
    positions.  A change that touches an older patch swallows it whole, so that patches (and
    ledger rows) are disjoint or nested, never crossing.  An insertion takes one neighbouring
    character with it: rows of length 0 are the writer's alone.
    """
    text = block.text
    cursor = _Cursor(block)
    pieces: list[str] = []
    patches: list[Patch] = []
    rows: list[tuple[int, int, str]] = []
    old = 0  # the first of the older patches not yet passed
    done = shift = 0
    for a, b, inner in _spans(block, changes):
        while old < len(block.patches) and block.patches[old].at + block.patches[old].length <= a:
            patches.append(replace(block.patches[old], at=block.patches[old].at + shift))
            old += 1
        while old < len(block.patches) and block.patches[old].at < b:
            old += 1
        new_text = _apply(text, a, b, inner)
        start, end = cursor.position(a), cursor.position(b, ending=True)
        pieces += [text[done:a], new_text]
        patches.append(Patch(a + shift, len(new_text), start, end))
        rows.append((start, end, new_text))
        shift += len(new_text) - (b - a)
        done = b
    pieces.append(text[done:])
    patches.extend(replace(patch, at=patch.at + shift) for patch in block.patches[old:])
    return replace(block, text="".join(pieces), patches=tuple(patches)), rows


def _spans(block: Block, changes: Sequence[Change]) -> list[tuple[int, int, list[Change]]]:
    """Stretches of text that become one patch each, with the changes inside them."""
    text, patches = block.text, block.patches
    spans: list[tuple[int, int, list[Change]]] = []
    k = 0
    for i, j, new in changes:
        if i == j:
            if i > 0:
                i, new = i - 1, text[i - 1] + new
            elif text:
                j, new = 1, new + text[0]
        a, b = i, j
        while k < len(patches) and patches[k].at + patches[k].length <= a:
            k += 1
        touched = k
        while touched < len(patches) and patches[touched].at < j:
            a, b = min(a, patches[touched].at), max(b, patches[touched].at + patches[touched].length)
            touched += 1
        if not spans or a >= spans[-1][1]:
            spans.append((a, b, [(i, j, new)]))
            continue
        first, last, inner = spans[-1]
        if i < inner[-1][1]:  # an insertion that borrowed the character just changed
            before, stop, text_before = inner[-1]
            inner[-1] = (before, max(stop, j), text_before + new[stop - i :])
        else:
            inner.append((i, j, new))
        spans[-1] = (first, max(last, b), inner)
    return spans


def _apply(text: str, a: int, b: int, changes: Iterable[Change]) -> str:
    pieces, cursor = [], a
    for i, j, new in changes:
        pieces += [text[cursor:i], new]
        cursor = j
    pieces.append(text[cursor:b])
    return "".join(pieces)


def narrow(block: Block, i: int, j: int) -> Block:
    """Keep ``text[i:j]`` as the block's text; what is outside becomes mark or outer space.

    ``i`` and ``j`` must not lie inside a patch (:func:`clear_cut` moves them out of one).
    """
    patches = tuple(
        replace(patch, at=patch.at - i)
        for patch in block.patches
        if (i <= patch.at and patch.at + patch.length <= j and patch.length) or i < patch.at < j
    )
    return replace(block, text=block.text[i:j], body=source_position(block, i), patches=patches)


def clear_cut(block: Block, offset: int) -> bool:
    """Whether a cut at ``offset`` of the text goes through no patch."""
    return all(not (p.at < offset < p.at + p.length) for p in block.patches)


def split(source: str, block: Block, offset: int) -> tuple[Block, Block]:
    """Cut a block in two at ``offset`` of its text; the cut must be clear (:func:`clear_cut`)."""
    middle = source_position(block, offset, ending=True)
    line = block.first_line + source.count("\n", block.start, middle)
    head = replace(narrow(block, 0, offset), end=middle, last_line=line)
    tail = replace(narrow(block, offset, len(block.text)), start=middle, first_line=line)
    return head, tail


def join(source: str, blocks: Sequence[Block], separator: str | None) -> tuple[Block, list[tuple[int, int, str]]]:
    """One block from adjacent ones, their texts joined by ``separator`` (not empty).

    With ``None`` what stands between them in the source stays as it is.

    The source between two texts becomes a patch.  Returns the block and ``(start, end, new_text)``
    for each seam that differs from its source; kind and level are the first block's.
    """
    if separator is not None:  # source deleted at the edges of a text becomes part of the seam
        blocks = [narrow(block, 0, len(block.text)) for block in blocks]
    first, last = blocks[0], blocks[-1]
    pieces, length = [first.text], len(first.text)
    patches = list(first.patches)
    seams: list[tuple[int, int, str]] = []
    for before, after in pairwise(blocks):
        start, end = source_position(before, len(before.text)), after.body
        seam = source[start:end] if separator is None else separator
        if source[start:end] != seam:
            patches.append(Patch(length, len(seam), start, end))
            seams.append((start, end, seam))
        length += len(seam)
        patches.extend(replace(patch, at=patch.at + length) for patch in after.patches)
        pieces += [seam, after.text]
        length += len(after.text)
    text = "".join(pieces)
    block = replace(first, text=text, end=last.end, last_line=last.last_line, patches=tuple(patches))
    return block, seams


def recast(source: str, blocks: Sequence[Block], kind: Kind, text: str, rows: Rows = ()) -> Block:
    """One block of another kind in place of adjacent blocks, with a text of its own."""
    first, last = blocks[0], blocks[-1]
    start, end = first.start, last.end
    patches = () if source[start:end] == text else (Patch(0, len(text), start, end),)
    return Block(kind, text, start, end, start, first.first_line, last.last_line, patches, rows=rows, hints=first.hints)


# ---- what stages do to a document ----------------------------------------------------------


def change_edit(source: str, block: Block, stage: str, rule: str, span: tuple[int, int, str], reason: str = "") -> Edit:
    """The ledger row for one ``(start, end, new_text)`` inside a block that stays."""
    return change_edits(source, block, stage, rule, [span], reason)[0]


def change_edits(
    source: str, block: Block, stage: str, rule: str, spans: Sequence[tuple[int, int, str]], reason: str = ""
) -> list[Edit]:
    """The ledger rows for ascending ``(start, end, new_text)`` inside a block that stays."""
    several = block.last_line > block.first_line
    line, counted = block.first_line, block.start
    edits = []
    for start, end, new_text in spans:
        if several:
            line += source.count("\n", counted, start)
            counted = start
        last = line + source.count("\n", start, end - 1) if several else line
        edits.append(Edit(stage, rule, "replace", line, last, start, end, source[start:end], new_text, reason=reason))
    return edits


def remove_edit(
    source: str,
    block: Block,
    stage: str,
    rule: str,
    *,
    action: Action = "remove",
    score: float = 0.0,
    reason: str = "",
    twin_id: str = "",
    twin_block: int = -1,
) -> Edit:
    """The ledger row for a block that goes."""
    return Edit(
        stage,
        rule,
        action,
        block.first_line,
        block.last_line,
        block.start,
        block.end,
        source[block.start : block.end],
        "",
        twin_id,
        twin_block,
        score,
        reason,
    )


def remove(
    document: Document, stage: str, goes: dict[int, tuple[str, str, float]], *, action: Action = "remove"
) -> Document:
    """Mark blocks removed: ``goes`` maps a block's index to ``(rule, reason, score)``."""
    if not goes:
        return document
    blocks = list(document.blocks)
    edits = list(document.edits)
    removals = {rule: Removal(stage, rule) for rule, _, _ in goes.values()}
    for index in sorted(goes):
        rule, reason, score = goes[index]
        block = blocks[index]
        if block.removed is None:
            blocks[index] = _marked(block, removals[rule])
            edits.append(remove_edit(document.source, block, stage, rule, action=action, score=score, reason=reason))
    return replace(document, blocks=tuple(blocks), edits=tuple(edits))


def drop(document: Document, why: Drop, *, twin_id: str = "") -> Document:
    """Mark all that is left of a document removed, and say of the document itself that it does not stay."""
    reason = f"{WHOLE}{why.reason}"
    removal = Removal(why.stage, why.rule)
    edits = list(document.edits)
    for block in document.blocks:
        if block.removed is None:
            edits.append(remove_edit(document.source, block, why.stage, why.rule, reason=reason, twin_id=twin_id))
    blocks = tuple(_marked(block, removal) if block.removed is None else block for block in document.blocks)
    return replace(document, blocks=blocks, edits=tuple(edits), dropped=why)


def _marked(block: Block, removal: Removal) -> Block:
    """``replace(block, removed=removal)`` in a fourth of the time: on some pages it goes for hundreds of blocks."""
    return Block(
        block.kind, block.text, block.start, block.end, block.body, block.first_line, block.last_line,
        block.patches, block.level, block.mark, block.rows, block.hints, removal,
    )  # fmt: skip
