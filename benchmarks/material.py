"""What the benchmarks read: labelled data beside the checkout if it is there, else what the repository holds."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import lzma
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "bench"
CORPUS = ROOT / "tests" / "eval" / "corpus"
MEGABYTE = 1_000_000

_WORD = re.compile(r"\w+")
_TAG = re.compile(r"<[^>]*>")
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
_SHINGLE = 4
_PARAGRAPHS = 12


@dataclass(frozen=True, slots=True)
class Page:
    """An input with what is to come out of it (``""``: nobody knows) and the data set that it is of.

    Nobody minds whether ``either`` comes out.
    """

    text: str
    truth: str
    source: str = ""
    url: str = ""
    either: str = ""

    @property
    def size(self) -> int:
        """Bytes of UTF-8."""
        return len(self.text.encode("utf-8", "replace"))


def sample(records: Sequence[dict[str, Any]], n: int) -> list[dict[str, Any]]:
    """At most ``n`` records (0: all), always the same ones."""
    return sorted(records, key=lambda one: hashlib.sha1(str(one["id"]).encode()).hexdigest())[: n or None]


def html_pages(n: int) -> tuple[str, list[Page]]:
    """Pages of HTML with their main content."""
    path = SHARED / "html" / "dev.jsonl.gz"
    if not path.exists():
        return "the labelled pages of tests/eval", [_labelled(path) for path in _corpus(".html")][: n or None]
    labelled = sample([one for one in _lines(path) if one.get("truth")], n)
    return (
        "labelled pages of four public sets of web pages",
        [Page(one["html"], one["truth"], one["source"], one.get("url", "")) for one in labelled],
    )


def chrome_texts(n: int) -> tuple[str, list[Page]]:
    """Pages as plain text, with their menus and all."""
    path = SHARED / "lines" / "dev.jsonl.gz"
    if not path.exists():
        return "the labelled texts of tests/eval", [_labelled(path) for path in _corpus(".txt")][: n or None]

    def having(one: dict[str, Any], *labels: str) -> str:
        return "\n".join(line["text"] for line in one["lines"] if line["label"] in labels or not labels)

    some = sample(list(_lines(path)), n or 200)
    pages = [Page(having(one), having(one, "content"), either=having(one, "skip")) for one in some]
    return "labelled pages turned to plain text by two converters", pages


def curly_texts(n: int) -> tuple[str, list[Page]]:
    """Prose with typographic quotes in every document."""
    found, lines = paragraphs(20_000)
    return f"{found}, {_PARAGRAPHS} to a document, with typographic quotes", [
        page for page in _documents(lines) if _CURLY.search(page.text)
    ][: n or 500]


def ascii_texts(n: int) -> tuple[str, list[Page]]:
    """Prose in nothing but ASCII."""
    found, lines = paragraphs(20_000)
    pages = _documents([line for line in lines if line.isascii()])
    return f"{found}, {_PARAGRAPHS} to a document, those in ASCII", pages[: n or 500]


def paragraphs(n: int) -> tuple[str, list[str]]:
    """Single paragraphs without near-duplicates, as many as wanted or there are."""
    path = SHARED / "dedup" / "base_dev.txt.xz"
    if not path.exists():
        texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "raw").glob("*.txt"))]
        return "the sample articles", [line for text in texts for line in text.splitlines() if line.strip()][:n]
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return "paragraphs of public-domain books and of articles", [line.rstrip("\n") for line in islice(lines, n)]


def planted_pairs() -> tuple[str, list[str], set[tuple[int, int]]]:
    """Paragraphs with planted near-duplicates, and all pairs of them whose word-3-gram Jaccard is .8 or more."""
    path = SHARED / "dedup" / "dev_small.jsonl.gz"
    if not path.exists():
        return "", [], set()
    records = list(_lines(path))
    number = {str(one["id"]): at for at, one in enumerate(records)}
    with gzip.open(path.with_name("dev_small.truth.tsv.gz"), "rt") as lines:
        columns = next(lines).rstrip("\n").split("\t")
        rows = [dict(zip(columns, line.rstrip("\n").split("\t"), strict=True)) for line in lines]
    pairs = {tuple(sorted((number[row["a"]], number[row["b"]]))) for row in rows if float(row["j3"]) >= 0.8}
    return "paragraphs with planted near-duplicates", [one["text"] for one in records], pairs  # type: ignore[return-value]


def content_f1(outputs: Sequence[str], pages: Sequence[Page], source: str = "") -> float:
    """F1 of mean precision and mean recall of 4-word shingles, as the public benchmark of article extraction has it."""
    precisions, recalls = [], []
    for output, page in zip(outputs, pages, strict=True):
        if page.truth and source in ("", page.source):
            got, right = _shingles(output or ""), _shingles(page.truth)
            hits = (got & right).total()
            if got:
                precisions.append(hits / got.total())
            if right:
                recalls.append(hits / right.total())
    precision = sum(precisions) / max(1, len(precisions))
    recall = sum(recalls) / max(1, len(recalls))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def content_words_f1(outputs: Sequence[str], pages: Sequence[Page]) -> float:
    """F1 of all words that are content, in whatever order they come."""
    hits = got = wanted = 0
    for output, page in zip(outputs, pages, strict=True):
        words, right, either, every = (
            Counter(_WORD.findall(text)) for text in (output, page.truth, page.either, page.text)
        )
        hits += (words & right).total()
        got += (words & (every - either)).total()
        wanted += right.total()
    return 2 * hits / max(1, got + wanted)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return (
        Counter(tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))
        if words
        else Counter()
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _corpus(suffix: str) -> list[Path]:
    return sorted(path for path in CORPUS.iterdir() if path.suffix == suffix)


def _labelled(path: Path) -> Page:
    """A file whose lines begin with a mark: ``+`` content, ``-`` chrome, ``.`` either."""
    lines = path.read_text(encoding="utf-8").splitlines()
    content = "\n".join(line[2:] for line in lines if line.startswith("+"))
    if path.suffix == ".html":
        content = html.unescape(_TAG.sub(" ", content))
    return Page("\n".join(line[2:] for line in lines), content)


def _documents(lines: Sequence[str]) -> list[Page]:
    """Documents of a dozen paragraphs; all of it is content."""
    texts = ["\n\n".join(lines[at : at + _PARAGRAPHS]) for at in range(0, len(lines), _PARAGRAPHS)]
    return [Page(text, text) for text in texts]
