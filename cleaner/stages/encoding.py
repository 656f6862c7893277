"""Stage ``encoding``: text that was decoded or escaped wrongly comes right.

Does: left-over HTML tags and entities, mojibake (ftfy), control characters, stray byte order
marks, NFC.  Refuses: tags that a text speaks about ("use <b> and </b>"); to straighten quotes,
take ligatures or full-width forms apart, or guess at meaning (ftfy's defaults for those are
off).  Clean text never reaches ftfy: a regular expression that every bad text must match
decides first (ftfy runs at about 1 MB/s), with exactly ftfy's result.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from unicodedata import is_normalized, normalize

from msgspec.structs import replace

from cleaner.alignment import rewrite
from cleaner.document import Block, Change, Document, Edit, Removal, change_edits, remove_edit
from cleaner.settings import Config, Encoding
from cleaner.words import odd_runs
from cleaner.writers.tables import pipe_table

STAGE = "encoding"

# What ftfy's badness heuristic is made of (ftfy 6.3, ftfy/badness.py, categories by name): its
# every alternative needs a C1 control, a "bad" character, two neighbours from these sets, or one
# of a few literal pairs.  Letters of Greek and Cyrillic count only beside a character of the sets.
_BAD = "¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\ufffdªº"
_SETS = (
    "¶§¢£¥₧€¡«¿©΄΅‘‚“„•‹\uf8ff®»˝”›™²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№"
    "À-ÖØ-Üß-öø-üÝĂăĀāĄąĆćČčĎďĐđĘęĚěĒēĖėĞğĢģİĮįĪīĶķĹĺĽľŁłĻļŃńŇňŅņŒœŘřŔŕŚśŞşŠšŢţŤťŮůŰŲŪŐŌŸŹźŻżŽžҐґﬁﬂ°"
    "│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓"
)
_COMMON = "\u00a0\u00ad·´–—―…’"
_CAPITALS = "À-ÝĀ-žҐ"
# Every alternative looks back from its last character: one look in a table passes over all letters of
# Greek, Cyrillic and most other scripts.
_SUSPECT = re.compile(
    rf"[\x80-\x9f{_BAD}{_SETS}{_COMMON}{_CAPITALS}Ђ](?:(?<=[\x80-\x9f{_BAD}≈√])|(?<=[{_SETS}][{_SETS}])"
    rf"|(?<=[Œœ])[^A-Za-z]|(?<=[ÂÃ])[ \u00a0]|(?<=[ÂÃÎÐØÙà×][{_COMMON}])|(?<=[ВГРСΒΓΞΟ][{_SETS}])"
    rf"|(?<=[Α-ώЁ-џ][{_CAPITALS}])|(?<=вЂ|ВЂ|β€))"
)
# Left-over markup: a closing tag of a block, link or span, a line break, a tag with an attribute.
_MARKUP = re.compile(
    r"</(?:p|div|span|a|li|ul|ol|h[1-6]|blockquote|font|center)>|<br ?/?>"
    r"|<[a-z][a-z0-9]{0,9} [^<>]{0,500}?\b(?:href|src|class|style|id|target)=[\"'][^<>]{0,2000}>",
    re.IGNORECASE,
)
_ANGLES = re.compile(r"<[^<>]*>?")
_KNOWN_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|center|cite|div|em|figcaption|figure|font|h[1-6]|hr|i|img|li|ol|p|small|span|strong"
    r"|sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MARKUP_LINE = 100_000  # characters: a longer line is not taken apart as markup
_MARKUP_WORDS = 4  # fewer words beside the tags: the tags are what the line is about
_BREAKS = ("br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "td", "th", "tr")
_ENTITY = re.compile(r"&#?[0-9A-Za-z]{1,24};")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]")
# Zero-width spaces mark word borders in scripts that write none; elsewhere they are junk.
_ZERO_WIDTH = re.compile("[\u200b\u2060](?![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])")
_MARK = re.compile("[\u0300-\u036f]")  # the only marks that make one character with ASCII
_SPACES = re.compile(r"(\s+)")
_LONGEST_DIFF = 4000  # tokens: past that, one row for the whole changed stretch


def apply(document: Document, config: Config) -> Document:
    """Repair each block's text; a block of nothing but control characters is removed."""
    settings = config.encoding
    if document.metadata.format != "text" or "```" in document.source:  # Markdown may hold HTML, and code does
        settings = dataclasses.replace(settings, markup=False)
    texts = [block.text for block in document.blocks if block.removed is None]
    whole = " ".join(texts)
    odd = odd_runs(whole)
    fixes = [fix for fix in _FIXES if fix.enabled(settings) and fix.suspects(odd if fix.odd else whole)]
    if not fixes:
        return document
    blocks: list[Block] = []
    edits: list[Edit] = []
    for block in document.blocks:
        if block.removed is None and any(fix.suspects(block.text) for fix in fixes):
            block, rows = _repair(document.source, block, settings)
            edits += rows
        blocks.append(block)
    if not edits:
        return document
    return replace(document, blocks=tuple(blocks), edits=document.edits + tuple(edits))


