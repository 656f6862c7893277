from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.corpus.clean import Item
from cleaner.corpus.recurring import find_recurring
from cleaner.corpus.sites import line_of, load_recurring, load_tally, remove_recurring
from cleaner.corpus.store import StreamWriter, sha256_of_file
from cleaner.corpus.workshop import Made, Workshop
from cleaner.document import Block, Document, Kind, Metadata
from cleaner.engines.local import Local
from cleaner.settings import Config, Sites

TOPICS = "harbour orchard glacier violin senate bakery lantern meadow rocket harvest tunnel comet".split()


def document(name: str, texts: list[str | tuple[Kind, str]], site: str = "example.org") -> Document:
    blocks, at = [], 0
    for line, item in enumerate(texts, 1):
        kind, text = item if isinstance(item, tuple) else ("paragraph", item)
        blocks.append(Block(kind, text, at, at + len(text) + 1, at, line, line))
        at += len(text) + 1
    source = "".join(block.text + "\n" for block in blocks)
    return Document(name, source, tuple(blocks), metadata=Metadata(site=site))


def story(topic: str) -> list[str | tuple[Kind, str]]:
    """Sentences that have little in common with those of another topic."""
    sentences = (" ".join(f"{topic}{n}{i}" if i % 3 else "the" for i in range(9)) for n in "abcdef")
    return [("heading", f"News of the {topic}"), *sentences]


def stored(
    folder: Path, shards: list[list[Document]], config: Config | None = None
) -> tuple[Workshop, Config, list[Made], list[int]]:
    """Documents as :func:`find_recurring` reads them."""
    folder.mkdir(exist_ok=True)
    made = []
    for number, part in enumerate(shards):
        path = folder / f"items{number}"
        with StreamWriter(path) as out:
            for one in part:
                out.write(Item(one))
        made.append(Made(str(path), sha256_of_file(path)))
    return Workshop(folder / "work", Local(1)), config or Config(), made, [0] * len(shards)


def apply(tmp_path: Path, documents: list[Document], config: Config | None = None) -> list[list[str]]:
    """The texts removed from each document; the documents lie in two shards."""
    config = config or Config()
    given = stored(tmp_path, [documents[::2], documents[1::2]], config)
    recurring, tally = find_recurring(*given, len(documents))
    given[0].send()
    known = load_recurring(recurring.path), config.sites, load_tally(tally.path)
    cleaned = [remove_recurring(one, *known) for one in documents]
    reasons = {edit.reason for one in cleaned for edit in one.edits}
    assert reasons <= {f"recurs on {len(documents)} of {len(documents)} documents of this site"}
    return [[block.text for block in one.blocks if block.removed] for one in cleaned]


def test_lines_at_the_edges_of_many_pages_go_from_all_of_them(tmp_path: Path) -> None:
    pages = [
        document(
            f"{i}",
            ["The Daily Wave", *story(topic), f"Updated {i} hours ago", f"Tuesday, {i + 1} March 2024", "Terms apply."],
        )
        for i, topic in enumerate(TOPICS)
    ]
    for number, gone in enumerate(apply(tmp_path, pages)):
        assert gone == [
            "The Daily Wave",
            f"Updated {number} hours ago",
            f"Tuesday, {number + 1} March 2024",
            "Terms apply.",
        ]


def test_a_site_with_few_documents_is_left_alone(tmp_path: Path) -> None:
    pages = [document(topic, [*story(topic), "Terms apply."]) for topic in TOPICS[:9]]
    assert not any(apply(tmp_path, pages))


def test_sites_are_counted_apart(tmp_path: Path) -> None:
    pages = [document(topic, [*story(topic), "Terms apply."], f"site{i % 2}") for i, topic in enumerate(TOPICS)]
    assert not any(apply(tmp_path, pages))


def test_section_headings_that_many_pages_share_stay(tmp_path: Path) -> None:
    pages = [document(t, [*story(t), ("heading", "Method"), f"Stir the {t}.", "Terms apply."]) for t in TOPICS]
    assert apply(tmp_path, pages) == [["Terms apply."]] * len(TOPICS)


def test_a_heading_of_nothing_but_chrome_goes_with_it(tmp_path: Path) -> None:
    pages = [document(t, [*story(t), ("heading", "Follow us"), "On all channels."]) for t in TOPICS]
    assert apply(tmp_path, pages) == [["Follow us", "On all channels."]] * len(TOPICS)


