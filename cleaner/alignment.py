"""Changes to a block's text that keep it aligned with the source.

Whatever is inserted, deleted, joined or cut, the patches of a block go on saying which stretch
of the source each difference stands for.  No function here changes a block; each returns new ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec.structs import replace

from cleaner.document import Block, Change, Kind, Patch, Rows


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


def join(
    source: str, blocks: Sequence[Block], separator: str | Sequence[str] | None
) -> tuple[Block, list[tuple[int, int, str]]]:
    """One block from adjacent ones, their texts joined by ``separator``, or by one of their own for each two.

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
    for number, (before, after) in enumerate(pairwise(blocks)):
        start, end = source_position(before, len(before.text)), after.body
        if separator is None:
            seam = source[start:end]
        else:
            seam = separator if isinstance(separator, str) else separator[number]
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
    keep = next((block.keep for block in blocks if block.keep), "")
    lines = first.first_line, last.last_line
    return Block(kind, text, start, end, start, *lines, patches, rows=rows, hints=first.hints, keep=keep)
