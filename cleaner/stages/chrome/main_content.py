"""Which blocks of an HTML page are not its main content.

Evidence, strongest first: what the page's structure says (the reader's
:class:`~cleaner.document.Hints`: a part named as chrome, the distance from the main container),
then what a block and its neighbours look like (links).  Running text close to the main
container gets the benefit of the doubt, and a page is never emptied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.document import Block, Document, Hints
from cleaner.readers.html.evidence import prose_chars
from cleaner.settings import Config, Favor

Verdict = tuple[str, str, float]
"""``(rule, reason, score)`` of a block that goes; the score says how sure that is (0–1)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much evidence is enough."""

    near: float
    """Running text whose ``Hints.score`` is at least this stays though outside the main container."""
    links: float
    """A short block of which at least this share stands in links goes."""


LIMITS: dict[Favor, Limits] = {
    "precision": Limits(near=1.0, links=0.5),
    "balanced": Limits(near=0.8, links=0.7),
    "recall": Limits(near=0.5, links=0.9),
}

LINK_WORDS = 30
"""A block of more words is no menu entry or teaser, however many links are in it."""

PROSE_SHARE = 0.5
"""With less than this share of prose in the main container, the page is a list of links or
products, and its short linked blocks are what it is for."""

MAIN = 0.99
"""``Hints.score`` of a block inside the main container (1.0, but for rounding)."""

NEAR_HEADING = 0.8
"""A heading outside the main container stays if its ``Hints.score`` is this and kept text follows at once."""

MOSTLY_TEXT = 0.3
"""Link density below which a block outside the main container may be part of the content."""

_REASONS = {
    "outside": "stands outside the page's main content",
    "links": "hardly anything but links, beside running text",
    "title": "is the page's title",
}
_SURE = {"hidden": 1.0, "outside": 0.8, "title": 1.0}
# What the guard against emptying a page takes back last.
_CHROME_FOR_SURE = frozenset(("navigation", "footer", "hidden", "cookies", "newsletter", "popup"))


def judge(document: Document, config: Config) -> dict[int, Verdict]:
    """The blocks of an HTML document that are not main content: index -> ``(rule, reason, score)``.

    Blocks already removed and blocks without hints are not judged.  The rule ``title`` marks a
    level-1 heading that repeats the metadata's title: it is to be moved, not lost.
    """
    limits = LIMITS[config.favor]
    judged = [(i, b, b.hints) for i, b in enumerate(document.blocks) if b.removed is None and b.hints is not None]
    rules = {index: _structural_rule(block, hints, limits) for index, block, hints in judged}
    inside = [(index, block, hints) for index, block, hints in judged if not rules[index]]
    for index in _linked([(block, hints) for _, block, hints in inside], limits):
        rules[inside[index][0]] = "links"
    _keep_headings(judged, rules)
    rules = _guarded(document.blocks, rules, config.chrome.min_kept)
    title = _bare(document.metadata.title)
    for index, block, hints in judged:
        if title and block.kind == "heading" and block.level == 1 and _bare(block.text) == title and not hints.rule:
            rules[index] = "title"
    return {index: _verdict(rule, hints) for index, _, hints in judged if (rule := rules[index])}


def _structural_rule(block: Block, hints: Hints, limits: Limits) -> str:
    """What the page's structure alone says against a block, or ``""``."""
    if hints.rule:
        return hints.rule
    if hints.score >= MAIN:
        return ""
    near = hints.score >= limits.near and hints.link_density < MOSTLY_TEXT
    return "" if near and _is_prose(block, hints) else "outside"


def _linked(blocks: Sequence[tuple[Block, Hints]], limits: Limits) -> Iterator[int]:
    """Indices of short blocks that are nearly all links, on a page that has running text beside them.

    A list is judged as a whole, and a linked heading stays if running text follows it.
    """
    prose = [_is_prose(block, hints) or block.kind == "code" for block, hints in blocks]
    words = [block.text.count(" ") + 1 for block, _ in blocks]
    if sum(count for count, is_prose in zip(words, prose, strict=True) if is_prose) < PROSE_SHARE * sum(words):
        return
    density = _list_densities(blocks)
    for index, (block, _) in enumerate(blocks):
        if prose[index] or density[index] < limits.links or (words[index] > LINK_WORDS and block.kind != "table"):
            continue
        if block.kind == "heading" and any(prose[index + 1 : index + 2]):
            continue
        yield index


def _list_densities(blocks: Sequence[tuple[Block, Hints]]) -> list[float]:
    """Each block's link density; for the items of one list, that of the list."""
    densities: list[float] = []
    run: list[tuple[Block, Hints]] = []
    for block, hints in blocks:
        if block.kind == "list_item":
            run.append((block, hints))
            continue
        densities += [_density(run)] * len(run)
        densities.append(hints.link_density)
        run = []
    return densities + [_density(run)] * len(run)


def _density(run: Sequence[tuple[Block, Hints]]) -> float:
    size = sum(len(block.text) for block, _ in run)
    return sum(len(block.text) * hints.link_density for block, hints in run) / max(1, size)


def _guarded(blocks: Sequence[Block], rules: dict[int, str], least: float) -> dict[int, str]:
    """The rules, taken back as far as needed to keep the share ``least`` of the page's words."""
    words = {index: len(blocks[index].text.split()) for index in rules}
    wanted = least * sum(words.values())
    sure = {index: rule if rule in _CHROME_FOR_SURE else "" for index, rule in rules.items()}
    for attempt in (rules, sure):
        if sum(words[index] for index, rule in attempt.items() if not rule) >= max(1.0, wanted):
            return attempt
    return dict.fromkeys(rules, "")


def _keep_headings(judged: Sequence[tuple[int, Block, Hints]], rules: dict[int, str]) -> None:
    """Clear the rule of headings just outside the main container that stand over kept text."""
    follows = "outside"  # the rule of the block after
    for index, block, hints in reversed(judged):
        near = block.kind == "heading" and hints.score >= NEAR_HEADING and hints.link_density < MOSTLY_TEXT
        if near and rules[index] == "outside" and not follows:
            rules[index] = ""
        follows = rules[index]


def _is_prose(block: Block, hints: Hints) -> bool:
    return prose_chars(block.text, round(len(block.text) * hints.link_density)) > 0


def _bare(text: str) -> str:
    """Letters and digits only, case folded."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _verdict(rule: str, hints: Hints) -> Verdict:
    reason = _REASONS.get(rule, f"stands in a part of the page marked as {rule}")
    return rule, reason, hints.link_density if rule == "links" else _SURE.get(rule, 0.9)