def test_a_line_inside_the_text_stays(tmp_path: Path) -> None:
    pages = [document(t, [*story(t), "One cup of sugar.", *story(t + "s")]) for t in TOPICS]
    assert not any(apply(tmp_path, pages))


def test_copies_of_one_text_are_no_chrome(tmp_path: Path) -> None:
    pages = [document(f"{i}", story("harbour")) for i in range(12)]
    assert not any(apply(tmp_path, pages))


def test_long_texts_tables_and_code_stay(tmp_path: Path) -> None:
    last: list[str | tuple[Kind, str]] = ["word " * 100, ("table", "a b"), ("code", "x = 1")]
    assert not any(apply(tmp_path, [document(t, [*story(t), *last]) for t in TOPICS]))


def test_lines_that_vary_a_little_go_too(tmp_path: Path) -> None:
    names = "Ann Lee,Bo,Cy Young,Dee,Eve Ray,Flo,Gus Orr,Hal,Ida Fox,Jo,Kay,Lou Reed".split(",")
    last = [
        [f"Photo: {name} for the Daily Wave", f"Read more about the {topic} on our pages of the {topic} here."]
        for name, topic in zip(names, TOPICS, strict=True)
    ]
    pages = [document(t, [*story(t), *lines]) for t, lines in zip(TOPICS, last, strict=True)]
    assert apply(tmp_path, pages) == last
    assert not any(apply(tmp_path / "off", pages, Config(sites=Sites(variations=False))))


def test_counting_in_portions_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last = [
        ["Terms apply.", f"Photo: {i} {t} for the Daily Wave", "All rights reserved."] for i, t in enumerate(TOPICS)
    ]
    pages = [document(t, [*story(t), *lines]) for t, lines in zip(TOPICS, last, strict=True)]
    monkeypatch.setattr("cleaner.corpus.recurring.PORTION", 2)
    assert apply(tmp_path, pages) == last


@pytest.mark.parametrize(
    "pattern",
    [
        "The {0} of the {0} was the {0} in the {0}.",  # varies in too many places
        "{0}0 {0}1 {0}2 {0}3 in the end they all went home again.",  # too much of it varies
        "On {0} again.",  # too short
    ],
)
def test_sentences_that_only_share_a_form_stay(tmp_path: Path, pattern: str) -> None:
    pages = [document(t, [*story(t), pattern.format(t)]) for t in TOPICS]
    assert not any(apply(tmp_path, pages))


def test_a_variation_on_few_documents_stays(tmp_path: Path) -> None:
    more = [[f"Send us your own {topic} stories today"] if i % 3 == 0 else [] for i, topic in enumerate(TOPICS)]
    pages = [document(t, [*story(t), *lines]) for t, lines in zip(TOPICS, more, strict=True)]
    assert not any(apply(tmp_path, pages))


@pytest.mark.parametrize("config", [Config(sites=Sites(enabled=False)), Config(skip_stages=("sites",))])
def test_it_can_be_switched_off(tmp_path: Path, config: Config) -> None:
    pages = [document(t, [*story(t), "Terms apply."]) for t in TOPICS]
    assert not any(apply(tmp_path, pages, config))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Updated 3 hours ago", "updated  17 hours ago"),
        ("12 March 2024", "3 May 2023"),
        ("Dienstag, 3. Februar", "Mittwoch, 11. August"),
        ("5,120 views", "77 views"),
    ],
)
def test_numbers_and_dates_are_masked(a: str, b: str) -> None:
    first, second = (document("d", [text]).blocks[0] for text in (a, b))
    assert line_of(first) == line_of(second)


def test_what_recurs_is_the_same_however_documents_are_spread_over_shards(tmp_path: Path) -> None:
    often = [document(f"a{i}", [*story(topic), "Follow us"]) for i, topic in enumerate(TOPICS)]
    never = [document(f"b{i}", story(f"{topic}s")) for i, topic in enumerate(TOPICS)]
    whole = [*often, *never]
    results = []
    for number, shards in enumerate([[whole], [never, often], [whole[::2], whole[1::2]], [[one] for one in whole]]):
        recurring, tally = find_recurring(*stored(tmp_path / str(number), shards), len(whole))
        results.append((load_recurring(recurring.path), load_tally(tally.path)))
    assert results == results[:1] * len(results)
    (template,), ((pages, counts),) = (one.values() for one in results[0])
    assert [counts[line] for line in template.lines] == [len(often)]
    assert pages == len(whole)
