"""Varied, realistic documents to try the pipeline on: real fragments, spliced and damaged.

Random characters alone never look like a table, a calendar or a byline, so most of every document is
cut from real articles and from the cases of the tests, and then damaged as scrapers damage text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

from tests.support import CASES, ROOT

JUNK = [
    *"\t\r\n\x00\x0b\x0c\x1b\x1c\x85\u00a0\u00ad\u200b\u200e\u202e\u2028\u2029\u2066\ufeff\ufffd\U000e0041",
    *"#-|*>`_~[]()<>&;:.,!?/\\\"'0123456789",
    *"éßıİŉǅﬁ𝔸مرحبا中文한글กำ",
    "e\u0301",
    "\u1100\u1161\u11a8",
    "Ã©",
    "â€™",
    "&amp;amp;",
    "&#x110000;",
    "&nbsp;",
    "\x1b[31m",
    "\x1b]0;title\x07",
    "```",
    "---",
    "===",
    "| ",
    " | ",
    "- ",
    "1. ",
    "> ",
    "# ",
    "\n\n",
    "\r\n",
    "  ",
    "<b>",
    "</p>",
    "<!--",
    "https://example.com/a,b.c",
    "March 2025",
    "MTWTFSS",
]
Damage = Callable[[str, Random], str]


def material(folders: Iterable[Path] = ()) -> tuple[list[str], list[str]]:
    """Texts and pages of HTML to cut from: the repository's samples and cases, and more folders."""
    texts: list[str] = []
    pages: list[str] = []
    for folder in (ROOT / "raw", CASES, ROOT / "tests" / "golden", *folders):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = path.read_text("utf-8", "replace")
            (pages if path.suffix in (".html", ".htm") else texts).append(content)
    return texts, pages


def _drop(text: str, rng: Random) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + text[i + rng.choice((1, 2, 20)) :]


def _insert(text: str, rng: Random) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + rng.choice(JUNK) * rng.choice((1, 1, 1, 2, 30)) + text[i:]


def _double(text: str, rng: Random) -> str:
    i = rng.randrange(len(text) + 1)
    return text[: i + 60] + text[i:]


def _lose_ends(text: str, rng: Random) -> str:
    lines = text.split("\n")
    i = rng.randrange(len(lines))
    return "\n".join(lines[:i]) + "".join(lines[i:])


def _lose_spaces(text: str, rng: Random) -> str:
    i = rng.randrange(len(text) + 1)
    return text[:i] + text[i : i + 80].replace(" ", "") + text[i + 80 :]


def _shuffle(text: str, rng: Random) -> str:
    lines = text.split("\n")
    rng.shuffle(lines)
    return "\n".join(lines)


def _indent(text: str, rng: Random) -> str:
    return "\n".join(rng.choice(("", "", "  ", "\t", "> ", "- ")) + line for line in text.split("\n"))


def _upper(text: str, rng: Random) -> str:
    return text.upper() if rng.random() < 0.5 else text.lower()


def _mojibake(text: str, rng: Random) -> str:
    return text.encode("utf-8", "replace").decode("cp1252", "replace")


def _wrap(text: str, rng: Random) -> str:
    width = rng.randrange(20, 80)
    return "\n".join(line[i : i + width] for line in text.split("\n") for i in range(0, max(1, len(line)), width))


DAMAGES: tuple[Damage, ...] = (
    _drop,
    _insert,
    _insert,
    _double,
    _lose_ends,
    _lose_spaces,
    _shuffle,
    _indent,
    _upper,
    _mojibake,
    _wrap,
)


def fragment(source: str, rng: Random, most: int) -> str:
    """Some lines of a text, from anywhere in it."""
    lines = source.split("\n")
    start = rng.randrange(len(lines))
    return "\n".join(lines[start : start + rng.randint(1, most)])[:6_000]


def text(texts: list[str], rng: Random) -> str:
    """One document of plain text: up to four fragments, damaged up to five times (a third not at all)."""
    whole = "\n".join(fragment(rng.choice(texts), rng, rng.choice((3, 12, 40))) for _ in range(rng.randint(1, 4)))
    for _ in range(rng.choice((0, 0, 1, 2, 5))):
        whole = rng.choice(DAMAGES)(whole, rng)
    return whole


def page(pages: list[str], texts: list[str], rng: Random) -> str:
    """One page: pieces of the markup of real ones, with broken tags and text between."""
    pieces = []
    for _ in range(rng.randint(1, 5)):
        source = rng.choice(pages)
        start = rng.randrange(len(source) + 1)
        pieces.append(source[start : start + rng.choice((40, 400, 3_000))])
        if rng.random() < 0.3:
            tag = rng.choice(("p", "td", "li", "h2", "pre", "blockquote", "table", "div"))
            pieces.append(f"<{tag}>{fragment(rng.choice(texts), rng, 3)}")
    whole = "".join(pieces)
    for _ in range(rng.choice((0, 1, 3))):
        whole = rng.choice((_drop, _insert, _double))(whole, rng)
    return whole


def data(document: str, rng: Random) -> bytes:
    """A document as bytes, in some charset, now and then with bytes changed."""
    charset = rng.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "shift-jis", "koi8-r"))
    raw = bytearray(document.encode(charset, "replace"))
    for _ in range(rng.choice((0, 0, 1, 3, 20))):
        raw.insert(rng.randrange(len(raw) + 1), rng.randrange(256))
    return bytes(raw)
