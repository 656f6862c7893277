"""Plain text: ours from bytes to records with their ledger, against the repair of encoding alone (ftfy.fix_text).

    BENCH_N=100 python -m benchmarks.bench_text

Three kinds of text, because they cost differently: prose with typographic quotes, which ftfy has to look
at closely; prose in ASCII, which it lets pass; and web pages as text, with all their menus.  On the last, datatrove's
line filters of C4 and FineWeb take part: rules that data sets are made with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.contest import Batch, Contest, Way, each, hold, wanted
from benchmarks.material import Page, ascii_texts, chrome_texts, content_f1, content_words_f1, curly_texts
from benchmarks.ours import cleaner, out_of_fold


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


def score_words(outputs: Sequence[str], pages: Sequence[Page]) -> dict[str, float]:
    return {"content": content_words_f1(outputs, pages)}


FTFY = Way("ftfy.fix_text alone", "ftfy", ftfy)
OURS = Way("cleaner", "article-cleaner", ours)
TRAINED = replace(OURS, unseen=out_of_fold("text.json", "as it is, balanced", "lines", {"content": "word_content_f1"}))
C4 = Way("C4's line rules (datatrove)", "datatrove", datatrove_c4)

CONTESTS = (
    Contest("text_curly", "documents", (OURS, FTFY), curly_texts, score),
    Contest("text_ascii", "documents", (OURS, FTFY), ascii_texts, score),
    Contest("text_chrome", "documents", (TRAINED, FTFY, C4), chrome_texts, score_words),
)

if __name__ == "__main__":
    for one in CONTESTS:
        hold(one, wanted())
