from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Block, Document, Kind, Metadata
from cleaner.settings import Chrome, Config, Favor, Phrases
from cleaner.stages import calendars, chrome
from cleaner.stages.chrome import bylines
from cleaner.stages.chrome.page import read, reread

ROOT = Path(__file__).parent.parent.parent
CASES = sorted((ROOT / "tests" / "cases" / "chrome").glob("*.txt"))
SHARED = ROOT.parent / "shared"
PHRASES = tuple(
    Phrases(
        path.stem,
        tuple((name, tuple(entries)) for name, entries in tomllib.loads(path.read_text("utf-8")).items()),
    )
    for path in sorted((ROOT / "config" / "phrases").glob("*.toml"))
)
CONFIG = Config(phrases=PHRASES, chrome=Chrome(classifier=False))  # the detectors alone
MARKS: dict[str, Kind] = {"# ": "heading", "- ": "list_item"}


def document(lines: list[str], metadata: Metadata | None = None) -> Document:
    """A document of one block a line; "# " makes a heading, "- " a list item."""
    source, blocks = "\n".join(lines), []
    at = headings = 0
    for number, line in enumerate(lines, start=1):
        kind = MARKS.get(line[:2], "paragraph")
        mark = 2 if line[:2] in MARKS else 0
        if line.strip():
            headings += kind == "heading"
            level = min(headings, 2) if kind == "heading" else 0
            end = at + len(line)
            blocks.append(Block(kind, line[mark:], at, end, at + mark, number, number, level=level))
        at += len(line) + 1
    return Document("case", source, tuple(blocks), metadata=metadata or Metadata())


def clean(lines: list[str], config: Config = CONFIG, metadata: Metadata | None = None) -> Document:
    return chrome.apply(calendars.apply(document(lines, metadata), config), config)


def kept(done: Document) -> list[str]:
    return [block.text for block in done.blocks if block.removed is None]


def read_case(path: Path) -> list[tuple[str, str]]:
    lines = [line.partition(" | ") for line in path.read_text(encoding="utf-8").splitlines()]
    return [(rule, text) for rule, _, text in lines]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    lines = read_case(path)
    done = clean([text for _, text in lines])
    got = [(block.removed.rule if block.removed else "keep", block.text) for block in done.blocks]
    assert got == [(rule, text.removeprefix("# ").removeprefix("- ")) for rule, text in lines if text]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_other_detectors_need_short_lines_or_phrases(path: Path) -> None:
    page = read(document([text for _, text in read_case(path)] + ["word " * 200, "=" * 500, "." * 60]), CONFIG)
    prose = [line.index for line in page.prose if not (line.concepts or line.prefixes or line.sentences)]
    plain = reread(page, prose, lambda before, after: 2)
    assert plain.is_plain()
    for detector in chrome.DETECTORS:
        assert detector.in_prose or not dict(detector.find(plain, {})), detector.name


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_second_run_changes_nothing(path: Path) -> None:
    done = clean([text for _, text in read_case(path)])
    assert chrome.apply(done, CONFIG) == done


@pytest.mark.parametrize("path", [path for path in CASES if path.stem.startswith("stays")], ids=lambda path: path.stem)
@pytest.mark.parametrize("favor", ["recall", "balanced", "precision"])
def test_content_that_looks_like_chrome_stays_at_any_favor(path: Path, favor: Favor) -> None:
    config = Config(favor=favor, phrases=PHRASES)
    assert not clean([text for _, text in read_case(path)], config).edits


def test_favor_orders_what_goes() -> None:
    lines = [text for path in CASES for _, text in read_case(path)]
    gone = {
        config.favor: {edit.first_line for edit in clean(lines, config).edits}
        for config in (
            Config(favor="recall", phrases=PHRASES),
            Config(phrases=PHRASES),
            Config(favor="precision", phrases=PHRASES),
        )
    }
    assert gone["recall"] < gone["balanced"] <= gone["precision"]


PROSE = "The council met on Tuesday evening, and after four hours of debate it agreed to build the bridge after all."


def test_byline_and_date_move_to_the_metadata() -> None:
    done = clean(["# Title", "By Jane Doe", "Published 3 March 2024", PROSE, PROSE])
    assert (done.metadata.author, done.metadata.date, done.metadata.date_source) == ("Jane Doe", "2024-03-03", "byline")
    assert [(edit.rule, edit.action) for edit in done.edits] == [("byline", "move"), ("timestamp", "move")]


