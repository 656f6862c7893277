"""Fit the weights by which the title of a plain text is told: models/title.json.

usage: python benchmarks/train_titles.py LINES.jsonl.gz PAGES.jsonl.gz [--no-fit]     (needs scipy)

LINES holds texts made of web pages, one JSON object a line: ``id`` and ``lines`` of ``text``; PAGES the same pages
as HTML: ``id`` and ``html``.  A text's true title is the one that the reader finds in its page.  A line that says the
same, or most of it, is right.  Figures are of weights that were fitted on the other half of the pages, by hash of id.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from cleaner.config import load
from cleaner.document import Metadata
from cleaner.pipeline import STAGES, run_stages
from cleaner.readers import to_document
from cleaner.settings import Config
from cleaner.stages.chrome import detect
from cleaner.stages.chrome.page import read
from cleaner.stages.chrome.text_model import judge_text
from cleaner.stages.chrome.texts import measure
from cleaner.stages.chrome.titles import LEAST_SCORE, NAMES, WEIGHTS, candidates
from cleaner.words import squeeze

DATE = "2026-11-22"
LEAST, MOSTLY = 10, 0.6  # letters of a title that may stand in a longer line, and share of that line that it must be
DECAY = 0.002
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """The lines of a text that could be its title, and which of them are."""

    half: int
    measures: Floats  # (lines, NAMES)
    right: npt.NDArray[np.bool_]
    there: bool  # the title is a line of the text at all


def says(text: str, title: str) -> bool:
    """Whether a line is the title, or the title with little more or less."""
    one, other = squeeze(text), squeeze(title)
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= LEAST and shorter in longer and len(shorter) >= MOSTLY * len(longer)


def examples(texts: Path, pages: Path, config: Config) -> Iterator[Example]:
    """The texts whose pages have a title."""
    titles = {page["id"]: _html(page["html"]).metadata.title for page in _rows(pages)}
    before = STAGES[: [stage.name for stage in STAGES].index("chrome")]
    for row in _rows(texts):
        title = titles.get(row["id"], "")
        text = "\n".join(line["text"] for line in row["lines"])
        document = run_stages(to_document(text, row["id"], Metadata(format="text")), config, before)
        page = read(document, config)
        if not squeeze(title) or not page.lines:
            continue
        found = detect(document, config)
        goes = judge_text(page, found, config.favor, measure(page))
        able = list(candidates(page, found, goes))
        yield Example(
            int(hashlib.md5(row["id"].encode()).hexdigest(), 16) % 2,
            np.array([measures for _, measures in able]).reshape(len(able), len(NAMES)),
            np.array([says(line.text, title) for line, _ in able], bool),
            any(says(line["text"], title) for line in row["lines"]),
        )


def _html(text: str) -> Any:
    return to_document(text, "", Metadata(format="html"))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def fit(examples: Sequence[Example]) -> Floats:
    """The weights under which the true choices are likeliest; to choose no line has score 0."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for example in examples:
            scores = np.append(example.measures @ weights, 0.0)
            odds = np.exp(scores - scores.max())
            right = np.append(example.right, not example.right.any())
            likely, wanted = odds / odds.sum(), odds * right / odds[right].sum()
            total -= float(np.log(likely[right].sum()))
            slope -= example.measures.T @ (wanted - likely)[:-1]
        return total / len(examples) + DECAY * weights @ weights, slope / len(examples) + 2 * DECAY * weights

    best: Floats = minimize(loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B").x
    return best


def outcome(example: Example, weights: Floats) -> str:
    """What the weights do on a text."""
    scores = example.measures @ weights
    if not len(scores) or scores.max() <= LEAST_SCORE:
        return "none"
    return "right" if example.right[scores.argmax()] else "other"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--no-fit", action="store_true", help="do not write the weights")
    arguments = parser.parse_args()
    known = list(examples(arguments.lines, arguments.pages, load(environment={}).config))
    counts: Counter[tuple[str, bool]] = Counter()
    for half in (0, 1):
        weights = fit([example for example in known if example.half != half])
        counts.update((outcome(example, weights), example.there) for example in known if example.half == half)
    figures = {
        f"{result}, {where}": counts[result, there]
        for there, where in ((True, "title is a line of the text"), (False, "it is none"))
        for result in ("right", "other", "none")
        if counts[result, there]
    }
    print(json.dumps(figures, indent=1))
    weights = fit(known)
    print(*(f"{name:14}{weight:7.2f}" for name, weight in zip(NAMES, weights, strict=True)), sep="\n")
    if arguments.no_fit:
        return
    about = {
        "about": "weights of what tells the title of a plain text (cleaner/stages/chrome/titles.py)",
        "date": DATE,
        "data_sha256": [hashlib.sha256(path.read_bytes()).hexdigest() for path in (arguments.lines, arguments.pages)],
        "texts_by_outcome_out_of_fold": figures,
        "weights": {name: round(float(weight), 2) for name, weight in zip(NAMES, weights, strict=True)},
    }
    WEIGHTS.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
