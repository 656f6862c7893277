"""An output folder as large as one likes, written directly: what the report reads, without a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RULES = [("chrome", f"rule-{number}", "remove") for number in range(24)] + [
    ("encoding", "mojibake", "replace"),
    ("spacing", "lost-space", "replace"),
    ("headings", "repeated-heading", "remove"),
]
SENTENCE = "The ferry of line {} left the harbour at dawn, and nobody but the captain was on it that morning. "


def write(folder: Path, documents: int) -> None:
    """Documents of some 700 characters with 4 ledger rows each; every tenth repeats a block of the first ones."""
    folder.mkdir(parents=True, exist_ok=True)
    twins = max(1, documents // 100)
    names = ("documents.jsonl", "ledger.jsonl", "duplicates.jsonl")
    with (
        (folder / names[0]).open("w", encoding="utf-8") as records,
        (folder / names[1]).open("w", encoding="utf-8") as ledger,
        (folder / names[2]).open("w", encoding="utf-8") as duplicates,
    ):
        for number in range(documents):
            source, edits = _article(number)
            if number % 10 == 9:
                twin = number % twins
                edits[-1] |= {"stage": "duplicates", "rule": "near-duplicate", "twin_id": _name(twin), "twin_block": 1}
                pair = {"doc_id": _name(number), "block": 5, "twin_id": _name(twin), "twin_block": 1, "jaccard": 0.9}
                print(json.dumps(pair | {"cluster": twin, "kept": False}), file=duplicates)
            text = _apply(source, edits)
            for seq, edit in enumerate(edits):
                print(json.dumps({"doc_id": _name(number), "seq": seq, **edit}), file=ledger)
            print(json.dumps(_record(number, source, text)), file=records)
    (folder / "rejected.jsonl").write_text("")
    counts = {"inputs": documents, "documents": documents, "rejected": 0, "dropped": 0, "blocks": documents * 6}
    run = {"versions": {"cleaner": "test"}, "config_sha256": "", "config": {}, "files_sha256": {}, "counts": counts}
    (folder / "run.json").write_text(json.dumps(run))


def _name(number: int) -> str:
    return f"folder/{number:06d}.txt"


def _article(number: int) -> tuple[str, list[dict[str, Any]]]:
    lines = [SENTENCE.format(number) * 2, "Share this article", SENTENCE.format(number + 1) * 3, f"Next story {number}"]
    source = "\n".join(lines) + "\n"
    edits = []
    for line in (1, 3):
        start = sum(len(text) + 1 for text in lines[:line])
        stage, rule, action = RULES[(number * 7 + line) % 24]
        edits.append(_edit(stage, rule, action, line + 1, start, lines[line] + "\n", ""))
    return source, edits


def _edit(stage: str, rule: str, action: str, line: int, start: int, raw: str, new: str) -> dict[str, Any]:
    place = {"first_line": line, "last_line": line, "start": start, "end": start + len(raw)}
    twin = {"twin_id": "", "twin_block": -1, "score": 0.5, "reason": "site chrome"}
    return {"stage": stage, "rule": rule, "action": action, **place, "raw_text": raw, "new_text": new, **twin}


def _apply(source: str, edits: list[dict[str, Any]]) -> str:
    for edit in reversed(edits):
        source = source[: edit["start"]] + edit["new_text"] + source[edit["end"] :]
    return source


def _record(number: int, source: str, text: str) -> dict[str, Any]:
    metadata = {
        "url": "",
        "title": f"Ferry {number}",
        "site": f"site{number % 977}.example",
        "language": "en de fr es".split()[number % 4],
        "format": "text",
        "encoding": "utf-8",
        "char_count": len(text),
        "raw_char_count": len(source),
        "removed_block_count": 2,
        "edited_block_count": 0,
        "duplicate_block_count": int(number % 10 == 9),
    }
    return {"id": _name(number), "text": text, "metadata": metadata}
