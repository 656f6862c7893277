"""Train the chrome stage's classifier of HTML pages and measure it on pages it has not seen.

usage: python benchmarks/train_page_model.py DATA.jsonl.gz [-o MODEL.json] [--measure-only]

DATA holds labelled pages, one JSON object a line: ``id``, ``source``, ``html`` and ``truth``, the main
content as plain text.  The pages go through the reader and the stages before ``chrome``, so that the
model is trained on the blocks that it will judge.  A block's label is the share of its words that
align with the truth.  Figures are out of fold: pages are dealt into five folds by hash of their id.

The same data and versions give the same model to the bit.  Needs `pip install catboost`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, get_args

import forest_training
import numpy as np

from cleaner.config import load as load_config
from cleaner.document import Block, Document, Metadata
from cleaner.pipeline import STAGES, run_stages
from cleaner.readers import to_document
from cleaner.settings import Config, Favor
from cleaner.stages import chrome, headings
from cleaner.stages.chrome.forest import MODELS, load
from cleaner.stages.chrome.main_content import MODEL, Judged, Judgement, judged_blocks
from cleaner.stages.chrome.page_features import features
from cleaner.writers import markdown

DATE = "2026-11-22"
FOLDS = 5
TRAINING = {"trees": 200, "depth": 5, "rate": 0.07, "columns": 0.2}
FOUND_WEIGHT = 0.2  # of blocks that a named detector takes anyway
LEAST_WORDS = 100  # pages with less main content weigh no more than one of this many words
SHINGLE = 4  # words, as in the public article-extraction benchmark
_WORD = re.compile(r"\w+")
Shingles = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Example:
    """A page, ready to be judged."""

    id: str
    source: str
    truth: str
    document: Document
    found: dict[int, Any]
    judged: Judged


def examples(path: Path, config: Config) -> Iterator[Example]:
    """The labelled pages that have a truth and at least one block."""
    before = STAGES[: [stage.name for stage in STAGES].index("chrome")]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for page in map(json.loads, lines):
            if page.get("truth"):
                document = to_document(page["html"], page["id"], Metadata(format="html"))
                document = run_stages(document, config, before)
                judged = judged_blocks(document)
                if judged:
                    found = chrome.detect(document, config)
                    yield Example(page["id"], page["source"], page["truth"], document, found, judged)


def shares(blocks: Sequence[Block], truth: str) -> tuple[list[float], list[int]]:
    """For each block the share of its words that the truth has, and their count.

    Words are aligned in order; a block that stands elsewhere in the truth counts by its shingles.
    """
    wanted = _WORD.findall(truth)
    words = [_WORD.findall(block.text) for block in blocks]
    owner = [index for index, own in enumerate(words) for _ in own]
    hits = Counter[int]()
    matcher = SequenceMatcher(None, [word for own in words for word in own], wanted, autojunk=len(wanted) > 200)
    for match in matcher.get_matching_blocks():
        hits.update(owner[match.a : match.a + match.size])
    known = shingles(truth)
    result = []
    for index, own in enumerate(words):
        share = hits[index] / max(1, len(own))
        if len(own) >= 2 * SHINGLE:
            parts = [tuple(own[i : i + SHINGLE]) for i in range(len(own) - SHINGLE + 1)]
            share = max(share, sum(part in known for part in parts) / len(parts))
        result.append(share)
    return result, [len(own) for own in words]


def shingles(text: str) -> Shingles:
    """Every run of four words."""
    words = _WORD.findall(text)
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)))


def table(pages: Sequence[Example]) -> tuple[Any, Any, Any, list[str], tuple[str, ...]]:
    """Feature rows, labels, weights, page ids of all judged blocks, and the features' names.

    A block weighs the root of its words, more the surer its label, and more on a short page,
    because the benchmark gives every page the same weight.
    """
    values, labels, weights, groups = [], [], [], []
    names: tuple[str, ...] = ()
    for page in pages:
        share, words = shares([block for _, block, _ in page.judged], page.truth)
        size = max(LEAST_WORDS, len(_WORD.findall(page.truth)))
        names, rows = features([(block, hints) for _, block, hints in page.judged])
        values.append(rows)
        for (index, _, _), part, count in zip(page.judged, share, words, strict=True):
            taken = FOUND_WEIGHT if index in page.found else 1.0
            labels.append(int(part >= 0.5))
            weights.append(taken * abs(2 * part - 1) * (1000 * count / size) ** 0.5)
            groups.append(page.id)
    return np.concatenate(values), np.array(labels), np.array(weights), groups, names


def cleaned(page: Example, content: Any, words: Any, config: Config) -> str:
    """The page's clean text if its blocks, with so many words each, are main content with these probabilities."""
    votes = np.zeros((len(words), len(load(MODEL).leaves)), np.float32)  # nobody will read the reasons
    judgement = Judgement(page.document, page.judged, votes, content, words)
    return markdown.render(headings.apply(chrome.clean_page(page.document, judgement, (), config), config))[0]


def figures(pages: Sequence[Example], content: Any, words: Any, config: Config) -> dict[str, dict[str, float]]:
    """Macro precision, recall and F1 of shingles, for all pages and for each source."""
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    at = 0
    for page in pages:
        rows = slice(at, at + len(page.judged))
        text = cleaned(page, content[rows], words[rows], config)
        at = rows.stop
        ours, truth = shingles(text), shingles(page.truth)
        hit = (ours & truth).total()
        for name in ("all", page.source):
            scores[name].append((hit / ours.total(), hit / truth.total()))
    result = {}
    for name, pairs in sorted(scores.items()):
        precision, recall = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
        f1 = 2 * precision * recall / (precision + recall)
        result[name] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=MODELS / f"{MODEL}.json")
    parser.add_argument("--measure-only", action="store_true", help="do not write the model")
    arguments = parser.parse_args()
    config = load_config().config
    pages = list(examples(arguments.data, config))
    values, labels, weights, groups, names = table(pages)
    content = forest_training.out_of_fold(values, labels, weights, groups, FOLDS, **TRAINING)
    measured = {}
    for favor in get_args(Favor):
        measured[favor] = figures(pages, content, values[:, names.index("words")], replace(config, favor=favor))
        print(favor, *(f"{name} {figure}" for name, figure in measured[favor].items()), sep="\n  ", flush=True)
    if arguments.measure_only:
        return
    about = {
        "about": "probability that a block of an HTML page is main content",
        "date": DATE,
        "data_sha256": hashlib.sha256(arguments.data.read_bytes()).hexdigest(),
        "pages": len(pages),
        "blocks": len(labels),
        "training": TRAINING,
        "out_of_fold": {favor: {name: figure["f1"] for name, figure in by.items()} for favor, by in measured.items()},
    }
    model = forest_training.fit(values, labels, weights, **TRAINING)
    forest_training.write(model, names, arguments.output, about)


if __name__ == "__main__":
    main()
