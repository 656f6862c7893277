"""Train the chrome stage's classifier for plain text: models/text.json.

usage: python benchmarks/train_text_model.py DATA.jsonl.gz [--no-folds]

DATA holds labelled texts, one JSON object a line: ``id``, ``converter`` and ``lines`` of ``text`` and
``label`` (content, chrome or skip).

Each document is taken three times: as it is; with most of its chrome left out (all of it, or all
but a few lines at its end), so that the model also knows articles that come nearly clean; and cut
down to a part of both, so that it knows short ones.
The same data give the same file, byte for byte; it takes some minutes on one core.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from forest_training import Floats, fit, out_of_fold, write

from cleaner.config import load
from cleaner.document import Metadata
from cleaner.pipeline import STAGES
from cleaner.readers.text import read_text
from cleaner.settings import Config
from cleaner.stages.chrome import detect
from cleaner.stages.chrome.forest import MODELS
from cleaner.stages.chrome.page import read
from cleaner.stages.chrome.text_features import NAMES, features
from cleaner.stages.chrome.text_model import LIMITS, likely

DATE = "2026-11-22"
OPTIONS = {"trees": 160, "depth": 7, "rate": 0.095, "columns": 0.1}
FOLDS = 3
TAIL = 12  # chrome lines left in at most
COPIES = {"as it is": 1.0, "nearly clean": 0.2, "short": 0.35}  # and their weights
SHARES = (0.1, 0.2, 0.35, 0.6)  # of the content lines that the third copy has, and
LEAST_CONTENT = 4  # so many at least
PIECES = (2, 4, 8, 16)  # chrome lines that stay of each stretch, at most
NO_PIECE = 0.35  # of the stretches none stays
WORD_WEIGHT = 0.06  # a line of 17 words counts twice, one of 200 or more counts 13 times
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Rows:
    """What one document gives: features, and per block the lines and words that are content and chrome."""

    values: Any
    counts: Any  # content lines, chrome lines, content words, chrome words
    judged: Any
    copy: str  # one of COPIES
    group: str


def rows_of(lines: list[dict[str, str]], config: Config, copy: str, group: str) -> Rows:
    """Run a document through the stages before chrome, as it will be when it is judged."""
    text = "\n".join(line["text"] for line in lines)
    document = read_text(text, document_id=group, metadata=Metadata())
    for stage in STAGES:
        if stage.name == "chrome":
            break
        document = stage.apply(document, config)
    found = detect(document, config)
    counts = np.zeros((len(document.blocks), 4))
    for number, block in enumerate(document.blocks):
        for line in lines[block.first_line - 1 : block.last_line]:
            column = {"content": 0, "chrome": 1}.get(line["label"])
            if column is not None:
                counts[number, column] += 1
                counts[number, column + 2] += len(_WORD.findall(line["text"]))
    judged = [block.removed is None and number not in found for number, block in enumerate(document.blocks)]
    values = features(read(document, config), found) if document.blocks else np.zeros((0, len(NAMES)), np.float32)
    return Rows(values, counts, np.array(judged, bool), copy, group)


def without_chrome(lines: list[dict[str, str]], key: str) -> list[dict[str, str]]:
    """The document without its chrome but for a few lines, or none, that follow the last content."""
    last = max((number for number, line in enumerate(lines) if line["label"] == "content"), default=-1)
    tail = int(hashlib.sha256(key.encode()).hexdigest()[:4], 16) % (2 * TAIL) - TAIL
    kept = [line for line in lines[: last + 1] if line["label"] != "chrome"]
    for line in lines[last + 1 :]:
        if tail <= 0:
            break
        kept.append(line)
        tail -= line["label"] == "chrome"
    return kept


def shortened(lines: list[dict[str, str]], key: str) -> list[dict[str, str]]:
    """The first content of the document, and of most stretches of chrome before, between and after it a piece."""
    draw = Random(key).random
    whole = sum(line["label"] == "content" for line in lines)
    left = max(LEAST_CONTENT, int(whole * SHARES[int(draw() * len(SHARES))]))
    most = PIECES[int(draw() * len(PIECES))]
    kept: list[dict[str, str]] = []
    for label, stretch in _stretches(lines):
        piece = stretch
        if label == "content":
            at = [number for number, line in enumerate(stretch) if line["label"] == "content"]
            piece = stretch[: at[left - 1] + 1] if 0 < left <= len(at) else stretch if left > 0 else []
            left -= len(at)
        elif label == "chrome":
            size = 0 if draw() < NO_PIECE else 1 + int(draw() * most)
            piece = stretch[:size] if draw() < 0.5 else stretch[max(0, len(stretch) - size) :]
        kept += piece
        if len(piece) < len(stretch) and kept and kept[-1]["text"].strip():
            kept.append({"text": "", "label": "skip"})
    return kept


def _stretches(lines: list[dict[str, str]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Lines of one label in a row, with the unlabelled ones among and after them."""
    label, stretch = "", list[dict[str, str]]()
    for line in lines:
        if line["label"] not in ("skip", label):
            if stretch:
                yield label, stretch
            label, stretch = line["label"], []
        stretch.append(line)
    if stretch:
        yield label, stretch


