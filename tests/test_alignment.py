"""Alignment: whatever is done to blocks, the ledger leads back to the source."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cleaner import ledger
from cleaner.alignment import clear_cut, join, narrow, recast, rewrite, source_position, split
from cleaner.document import Block, Change, Document, change_edit, remove
from cleaner.writers.markdown import render
from tests.support import text_document

sources = st.text(alphabet="ab c.\n#-é", max_size=60)


@st.composite
def changes_to(draw: st.DrawFn, text: str) -> list[Change]:
    changes: list[Change] = []
    at = 0
    while at < len(text) and draw(st.booleans()):
        i = draw(st.integers(at, len(text)))
        j = draw(st.integers(i, min(len(text), i + 2)))
        new = draw(st.text(alphabet="xyz", max_size=2))
        if text[i:j] != new:
            changes.append((i, j, new))
        at = j + 1
    return changes


def apply_plainly(text: str, changes: list[Change]) -> str:
    for i, j, new in reversed(changes):
        text = text[:i] + new + text[j:]
    return text


def one_step(data: st.DataObject, document: Document) -> Document:
    """One random operation on one random block that stays."""
    source, blocks, edits = document.source, list(document.blocks), list(document.edits)
    staying = [k for k, block in enumerate(blocks) if block.removed is None]
    if not staying:
        return document
    k = data.draw(st.sampled_from(staying))
    block = blocks[k]
    following = blocks[k + 1] if k + 1 < len(blocks) and blocks[k + 1].removed is None else None
    match data.draw(
        st.sampled_from(["rewrite", "remove", "join", "glue", "keep-join", "split", "narrow", "recast", "kind"])
    ):
        case "rewrite":
            changes = data.draw(changes_to(block.text))
            blocks[k], spans = rewrite(block, changes)
            assert blocks[k].text == apply_plainly(block.text, changes)
            edits += [change_edit(source, block, "test", "rewrite", span) for span in spans]
        case "remove":
            return remove(document, "test", {k: ("remove", "", 0.0)})
        case "join" | "glue" | "keep-join" as how if following:
            joined, seams = join(source, [block, following], {"join": " ", "glue": [""]}.get(how))
            blocks[k : k + 2] = [joined]
            edits += [change_edit(source, joined, "test", "join", seam) for seam in seams]
        case "split" if len(block.text) > 1:
            at = data.draw(st.integers(1, len(block.text) - 1))
            if clear_cut(block, at):
                blocks[k : k + 1] = split(source, block, at)
        case "narrow" if len(block.text) > 2 and not block.text[0].isspace():
            if clear_cut(block, 1):
                blocks[k] = narrow(block, 1, len(block.text))
        case "recast":
            run = [block, following] if following else [block]
            made = recast(source, run, "table", "| t |")
            edits += [change_edit(source, made, "test", "recast", (p.start, p.end, made.text)) for p in made.patches]
            blocks[k : k + len(run)] = [made]
        case "kind":
            kind = data.draw(st.sampled_from(["heading", "list_item", "quote", "code", "paragraph"]))
            blocks[k] = replace(block, kind=kind)
    return replace(document, blocks=tuple(blocks), edits=tuple(edits))


@given(sources, st.data())
def test_any_series_of_operations_can_be_undone(source: str, data: st.DataObject) -> None:
    document = text_document(source)
    for _ in range(data.draw(st.integers(0, 6))):
        document = one_step(data, document)
    text, document = render(document)
    ledger.verify(document, text)
    assert ledger.undo(text, document.edits) == source


@given(st.text(alphabet="ab c.é", min_size=1, max_size=30), st.data())
def test_positions_of_unchanged_characters_point_at_themselves(line: str, data: st.DataObject) -> None:
    block = Block("paragraph", line, 0, len(line), 0, 1, 1)
    for _ in range(3):
        block, _ = rewrite(block, data.draw(changes_to(block.text)))
    assert block.body_end == source_position(block, len(block.text), ending=True)
    for at, char in enumerate(block.text):
        if not any(p.at <= at < p.at + p.length for p in block.patches):
            assert line[source_position(block, at)] == char


def test_rows_are_never_crossing() -> None:
    block = Block("paragraph", "abcdef", 0, 6, 0, 1, 1)
    block, first = rewrite(block, [(1, 4, "XY")])
    block, second = rewrite(block, [(2, 4, "Z")])  # from inside the patch to beyond it
    assert first == [(1, 4, "XY")]
    assert second == [(1, 5, "XZ")]
    assert block.text == "aXZf"


def test_an_insertion_takes_a_neighbour_along() -> None:
    block = Block("paragraph", "end.Next", 0, 8, 0, 1, 1)
    _, spans = rewrite(block, [(4, 4, " ")])
    assert spans == [(3, 4, ". ")]
