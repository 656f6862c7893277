"""What is judged main content on an HTML page, and what is not."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from cleaner.document import Document, Metadata, Removal
from cleaner.readers.html import read_html
from cleaner.settings import Config, Favor
from cleaner.stages.chrome.main_content import judge
from tests.support import CASES, text_document


def read(html: str) -> Document:
    return read_html(html, document_id="page", metadata=Metadata())


def kept(html: str, config: Config | None = None) -> list[str]:
    document = read(html)
    goes = judge(document, config or Config())
    return [block.text for index, block in enumerate(document.blocks) if index not in goes]


def cases() -> list[Any]:
    found = tomllib.loads((CASES / "html" / "pages.toml").read_text(encoding="utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("favor", get_args(Favor))
@pytest.mark.parametrize("case", cases())
def test_pages(case: dict[str, Any], favor: Favor) -> None:
    text = "\n".join(kept(case["html"], Config(favor=favor)))
    assert [words for words in case["keep"] if words not in text] == []
    assert [words for words in case["drop"] if words in text] == []


ARTICLE = """<h1>The bridge opens</h1><main><div class=share>Share this</div>
<p>The council opened the new bridge on Friday, and the first cars crossed it within the hour.</p>
<p><a href=/x>Another story about something else</a></p>
<p>It took two years to build, which is one more than planned, as the mayor said at the opening.</p></main>
<footer>Imprint of the paper</footer>"""


def test_every_verdict_has_a_rule_a_reason_and_a_score() -> None:
    document = read(ARTICLE)
    goes = judge(document, Config())
    rules = {document.blocks[index].text.split()[0]: rule for index, (rule, _, _) in goes.items()}
    assert rules == {"The": "title", "Share": "share", "Another": "links", "Imprint": "footer"}
    assert all(reason and 0 < score <= 1 for _, reason, score in goes.values())


def test_the_dial_moves_one_way() -> None:
    words = [len(" ".join(kept(ARTICLE, Config(favor=favor))).split()) for favor in get_args(Favor)]
    assert words == sorted(words)


def test_removed_blocks_and_plain_text_are_not_judged() -> None:
    document = read(ARTICLE)
    first = replace(document.blocks[0], removed=Removal("chrome", "byline"))
    document = replace(document, blocks=(first, *document.blocks[1:]))
    assert 0 not in judge(document, Config())
    assert judge(text_document("Menu\n\nHome\n\nSome words."), Config()) == {}


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def test_main_content_of_labelled_pages_stays_above_the_floor(shared: Path) -> None:
    """Mean shingle F1 on the first 60 labelled pages; .90 when this was written."""
    with gzip.open(shared / "html" / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        pages = [
            page for page in map(json.loads, (line for line, _ in zip(lines, range(80), strict=False))) if page["truth"]
        ]
    precision, recall = [], []
    for page in pages[:60]:
        ours, truth = shingles("\n".join(kept(page["html"]))), shingles(page["truth"])
        hit = (ours & truth).total()
        precision.append(hit / ours.total())
        recall.append(hit / truth.total())
    p, r = sum(precision) / len(precision), sum(recall) / len(recall)
    assert 2 * p * r / (p + r) > 0.85
