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
Change = tuple[int, int, str]
"""``(i, j, new)``: replace ``text[i:j]`` of a block by ``new``."""

KINDS: tuple[Kind, ...] = ("heading", "paragraph", "list_item", "table", "quote", "code")


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
    in the page's structure says that it is not, "" where nothing does.
    """

    path: str = ""
    words: tuple[str, ...] = ()
    link_density: float = 0.0
    score: float = 0.5
    rule: str = ""


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
    """One article.  ``source`` is the decoded input before any stage (for HTML, its visible text)."""

    id: str
    source: str
    blocks: tuple[Block, ...]
    edits: tuple[Edit, ...] = ()
    metadata: Metadata = Metadata()

    @property
    def positioned(self) -> bool:
        """Whether positions and lines mean something to the user (not for HTML)."""
        return self.metadata.format != "html"


# ---- alignment -----------------------------------------------------------------------------


def source_position(block: Block, offset: int, *, ending: bool = False) -> int:
    """Source position of ``block.text[offset]``; with ``ending``, of the end of ``text[:offset]``.

    A patch of length 0 (deleted source) at ``offset`` lies before the position, or after it
    with ``ending``.  An offset inside a patch gives the patch's start, or its end with ``ending``.
    """
    position = block.body + offset
    for patch in block.patches:
        stop = patch.at + patch.length
        if stop < offset or (stop == offset and not (ending and patch.length == 0)):
            position += (patch.end - patch.start) - patch.length
        elif patch.at < offset:
            return patch.end if ending else patch.start
    return position


def rewrite(block: Block, changes: Sequence[Change]) -> tuple[Block, list[tuple[int, int, str]]]:
    """Apply sorted, disjoint changes to a block's text.

    Returns the new block and, for each resulting patch, ``(start, end, new_text)`` in source
    positions.  A change that touches an older patch swallows it whole, so that patches (and
    ledger rows) are disjoint or nested, never crossing.  An insertion takes one neighbouring
    character with it: rows of length 0 are the writer's alone.
    """
    text = block.text
    spans: list[tuple[int, int, list[Change]]] = []
    for change in changes:
        i, j, new = change
        if i == j:
            if i > 0:
                i, new = i - 1, text[i - 1] + new
            elif text:
                j, new = 1, new + text[0]
        a, b = i, j
        for patch in block.patches:
            if patch.at < b and patch.at + patch.length > a:
                a, b = min(a, patch.at), max(b, patch.at + patch.length)
        if spans and a < spans[-1][1]:
            first, last, inner = spans[-1]
            if inner and i < inner[-1][1]:  # an insertion that borrowed the character just changed
                k, m, before = inner[-1]
                inner[-1] = (k, max(m, j), before + new[m - i :] if i < m else before + new)
            else:
                inner.append((i, j, new))
            spans[-1] = (first, max(last, b), inner)
        else:
            spans.append((a, b, [(i, j, new)]))
    pieces: list[str] = []
    patches: list[Patch] = []
    rows: list[tuple[int, int, str]] = []
    old = list(block.patches)
    cursor = shift = 0
    for a, b, inner in spans:
        while old and (old[0].at + old[0].length <= a):
            patch = old.pop(0)
            patches.append(replace(patch, at=patch.at + shift))
        while old and old[0].at < b:
            old.pop(0)
        pieces.append(text[cursor:a])
        new_text = _apply(text, a, b, inner)
        start, end = source_position(block, a), source_position(block, b, ending=True)
        patches.append(Patch(a + shift, len(new_text), start, end))
        rows.append((start, end, new_text))
        pieces.append(new_text)
        shift += len(new_text) - (b - a)
        cursor = b
    pieces.append(text[cursor:])
    patches.extend(replace(patch, at=patch.at + shift) for patch in old)
    return replace(block, text="".join(pieces), patches=tuple(patches)), rows


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


def join(
    source: str, blocks: Sequence[Block], separator: str | None
) -> tuple[Block, list[tuple[int, int, str]]]:
    """One block from adjacent ones, their texts joined by ``separator`` (not empty).

    With ``None`` what stands between them in the source stays as it is.

    The source between two texts becomes a patch.  Returns the block and ``(start, end, new_text)``
    for each seam that differs from its source; kind and level are the first block's.
    """
    blocks = [narrow(block, 0, len(block.text)) for block in blocks]  # deleted source at the edges joins the seams
    first, last = blocks[0], blocks[-1]
    text = first.text
    patches = list(first.patches)
    seams: list[tuple[int, int, str]] = []
    for before, after in pairwise(blocks):
        start, end = before.body_end, after.body
        seam = source[start:end] if separator is None else separator
        if source[start:end] != seam:
            patches.append(Patch(len(text), len(seam), start, end))
            seams.append((start, end, seam))
        text += seam
        patches.extend(replace(p, at=p.at + len(text)) for p in after.patches)
        text += after.text
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
    start, end, new_text = span
    first = block.first_line + source.count("\n", block.start, start)
    last = first + source.count("\n", start, end)
    return Edit(stage, rule, "replace", first, last, start, end, source[start:end], new_text, reason=reason)


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
    for index in sorted(goes):
        rule, reason, score = goes[index]
        block = blocks[index]
        if block.removed is None:
            blocks[index] = replace(block, removed=Removal(stage, rule))
            edits.append(remove_edit(document.source, block, stage, rule, action=action, score=score, reason=reason))
    return replace(document, blocks=tuple(blocks), edits=tuple(edits))
