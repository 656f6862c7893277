"""Site rules: which documents they are for, what they match, what the ledger says, and that a keep keeps."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Document, Pipeline
from cleaner.cli import cli
from cleaner.config import defaults_dir, fingerprint, load, load_sites
from cleaner.errors import ConfigError
from cleaner.pipeline import finish, run_stages
from cleaner.readers import Known, read_content
from cleaner.settings import Config, SiteRule, SiteRules
from cleaner.siterules.files import read_site, site_schema
from cleaner.siterules.match import covers
from cleaner.testing import default_config
from tests.support import texts

URL = "https://news.harbour.example/2024/ferries"
PROSE = "The last boat used to leave at ten past seven, and from April it will leave at half past one."
TEXT = f"Night ferries\n\n{PROSE}\n\nTide today: high\n\nGet the letter, every morning\n\nMore to come.\n"


def rules(remove: tuple[SiteRule, ...] = (), keep: tuple[SiteRule, ...] = (), **more: Any) -> Config:
    site = SiteRules("harbour", ("harbour.example",), remove, keep, **more)
    return replace(default_config(), site_rules=(site,))


def cleaned(text: str, config: Config, *, kind: str = "text", url: str = URL) -> Document:
    document = read_content(text.encode(), "", kind, Known(url=url), config.site_rules)
    return finish(run_stages(document, config))[1]


def removed(document: Document) -> list[tuple[str, str]]:
    return [(edit.rule, edit.raw_text) for edit in document.edits if edit.stage == "site-rules"]


def story(number: int) -> str:
    """A sentence of its own for each number."""
    mark = "abcdefghijkl"[number]
    return f"{' '.join(f'{word}{mark}' for word in PROSE.split())}."


# ---- which documents -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "site", "is_covered"),
    [
        ("example.com", "example.com", True),
        ("example.com", "news.example.com", True),
        ("example.com", "badexample.com", False),
        ("example.com", "example.com.evil.org", False),
        ("news.example.com", "example.com", False),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", True),
        ("example.*", "example.co.uk", True),
        ("example.*", "www2.example.de", True),
        ("example.*", "notexample.de", False),
        ("*", "anything", True),
        ("harbour", "Harbour", True),
    ],
)
def test_hosts_cover_their_subdomains(host: str, site: str, is_covered: bool) -> None:
    assert covers(host, site) is is_covered


def test_the_url_the_record_and_the_folder_pick_the_rules(tmp_path: Path) -> None:
    config = rules((SiteRule("letter", prefix=("get the letter",)),))
    assert "letter" not in cleaned(TEXT, config).text
    assert "letter" in cleaned(TEXT, config, url="https://elsewhere.example/").text
    folder = tmp_path / "harbour.example"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT)
    (tmp_path / "b.jsonl").write_text(json.dumps({"id": "r", "url": URL, "text": TEXT}) + "\n")
    (tmp_path / "c.txt").write_text(TEXT)
    found = {one.id: one.text for one in Pipeline(config).clean_each(tmp_path)}
    assert {name: "letter" in text for name, text in found.items()} == {
        "harbour.example/a.txt": False,
        "r": False,
        "c.txt": True,
    }


def test_a_page_that_names_its_own_address_picks_them_too() -> None:
    config = rules((SiteRule("promo", selectors=(".promo",)), SiteRule("line", exact=("Gone too",))))
    page = f'<link rel=canonical href="{URL}"><article><p>{PROSE}<p class=promo>{PROSE} Not here.<p>Gone too</article>'
    assert [rule for rule, _ in removed(cleaned(page, config, kind="html", url=""))] == [
        "site:harbour/promo",
        "site:harbour/line",
    ]


def test_international_names_are_known_in_both_forms(tmp_path: Path) -> None:
    hosts = read_site(tmp_path / "x.toml", {"hosts": ["www.Bücher.example", "*.bücher.example"]}, ()).rules.hosts
    assert hosts == ("bücher.example", "xn--bcher-kva.example", "*.bücher.example", "*.xn--bcher-kva.example")


# ---- what they match -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (SiteRule("r", exact=("GET THE LETTER,every morning",)), "is the line “GET THE LETTER,every morning”"),
        (SiteRule("r", prefix=("Get the",)), "begins with “Get the”"),
        (SiteRule("r", regex=("get .+ (morning|evening)",)), "matches “get .+ (morning|evening)”"),
        (SiteRule("r", prefix=("Get the",), reason="the letter"), "the letter"),
    ],
)
def test_a_line_goes_and_the_ledger_says_by_what(rule: SiteRule, reason: str) -> None:
    document = cleaned(TEXT, rules((rule,)))
    [edit] = [edit for edit in document.edits if edit.stage == "site-rules"]
    assert (edit.rule, edit.action, edit.reason) == ("site:harbour/r", "remove", reason)
    assert edit.raw_text == "Get the letter, every morning"
    assert "letter" not in document.text


@pytest.mark.parametrize(
    "rule",
    [
        SiteRule("r", exact=("Get the letter",)),
        SiteRule("r", prefix=("the letter",)),
        SiteRule("r", regex=("get the",)),
        SiteRule("r", selectors=("p",)),
    ],
)
def test_other_lines_stay(rule: SiteRule) -> None:
    assert removed(cleaned(TEXT, rules((rule,)))) == []


def test_marks_of_lists_and_headings_are_no_part_of_the_line() -> None:
    config = rules((SiteRule("r", exact=("Our shop", "Mugs")),))
    text = f"# Ferries\n\n{PROSE}\n\n## Our shop\n\n- Mugs\n- Captains\n"
    assert cleaned(text, config, kind="markdown").text == f"# Ferries\n\n{PROSE}\n\n- Captains\n"


PAGE = f"""<title>Ferries</title><article><h1>Ferries</h1>
<p>{PROSE} One.</p>
<aside class="promo x"><p>{PROSE} Two.</p><ul><li>{PROSE} Three.</li></ul></aside>
<p><span class="promo">{PROSE}</span> <b class=promo>Four.</b></p>
<p>{PROSE} <span class="promo">Five.</span></p>
<table class="promo"><tr><th>Boat</th><th>Built</th></tr><tr><td>Gannet</td><td>2004</td></tr></table>
<table><tr><th>Boat</th><th>Built</th></tr><tr class="promo"><td>Marigold</td><td>2023</td></tr></table>
</article>"""


def test_a_selector_picks_blocks_of_which_it_picks_all_text() -> None:
    document = cleaned(PAGE, rules((SiteRule("promo", selectors=(".promo",)),)), kind="html")
    gone = " ".join(raw for _, raw in removed(document))
    assert [word in gone for word in ("One.", "Two.", "Three.", "Four.", "Five.", "Gannet", "Marigold")] == [
        *(False, True, True, True),
        *(False, True, False),
    ]
    assert "Five." in document.text
    assert "Marigold" in document.text


def test_what_a_page_shows_without_scripts_is_picked_as_well() -> None:
    page = f'<p>Short<noscript><p class="promo">{PROSE}</p><p>{PROSE} Again.</p></noscript>'
    document = cleaned(page, rules((SiteRule("promo", selectors=(".promo",)),)), kind="html")
    assert [raw for _, raw in removed(document)] == [PROSE]


# ---- keeping -------------------------------------------------------------------------------


def test_keep_protects_from_detectors_and_from_removing_rules() -> None:
    text = TEXT.replace("More to come.", "ADVERTISEMENT\n\nShare this article")
    everything = SiteRule("everything", regex=(".*",))
    plain = cleaned(text, rules()).text
    assert "ADVERTISEMENT" not in plain
    kept = cleaned(text, rules(keep=(SiteRule("ads", exact=("advertisement",)),)))
    assert "ADVERTISEMENT" in kept.text
    assert "Share this" not in kept.text
    only = cleaned(text, rules((everything,), (SiteRule("ads", exact=("advertisement",)),)))
    assert only.text == "ADVERTISEMENT\n"


def test_keep_protects_from_the_classifier() -> None:
    boxes = "".join(f"<p><a href=/{n}>Another story about something {n}</a></p>" for n in range(12))
    page = f"<article><h1>Ferries</h1><p>{PROSE}</p></article><nav id=more>{boxes}</nav>"
    assert "Another story" not in cleaned(page, rules(), kind="html").text
    kept = cleaned(page, rules(keep=(SiteRule("more", selectors=("#more",)),)), kind="html")
    assert kept.text.count("Another story") == 12


def test_keep_protects_from_what_recurs_on_a_site(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    rule = '[[keep]]\nname = "sign"\nexact = ["We sign off with a wave"]\n'
    (tmp_path / "sites" / "harbour.toml").write_text(f'hosts = ["harbour.example"]\n{rule}')
    (tmp_path / "cleaner.toml").write_text("")
    lines = [
        json.dumps({"id": f"d{n}", "url": URL, "text": f"{story(n)}\n\nWe sign off with a wave\n\nBye now"})
        for n in range(12)
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    records = list(Pipeline(tmp_path / "cleaner.toml").run(tmp_path / "in.jsonl"))
    assert all("sign off" in record["text"] and "Bye now" not in record["text"] for record in records)


# ---- phrases -------------------------------------------------------------------------------


def test_phrases_count_on_their_site_alone_and_the_ledger_names_it() -> None:
    config = rules(phrases=(("advertisement", ("from the harbour shop",)),))
    text = TEXT.replace("Get the letter, every morning", "From the harbour shop\n\nADVERTISEMENT")
    found = {edit.raw_text.strip(): edit.rule for edit in cleaned(text, config).edits if edit.stage == "chrome"}
    assert found == {"From the harbour shop": "site:harbour/ad", "ADVERTISEMENT": "ad"}
    assert "From the harbour shop" in cleaned(text, config, url="").text


# ---- with everything else ------------------------------------------------------------------

LINES = ("ADVERTISEMENT", "NameRoleCity", "- a list item", "# Heading", "| a | b |", "Mayor", "T")


@given(texts, st.sampled_from(LINES), st.sampled_from(LINES))
def test_nothing_is_lost_whatever_the_rules_name(text: str, goes: str, stays: str) -> None:
    """`finish` checks conservation."""
    if text.strip():
        config = rules((SiteRule("a", prefix=(goes,)),), (SiteRule("b", prefix=(stays,)),))
        cleaned(text, config)


def test_rules_change_the_fingerprint_and_redo_a_run(tmp_path: Path) -> None:
    assert fingerprint(rules()) != fingerprint(rules((SiteRule("a", exact=("x",)),)))
    (tmp_path / "raw" / "harbour.example").mkdir(parents=True)
    (tmp_path / "raw" / "harbour.example" / "a.txt").write_text(TEXT)
    (tmp_path / "sites").mkdir()
    (tmp_path / "cleaner.toml").write_text("")
    command = [
        *("run", str(tmp_path / "raw"), "-o", str(tmp_path / "out")),
        *("-c", str(tmp_path / "cleaner.toml"), "-j", "1"),
    ]
    assert CliRunner().invoke(cli, command).exit_code == 0
    assert "letter" in (tmp_path / "out" / "documents.jsonl").read_text()
    (tmp_path / "sites" / "h.toml").write_text(
        'hosts = ["harbour.example"]\n[[remove]]\nname = "a"\nprefix = ["Get the letter"]\n'
    )
    assert CliRunner().invoke(cli, [*command, "--check"]).exit_code == 1
    assert CliRunner().invoke(cli, command).exit_code == 0
    assert "letter" not in (tmp_path / "out" / "documents.jsonl").read_text()
    assert '"site:h/a"' in (tmp_path / "out" / "ledger.jsonl").read_text()
    assert CliRunner().invoke(cli, ["check", str(tmp_path / "out")]).exit_code == 0


# ---- files ---------------------------------------------------------------------------------

RULE = 'hosts = ["a.example"]\n[[remove]]\nname = "x"\n'


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["hosts", "must be a list of hosts", 'hosts = ["a"]']),
        ("hosts = 'a.example'", ["hosts", "must be a list"]),
        ("hosts = ['https://a.example/']", ["https://a.example/", "Name it without https://"]),
        ("host = ['a']", ['unknown key "host"', 'Did you mean "hosts"?']),
        (f"{RULE}exakt = ['x']", ['[[remove]] "x"', 'unknown key "exakt"', 'Did you mean "exact"?']),
        (RULE, ['[[remove]] "x"', "names nothing", "exact, prefix"]),
        (f"{RULE}exact = 'x'", ["exact", "a list of strings"]),
        (f"{RULE}exact = ['']", ["exact", "an empty entry"]),
        (f"{RULE}regex = ['(']", ["regex", "is no regular expression", "Escape"]),
        (f"{RULE}regex = ['(a+)+b']", ["regex", "(a+)+b", "more than 500,000 ways", "Repeat less"]),
        (f"{RULE}selectors = ['div[']", ["selectors", "is no CSS selector", "For example"]),
        (f"{RULE}selectors = ['p:nth-child(2)']", ["selectors", ":nth-child", "Known are"]),
        ("hosts = ['a']\n[[remove]]\nname = 'Big Name'\nexact = ['x']", ["name", "small letters"]),
        ("hosts = ['a']\n[[remove]]\nexact = ['x']", ["[[remove]] number 1", "name"]),
        ("hosts = ['a']\n[remove]\nname = 'x'", ["[[remove]]", "two brackets"]),
        (f"{RULE}exact = ['x']\n[[keep]]\nname = 'x'\nexact = ['y']", ['two rules are named "x"']),
        ("hosts = ['a']\n[phrases]\nadvertisment = ['x']", ["[phrases]", 'Did you mean "advertisement"?']),
        ("hosts = ['a']\n[phrases]\nadvertisement = 'x'", ["[phrases]", "a list of strings"]),
        ("hosts = ['a']\n[[cases]]\nname = 'c'\ngoes = ['x']", ["[[cases]]", "either text or html"]),
        ("hosts = ['a']\n[[cases]]\nname = 'c'\ntext = 'x'", ["[[cases]]", "tests nothing"]),
        ("hosts = [", ["not valid TOML"]),
    ],
)
def test_a_wrong_file_names_the_place_and_the_cure(tmp_path: Path, text: str, parts: list[str]) -> None:
    (tmp_path / "sites").mkdir()
    path = tmp_path / "sites" / "a.toml"
    path.write_text(text)
    (tmp_path / "cleaner.toml").write_text("")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "cleaner.toml", environment={})
    for part in [str(path), *parts]:
        assert part in str(caught.value)


def test_a_file_of_ones_own_replaces_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "example.com.toml").write_text('hosts = ["mine.example"]')
    found = {site.rules.name: site for site in load_sites(tmp_path)}
    assert found["example.com"].rules.hosts == ("mine.example",)
    assert [site.rules.name for site in load_sites()] == ["example.com"]


def test_shipped_files_fit_the_published_schema() -> None:
    from jsonschema import Draft202012Validator

    published = json.loads((defaults_dir() / "sites.schema.json").read_text("utf-8"))
    assert published == site_schema()
    validator = Draft202012Validator(published)
    for path in sorted((defaults_dir() / "sites").glob("*.toml")):
        validator.validate(tomllib.loads(path.read_text("utf-8")))
    for wrong in ({}, {"hosts": []}, {"hosts": ["a"], "remov": []}, {"hosts": ["a"], "keep": [{"exact": ["x"]}]}):
        assert not validator.is_valid(wrong)
