"""The HTML reader: blocks, tables, metadata, and that nothing visible is lost, whatever the markup."""

from __future__ import annotations

import time
import tomllib
import warnings
from collections import Counter
from typing import Any

import pytest
from bs4 import BeautifulSoup, Comment, Declaration, Doctype, ProcessingInstruction, Tag
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cleaner import ledger
from cleaner.document import Block, Document, Metadata
from cleaner.readers.html import read_html
from cleaner.readers.html.guard import _brackets, tame
from cleaner.readers.html.looks import read_names
from cleaner.readers.html.page import iso_date, without_site
from cleaner.readers.html.walk import SKIPPED, TEXT
from cleaner.words import beginning, squeeze
from cleaner.writers import markdown
from tests.support import CASES


def read(html: str, **known: Any) -> Document:
    return read_html(html, document_id="page", metadata=Metadata(**known))


def cases(name: str) -> list[Any]:
    found = tomllib.loads((CASES / "html" / name).read_text(encoding="utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in found]


def shown(block: Block) -> str:
    return f"{block.kind}{block.level or ''}{' ' + block.mark if block.mark else ''}|{block.text}"


@pytest.mark.parametrize("case", cases("blocks.toml"))
def test_blocks(case: dict[str, Any]) -> None:
    assert [shown(block) for block in read(case["html"]).blocks] == case["blocks"]


@pytest.mark.parametrize("case", cases("tables.toml"))
def test_tables(case: dict[str, Any]) -> None:
    document = read(case["html"])
    tables = [block for block in document.blocks if block.kind == "table"]
    assert [[list(row) for row in table.rows] for table in tables] == ([case["rows"]] if case["rows"] else [])
    assert [block.text for block in document.blocks if block.kind != "table"] == case["beside"]
    assert [(edit.stage, edit.rule, edit.action) for edit in document.edits] == [("read", "table", "replace")] * len(
        tables
    )


def verified(document: Document) -> str:
    """The Markdown; raises if it and the ledger do not give the source back."""
    text, written = markdown.render(document)
    ledger.verify(written, text)
    return text


# ---- nothing visible is lost ------------------------------------------------------------------


def reference(html: str) -> Counter[str]:
    """The non-space characters a reader would see, by an independent parser."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "this looks like a file name", and the like
        soup = BeautifulSoup(html, "html.parser")
    found: Counter[str] = Counter()
    for text in soup.find_all(string=True):
        unseen = isinstance(text, Comment | Declaration | Doctype | ProcessingInstruction)
        if not unseen and not any(isinstance(up, Tag) and up.name in SKIPPED for up in text.parents):
            found.update("".join(text.split()))
    return found


def seen(document: Document) -> Counter[str]:
    return Counter("".join(document.source.split()))


_OPEN = st.sampled_from(
    "div p span b i em a section article nav ul ol li h1 h2 blockquote pre table tr td th caption center font dl dt dd"
    " figure figcaption button label code details summary custom-box script style noscript template br hr img".split()
)
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="<>&", exclude_categories=["Cc", "Cs"]), max_size=12)


@st.composite
def nested(draw: st.DrawFn, depth: int = 4) -> str:
    """Well-nested markup of any elements; ``p`` and headings hold only inline text, as parsers disagree on more."""
    inside = draw(st.lists(_TEXT if depth == 0 else st.one_of(_TEXT, nested(depth=depth - 1)), max_size=4))
    tag = draw(
        st.sampled_from("div section article aside ul blockquote b i span em custom-box center details main".split())
    )
    attributes = draw(
        st.sampled_from(("", ' class="side bar"', " hidden", ' style="display:none"', " id=x data-a='>'"))
    )
    return f"<{tag}{attributes}>{draw(_TEXT)}<!-- no -->{''.join(inside)}<br>{draw(_TEXT)}</{tag}>"


@given(nested())
def test_every_visible_character_is_in_the_source(html: str) -> None:
    assert seen(read(html)) == reference(html)


@pytest.mark.parametrize(
    "html",
    [
        "plain text without a tag",
        "<p>a<p>b<div>c<span>d</div>e",
        "<b><p>mis<i>nested</b>tags</i>",
        "<ul><li>a<li>b<ul><li>c</ul>d</ul>e",
        "<table><tr><td>a<td>b<tr><td>c<td>d</table><p>e",
        "<table><caption>a</caption><thead><tr><th>b<th>c</thead><tbody><tr><td>d<td>e<tr><td>f<td>g</table>",
        "<a href=x>l<div>i</div>n</a>k",
        "a &amp; b &eacute; &#8364; &lt;tag&gt;",
        "<script>var a = '<p>no</p>'</script><p>yes</p><style>p{}</style>",
        "<svg><text>label</text><title>tip</title></svg>",
        "<pre>  code\n\n<b>bold</b>\n</pre>",
        "<dl><dt>term<dd>meaning</dl><details><summary>more</summary>text</details>",
        "<!doctype html><html><head><title>t</title><meta charset=utf-8></head><body><h1>h</h1></body></html>after",
        "<p>shy\u00adsoft \u200bzero\u00a0width \u2028line</p>",
        "<button>Buy</button><label>Name</label><input value=no>",
    ],
)
def test_messy_pages_keep_what_is_visible(html: str) -> None:
    assert seen(read(html)) == reference(html)


@given(
    st.lists(st.one_of(_OPEN.map("<{}>".format), _OPEN.map("</{}>".format), _TEXT, st.text(max_size=4))).map("".join)
)
def test_any_tag_soup_gives_a_sound_document(html: str) -> None:
    document = read(html)
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.source)
        assert block.first_line == document.source.count("\n", 0, block.start) + 1
        assert block.last_line == block.first_line + document.source.count("\n", block.start, block.end)
        assert block.kind == "table" or document.source[block.start : block.end] == block.text
        end = block.end
    text = verified(document)
    assert not document.blocks or text.endswith("\n")


def test_benchmark_pages_lose_nothing(shared: Any) -> None:
    import gzip
    import json

    with gzip.open(shared / "html" / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        pages = [json.loads(line)["html"] for line, _ in zip(lines, range(40), strict=False)]
    for html in pages:
        document = read(html)
        verified(document)
        if "<noscript" not in html and len(html) < 100_000:
            ours, theirs = seen(document), reference(html)
            assert (ours - theirs).total() + (theirs - ours).total() <= 0.01 * theirs.total()


# ---- hostile input ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "html"),
    [
        ("deep blocks", "<div>x" * 20_000),
        ("deeper blocks", "<section>" * 200_000 + "x"),
        ("deep inline", "<b><i>x" * 20_000),
        ("deep tables", "<table><tr><td>x" * 10_000),
        ("deep quotes in code", "<pre><blockquote>" * 10_000 + "x"),
        ("attributes", "<p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">x"),
        ("angles", "<" * 500_000),
        ("spans", "<table>" + "<tr><td colspan=1000 rowspan=1000>x<td>y" * 5_000),
        ("ragged", "<table><tr>" + "<td>a" * 10_000 + "<tr><td>b" * 5_000 + "</table>"),
    ],
)
def test_hostile_markup_neither_crashes_nor_hangs(name: str, html: str) -> None:
    start = time.process_time()
    document = read(html)
    assert "".join(document.source.split()) or name == "angles"
    assert time.process_time() - start < 10


@pytest.mark.parametrize("html", ["", " ", "\0", "\ud800", "<", "<!--", "<p", "</p>", "<script>", "\ufeff"])
def test_nothing_to_read_is_no_error(html: str) -> None:
    assert len(read(html).blocks) <= 1


def test_an_ordinary_page_is_not_touched_before_parsing() -> None:
    image = b"<img src='data:" + b"A" * 50_000 + b"'>"
    page = b"<table>" + b"<tr><td>a<td>b" * 3_000 + b"</table>" + b"<p>x<br>" * 3_000 + image
    assert tame(page) == page


@given(st.integers(0, 12_000), st.integers(0, 3), st.booleans())
def test_a_tag_loses_its_attributes_wherever_it_stands(before: int, size: int, prose: bool) -> None:
    filler = b"word " * (before // 5) if prose else b"<i>" * (before // 3)
    tag = b"<p" + b" a" * (6_000 + 2_000 * size)
    assert tame(filler + tag + b">text") == filler + b"<p>text"
    assert tame(filler + b"<p>" + tag[2:]) == filler + b"<p>" + tag[2:]


@given(st.text(alphabet="</a>é ", max_size=40))
def test_brackets_are_counted(text: str) -> None:
    markup = text.encode()
    assert _brackets(markup) == (markup.count(b"<"), markup.count(b"</"))


def test_a_harmless_long_tag_does_not_hide_another() -> None:
    image = b"<img src='data:" + b"A" * 50_000 + b"'>"
    assert tame(image + b"<p" + b" a" * 8_000 + b">text" + image) == image + b"<p>text" + image


# ---- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("post-body relatedLinks", ("post", "body", "related", "links")),
        ("col-md-8 main_col main", ("col", "md", "main")),
        ("post tag-cats category-dogs elementor post_tag-a", ("post",)),
        ("tags tag elementor-x no-js hentry", ("tags", "tag", "hentry")),
        (f"{'a' * 79} {'b' * 80} side", ("a" * 79, "side")),
        ("Ärtikel-Über HTMLBox", ("Ä", "rtikel", "Ü", "ber", "HTML", "Box")),
    ],
)
def test_words_of_names(told: str, words: tuple[str, ...]) -> None:
    assert words_of_names(told) == tuple(word.lower() for word in words)


def words_of_names(*told: str) -> tuple[str, ...]:
    """The words of some elements' names, read together."""
    meant = read_names(told)
    return tuple(dict.fromkeys(word for one in told for word in meant[one][0]))


@given(st.text("abT -_éÜ8\t", max_size=40).map(lambda text: text.replace("T", "tag")))
def test_words_of_a_name_do_not_depend_on_the_names_beside_it(told: str) -> None:
    assert words_of_names(told) == words_of_names(*told.split())
    assert words_of_names(f"{told} Zz") == words_of_names(told, "zz")


def test_a_null_in_a_name_does_no_harm() -> None:
    (block,) = read("<p class='a\0b' id='\0'>Text").blocks
    assert block.hints
    assert block.hints.words == ("a", "b")


@given(st.text(min_size=1, max_size=5))
def test_a_quick_look_misses_no_beginning(text: str) -> None:
    assert not squeeze(text) or beginning([text], squeeze(text)[0]) == [0]


def test_the_number_of_text_nodes_is_the_parsers() -> None:
    from selectolax.lexbor import LexborHTMLParser

    nodes = LexborHTMLParser("<p>one<b>two</b><!-- three -->").root
    assert nodes is not None
    assert [node.text_content for node in nodes.traverse(include_text=True) if node.tag_id == TEXT] == ["one", "two"]


# ---- hints ------------------------------------------------------------------------------------

PAGE = """<html lang=pt-BR><body class="has-sidebar"><nav class=top-menu><a href=/>Home</a> <a href=/n>News</a></nav>
<div class="PageWrap"><article class="post tag-politics"><h1>Uma ponte nova</h1>
<div class="entry-content"><p>The council agreed on the plan for the bridge on Friday, after a debate of three hours
that few of the visitors stayed for.</p><p>Work on it begins in <a href=/m>March</a>, as the mayor told this paper on
Monday, and will take two years or a little more.</p></div></article>
<aside id="relatedPosts"><h3>More</h3><p>Another story.</p></aside></div></body></html>"""


def test_hints_say_where_a_block_stands() -> None:
    hints = {block.text.split()[0]: block.hints for block in read(PAGE).blocks}
    assert all(hints.values())
    home, council, work, another = (hints[word] for word in ("Home", "The", "Work", "Another"))
    assert home is not None
    assert council is not None
    assert work is not None
    assert another is not None
    assert (home.rule, home.link_density) == ("navigation", 1.0)
    assert (council.rule, council.score) == ("", 1.0)
    assert council.path == "/div/article/div/p"
    assert council.words == ("entry", "content", "post", "page", "wrap")
    assert 0 < work.link_density < 0.1
    assert another.rule == "sidebar"
    assert another.score < 1


# ---- metadata ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("<title>Bread rises | The Daily</title><meta property=og:site_name content='The Daily'>",
         {"title": "Bread rises"}),
        ("<title>T</title><link rel=canonical href=http://[half>", {"title": "T"}),
        (r'<script type="application/ld+json">{"author": "Ana A\ud800"}</script>', {"author": "Ana A?"}),
        ('<script type="application/ld+json">' + "[" * 100_000 + "</script>", {"author": ""}),
        ("<a rel=author>" + "<span>" * 20_000 + "Ana</a>", {"author": "Ana"}),
        ("<title>Bread rises - thedaily.com</title><link rel=canonical href=https://www.thedaily.com/b>",
         {"title": "Bread rises", "url": "https://www.thedaily.com/b"}),
        ("<meta property=og:title content='Pão &amp; água'><title>x</title>", {"title": "Pão & água"}),
        ("<meta name=author content='Ana Luz'>", {"author": "Ana Luz"}),
        ("<meta property=article:author content=https://x.example/ana>", {"author": ""}),
        ('<script type="application/ld+json">{"@graph":[{"author":[{"name":"Ana Luz"},"Rui Reis"],"datePublished":'
         '"2024-05-01T08:30:00+0100"}]}</script>',
         {"author": "Ana Luz, Rui Reis", "date": "2024-05-01T08:30:00+01:00", "date_source": "json-ld datePublished"}),
        ('<script type="application/ld+json">{"author": {broken</script>', {"author": "", "date": ""}),
        ("<meta property=article:published_time content=2023-12-31T23:00Z>", {"date": "2023-12-31T23:00:00Z"}),
        ("<meta name=date content=20240229>", {"date": "2024-02-29", "date_source": "meta date"}),
        ("<meta name=date content=2023-02-30>", {"date": ""}),
        ("<meta name=date content='1 May 2024'>", {"date": ""}),
        ("<meta property=og:url content=javascript:x>", {"url": ""}),
        ("<meta property=og:locale content=fr_CA>", {"language": "fr"}),
    ],
)  # fmt: skip
def test_metadata(head: str, wanted: dict[str, str]) -> None:
    found = read(f"<html><head>{head}</head><body><p>text</p></body></html>").metadata
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert found.format == "html"


