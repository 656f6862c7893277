"""Stage ``structure``: what each line of a text document is.

Does: code fences, quotes, list items, Markdown and guessed headings, hard-wrapped paragraphs,
sentences broken at their links.  Refuses: joining across blank lines; joining adjacent lines that
are neither (Markdown files excepted, where a line end is a space); taking indentation alone for
code; a heading inside a list.  HTML documents come with their structure and pass untouched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from msgspec.structs import replace

from cleaner.alignment import clear_cut, join, narrow
from cleaner.document import Block, Document, Edit, Kind, change_edits
from cleaner.settings import Config
from cleaner.stages import headlines, wraps
from cleaner.stages.fragments import hangs, seams, sentence_ends

STAGE = "structure"
CODE_WIDTH = 160  # characters: a longer line is none of code

_FENCE = re.compile(r"(`{3,}|~{3,})\s*+([\w+#.-]*)\s*$")
_HASHES = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"(={3,}|-{3,})$")
_QUOTE = re.compile(r"(?:>[ \t]?)+(?=[^\s>])")
# Dashes longer than a hyphen open a speech in many languages: they are no list marks.
_BULLET = re.compile(r"(?:[•‣◦▪●○■□∙·][ \t\u00a0]*|[-*+][ \t\u00a0]+)(?=[^\s•*-])")
_NUMBER = re.compile(r"(\d{1,3})([.)])[ \t\u00a0]+(?=\S)")
_MARKS = frozenset("#>•‣◦▪●○■□∙·-*+=`~")
"""What the marks begin with, but for numbers."""
_CODE_BEGIN = re.compile(
    r"(?:def|class|import|from|return|public|private|static|void|const|let|var|function|#include|elif|else:|try:)\b"
    r"|[\w.\[\]]+ [-+*/|&]?= \S|[A-Za-z_][\w.]*\(.*\)[:;]?$|</?\w[^<>]*>$|[$>#] \w|//|\*/|/\*"
    r"|[)\]}]+[,;]?$"
)
_CODE_OPEN = ("(", "[", "{")
_WRAPPED, _BROKEN = ("unwrap", "hard-wrapped line"), ("broken-sentence", "sentence broken at a link")
_CODE_END = (";", "{", "}")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_CELLS = re.compile(r"\||\t|\S {2,}\S")


def apply(document: Document, config: Config) -> Document:
    """Give the blocks of a text document their kinds, and join what is one."""
    if document.metadata.format == "html":
        return document
    work = _Work(document)
    work.fences()
    if work.openings:
        work.marks()
    if config.structure.unwrap:
        work.unwrap(markdown=document.metadata.format == "markdown")
    marked = any(block.kind == "heading" for block in work.blocks)  # a text with marks needs no guesses
    if config.structure.headings and not marked:
        levels = headlines.guess(work.blocks, work.blanks, config.structure.heading_max_words)
        for index, level in levels.items():
            work.blocks[index] = replace(work.blocks[index], kind="heading", level=level)
    return replace(document, blocks=tuple(work.blocks), edits=document.edits + tuple(work.edits))


@dataclass(slots=True)
class _Work:
    """The blocks as they change, and the ledger rows so far."""

    document: Document
    blocks: list[Block]
    edits: list[Edit]
    openings: frozenset[str]  # what marks may begin with, of all that blocks begin with
    unclosed: set[str]  # fences that no later line closes

    def __init__(self, document: Document) -> None:
        self.document = document
        self.blocks = list(document.blocks)
        self.edits = []
        firsts = {block.text[:1] for block in document.blocks}
        self.openings = frozenset(first for first in firsts if first in _MARKS or first.isdigit())
        self.unclosed = set()

    def blank_before(self, index: int) -> bool:
        """Whether a blank line (or the start of the text) stands before a block."""
        if index == 0:
            return True
        return self.blocks[index].first_line - self.blocks[index - 1].last_line > 1

    def blanks(self) -> list[bool]:
        """:meth:`blank_before` of each block."""
        return [True, *[after.first_line - before.last_line > 1 for before, after in pairwise(self.blocks)]]

    def lead(self, block: Block) -> str:
        """The source before a block's text on its line."""
        return self.document.source[block.start : block.body]

    # ---- code ------------------------------------------------------------------------------

    def fences(self) -> None:
        """Fenced code is one block; so are three or more adjacent lines that read as code."""
        blocks, out, i = self.blocks, list[Block](), 0
        blank = [*self.blanks()[1:], True]  # whether a blank line, or the end, comes after a block
        fenced = not self.openings.isdisjoint("`~")
        if all(blank) and not fenced:
            return
        while i < len(blocks):
            block, stop = blocks[i], 0
            if block.removed is None:
                if fenced and block.text.startswith(("```", "~~~")):
                    stop = self._fence_end(i)
                if not stop and not blank[i] and len(block.text) <= CODE_WIDTH and _is_code(block.text):
                    stop = self._code_end(i, blank)
            if not stop:
                out.append(block)
                i += 1
                continue
            out.append(self._code(blocks[i:stop]))
            i = stop
        self.blocks = out

    def _fence_end(self, first: int) -> int:
        opened = _FENCE.match(self.blocks[first].text)
        if not opened or opened[1] in self.unclosed:
            return 0
        for last in range(first + 1, len(self.blocks)):
            if self.blocks[last].removed:
                return 0
            closed = _FENCE.match(self.blocks[last].text)
            if closed and not closed[2] and closed[1].startswith(opened[1]):
                return last + 1 if last > first + 1 else 0
        self.unclosed.add(opened[1])
        return 0

    def _code_end(self, first: int, blank_after: Sequence[bool]) -> int:
        """Where the code ends that a line which reads so begins; 0 if too few of the lines with it do.

        What is indented under a line that ends in an open bracket is code, whatever it reads as.
        """
        stop, hits = first, 0
        under = -1  # the indentation of the line with the open bracket
        while stop == first or (not blank_after[stop - 1] and self.blocks[stop].removed is None):
            block = self.blocks[stop]
            if len(block.text) > CODE_WIDTH:
                break
            indent = block.body - block.start
            hits += 0 <= under < indent or _is_code(block.text)
            if not 0 <= under < indent:
                under = indent if block.text.endswith(_CODE_OPEN) else -1
            stop += 1
        return stop if stop - first >= 3 and hits >= 0.7 * (stop - first) else 0

    def _code(self, lines: Sequence[Block]) -> Block:
        """One code block, its inner line ends and indentation untouched; the fences become marks."""
        source = self.document.source
        first, last = lines[0], lines[-1]
        opened = _FENCE.match(first.text)
        block, _ = join(source, lines[1:-1] if opened else lines, None)
        indent = source[block.start : block.body]
        if indent.isspace():
            patches = tuple(replace(patch, at=patch.at + len(indent)) for patch in block.patches)
            block = replace(block, text=indent + block.text, body=block.start, patches=patches)
        extent = replace(block, start=first.start, end=last.end, first_line=first.first_line, last_line=last.last_line)
        return replace(extent, kind="code", mark=opened[2] if opened else "")

    # ---- marks -----------------------------------------------------------------------------

    def marks(self) -> None:
        """Headings, quotes and list items that say so themselves."""
        numbered = self._numbered()
        blocks, out = self.blocks, list[Block]()
        indents: list[int] = []
        may_underline = not self.openings.isdisjoint("=-")
        i = 0
        while i < len(blocks):
            block = blocks[i]
            if block.removed or block.kind != "paragraph":
                out.append(block)
                i += 1
                continue
            underlined = may_underline and i + 1 < len(blocks) and blocks[i + 1].text.startswith(("===", "---"))
            if underlined and (underline := self._underline(i)):
                below = blocks[i + 1]
                out.append(replace(block, kind="heading", level=underline, end=below.end, last_line=below.last_line))
                i += 2
                continue
            if block.text[:1] in self.openings:
                block = self._marked(block, i in numbered, indents)
            if indents and block.kind == "paragraph" and block.start == block.body and self.blank_before(i):
                indents.clear()
            out.append(block)
            i += 1
        self.blocks = out

    def _underline(self, index: int) -> int:
        """Level of a heading underlined on the next line (=== or ---), else 0."""
        block, below = self.blocks[index], self.blocks[index + 1]
        mark = _UNDERLINE.match(below.text)
        fits = mark and below.first_line == block.last_line + 1 and self.blank_before(index)
        if not fits or not mark or len(block.text) > 120 or below.removed or "|" in block.text:
            return 0
        near = abs(len(block.text) - len(below.text)) <= 3 or self.document.metadata.format == "markdown"
        return (1 if mark[1][0] == "=" else 2) if near else 0

    def _marked(self, block: Block, numbered: bool, indents: list[int]) -> Block:
        text = block.text
        if text.startswith("#") and (match := _HASHES.match(text)) and len(text.split()) <= 30:
            bare = text.rstrip("#")  # "## Title ##" is closed, "# C#" is not
            stop = len(bare.rstrip()) if bare[-1:].isspace() else len(text)
            if match.end() < stop:
                return self._cut(block, match.end(), stop, "heading", len(match[1]))
        if text.startswith(">") and (match := _QUOTE.match(text)):
            return self._cut(block, match.end(), len(text), "quote")
        if (match := _BULLET.match(text)) and not _ornamental(text):
            level = _level(indents, len(self.lead(block).expandtabs(4)))
            return self._cut(block, match.end(), len(text), "list_item", level, "- ")
        if numbered and (match := _NUMBER.match(text)):
            level = _level(indents, len(self.lead(block).expandtabs(4)))
            return self._cut(block, match.end(), len(text), "list_item", level, f"{int(match[1])}{match[2]} ")
        return block

    def _cut(self, block: Block, i: int, j: int, kind: Kind, level: int = 0, mark: str = "") -> Block:
        """The block as what its marks say; they go (all outside ``text[i:j]``) unless a patch goes through one."""
        if not block.patches:  # spares most blocks the search for them
            text, body = block.text[i:j], block.body + i
            return replace(block, text=text, body=body, kind=kind, level=level, mark=mark)
        cut = narrow(block, i, j) if clear_cut(block, i) and clear_cut(block, j) else block
        return replace(cut, kind=kind, level=level, mark=mark)

    def _numbered(self) -> set[int]:
        """Lines that open with a number and continue, or begin, a count with no text in between.

        "1. Objectives" alone above a paragraph is a heading; "1. … / 2. … / 3. …" is a list.
        """
        found: set[int] = set()
        before: tuple[int, int] | None = None  # index and number of the last block, if numbered
        for index, block in enumerate(self.blocks):
            able = block.text[:1].isdigit() and block.kind == "paragraph" and block.removed is None
            match = _NUMBER.match(block.text) if able else None
            if match and before and int(match[1]) == before[1] + 1:
                found |= {before[0], index}
            before = (index, int(match[1])) if match else None
        return found

    # ---- hard wraps ------------------------------------------------------------------------

    def unwrap(self, *, markdown: bool) -> None:
        """Join the lines of a paragraph, quote or list item that were only wrapped."""
        out: list[Block] = []
        blank, i = self.blanks(), 0
        if all(blank):
            return
        while i < len(self.blocks):
            stop = i + 1 if i + 1 == len(blank) or blank[i + 1] else self._run_end(i)
            if stop - i == 1:
                out.append(self.blocks[i])
            else:
                out += self._paragraphs(self.blocks[i:stop], markdown)
            i = stop
        self.blocks = out

    def _run_end(self, first: int) -> int:
        """End of the run of adjacent lines that could be one wrapped block."""
        block = self.blocks[first]
        stop = first + 1
        if block.removed or block.kind not in ("paragraph", "list_item", "quote"):
            return stop
        inner = "quote" if block.kind == "quote" else "paragraph"
        while stop < len(self.blocks):
            after = self.blocks[stop]
            if after.removed or after.kind != inner or self.blank_before(stop):
                break
            if block.kind == "list_item" and not self.lead(after):
                break
            stop += 1
        return stop

    def _paragraphs(self, lines: Sequence[Block], markdown: bool) -> Iterator[Block]:
        """What a run of adjacent lines holds: wrapped paragraphs, or lines whose sentences may be broken."""
        texts = [line.text for line in lines]
        ends = [len(lines)] if markdown else wraps.paragraph_ends(texts)
        if len(lines) == 2 and lines[0].kind == "paragraph" and hangs(texts[1]) and not markdown:
            ends = [1, 2]  # two lines prove no wrapping
        wrapped = len(ends) < len(lines)
        if not wrapped:
            ends = sentence_ends(texts)
        start = 0
        for end in ends:
            yield self._joined(lines[start:end], wrapped) if end - start > 1 else lines[start]
            start = end

    def _joined(self, lines: Sequence[Block], wrapped: bool) -> Block:
        texts = [line.text for line in lines]
        between = [wraps.seam(before, after) for before, after in pairwise(texts)] if wrapped else seams(texts)
        whole = [
            line if between_next is not None else narrow(line, 0, len(line.text) - 1)
            for line, between_next in zip(lines, [*between, " "], strict=True)
        ]
        rule, reason = _WRAPPED if wrapped else _BROKEN
        block, edited = join(self.document.source, whole, [one or "" for one in between])
        self.edits += change_edits(self.document.source, block, STAGE, rule, edited, reason)
        return block


def _is_code(text: str) -> bool:
    """Whether a line reads as code."""
    hit = text.endswith(_CODE_END) or _CODE_BEGIN.match(text) is not None
    return hit and not wraps.PROSE_END.search(text) and not _CELLS.search(text)


def _ornamental(text: str) -> bool:
    """Whether a line of bullets and dashes holds no word at all ("* * *")."""
    return _LETTER_OR_DIGIT.search(text) is None


def _level(indents: list[int], indent: int) -> int:
    """Nesting level of a list item, 1 the outermost; ``indents`` is the stack of open levels."""
    while indents and indent < indents[-1]:
        indents.pop()
    if not indents or indent > indents[-1]:
        indents.append(indent)
    return min(len(indents), 6)
