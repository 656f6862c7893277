"""Tables of HTML pages: the grids of real-life shapes, written by hand, and that nothing is lost."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import ledger
from cleaner.document import Document, Metadata
from cleaner.readers.html import read_html
from cleaner.writers import markdown
from tests.support import CASES

SHAPES = tomllib.loads((CASES / "html" / "table_shapes.toml").read_text(encoding="utf-8"))["case"]


def read(html: str) -> Document:
    return read_html(html, document_id="page", metadata=Metadata())


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in SHAPES])
def test_shape(case: dict[str, Any]) -> None:
    document = read(case["html"])
    assert [[list(row) for row in block.rows] for block in document.blocks if block.kind == "table"] == case["tables"]
    assert [block.text for block in document.blocks if block.kind != "table"] == case["beside"]
    text, written = markdown.render(document)
    ledger.verify(written, text)


_TAG = re.compile("<[^>]*>")
_CELL = st.builds(
    lambda tag, columns, rows, hidden, text: f"<{tag} colspan={columns} rowspan={rows}{hidden}>{text}",
    st.sampled_from(["td", "th"]),
    st.sampled_from(["1", "2", "0", "9", "50%", "x"]),
    st.sampled_from(["1", "2", "0", "7"]),
    st.sampled_from(["", "", " hidden"]),
    st.sampled_from(["", "a", "b c", "<p>d</p>", "<img alt=alt>", "<br>"]),
)
_ROW = st.lists(_CELL, max_size=4).map(lambda cells: "<tr>" + "".join(cells))
_GROUP = st.tuples(st.sampled_from(["", "<thead>", "<tbody>", "<tbody hidden>", "<tfoot>"]), st.lists(_ROW, max_size=3))


@given(st.lists(_GROUP, max_size=4).map(lambda groups: "".join(tag + "".join(rows) for tag, rows in groups)))
def test_any_table_gives_an_even_grid_and_loses_no_word(rows: str) -> None:
    document = read(f"<table>{rows}</table><p>after")
    for block in document.blocks:
        assert len({len(row) for row in block.rows}) <= 1
    words = [
        word for block in document.blocks for word in " ".join(map(" ".join, block.rows)).split() or block.text.split()
    ]
    assert sorted(word for word in words if word != "alt") == sorted([*_TAG.sub(" ", rows).split(), "after"])
    text, written = markdown.render(document)
    ledger.verify(written, text)
