"""Tables of cells between bars, in the shapes that converters leave.

``| a | b |`` (Markdown, trafilatura), ``a | b |`` (older trafilatura), ``a| b`` (html2text),
with or without ``---|---|`` rows, and rows broken where a cell held a line break.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from cleaner.document import Rows
from cleaner.stages.tables.lines import Found, Line, looks_like_code
from cleaner.writers.tables import rule_row, split_row

_RULE_SIGNS = frozenset("|:+- \t")
_SENTENCE_END = (".", "!", "?")
_CONTINUATION_MAX = 120
"""A line without a bar inside a table is the rest of a broken cell only if it is no longer than this."""
_PIECES = 3
"""A row is looked for on at most so many further lines."""
_FITTING = 0.7
"""At least this share of the rows must have the table's number of cells."""


def find(lines: Sequence[Line]) -> Iterator[Found]:
    """Tables between bars in a section of lines."""
    if not any("|" in line.text for line in lines):
        return
    start = 0
    while start < len(lines):
        text = lines[start].text
        if "|" not in text and "--" not in text:  # most lines: no run begins here
            start += 1
            continue
        end = _run_end(lines, start)
        if end > start:
            rows = _read(lines[start:end])
            if rows:
                yield Found(start, end, rows, "pipes", 1.0, "read from bars")
        start = max(end, start + 1)


def _run_end(lines: Sequence[Line], start: int) -> int:
    """End of the run of adjacent lines with bars; a short line between two of them is a cell's second line."""
    end = start
    while end < len(lines) and (end == start or not lines[end].blanks):
        text = lines[end].text
        if text.startswith("\\|"):
            break  # the bar is escaped: this line says that it is no row
        if "|" not in text and not _is_rule(text):
            inside = end > start and end + 1 < len(lines) and "|" in lines[end + 1].text and not lines[end + 1].blanks
            if not inside or len(text) > _CONTINUATION_MAX or text.rstrip().endswith(_SENTENCE_END):
                break
        end += 1
    return end if any("|" in line.text for line in lines[start:end]) else start


def _read(run: Sequence[Line]) -> Rows:
    """The grid of a run, or ``()`` if it is no table."""
    texts = [line.text.strip() for line in run]
    rules = [number for number, text in enumerate(texts) if _is_rule(text)]
    ours = len(texts) > 1 and texts[1] == rule_row(len(_trimmed(split_row(texts[0]), True, True)))
    if ours:
        rules = [1]  # our own writing: every other line is a row, even one of dashes
    lines = [text for number, text in enumerate(texts) if number not in set(rules)]
    if not lines or (not rules and len(lines) < 2):
        return ()
    left = ours or 2 * sum(text.startswith("|") for text in lines) > len(lines)
    right = ours or 2 * sum(_closed(text) for text in lines) > len(lines)
    plain = [_trimmed(split_row(text), left, right) for text in lines]
    columns = _columns(plain, texts[rules[0]] if rules else "")
    rows = plain if ours else _mended(lines, plain, columns, left, right)
    boxed = left and right
    fitting = sum(len(row) == columns for row in rows)
    if fitting < _FITTING * len(rows) or (columns < 2 and not (rules and boxed)):
        return ()
    if not rules and not boxed and (len(rows) < 3 or _is_menu_or_code(run)):
        return ()
    return tuple(map(tuple, rows))


def _is_menu_or_code(run: Sequence[Line]) -> bool:
    """Whether lines with bars that nothing else marks as a table are list items or code."""
    code = sum("||" in line.text or looks_like_code(line.text) for line in run)
    return any(line.bulleted for line in run) or 2 * code > len(run)


def _is_rule(text: str) -> bool:
    """Whether a line is the rule between header and body, or a drawn border."""
    return "--" in text and _RULE_SIGNS.issuperset(text)


def _closed(text: str) -> bool:
    return text.endswith("|") and not text.endswith("\\|")


def _trimmed(pieces: list[str], left: bool, right: bool) -> list[str]:
    """The cells of a split row: without the empty pieces outside its outer bars, where the table has such."""
    if left and len(pieces) > 1 and not pieces[0]:
        pieces = pieces[1:]
    if right and len(pieces) > 1 and not pieces[-1]:
        pieces = pieces[:-1]
    return pieces


def _columns(rows: list[list[str]], rule: str) -> int:
    """Number of columns: what most rows have; of equals, what the rule row says."""
    counts = Counter(map(len, rows))
    said = sum("-" in piece for piece in re.split(r"[|+]", rule))
    return max(counts, key=lambda count: (counts[count], count == said, count))


def _mended(lines: list[str], plain: list[list[str]], columns: int, left: bool, right: bool) -> list[list[str]]:
    """Rows with bars inside backticks put right, and broken rows joined again."""
    rows: list[list[str]] = []
    number = 0
    while number < len(lines):
        row = plain[number]
        if len(row) > columns and "`" in lines[number]:
            row = _trimmed(split_row(lines[number], code=True), left, right)
        elif len(row) < columns or (right and not _closed(lines[number])):
            text = lines[number]
            cut = "|" not in text or (right and not _closed(text))  # in the middle of a cell
            for ahead in range(number + 1, min(number + 1 + _PIECES, len(lines))):
                text += " " + lines[ahead]
                whole = _trimmed(split_row(text), left, right)
                if len(whole) == columns and (cut or len(plain[ahead]) < columns):
                    row, number = whole, ahead
                if len(whole) >= columns:
                    break
        rows.append(row)
        number += 1
    return rows