def test_what_is_known_already_wins() -> None:
    known = Metadata(
        title="A", author="B", date="2020-01-01", date_source="record", language="de", url="https://a.example/"
    )
    page = "<html lang=en><meta name=author content=X><meta name=date content=2024-01-01><title>T</title>"
    assert read_html(page, document_id="x", metadata=known).metadata == replace(known, format="html")


def test_title_from_the_only_h1_and_date_from_time() -> None:
    found = read("<title>x</title><h1>The one <i>heading</i></h1><time datetime='2024-05-01 10:00'>May</time>").metadata
    assert (found.title, found.date, found.date_source) == ("The one heading", "2024-05-01T10:00:00", "time datetime")


@pytest.mark.parametrize(
    "around", ["<head>{}</head><body>Text", "<body><p>Text{}", "<body><div><span>{}</span>Text</div>"]
)
def test_what_a_page_says_of_itself_may_stand_anywhere_in_it(around: str) -> None:
    markup = (
        "<link rel=canonical href='https://a.example/b'><meta property='og:locale' content=de_DE>"
        '<script>{"headline": 1}</script><script type="application/ld+json">{"datePublished": "2024-05-01"}</script>'
    )
    found = read(around.format(markup)).metadata
    assert (found.url, found.language, found.date) == ("https://a.example/b", "de", "2024-05-01")


@given(st.text(max_size=60))
def test_iso_dates_sort_or_are_empty(text: str) -> None:
    found = iso_date(text)
    assert found == "" or found[:4].isdigit()


def test_a_title_keeps_its_own_dashes() -> None:
    assert without_site("Porto - Benfica 2:1 - Bola", ["Bola"]) == "Porto - Benfica 2:1"
    assert without_site("Porto - Benfica 2:1", ["Bola"]) == "Porto - Benfica 2:1"
    assert without_site("Bola", ["Bola"]) == "Bola"
