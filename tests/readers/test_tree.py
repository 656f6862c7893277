"""A page's boxes as columns: sums, depths and looks are those of the tree that the walk saw."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleaner.readers.html.boxes import Box
from cleaner.readers.html.looks import MAX_PATH
from cleaner.readers.html.tree import Tree, tree_of
from cleaner.readers.html.walk import Walk

MARKUP = st.lists(
    st.sampled_from(
        ["<div>", "<div class=a>", "<div class='a-b'>", "<div id='b a'>", "<section>", "</div>", "</section>", "text "]
    ),
    max_size=40,
).map("".join)


def walked(html: str) -> tuple[list[Box], Tree]:
    walk = Walk().run(LexborHTMLParser(html).root)
    return walk.boxes, tree_of(walk.boxes, walk.pieces)


def ancestry(box: Box) -> list[Box]:
    """A box and its ancestors."""
    return [box, *ancestry(box.parent)] if box.parent else [box]


@given(MARKUP)
def test_sums_and_depths_are_those_of_the_boxes(html: str) -> None:
    boxes, tree = walked(html)
    held = [ancestry(boxes[at]) for at in tree.at.tolist()]
    for box in boxes:
        inside = [chars for chars, around in zip(tree.chars.tolist(), held, strict=True) if box in around]
        assert tree.within(tree.chars)[box.index] == sum(inside)
        assert tree.within()[box.index] == len(inside)
        assert tree.depth()[box.index] == len(ancestry(box)) - 1
        assert tree.above(box.index) == [one.index for one in ancestry(box)]


@given(MARKUP)
def test_boxes_of_one_tag_and_words_in_boxes_of_one_look_have_one_look(html: str) -> None:
    boxes, tree = walked(html)
    shown = [tree.looks[look] for look in tree.look.tolist()]
    known: dict[object, object] = {}
    for box, look in zip(boxes, shown, strict=True):
        above = shown[box.parent.index] if box.parent else None
        assert known.setdefault((above, box.tag, look.names), look) is look
        assert look.words == (look.names + (above.words if above else ()))[:MAX_PATH]
    assert len(tree.looks) == len(known)
