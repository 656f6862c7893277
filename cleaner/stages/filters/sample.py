"""What a filter looks at: the text of a document that stays so far, cut into lines and words.

Thresholds of the published filters were set on text that has one line for a paragraph, ``- `` before
list items, and no other marks.  So has a sample, with a blank line between paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from cleaner.document import Document
from cleaner.language import judge_language
from cleaner.settings import Detector
from cleaner.writers.markdown import separator

UNSPACED = frozenset("bo dz ja km lo my th zh".split())
"""Languages that put no spaces between words: lengths of words mean nothing there."""

STOPS = frozenset("!.?։؝؞؟۔܀܁܂।॥၊။።፧፨។៕‼‽⁇⁈⁉⸮。﹒﹖﹗！．？｡")
"""Marks that end a sentence, those of scripts in wide use; datatrove lists 159."""

# Scripts of these languages, a word a character; and all that may stand in no word.
_SINGLE = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARK = (
    r"!-/:-@\[-^`{-~\u0080-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2010-\u205e\u20a0-\u20cf\u3000-\u303f"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_SHORT = "Mrs?|Ms|Dr|Jr|Sr|St|vs|Inc|Co|Corp|Ltd|Gov|Rep|Sen|Gen|Prof|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_TOKEN = re.compile(
    rf"[{_SINGLE}]"
    r"|https?://\S+|www\.\S+"
    r"|\d++(?:[.,:/]\d++)*+"  # 3.14  1,000  10:30
    r"|[^\W\d_]+?(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b"  # do|n't  it|'s
    rf"|(?:[^\W\d_]\.)+|(?:{_SHORT})\.(?!\w)"  # U.S.  Mr.
    rf"|[^\s{_MARK}{_SINGLE}]+(?:&[^\s{_MARK}{_SINGLE}]+)?"
    r"|\.{2,}|[-|]{2,}|\S"
)
_IN_WORD = re.compile(rf"[^{_MARK}]")


@dataclass(frozen=True)  # without slots: what is computed once is kept in it
class Sample:
    """A text and the language it is in (``und`` where that is not known)."""

    text: str
    language: str
    language_score: float = 1.0

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are not blank."""
        return [line for line in self.text.splitlines() if line.strip()]

    @cached_property
    def tokens(self) -> list[str]:
        """See :func:`tokenize`."""
        return tokenize(self.text)

    @cached_property
    def words(self) -> list[str]:
        """The tokens that are more than marks."""
        return list(filter(is_word, self.tokens))


def tokenize(text: str) -> list[str]:
    """Words, numbers and marks, much as spaCy's English tokenizer, which datatrove uses, splits them."""
    return _TOKEN.findall(text)


def is_word(token: str) -> bool:
    """Whether a token is more than marks."""
    return _IN_WORD.search(token) is not None


def sample_of(document: Document, detector: Detector) -> Sample:
    """The text of the blocks that stay."""
    pieces: list[str] = []
    last = None
    for block in document.blocks:
        if block.removed is None:
            mark = (block.mark or "- ") if block.kind == "list_item" else ""
            pieces += [separator(last, block) if last else "", mark, block.text]
            last = block
    text = "".join(pieces)
    return Sample(text, *judge_language(text, document.metadata, detector))
