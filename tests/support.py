"""What several test modules need: documents from text, strategies, case files."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from hypothesis import strategies as st

from cleaner.cli import cli
from cleaner.document import Document, Metadata
from cleaner.readers.text import read_text

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"

_PIECES = [
    *"""Mayor opens the new bridge
The council met on Friday and agreed on the plan.
means,including
end.Next
- a list item
  • another: item
1. First
2. Second
# Heading
> quoted words
```
x = y + 1;
| a | b |
|---|---|
a\tb\tc
NameRoleCity
AnnaChefParis
BenPilotRome
March 2025
MTWTFSS
3456789
ADVERTISEMENT
Categories
Share this article
By Jane Doe
é
Ã©tait
&amp;amp; co
شكرا
中文段落，没有空格。
* * *
U.S.-Russia
www.example.com/a,b
===
---
\\# x
©2024 Site
\u00a0two  spaces
Mayor opens the new bridge - The Site""".split("\n"),
    *("  ", "\ufeff", "\u200b", "\x00", "\x1b[31mred", "e\u0301", "\r", "\u2028"),
]

lines = st.one_of(
    st.sampled_from(_PIECES), st.text(max_size=40), st.lists(st.sampled_from(_PIECES), max_size=4).map(" ".join)
)
texts = st.lists(lines, max_size=25).map("\n".join)
"""Arbitrary text that is full of what the stages look for."""


def text_document(text: str, kind: str = "text") -> Document:
    """A document as the reader of text files makes it."""
    return read_text(text, document_id="test", metadata=Metadata(format=kind))


def kept(document: Document) -> list[tuple[str, str]]:
    """Kind and text of each block that stays."""
    return [(block.kind, block.text) for block in document.blocks if block.removed is None]


def cleaner_run(raw: Path, out: Path, *flags: str) -> None:
    """`cleaner run` in this process; an input that gives no document is no failure."""
    result = CliRunner().invoke(cli, ["run", str(raw), "-o", str(out), "-j", "1", *flags])
    assert result.exit_code in (0, 3, 4), result.output
