"""Putting the page together: one file, no network, nothing from the input but as data.

Whatever came from an input stands in ``<script type="application/json">`` with ``<`` escaped, and the page's own
script puts it into the document as text.  A content security policy allows that one script and
style (by hash) and nothing else, so that even a mistake there could not run or fetch anything.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from cleaner import __version__
from cleaner.files import LEDGER
from cleaner.report.details import LONGEST, cluster_entries, detail, list_entry
from cleaner.report.files import Clean, Record, Span
from cleaner.report.part import Part, gather
from cleaner.report.sample import Listed, Sample, find_clusters
from cleaner.report.totals import Totals, rejections

NAME = "report.html"
ROOM = 3_500_000
"""Bytes of single documents on a page."""
SCRIPTS = ("core.js", "plots.js", "overview.js", "documents.js", "viewer.js", "duplicates.js", "main.js")


def render(folder: Path, parts: Iterable[Part] | None = None) -> Iterator[bytes]:
    """The report of an output folder, in pieces; the same files give the same bytes.

    ``parts`` are what was taken down while the files were written, in order; without, they are read for it.
    Raises :class:`~cleaner.errors.CleanerError` if ``folder`` was not written by `cleaner run`.
    """
    clean = Clean(folder)
    clusters = find_clusters(clean)
    totals, sample = Totals(), Sample()
    spans: dict[str, Span] = {}
    needed: set[int] = set()
    wanted = clusters.documents
    ledger = 0
    stages: list[tuple[str, str]] = []
    if parts is None:
        parts = [gather(clean.documents_with_rows(Record), folder / LEDGER, wanted)]
    for part in parts:
        for listed in part.listed:
            sample.add(listed, totals.documents, ledger)
        for name in wanted & part.clustered.keys():
            number, (start, stop) = part.clustered[name]
            needed.add(number + totals.documents)
            spans[name] = start + ledger, stop + ledger
        totals.merge(part.totals)
        ledger += part.size
        stages = part.stages
    rules = {rule: number for number, rule in enumerate(totals.rules())}
    ranked = sample.by_merit()
    candidates = _candidates(ranked)
    texts = clean.texts(needed | {listed.number for listed in candidates})
    held: dict[int, bytes] = {}
    room = ROOM
    for listed, edits in zip(candidates, clean.edits(listed.rows for listed in candidates), strict=True):
        data = _json(detail(listed, texts[listed.id], edits, rules))
        if len(data) <= room:
            held[listed.number] = data
            room -= len(data)
    documents = sorted(ranked, key=lambda listed: listed.number)
    shown = {
        "version": __version__,
        "totals": totals.shown(),
        "clusters": clusters.figures(),
        "rejected": rejections(clean),
        "run": clean.run,
        "stages": _stages(stages),
        "listed": len(documents),
        "held": len(held),
    }
    entries = [list_entry(listed, rules, held=listed.number in held) for listed in documents]
    yield from _page(shown, entries, cluster_entries(clean, clusters.shown, spans, texts), _numbered(documents, held))


def _candidates(ranked: Sequence[Listed]) -> list[Listed]:
    """The documents that are likely to fit, of those ranked by merit."""
    chosen = []
    room = 2 * ROOM  # by characters before and after, of which the page holds what is the same once
    for listed in ranked:
        room -= min(listed.facts.raw_char_count, LONGEST) + min(listed.facts.char_count, LONGEST)
        if room < 0:
            break
        chosen.append(listed)
    return chosen


def _numbered(documents: list[Listed], held: dict[int, bytes]) -> Iterator[tuple[int, bytes]]:
    """The data of each document that the page holds, by its place in the list."""
    for index, listed in enumerate(documents):
        if listed.number in held:
            yield index, held[listed.number]


def _stages(stages: Sequence[tuple[str, str]]) -> list[Sequence[str]]:
    """Name and meaning of every stage, in order; ``stages`` are those of one document."""
    from cleaner.config import CORPUS_STAGES

    return [
        ("read", "what the reader had to change"),
        *stages,
        *CORPUS_STAGES.items(),
        ("write", "Markdown marks and the space between blocks"),
    ]


def _page(
    shown: dict[str, Any],
    documents: list[list[Any]],
    clusters: list[dict[str, Any]],
    details: Iterator[tuple[int, bytes]],
) -> Iterator[bytes]:
    script = "".join(asset(name) for name in SCRIPTS)
    script = f'(() => {{\n"use strict";\n{script}}})();\n'
    style = asset("report.css")
    policy = (
        f"default-src 'none'; script-src '{_integrity(script)}'; style-src '{_integrity(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head, _, foot = asset("report.html").partition("<!-- data -->\n")
    yield head.replace("{policy}", policy).replace("{style}", style).encode()
    yield _data("summary", _json(shown))
    yield _data("documents", _json(documents))
    yield _data("clusters", _json(clusters))
    for index, data in details:
        yield _data(f"document-{index}", data)
    yield foot.replace("{script}", script).encode()


def asset(name: str) -> str:
    """One of the page's own files."""
    return files("cleaner.report").joinpath("assets", name).read_text(encoding="utf-8")


def _integrity(content: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _json(value: Any) -> bytes:
    """JSON that no text can break out of: without ``<`` there is neither ``</script>`` nor ``<!--``."""
    return msgspec.json.encode(value).replace(b"<", b"\\u003c")


def _data(name: str, data: bytes) -> bytes:
    return b'<script type="application/json" id="data-%s">%s</script>\n' % (name.encode(), data)
