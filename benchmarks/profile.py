"""Where the time of one document goes, by stage.

    python -m benchmarks.profile [html|text|prose|jsonl ...] [-n N] [--record]

CPU time, one process, one document after another; nothing is written to disk.  ``text`` is web pages as plain text,
``prose`` plain paragraphs, ``jsonl`` short articles in one file of JSON lines.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
import timeit
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.contest import record, wanted
from benchmarks.material import Page, chrome_texts, curly_texts, html_pages, paragraphs
from cleaner.api import Pipeline
from cleaner.document import Document
from cleaner.pipeline import finish, stages
from cleaner.readers import Known, read_content, read_file
from cleaner.settings import Config
from cleaner.writers import records

WARM = 20
Inputs = Callable[[int, Config], tuple[int, Iterator[Document]]]
"""Bytes of the input, and its documents, read as they are asked for."""


def _single(pages: list[Page], kind: str) -> tuple[int, Iterator[Document]]:
    data = [page.text.encode("utf-8", "replace") for page in pages]
    return sum(map(len, data)), (read_content(one, "", kind, Known(id="page")) for one in data)


def html(n: int, config: Config) -> tuple[int, Iterator[Document]]:
    return _single(html_pages(n)[1], "html")


def text(n: int, config: Config) -> tuple[int, Iterator[Document]]:
    return _single(chrome_texts(n)[1], "text")


def prose(n: int, config: Config) -> tuple[int, Iterator[Document]]:
    return _single(curly_texts(n)[1], "text")


def jsonl(n: int, config: Config) -> tuple[int, Iterator[Document]]:
    lines = paragraphs(3 * n)[1]
    articles = [{"text": "\n\n".join(lines[at : at + 3])} for at in range(0, len(lines), 3)]
    path = Path(tempfile.mkdtemp(), "articles.jsonl")
    path.write_text("".join(json.dumps(one) + "\n" for one in articles), encoding="utf-8")
    found = (one for one in read_file(path, path.name, config) if isinstance(one, Document))
    return path.stat().st_size, found


KINDS: dict[str, tuple[Inputs, int]] = {
    "html": (html, 200),
    "text": (text, 100),
    "prose": (prose, 300),
    "jsonl": (jsonl, 2000),
}
"""What can be looked at, and how many documents of it by default."""


def profile(kind: str, n: int) -> tuple[dict[str, float], int, int]:
    """CPU seconds by stage, documents and bytes."""
    inputs, default = KINDS[kind]
    config = Pipeline().config
    for document in inputs(WARM, config)[1]:
        _clean(document, config, defaultdict(float))
    size, documents = inputs(n or default, config)
    seconds: defaultdict[str, float] = defaultdict(float)
    count = 0
    start = time.process_time()
    for document in documents:
        seconds["read"] += time.process_time() - start
        _clean(document, config, seconds)
        count += 1
        start = time.process_time()
    return dict(seconds), count, size


def _clean(document: Document, config: Config, seconds: defaultdict[str, float]) -> None:
    before = time.process_time()

    def lap(name: str) -> None:
        nonlocal before
        now = time.process_time()
        seconds[name] += now - before
        before = now

    for stage in stages():
        document = stage.apply(document, config)
        lap(stage.name)
    written, document = finish(document)
    lap("finish")
    records.document_line(document, written, records.Extras(), config)
    records.ledger_lines(document)
    lap("record")


def floors() -> dict[str, float]:
    """MB/s of what no pipeline can do without, on prose: how far off we are from the machine."""
    pages = curly_texts(WARM)[1]
    data = b"".join(page.text.encode() for page in pages) * 40
    text = data.decode()
    ways: dict[str, Callable[[], object]] = {
        "copy it in memory": lambda: bytearray(data),
        "decode UTF-8": data.decode,
        "SHA-256": lambda: hashlib.sha256(data).digest(),
        "write a JSON string": lambda: records.encode(text),
    }
    return {
        name: round(len(data) / min(timeit.repeat(way, number=1, repeat=5, timer=time.process_time)) / 1e6, 1)
        for name, way in ways.items()
    }


def table(kind: str, seconds: dict[str, float], count: int, size: int) -> str:
    """The profile as a Markdown table, the sum in its last row."""
    total = sum(seconds.values())
    lines = [f"| {kind} | ms a document | share |", "|---|---|---|"]
    lines += [f"| {name} | {1000 * one / count:.3f} | {one / total:.0%} |" for name, one in seconds.items()]
    lines.append(f"| all: {count:,} documents, {size / total / 1e6:.2f} MB/s | {1000 * total / count:.3f} | 100% |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], metavar="KIND", help=" ".join(KINDS))
    parser.add_argument("-n", type=int, default=wanted(), help="documents of each kind")
    parser.add_argument("--record", action="store_true", help="put the figures into results.json")
    chosen = parser.parse_args()
    found = {}
    for kind in chosen.kinds or KINDS:
        seconds, count, size = profile(kind, chosen.n)
        print(table(kind, seconds, count, size), end="\n\n", flush=True)
        found[kind] = {"seconds": {name: round(one, 5) for name, one in seconds.items()}, "items": count, "bytes": size}
    if chosen.record:
        record("profile", {"kinds": found, "floors": floors()})


if __name__ == "__main__":
    main()
