"""Plain text: ours from bytes to records with their ledger, against the repair of encoding alone (ftfy.fix_text).

    BENCH_N=100 python -m benchmarks.bench_text

Three kinds of text, because they cost differently: prose with typographic quotes, which ftfy has to look
at closely; prose in ASCII, which it lets pass; and web pages as text, with all their menus.  On the last, datatrove's
line filters of C4 and FineWeb take part: rules that data sets are made with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.contest import Batch, Contest, Way, each, hold, wanted
from benchmarks.material import Page, ascii_texts, chrome_texts, content_f1, curly_texts
from benchmarks.ours import cleaner


def ours() -> Batch:
    return each(cleaner("text"))


def ftfy() -> Batch:
    from ftfy import fix_text

    return each(lambda page: fix_text(page.text))


def datatrove_c4() -> Batch:
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter

    rules = C4QualityFilter(min_num_sentences=0)

    def lines(page: Page) -> str:
        document = Document(text=page.text, id="page")
        return document.text if rules.filter(document) is True else ""

    return each(lines)


def score(outputs: Sequence[str], pages: Sequence[Page]) -> dict[str, float]:
    return {"content": content_f1(outputs, pages)}


def contest(name: str, material: Callable[[int], tuple[str, list[Any]]], *more: Way) -> Contest:
    ways = (Way("cleaner", "article-cleaner", ours), Way("ftfy.fix_text alone", "ftfy", ftfy), *more)
    return Contest(name, "documents", ways, material, score)


CONTESTS = (
    contest("text_curly", curly_texts),
    contest("text_ascii", ascii_texts),
    contest("text_chrome", chrome_texts, Way("C4's line rules (datatrove)", "datatrove", datatrove_c4)),
)

if __name__ == "__main__":
    for one in CONTESTS:
        hold(one, wanted())
