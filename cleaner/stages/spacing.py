"""Stage ``spacing``: spaces that were lost come back, spaces too many go.

Does: "landscape.Such" -> "landscape. Such", "means,including" -> "means, including"; runs of
spaces, tabs and no-break spaces -> one space.  Refuses: URLs, domains, e-mails, file names,
identifiers, versions, times, numbers, initials ("U.S.-Russia"), "Node.js", "ASP.NET", lists of
values without spaces ("a,b,c,d"), scripts that do not separate sentences by spaces, code and tables.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec.structs import replace

from cleaner.alignment import clear_cut, narrow, rewrite
from cleaner.document import Block, Change, Document, Edit, change_edits
from cleaner.settings import Config

STAGE = "spacing"

_LOWER = "a-zß-öø-ÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžșțά-ώа-џґ"
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚΆ-ΏΑ-ΫЀ-Я"
_LETTER = _LOWER + _UPPER
# The gap lies after the punctuation: (what stands before)(mark)(what stands after).
_STOP = rf"(?<=[{_LOWER}][{_LOWER}][.!?])[”’»)]?(?=[“‘«]?[{_UPPER}][{_LOWER}’'])"
_COMMA = rf"(?<=[{_LETTER}][{_LOWER}][,;])(?=[{_LETTER}][{_LOWER}]|[“‘«][{_LETTER}])"
_COLON = rf"(?<=[{_LOWER}][{_LOWER}][{_LOWER}]:)(?=[{_UPPER}][{_LOWER}])"
_QUOTE = rf"(?<=[.,!?])”(?=[{_LETTER}][{_LOWER}])"
_LOST = re.compile(rf"[.,;:!?](?! )(?:{_STOP}|{_COMMA}|{_COLON}|{_QUOTE})")
_RUN = re.compile("[ \t\u00a0]{2,}|[\t\u00a0]")
_LITERAL = re.compile(r"://|www\.|[@/\\_=<>{}\[\]#$&|~`]|\(\)|\.(?:[a-z0-9]{1,5})(?:[^\w.]*$|[.:?])")
# Capitalised ends of domains and file names ("Booking.Com", "Asp.Net"); two-letter ones that are
# words of some language ("It", "In", "De") are not here: more often they begin a sentence.
_ENDINGS = frozenset(
    "com net org info biz edu gov io ai co uk eu tv js ts php html htm css json xml pdf doc docx xls xlsx "
    "ppt txt csv jpg jpeg png gif svg mp3 mp4 zip exe dll".split()
)
_AFTER = re.compile(r"[^\W\d_]+")
_MAX_TOKEN = 200  # a longer run without spaces is data, not prose


def apply(document: Document, config: Config) -> Document:
    """Put spaces right in every block of running text."""
    settings = config.spacing
    texts = [
        block.text if block.removed is None and block.kind not in ("code", "table") else "" for block in document.blocks
    ]
    together = "\n".join(texts)
    lost = _lost_by_text(texts, together) if settings.after_punctuation else {}
    if not (lost or (settings.runs and _has_run(together)) or any(map(_is_loose, texts))):
        return document
    blocks = list(document.blocks)
    edits: list[Edit] = []
    for index, text in enumerate(texts):
        runs = settings.runs and _has_run(text)
        if not (runs or index in lost or _is_loose(text)):
            continue
        block, source = blocks[index], document.source
        if index in lost:
            block = _change(source, block, lost[index], "lost-space", "space lost after punctuation", edits)
        if runs:
            found = [(match.start(), match.end(), " ") for match in _RUN.finditer(block.text)]
            block = _change(source, block, found, "space-run", "run of spaces or no-break space", edits)
        blocks[index] = _stripped(block)
    if tuple(blocks) == document.blocks:
        return document
    return replace(document, blocks=tuple(blocks), edits=document.edits + tuple(edits))


def _has_run(text: str) -> bool:
    return "  " in text or "\t" in text or "\u00a0" in text


def _is_loose(text: str) -> bool:
    """Whether a text begins or ends in white space."""
    return text[:1].isspace() or text[-1:].isspace()


def _lost_by_text(texts: Sequence[str], together: str) -> dict[int, list[Change]]:
    """The lost spaces of each text that has any, by its index; all are searched in one go, as most have none."""
    changes = list(lost_spaces(together))
    starts = [0, *accumulate(len(text) + 1 for text in texts)] if changes else []
    found: dict[int, list[Change]] = {}
    for at, _, space in changes:
        index = bisect_right(starts, at) - 1
        found.setdefault(index, []).append((at - starts[index], at - starts[index], space))
    return found


def _stripped(block: Block) -> Block:
    """The block without outer spaces, which an earlier stage may have left bare."""
    text = block.text
    if not _is_loose(text):
        return block
    i, j = len(text) - len(text.lstrip()), len(text.rstrip())
    return narrow(block, i, j) if i < j and clear_cut(block, i) and clear_cut(block, j) else block


def _change(source: str, block: Block, changes: list[Change], rule: str, reason: str, edits: list[Edit]) -> Block:
    block, spans = rewrite(block, changes)
    edits += change_edits(source, block, STAGE, rule, spans, reason)
    return block


def lost_spaces(text: str) -> Iterator[Change]:
    """Insertions of one space where punctuation lost the one after it."""
    for match in _LOST.finditer(text):
        at = match.end()
        if not _is_literal(text, match.start(), at):
            yield at, at, " "


def _is_literal(text: str, start: int, at: int) -> bool:
    """Whether the token around a gap is a name or datum rather than two words of prose."""
    left, right = start, at
    while left > 0 and not text[left - 1].isspace() and start - left < _MAX_TOKEN:
        left -= 1
    while right < len(text) and not text[right].isspace() and right - at < _MAX_TOKEN:
        right += 1
    token = text[left:right]
    if len(token) >= _MAX_TOKEN or _LITERAL.search(token) or token.count(",") + token.count(";") > 2:
        return True
    if text[start] != ".":
        return False
    after = _AFTER.match(text, at)
    return after is not None and after.group().casefold() in _ENDINGS