def test_known_metadata_is_not_overwritten() -> None:
    known = Metadata(author="John Roe", date="2020-01-01", date_source="meta")
    done = clean(["# Title", "By Jane Doe", "Published 3 March 2024", PROSE, PROSE], metadata=known)
    assert done.metadata == known
    assert {edit.action for edit in done.edits} == {"remove"}


def test_ambiguous_date_goes_without_metadata() -> None:
    done = clean(["# Title", "Published 03/04/2025", PROSE, PROSE])
    assert done.metadata.date == ""
    assert [edit.action for edit in done.edits] == ["remove"]


def test_metadata_can_be_switched_off() -> None:
    config = Config(phrases=PHRASES, chrome=Chrome(metadata=False))
    done = clean(["# Title", "By Jane Doe", PROSE, PROSE], config)
    assert done.metadata == Metadata()
    assert [edit.action for edit in done.edits] == ["remove"]


def test_detectors_can_be_switched_off() -> None:
    config = Config(phrases=PHRASES, chrome=Chrome(detectors=False))
    assert not clean(["ADVERTISEMENT", PROSE], config).edits


def test_sure_chrome_alone_may_empty_a_document() -> None:
    assert kept(clean(["ADVERTISEMENT"])) == []


def test_doubtful_chrome_alone_may_not() -> None:
    lines = ["# Recent posts", "A quiet street", "The long winter"]
    assert kept(clean(lines)) == ["Recent posts", "A quiet street", "The long winter"]


def test_other_languages_can_be_left_out() -> None:
    config = Config(phrases=PHRASES, languages=("fr",))
    assert kept(clean([PROSE, "Anzeige", PROSE, "Publicité", PROSE], config)) == [PROSE, "Anzeige", PROSE, PROSE]


@pytest.mark.parametrize(
    "text", ["Jane Doe", "Jean-Pierre Challot", "Maria de la Cruz", "Jane Doe and John Roe", "J. K. Smith"]
)
def test_names(text: str) -> None:
    assert bylines.is_name(text)


@pytest.mark.parametrize(
    "text", ["Jane", "The end of the road", "Friday Night", "by hook or by crook", "March Of Time", "A, B"]
)
def test_not_names(text: str) -> None:
    assert not bylines.is_name(text)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the seed articles are not here")
def test_seed_article_loses_exactly_its_chrome() -> None:
    name = "000_fd584161bf73a59c"
    golden = json.loads((SHARED / "golden" / f"{name}.json").read_text("utf-8"))
    lines = (SHARED / "seeds" / f"{name}.txt").read_text("utf-8").split("\n")
    wanted = {
        number
        for row in golden["removed"]
        if row["stage"] == "chrome"
        for number in range(row["lines"][0], row["lines"][1] + 1)
        if lines[number - 1].strip()
    }
    assert {edit.first_line for edit in clean(lines).edits} == wanted


LINES = [text for path in CASES for _, text in read_case(path)]


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=40).map(lambda text: " ".join(text.split())), max_size=25))
def test_any_mix_of_lines(lines: list[str]) -> None:
    done = clean(lines)
    removed = [block for block in done.blocks if block.removed is not None]
    assert len(done.edits) == len(removed)
    assert all(edit.end > edit.start for edit in done.edits)
    assert clean(lines) == done


@pytest.mark.parametrize("piece", ["1", "By ", ". ", "| ", "A", "a.", "Jan ", "Aa ", "- ", "é ", "@a."])
def test_long_lines_take_linear_time(piece: str) -> None:
    long = (piece * 100_000)[:100_000].strip()
    assert PROSE in kept(clean([PROSE, long, PROSE, long, *[long[:690]] * 20]))


@pytest.mark.parametrize(
    "line",
    [
        "Home",
        "3 comments",
        "Related posts",
        "About the author",
        "Categories",
        "March 3, 2025",
        "* * *",
        "By",
        "Share",
        "Cookies",
    ],
)
def test_many_lines_take_linear_time(line: str) -> None:
    for lines in ([line] * 5_000, [line, PROSE] * 2_500):
        done = clean([PROSE, *lines, PROSE])
        assert done.blocks[0].removed is None


def test_a_document_that_looks_like_chrome_altogether_is_kept_with_a_warning() -> None:
    done = clean(["Related articles", "", "Ferry opens again", "", "Harbour to be dredged"])
    assert kept(done)
    assert done.warnings == (chrome.ALL_CHROME,)
    assert (
        clean(["A paragraph of prose that is long enough to be one, and that nobody takes for chrome."]).warnings == ()
    )
