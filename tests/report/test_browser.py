"""The report in a real browser: no errors, quick, harmless, to be used with keys alone.

`make browser` runs these and says what to install; without Chromium and chromedriver on the PATH they are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner.report.page import render
from tests.report import synthetic
from tests.report.browser import CHROMIUM, DRIVER, Browser
from tests.report.hostile import HOSTILE
from tests.support import ROOT, cleaner_run

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no chromium and chromedriver on the PATH (apt-get install chromium chromium-driver)",
)
OPENS = 2.0  # seconds from asking for a page to the end of its load event


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module")
def page(samples: Path) -> Path:
    return samples / "report.html"


def rule_number(page: Path, name: str) -> int:
    """The number by which the page's addresses name a rule."""
    summary = page.read_text(encoding="utf-8").partition('id="data-summary">')[2].partition("</script>")[0]
    return [rule[1] for rule in json.loads(summary)["totals"]["rules"]].index(name)


def test_every_part_shows_without_an_error(browser: Browser, page: Path) -> None:
    wanted = {
        "": ["9", "documents", "encoding / mojibake", "Languages"],
        "documents": ["9 documents", "The starter that would not rise", "stadtbuecherei.html"],
        f"documents/rule/{rule_number(page, 'mojibake')}": ["1 document of 9", "sourdough-starter.html"],
        "document/000_fd584161bf73a59c.txt": ["Putin", "calendars 8", "rebuilt", "in the input"],
        "document/sourdough-starter.html": ["What stays", "What went", "Leave a Reply", "Fixed in the text"],
        "document/none": ["not in the sample"],
        "duplicates": ["2 blocks in 2 clusters", "channel-weekly.html", "85 %"],
        "rejected": ["Every input gave a document"],
        "run": ["ftfy", "duplicates", "threshold"],
        "%%%": ["What cleaner did"],
    }
    for part, words in wanted.items():
        browser.open(page, part)
        shown = browser.text()
        assert not browser.log(), part
        for word in words:
            assert word in shown, (part, word)


def test_what_a_document_shows_is_what_the_files_hold(browser: Browser, page: Path) -> None:
    browser.open(page, "document/000_fd584161bf73a59c.txt")
    browser.run("document.querySelector('input[value=before]').click()")
    shown = browser.run("return document.querySelector('.paper').innerText").split()
    source = (ROOT / "raw" / "000_fd584161bf73a59c.txt").read_text(encoding="utf-8")
    assert [word for word in shown if word != "in" and word != "input"][:400] == [
        word for word in source.split() if word != "in" and word != "input"
    ][:400]
    browser.run("document.querySelector('input[value=after]').click()")
    assert "ADVERTISEMENT" not in browser.run("return document.querySelector('.paper').innerText")
    numbers = browser.run(
        "return [...document.querySelectorAll('.line')].filter((line) => line.textContent.includes('moreover'))"
        ".map((line) => line.dataset.line)"
    )
    assert numbers == [str(1 + source[: source.index("moreover")].count("\n"))]


def test_keys_alone(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.keys("/")
    assert browser.run("return document.activeElement.id") == "search"
    browser.keys("starter")
    assert "1 document of 9" in browser.text()
    browser.keys("\ue004" * 6 + "\ue007")  # tab through the filters to the first result, enter
    assert browser.run("return decodeURIComponent(location.hash)") == "#document/sourdough-starter.html"
    browser.keys("n")
    assert browser.run("return document.activeElement.classList.contains('change')")
    assert "encoding" in browser.run("return document.getElementById('inspector').innerText")
    browser.keys("\ue00c")
    assert browser.run("return location.hash") == "#documents"


def test_nothing_is_fetched_or_runs(browser: Browser, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number, text in enumerate(HOSTILE):
        (raw / f"{number}.txt").write_text(text, encoding="utf-8")
        (raw / f"{number} <img src=x onerror=alert(9)>.html").write_text(f"<p>{text}</p>" * 3, encoding="utf-8")
    cleaner_run(raw, tmp_path / "clean")
    page = tmp_path / "clean" / "report.html"
    browser.open(page)
    documents = browser.run(
        "return JSON.parse(document.getElementById('data-documents').textContent).map((one) => one[0])"
    )
    assert len(documents) == 2 * len(HOSTILE)
    for part in ("", "documents", "duplicates", "run", *("document/" + name for name in documents)):
        browser.open(page)
        browser.run("location.hash = arguments[0].split('/').map(encodeURIComponent).join('/')", part)
        assert (
            browser.run("return document.querySelectorAll('main :is(img, script, style, iframe, b[onclick])').length")
            == 0
        )
        assert browser.run("return performance.getEntriesByType('resource').length") == 0
        assert browser.text().strip()
        assert not browser.log(), part  # an alert would have failed the calls above


def test_the_policy_stops_what_would_slip_through(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.slipped = 1\">')")
    assert browser.run("return new Promise((done) => setTimeout(() => done(window.slipped ?? 0), 50))") == 0
    assert any("Content Security Policy" in message for message in browser.log())


def test_a_hundred_thousand_documents_open_quickly(browser: Browser, tmp_path: Path) -> None:
    synthetic.write(tmp_path, 100_000)
    page = tmp_path / "report.html"
    page.write_bytes(b"".join(render(tmp_path)))
    assert page.stat().st_size < 6_000_000
    assert min(browser.open(page) for _ in range(3)) < OPENS
    assert "100,000" in browser.text()
    assert "the list holds 5,000 of 100,000 documents" in browser.text()
    assert min(browser.open(page, "documents") for _ in range(3)) < OPENS
    assert "5,000 documents" in browser.text()
    assert not browser.log()


@pytest.mark.parametrize("width", [360, 820, 1400])
def test_nothing_is_wider_than_the_window(browser: Browser, page: Path, width: int) -> None:
    browser.look(width, 900)
    for part in ("", "documents", "document/000_fd584161bf73a59c.txt", "document/sourdough-starter.html", "run"):
        browser.open(page, part)
        assert browser.run("return document.documentElement.scrollWidth") <= width, part


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Browser, page: Path, scheme: str) -> None:
    """Contrast of the colours of all stages, as drawn, by the formula of WCAG (4.5 for text)."""
    browser.look(1280, 900, scheme)
    browser.open(page, "document/000_fd584161bf73a59c.txt")
    low = browser.run(CONTRAST)
    assert low == []


CONTRAST = """
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgb = (colour, under) => {
  canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
  canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const WEIGHT = [0.2126, 0.7152, 0.0722];
const light = (parts) => parts.reduce((sum, part, index) => sum + linear(part / 255) * WEIGHT[index], 0);
const ground = (node) => {
  const layers = [];
  for (let at = node; at; at = at.parentElement) layers.push(getComputedStyle(at).backgroundColor);
  return layers.reverse().reduce((under, layer) => `rgb(${rgb(layer, under).join(",")})`, "white");
};
const low = [];
for (const node of document.querySelectorAll("del, ins, .chip, .hint, .facts span, h1, nav a, pre, .label")) {
  if (!node.checkVisibility()) continue;
  const under = ground(node);
  const [one, two] = [light(rgb(getComputedStyle(node).color, under)), light(rgb(under, under))].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (two + 0.05);
  if (ratio < 4.5) low.push(`${node.className} ${ratio.toFixed(2)}`);
}
return [...new Set(low)];
"""