def _repair(source: str, block: Block, settings: Encoding) -> tuple[Block, list[Edit]]:
    """The block repaired; each repair may uncover what the next is for."""
    edits: list[Edit] = []
    for fix in _FIXES:
        if not (fix.enabled(settings) and fix.suspects(block.text)):
            continue
        rows = tuple(tuple(map(fix.repair, row)) for row in block.rows)
        fixed = pipe_table(rows) if rows else fix.repair(block.text)
        if fixed == block.text:
            continue
        block, spans = rewrite(replace(block, rows=rows), differences(block.text, fixed))
        edits += change_edits(source, block, STAGE, fix.rule, spans, fix.reason)
    if not block.text.strip() and edits:
        edits.append(remove_edit(source, block, STAGE, "empty", reason="nothing but control characters"))
        block = replace(block, removed=Removal(STAGE, "empty"))
    return block, edits


@dataclass(frozen=True, slots=True)
class _Fix:
    """One repair: which texts may need it, and what it makes of them.

    What ``suspects`` says of any line of a text it says of the whole, and with ``odd`` also of its
    :func:`~cleaner.words.odd_runs`: so a document is asked before its blocks.
    """

    rule: str
    reason: str
    enabled: Callable[[Encoding], bool]
    suspects: Callable[[str], bool]
    repair: Callable[[str], str]
    odd: bool = False


def suspect(text: str) -> bool:
    """Whether ftfy's badness heuristic could match: true for every text that it calls bad."""
    return not text.isascii() and _SUSPECT.search(text) is not None


@cache
def _ftfy_config() -> object:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=True,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )


def _is_marked_up(text: str) -> bool:
    """Whether a line is prose with tags left in it, rather than code or a text about tags."""
    if "`" in text or len(text) > _MARKUP_LINE:
        return False
    tags = _ANGLES.findall(text)
    return all(map(_KNOWN_TAG.fullmatch, tags)) and len(_ANGLES.sub(" ", text).split()) >= _MARKUP_WORDS


def _markup(text: str) -> str:
    """The text of a fragment; what breaks a line in a browser becomes a space."""
    if not _is_marked_up(text):
        return text
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    for tag in soup.find_all(_BREAKS):
        tag.insert_before(" ")
        tag.insert_after(" ")
    return " ".join(soup.get_text().split())


def _mojibake(text: str) -> str:
    from ftfy import fix_text

    return fix_text(text, _ftfy_config())  # type: ignore[arg-type]


def _entities(text: str) -> str:
    from ftfy.fixes import unescape_html

    for _ in range(3):  # "&amp;amp;amp;" is as deep as it gets in the wild
        unescaped = unescape_html(text)
        if unescaped == text:
            break
        text = unescaped
    return text


def _has_controls(text: str) -> bool:
    shown = text.replace("\n", " ").replace("\u00a0", " ")
    if shown.isprintable() and "\ufffc" not in shown:  # the only one of them that is printable
        return False
    return _CONTROL.search(text) is not None or (not text.isascii() and _ZERO_WIDTH.search(text) is not None)


def _may_compose(text: str) -> bool:
    """Whether a text may not be in normal form C; what stands before a mark that ASCII takes is not looked at."""
    return not text.isascii() and (_MARK.search(text) is not None or not is_normalized("NFC", text))


def _controls(text: str) -> str:
    from ftfy.fixes import remove_control_chars, remove_terminal_escapes

    return _ZERO_WIDTH.sub("", remove_control_chars(remove_terminal_escapes(text)))


_FIXES: tuple[_Fix, ...] = (
    _Fix(
        "markup",
        "left-over HTML tags",
        lambda s: s.markup,
        lambda t: "<" in t and _MARKUP.search(t) is not None,
        _markup,
    ),
    _Fix(
        "entity", "HTML entity", lambda s: s.entities, lambda t: "&" in t and _ENTITY.search(t) is not None, _entities
    ),
    _Fix("mojibake", "decoded with the wrong charset", lambda s: s.mojibake, suspect, _mojibake, odd=True),
    _Fix(
        "control",
        "control or zero-width characters",
        lambda s: s.controls,
        _has_controls,
        _controls,
        odd=True,
    ),
    _Fix(
        "nfc",
        "composed characters",
        lambda s: s.nfc,
        _may_compose,
        lambda t: normalize("NFC", t),
        odd=True,
    ),
)


def differences(old: str, new: str) -> list[Change]:
    """Small changes that turn ``old`` into ``new``: sorted, disjoint, none of them empty."""
    a, b = _SPACES.split(old), _SPACES.split(new)
    if len(a) == len(b):
        pairs = [(i, i + 1, i, i + 1) for i in range(len(a)) if a[i] != b[i]]
    elif len(a) + len(b) > _LONGEST_DIFF:
        pairs = [(0, len(a), 0, len(b))]
    else:
        codes = SequenceMatcher(None, a, b).get_opcodes()
        pairs = [(i, j, k, m) for tag, i, j, k, m in codes if tag != "equal"]
    starts = [0]
    for token in a:
        starts.append(starts[-1] + len(token))
    changes: list[Change] = []
    for i, j, k, m in pairs:
        changes.append(_trim(starts[i], "".join(a[i:j]), "".join(b[k:m])))
    return changes


def _trim(at: int, old: str, new: str) -> Change:
    i, most = 0, min(len(old), len(new))
    while i < most and old[i] == new[i]:
        i += 1
    j = 0
    while j < most - i and old[len(old) - 1 - j] == new[len(new) - 1 - j]:
        j += 1
    return at + i, at + len(old) - j, new[i : len(new) - j]
