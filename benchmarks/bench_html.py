"""Pages of HTML: ours from bytes to records with their ledger, the peers from text to main content.

    BENCH_N=100 python -m benchmarks.bench_html

Peers get text that is already decoded and are run as their documentation shows first; trafilatura a second time
without comments, and resiliparse without what costs it precision.  The last row parses and does nothing else: no
pipeline on the same parser can be faster.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contest import Batch, Contest, Way, each, hold, wanted
from benchmarks.material import Page, content_f1, html_pages
from benchmarks.ours import cleaner, out_of_fold


def ours() -> Batch:
    return each(cleaner("html"))


def trafilatura() -> Batch:
    from trafilatura import extract

    return each(lambda page: extract(page.text) or "")


def trafilatura_no_comments() -> Batch:
    from trafilatura import extract

    return each(lambda page: extract(page.text, include_comments=False) or "")


def resiliparse() -> Batch:
    from resiliparse.extract.html2text import extract_plain_text

    return each(
        lambda page: extract_plain_text(
            page.text, main_content=True, alt_texts=False, links=False, comments=False, list_bullets=False
        )
    )


def readability() -> Batch:
    from lxml.html import fromstring
    from readability import Document

    return each(lambda page: "\n".join(fromstring(Document(page.text).summary()).itertext()))


def justext() -> Batch:
    import justext as peer

    stop_words = peer.get_stoplist("English")
    return each(
        lambda page: "\n".join(one.text for one in peer.justext(page.text, stop_words) if not one.is_boilerplate)
    )


def parse_only() -> Batch:
    from selectolax.lexbor import LexborHTMLParser

    def parse(page: Page) -> str:
        LexborHTMLParser(page.text)
        return ""

    return each(parse)


def score(outputs: Sequence[str], pages: Sequence[Page]) -> dict[str, float]:
    if not any(outputs):
        return {}
    articles = {"articles": content_f1(outputs, pages, "sh")} if any(page.source == "sh" for page in pages) else {}
    return articles | {"all": content_f1(outputs, pages)}


UNSEEN = out_of_fold("page.json", "balanced", "html", {"articles": "sh", "all": "all"})
CONTEST = Contest(
    name="html",
    unit="pages",
    ways=(
        Way("cleaner", "article-cleaner", ours, UNSEEN),
        Way("trafilatura", "trafilatura", trafilatura),
        Way("trafilatura, no comments", "trafilatura", trafilatura_no_comments),
        Way("resiliparse", "resiliparse", resiliparse),
        Way("readability-lxml", "readability-lxml", readability),
        Way("jusText", "justext", justext),
        Way("parser alone (lexbor)", "selectolax", parse_only),
    ),
    material=html_pages,
    score=score,
)

if __name__ == "__main__":
    hold(CONTEST, wanted())
