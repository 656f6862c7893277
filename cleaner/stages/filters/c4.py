"""Filter ``c4``: the rules that made C4, for lines and for documents.

Rules and thresholds: Raffel et al., "Exploring the Limits of Transfer Learning" (arXiv 1910.10683), section 2.2, and
its code, as the defaults of datatrove 0.10.1's ``C4QualityFilter`` have them.  Different here: lines that do not
end like a sentence stay unless the settings say so (FineWeb found that this rule alone costs 30 % of the
words); headings, tables and code are no lines to be cut; the list of bad words is not used.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from cleaner.alignment import rewrite
from cleaner.document import Block, Document, Edit, Removal, change_edits, remove_edit
from cleaner.settings import Filters
from cleaner.stages.filters.sample import STOPS, Sample, is_word, tokenize

MIN_SENTENCES = 5
MIN_LINE_WORDS = 3
MAX_WORD_LENGTH = 1000
POLICY = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
ENDS = (".", "?", "!", '"', "'")
RULE = "c4"

_CITATION = re.compile(r"\[\d*\]|\[edit\]|\[citation needed\]")
_LINES = ("paragraph", "list_item", "quote")


def judge(sample: Sample, settings: Filters) -> str:
    """Why the document goes: what is in its lines, or how few sentences stay; "" if it does not."""
    sentences = 0
    for line in sample.lines:
        bare = _CITATION.sub("", line.strip())
        if _formless(line, settings):
            continue
        lower = bare.lower()
        if "lorem ipsum" in lower:
            return "has a line with “lorem ipsum”"
        if "javascript" in lower:
            continue
        if "{" in bare:
            return "has a line with a curly bracket"
        if not any(phrase in lower for phrase in POLICY):
            sentences += count_sentences(bare)
    return f"has {sentences} sentences, fewer than {MIN_SENTENCES}" if sentences < MIN_SENTENCES else ""


def line_fault(line: str, settings: Filters) -> str:
    """Why a line goes; "" if it stays."""
    if fault := _formless(line, settings):
        return fault
    lower = line.lower()
    if "javascript" in lower:
        return "speaks of JavaScript"
    return next((f"speaks of “{phrase}”" for phrase in POLICY if phrase in lower), "")


def _formless(line: str, settings: Filters) -> str:
    words = line.split()
    if any(len(word) > MAX_WORD_LENGTH for word in words):
        return f"has a word of more than {MAX_WORD_LENGTH:,} letters"
    end = _CITATION.sub("", line.strip())
    if settings.c4_terminal_marks and (not end.endswith(ENDS) or end.endswith("...")):
        return "does not end like a sentence"
    if len(words) < MIN_LINE_WORDS:
        return f"has {len(words)} words, fewer than {MIN_LINE_WORDS}"
    return ""


def count_sentences(line: str) -> int:
    """Sentences of a line, at least one: each begins with a word behind a mark that ends one."""
    number, ended = 1, False
    for token in tokenize(line):
        if token in STOPS:
            ended = True
        elif ended and is_word(token):
            number, ended = number + 1, False
    return number


def cut(document: Document, settings: Filters, stage: str) -> Document:
    """Mark the lines that go removed, and take citation marks ("[12]", "[edit]") out of the others."""
    blocks: list[Block] = []
    edits: list[Edit] = []
    for block in document.blocks:
        if block.removed is None and block.kind in _LINES:
            faults = [line_fault(line, settings) for line in block.text.splitlines()]
            if all(faults):
                reason = f"the line {faults[0]}" if faults else "the line is empty"
                edits.append(remove_edit(document.source, block, stage, RULE, reason=reason))
                block = replace(block, removed=Removal(stage, RULE))
            elif marks := [(*mark.span(), "") for mark in _CITATION.finditer(block.text)]:
                block, spans = rewrite(block, marks)
                edits += change_edits(document.source, block, stage, RULE, spans, "citation mark")
        blocks.append(block)
    return replace(document, blocks=tuple(blocks), edits=document.edits + tuple(edits)) if edits else document
