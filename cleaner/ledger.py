"""Undo and verify: kept text plus ledger give the decoded input again.

The outermost rows of a document's ledger, in order of position, are exactly the places where
the cleaned text differs from the source.  :func:`undo` walks both and puts the source back;
:func:`verify` raises :class:`~cleaner.errors.ConservationError` where that would give anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.document import Document, Edit
from cleaner.errors import ConservationError


def outermost(edits: Sequence[Edit]) -> Iterator[Edit]:
    """The rows no other row covers, by position; of rows with one range, the latest.

    Rows of length 0 come from the writer only and stand before any row at the same position.
    """
    cursor = 0
    for edit in _ranked(edits):
        if edit.start >= cursor:
            yield edit
            cursor = edit.end


def nests(edits: Sequence[Edit]) -> Iterator[tuple[Edit, list[Edit]]]:
    """Each of the :func:`outermost` rows with the rows inside it, by position."""
    cursor = 0
    last: tuple[Edit, list[Edit]] | None = None
    for edit in _ranked(edits):
        if last is not None and edit.start < cursor:
            last[1].append(edit)
            continue
        if last is not None:
            yield last
        last = edit, []
        cursor = edit.end
    if last is not None:
        yield last


def _ranked(edits: Sequence[Edit]) -> list[Edit]:
    """By position; before the rows that they cover those that cover them, and of rows with one range the latest."""
    ranked = list(reversed(edits))
    ranked.sort(key=lambda edit: (edit.start, edit.end > edit.start, -edit.end))
    return ranked


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the input (``raw``) and what stands for it in the clean text (``new``).

    ``edits`` are the rows that made the difference, the outermost first; () where there is none.
    """

    raw: str
    new: str
    edits: tuple[Edit, ...] = ()


def passages(text: str, edits: Sequence[Edit]) -> Iterator[Passage]:
    """Input and clean text side by side: all ``new`` together are ``text``, all ``raw`` the decoded input.

    Raises ``ValueError`` where ``text`` does not hold what a row says it should.
    """
    at = 0  # in text
    cursor = 0  # in the source
    for edit, inside in nests(edits):
        same = text[at : at + edit.start - cursor]
        if same:
            yield Passage(same, same)
        at += edit.start - cursor
        if text[at : at + len(edit.new_text)] != edit.new_text or at > len(text):
            raise ValueError(
                f"the text at {at} is {text[at : at + 40]!r}, but ledger row "
                f"{edit.stage}/{edit.rule} at source position {edit.start} put {edit.new_text[:40]!r} there"
            )
        at += len(edit.new_text)
        yield Passage(edit.raw_text, edit.new_text, (edit, *inside))
        cursor = edit.end
    if text[at:]:
        yield Passage(text[at:], text[at:])


def undo(text: str, edits: Sequence[Edit]) -> str:
    """The decoded input, from a document's clean ``text`` and its ledger.

    Raises ``ValueError`` where ``text`` does not hold what a row says it should.
    """
    return "".join(passage.raw for passage in passages(text, edits))


def redo(source: str, edits: Sequence[Edit]) -> str:
    """The clean text, from a document's source and its ledger: the opposite of :func:`undo`."""
    pieces: list[str] = []
    cursor = 0
    for edit in outermost(edits):
        pieces += source[cursor : edit.start], edit.new_text
        cursor = edit.end
    pieces.append(source[cursor:])
    return "".join(pieces)


def verify(document: Document, text: str) -> None:
    """Raise :class:`ConservationError` unless ``text`` and the ledger account for every character.

    If every row quotes the source, and the source with the rows' new texts in their places is
    ``text``, then ``text`` with the quotes in those places is the source: that :func:`undo` gives it
    back need not be tried.
    """
    source = document.source
    for edit in document.edits:
        if source[edit.start : edit.end] != edit.raw_text:
            raise ConservationError(
                document.id, f"ledger row {edit.stage}/{edit.rule} at {edit.start} does not quote its source"
            )
    if redo(source, document.edits) == text:
        return
    try:
        back = undo(text, document.edits)
    except ValueError as error:
        raise ConservationError(document.id, str(error)) from error
    at = next((i for i, (a, b) in enumerate(zip(back, source, strict=False)) if a != b), min(len(back), len(source)))
    raise ConservationError(
        document.id,
        f"restoring gives {back[at : at + 40]!r} where the source has {source[at : at + 40]!r} (at {at})",
    )
