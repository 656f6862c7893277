"""The document model: a source text, and blocks that stay aligned with it.

Every stage works on :class:`Block` objects whose ``text`` may differ from the source, but
whose ``patches`` say which stretch of the source each difference stands for.  That
alignment (:mod:`cleaner.alignment`) is what lets the ledger name exact positions and lets
:mod:`cleaner.ledger` undo every change.  Positions are code points of ``Document.source``.  All
objects are frozen; ``msgspec.structs.replace`` makes changed copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

Kind = Literal["heading", "paragraph", "list_item", "table", "quote", "code"]
Action = Literal["remove", "replace", "move"]
Rows = tuple[tuple[str, ...], ...]
WHOLE = "the document "
"""What the reasons of ledger rows begin with where a document as a whole goes."""
Change = tuple[int, int, str]
"""``(i, j, new)``: replace ``text[i:j]`` of a block by ``new``."""


# Frozen structs: hundreds of blocks make a document, and a frozen dataclass takes twenty times as
# long to make.  They hold nothing that could hold them, so the garbage collector passes them over.


class Patch(msgspec.Struct, frozen=True, gc=False):
    """``text[at:at + length]`` of a block stands for ``source[start:end]``, and differs from it."""

    at: int
    length: int
    start: int
    end: int


class Removal(msgspec.Struct, frozen=True, gc=False):
    """Why a block does not stay: the stage and rule that marked it."""

    stage: str
    rule: str


class Hints(msgspec.Struct, frozen=True, gc=False):
    """What an HTML reader saw around a block (plain text has none).

    ``path`` is the tag path from ``body`` down, joined by ``/``; ``words`` the lower-cased
    class, id, role and itemprop words of the block and its ancestors; ``link_density`` the
    share (0–1) of the block's characters that stand inside links; ``score`` how much the
    reader takes the block for main content (0–1, .5 where it cannot tell); ``rule`` names what
    in the page's structure says that it is not, "" where nothing does; ``surroundings`` measures
    the boxes around it (for :func:`cleaner.readers.html.surroundings.unpack`), b"" where nobody did;
    ``picked`` names the site rules whose selectors pick the block.
    """

    path: str = ""
    words: tuple[str, ...] = ()
    link_density: float = 0.0
    score: float = 0.5
    rule: str = ""
    surroundings: bytes = b""
    picked: tuple[str, ...] = ()


class Block(msgspec.Struct, frozen=True, gc=False):
    """A run of source with one role.

    ``source[start:end]`` are the whole lines the block stands on, with its marks and outer
    spaces; ``body`` is where ``text`` begins in the source.  ``level`` is a heading's depth
    (1–6) or a list item's nesting (1 is outermost), else 0.  ``mark`` is the literal Markdown
    mark of a list item (``"- "``, ``"3. "``) or a code fence's info string.  ``rows`` is a
    table's grid, header first.  Lines are 1-based and inclusive.  ``keep`` names the site rule that
    protects it from :func:`remove`.
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
    keep: str = ""

    @property
    def body_end(self) -> int:
        """Source position where ``text`` ends."""
        size = len(self.text)
        if not self.patches:
            return self.body + size
        grown = (p.end - p.start - p.length for p in self.patches if p.length or p.at < size)
        return self.body + size + sum(grown)


class Edit(msgspec.Struct, frozen=True, gc=False):
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


class Drop(msgspec.Struct, frozen=True, gc=False):
    """Why a document as a whole does not stay: stage and rule, and a reason that goes on from :data:`WHOLE`."""

    stage: str
    rule: str
    reason: str


class Metadata(msgspec.Struct, frozen=True, gc=False):
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


class Document(msgspec.Struct, frozen=True, gc=False):
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
    """Mark blocks removed, but for those that a site rule keeps.

    ``goes`` maps a block's index to ``(rule, reason, score)``.
    """
    if not goes:
        return document
    blocks = list(document.blocks)
    edits = list(document.edits)
    removals = {rule: Removal(stage, rule) for rule, _, _ in goes.values()}
    for index in sorted(goes):
        rule, reason, score = goes[index]
        block = blocks[index]
        if block.removed is None and not block.keep:
            blocks[index] = replace(block, removed=removals[rule])
            edits.append(remove_edit(document.source, block, stage, rule, action=action, score=score, reason=reason))
    return replace(document, blocks=tuple(blocks), edits=tuple(edits))


def drop(document: Document, why: Drop, *, twin_id: str = "") -> Document:
    """Mark all that is left of a document removed, and say of the document itself that it does not stay."""
    removal = Removal(why.stage, why.rule)
    blocks = list(document.blocks)
    edits = list(document.edits)
    for index, block in enumerate(blocks):
        if block.removed is None:
            reason = f"{WHOLE}{why.reason}"
            blocks[index] = replace(block, removed=removal)
            edits.append(remove_edit(document.source, block, why.stage, why.rule, reason=reason, twin_id=twin_id))
    return replace(document, blocks=tuple(blocks), edits=tuple(edits), dropped=why)