def training_rows(path: Path, config: Config) -> Iterator[Rows]:
    """All copies of every document; the first is the one as it is."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            document = json.loads(line)
            lines, key = document["lines"], document["id"] + document["converter"]
            for copy, text in zip(COPIES, (lines, without_chrome(lines, key), shortened(lines, key)), strict=True):
                yield rows_of(text, config, copy, document["id"])


def figures(counts: Any, gone: Any) -> dict[str, float]:
    """F1 and recall by lines and by words, as the scoreboard computes them."""
    result = {}
    for unit, content, chrome in (("line", counts[:, 0], counts[:, 1]), ("word", counts[:, 2], counts[:, 3])):
        kept, lost = content[~gone].sum(), content[gone].sum()
        left, hit = chrome[~gone].sum(), chrome[gone].sum()
        result[f"{unit}_content_f1"] = round(float(2 * kept / (2 * kept + left + lost)), 4)
        result[f"{unit}_content_recall"] = round(float(kept / (kept + lost)), 4)
        result[f"{unit}_chrome_f1"] = round(float(2 * hit / (2 * hit + lost + left)), 4)
    return result


def main() -> None:
    """Train, measure out of fold, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, default=MODELS / "text.json")
    parser.add_argument("--no-folds", action="store_true", help="leave the measured figures as they are in the file")
    arguments = parser.parse_args()
    parts = [rows for rows in training_rows(arguments.data, load(environment={}).config) if len(rows.values)]
    values = np.concatenate([rows.values for rows in parts])
    counts = np.concatenate([rows.counts for rows in parts])
    judged = np.concatenate([rows.judged for rows in parts])
    copies = np.concatenate([np.full(len(rows.values), rows.copy) for rows in parts])
    groups = [rows.group for rows in parts for _ in range(len(rows.values))]
    labels = (counts[:, 1] > counts[:, 0]).astype(int)
    lines, words = counts[:, :2].sum(axis=1), counts[:, 2:].sum(axis=1)
    weights: Floats = np.array([COPIES[copy] for copy in copies]) * (
        np.maximum(1, lines) + WORD_WEIGHT * np.minimum(words, 200)
    )
    use = judged & (counts[:, :2].sum(axis=1) > 0)
    judged_groups = [group for group, one in zip(groups, judged, strict=True) if one]
    measured: dict[str, Any] = {}
    if not arguments.no_folds:
        chances = out_of_fold(
            values[judged], labels[judged], weights[judged] * use[judged], judged_groups, FOLDS, **OPTIONS
        )
        log_odds = np.zeros(len(labels), np.float32)
        log_odds[judged] = np.log(chances / (1 - chances))
        words = values[:, NAMES.index("words")]
        ends = np.cumsum([len(rows.values) for rows in parts])
        documents = np.split(np.arange(len(values)), ends[:-1])
        for favor, limit in LIMITS.items():
            gone = ~judged
            for rows in documents:
                chrome = likely(log_odds[rows], values[rows], judged[rows], favor)[judged[rows]]
                rows = rows[judged[rows]]
                if len(rows):
                    gone[rows] = chrome >= limit.of(chrome, words[rows])
            for name in COPIES:
                measured[f"{name}, {favor}"] = figures(counts[copies == name], gone[copies == name])
                print(name, favor, measured[f"{name}, {favor}"])
    elif arguments.output.exists():
        measured = json.loads(arguments.output.read_text(encoding="utf-8"))["out_of_fold"]
    about = {
        "trained": DATE,
        "data_sha256": hashlib.sha256(arguments.data.read_bytes()).hexdigest(),
        "folds": FOLDS,
        "out_of_fold": measured,
    }
    write(fit(values[use], labels[use], weights[use], **OPTIONS), NAMES, arguments.output, about)


if __name__ == "__main__":
    main()
