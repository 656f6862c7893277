"""How well the shipped pipeline tells content from chrome on the labelled corpus beside this file.

``python -m tests.eval.quality`` prints the figures as a record for ``floors.toml``;
``python -m tests.eval.quality -v [NAME …]`` prints what was judged wrongly as well.  ``corpus/README.md``
describes the files and what counts as content.
"""

from __future__ import annotations

import hashlib
import html
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import get_args

from cleaner.config import load
from cleaner.document import Document, Metadata
from cleaner.pipeline import run_stages
from cleaner.readers.html import read_html
from cleaner.readers.text import read_text
from cleaner.settings import Config, Favor

CORPUS = Path(__file__).parent / "corpus"
KINDS = ("text", "html")
MARKS = {"+": "content", "-": "chrome", ".": "either"}

_TAG = re.compile(r"<[^>]*>")
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")  # scripts without spaces count by character


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled line: ``content``, ``chrome`` or ``either`` (not scored)."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """One file of the corpus."""

    name: str
    kind: str
    lines: tuple[Line, ...]

    @property
    def source(self) -> str:
        """What the pipeline gets."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A labelled line with its words and how many of them stay."""

    line: Line
    words: int
    kept: int

    @property
    def stays(self) -> bool:
        """Whether the line as a whole stays."""
        return 2 * self.kept > self.words


def shipped() -> Config:
    """The settings that the package ships, whatever the user's are."""
    return load(environment={}).config


def corpus() -> list[Labelled]:
    """All files, sorted by name."""
    files = sorted(path for path in CORPUS.iterdir() if path.suffix in (".txt", ".html"))
    return [read_labelled(path.stem, path.suffix, path.read_text(encoding="utf-8")) for path in files]


def read_labelled(name: str, suffix: str, text: str) -> Labelled:
    """A file of lines that each begin with a mark and a space.  Raises ``ValueError`` for any other."""
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line[:1] not in MARKS or line[1:2] not in ("", " "):
            raise ValueError(f"{name}{suffix}:{number}: a line must begin with one of {' '.join(MARKS)} and a space")
        lines.append(Line(MARKS[line[0]], line[2:]))
    return Labelled(name, "html" if suffix == ".html" else "text", tuple(lines))


def digest(documents: Iterable[Labelled]) -> str:
    """A SHA-256 of names, labels and texts."""
    total = hashlib.sha256()
    for one in documents:
        total.update(repr((one.name, one.kind, [(line.label, line.text) for line in one.lines])).encode())
    return total.hexdigest()


def words_of(text: str) -> list[str]:
    """What is counted."""
    return _WORD.findall(text)


def verdicts(labelled: Labelled, config: Config) -> list[Verdict]:
    """What the pipeline does with each line."""
    if labelled.kind == "text":
        return _of_text(
            labelled, run_stages(read_text(labelled.source, document_id="page", metadata=Metadata()), config)
        )
    return _of_html(labelled, run_stages(read_html(labelled.source, document_id="page", metadata=Metadata()), config))


def _of_text(labelled: Labelled, document: Document) -> list[Verdict]:
    kept = {n for b in document.blocks if b.removed is None for n in range(b.first_line, b.last_line + 1)}
    sizes = [len(words_of(line.text)) for line in labelled.lines]
    return [
        Verdict(line, size, size if number in kept else 0)
        for number, (line, size) in enumerate(zip(labelled.lines, sizes, strict=True), start=1)
    ]


def _of_html(labelled: Labelled, document: Document) -> list[Verdict]:
    """Words of the source's lines are matched with those of the blocks; what has no match is lost."""
    blocks = [
        (word, block.removed is None)
        for block in document.blocks
        for word in words_of(" ".join(cell for row in block.rows for cell in row) or block.text)
    ]
    lines = [words_of(html.unescape(_TAG.sub(" ", line.text))) for line in labelled.lines]
    flat = [(word, number) for number, words in enumerate(lines) for word in words]
    kept: Counter[int] = Counter()
    matcher = SequenceMatcher(None, [word for word, _ in flat], [word for word, _ in blocks], autojunk=False)
    for match in matcher.get_matching_blocks():
        for offset in range(match.size):
            kept[flat[match.a + offset][1]] += blocks[match.b + offset][1]
    return [
        Verdict(line, len(words), kept[number])
        for number, (line, words) in enumerate(zip(labelled.lines, lines, strict=True))
    ]


def figures(judged: Sequence[Verdict]) -> dict[str, float]:
    """Recall and F1 of content by words, F1 of chrome by lines."""
    content, chrome = ([one for one in judged if one.line.label == label] for label in ("content", "chrome"))
    right = sum(one.kept for one in content)
    lost = sum(one.words for one in content) - right
    left = sum(one.kept for one in chrome)
    counted = [one for one in chrome if one.words]
    gone = sum(not one.stays for one in counted)
    wrong = sum(not one.stays for one in content if one.words)
    return {
        "content_recall": right / (right + lost),
        "content_f1": 2 * right / (2 * right + lost + left),
        "chrome_f1": 2 * gone / (len(counted) + gone + wrong),
    }


def measure(documents: Sequence[Labelled], config: Config) -> dict[str, dict[str, float]]:
    """The figures of every kind at every favor: ``{"text.balanced": {...}, …}``."""
    return {
        f"{kind}.{favor}": figures(
            [
                verdict
                for one in documents
                if one.kind == kind
                for verdict in verdicts(one, replace(config, favor=favor))
            ]
        )
        for kind in KINDS
        for favor in get_args(Favor)
    }


def mistakes(labelled: Labelled, config: Config) -> Iterator[str]:
    """Lines that went or stayed against their label."""
    for one in verdicts(labelled, config):
        if one.words and one.line.label in ("content", "chrome") and one.stays != (one.line.label == "content"):
            yield f"{'LOST' if one.line.label == 'content' else 'left'} {one.line.text}"


def main(arguments: list[str]) -> None:
    """Print the record of today, or what is wrong."""
    config = shipped()
    documents = corpus()
    if arguments[:1] == ["-v"]:
        for one in documents:
            if not arguments[1:] or one.name in arguments[1:]:
                found = list(mistakes(one, config))
                print(f"== {one.name}.{one.kind}: {len(found)} of {len(one.lines)} lines", *found, sep="\n   ")
    print(f'[[record]]\ncorpus = "{digest(documents)}"')
    for name, values in measure(documents, config).items():
        print(f"{name} = {{ {', '.join(f'{key} = {value:.4f}' for key, value in values.items())} }}")


if __name__ == "__main__":
    main(sys.argv[1:])
