"""Proposing site rules from a finished run: what was removed again and again on one site, and what recurs and stayed.

The files of the run are read twice, a document at a time.  The first time counts on how many documents of
its site each line stands, as hashes, and forgets what is rare when there are too many; the second looks
only at lines that recur.  So memory does not grow with the run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from cleaner.config import FILE_NAME, load
from cleaner.document import Document, Metadata
from cleaner.hashes import hash_of
from cleaner.pipeline import STAGES, run_stages
from cleaner.readers.text import read_text
from cleaner.report.files import Clean, Row, Written
from cleaner.settings import Config, SiteRule, SiteRules
from cleaner.siterules.cases import run_cases
from cleaner.siterules.files import SiteCase, SiteFile, is_host
from cleaner.siterules.safety import LONGEST, compile_line
from cleaner.stages.site_rules import STAGE
from cleaner.toml_file import defaults_dir

LEAST = 3
"""A line recurs if it is on at least so many documents of a site,"""
KEPT_SHARE = 0.1
"""and one that stayed if it is on at least this share of them: what an author often says is on fewer."""
MOST_LINES = 40
"""Lines proposed for one site, of those removed and of those that stayed."""
MOST_HASHES = 2_000_000
"""Lines counted at a time (some 200 MB)."""
FORMS = 3
"""Ways to write one line that are told apart."""
EXAMPLE_WORDS = range(8, 60)

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_LETTER = re.compile(r"[^\W\d_]")
_NO_LINE = ("#", "|", "```", "~~~", "    ")
"""What headings, tables and code begin with in Markdown: a heading that recurs is often a section's name."""
_SENTENCE = re.compile(r"[.!?。！？]$")

Fate = Literal["removed", "kept"]


@dataclass(slots=True)
class Seen:
    """A line that recurs on a site: on how many documents it went and stayed, and how it is written.

    ``forms`` maps the line with its numbers masked to how often it stood so, one way to write it, whether
    numbers make others of it, and the most digits in one of them.
    """

    removed: int = 0
    kept: int = 0
    forms: dict[str, tuple[int, str, bool, int]] = field(default_factory=dict)

    def add(self, fate: Fate, text: str) -> None:
        """Count it on one more document."""
        if fate == "removed":
            self.removed += 1
        else:
            self.kept += 1
        masked = _DIGITS.sub("0", text)
        digits = max(map(len, _DIGITS.findall(text)), default=0)
        number, first, varies, most = self.forms.get(masked, (0, text, False, 0))
        if number or len(self.forms) < 2 * FORMS:
            self.forms[masked] = number + 1, first, varies or first != text, max(most, digits)


@dataclass(frozen=True, slots=True)
class Line:
    """A line to propose: as ``exact`` or as ``regex``, with its counts and an example."""

    pattern: str
    exact: bool
    example: str
    removed: int
    kept: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is proposed for one site: the lines, and the file of rules and cases that they make."""

    site: str
    documents: int
    lines: dict[Fate, list[Line]]
    file: SiteFile


RULES: dict[Fate, tuple[str, str]] = {
    "removed": ("removed-lines", "was removed on many documents of this site"),
    "kept": ("lines-that-recur", "recurs on many documents of this site"),
}


def suggest(folder: Path, *, least: int = LEAST, site: str = "") -> Iterator[Suggestion]:
    """What could be the rules of the sites of a run (or of ``site``), those with the most documents first.

    Each suggestion has a case for each of its rules, and its cases are right.
    Raises :class:`~cleaner.errors.CleanerError` if ``folder`` was not written by `cleaner run`.
    """
    clean = Clean(folder)
    documents, recurring = _count(clean, site, least)
    seen, examples = _look(clean, recurring)
    config = replace(load(defaults_dir() / FILE_NAME).config, site_rules=())
    for name in sorted(documents, key=lambda name: (-documents[name], name)):
        if is_host(name) and "*" not in name and name != ".":
            lines = _chosen(seen.get(name, {}).values(), documents[name], least, config)
            made = _suggestion(name, documents[name], lines, examples.get(name, ""), config)
            if made is not None:
                yield made


def _count(clean: Clean, only: str, least: int) -> tuple[Counter[str], frozenset[int]]:
    """The documents of each site, and the hashes of the lines that recur there."""
    documents: Counter[str] = Counter()
    counts: Counter[int] = Counter()
    for record, rows, _ in clean.documents_with_rows(Written):
        site = record.metadata.site
        if only and site != only:
            continue
        documents[site] += 1
        counts.update({hash_of(f"{site}\n{key}") for _, key, _ in _lines(record, rows)})
        if len(counts) > MOST_HASHES:
            counts = _without_rare(counts)
    return documents, frozenset(key for key, number in counts.items() if number >= least)


def _without_rare(counts: Counter[int]) -> Counter[int]:
    """The counts without those that are rarest, so that at most half of the room is taken."""
    rare = 1
    while len(counts) > MOST_HASHES // 2:
        counts = Counter({key: number for key, number in counts.items() if number > rare})
        rare += 1
    return counts


def _look(clean: Clean, recurring: frozenset[int]) -> tuple[dict[str, dict[str, Seen]], dict[str, str]]:
    """The lines that recur, by site and key; and a sentence of each site that does not."""
    seen: dict[str, dict[str, Seen]] = {}
    examples: dict[str, str] = {}
    for record, rows, _ in clean.documents_with_rows(Written):
        site = record.metadata.site
        found: set[str] = set()
        for fate, key, text in _lines(record, rows):
            if hash_of(f"{site}\n{key}") not in recurring:
                if fate == "kept" and site not in examples and _is_example(text):
                    examples[site] = text
            elif key not in found:
                found.add(key)
                seen.setdefault(site, {}).setdefault(key, Seen()).add(fate, text)
    return seen, examples


def _lines(record: Written, rows: Iterable[Row]) -> Iterator[tuple[Fate, str, str]]:
    """What became of the lines of a document: ``(fate, key, line)``; of one line more than once, the first counts.

    What the classifier and the stage ``sites`` removed is ``removed``.  What duplicates cut as a repetition counts as
    ``kept``: the first copy is.
    """
    for row in rows:
        if row.action == "remove" and (row.stage == "sites" or row.rule == "classifier" or row.stage == "duplicates"):
            fate: Fate = "kept" if row.stage == "duplicates" else "removed"
            if key := _key(row.raw_text):
                yield fate, key, " ".join(row.raw_text.split())
    for line in record.text.split("\n"):
        if not line.startswith(_NO_LINE) and (key := _key(line)):
            yield "kept", key, " ".join(line.removeprefix("\\").split())


def _key(line: str) -> str:
    """The words of a line, numbers masked: marks and punctuation, which stages change, do not matter."""
    if len(line) > LONGEST or not _LETTER.search(line):
        return ""
    return _DIGITS.sub("0", " ".join(_WORD.findall(line.casefold())))


def _is_example(text: str) -> bool:
    return len(text.split()) in EXAMPLE_WORDS and _SENTENCE.search(text) is not None


def _chosen(seen: Iterable[Seen], documents: int, least: int, config: Config) -> dict[Fate, list[Line]]:
    """The lines to propose for a site, those on most documents first."""
    chosen: dict[Fate, list[Seen]] = {"removed": [], "kept": []}
    for one in seen:
        if one.removed >= least:
            chosen["removed"].append(one)
        elif one.removed + one.kept >= max(least, KEPT_SHARE * documents):
            chosen["kept"].append(one)
    ranked = {
        fate: sorted(some, key=lambda one: (-one.removed - one.kept, min(one.forms)))[:MOST_LINES]
        for fate, some in chosen.items()
    }
    return {fate: [line for one in some for line in _patterns(one, config)] for fate, some in ranked.items()}


def _suggestion(
    site: str, documents: int, lines: dict[Fate, list[Line]], example: str, config: Config
) -> Suggestion | None:
    """The lines as rules with cases.  What does not do as its case says is left out; ``None`` if nothing stays."""
    while any(lines.values()):
        file = _file(site, lines, example)
        wrong = {wanted for outcome in run_cases([file], config) for _, wanted in outcome.wrong}
        if not wrong:
            return Suggestion(site, documents, lines, file)
        right = {fate: [line for line in some if line.example not in wrong] for fate, some in lines.items()}
        if right == lines and example not in wrong:
            return None
        lines, example = right, "" if example in wrong else example
    return None


def _patterns(seen: Seen, config: Config) -> Iterator[Line]:
    """A line as the stage will meet it: whole, or if only its numbers differ, with any numbers."""
    forms = sorted(seen.forms.items(), key=lambda item: (-item[1][0], item[0]))
    written: set[str] = set()
    for _, (_, text, varies, digits) in forms[:FORMS]:
        text = _as_block(text, config)
        if not text or text in written:
            continue
        written.add(text)
        pattern = text
        if varies:
            pattern = f"\\d{{1,{digits}}}".join(re.escape(part).replace("\\ ", " ") for part in _DIGITS.split(text))
            try:
                compile_line(pattern)
            except ValueError:  # too many numbers
                continue
        yield Line(pattern, not varies, text, seen.removed, seen.kept)


def _as_block(text: str, config: Config) -> str:
    """The text of a line after the stages that come before site rules; "" if it is not one block then."""
    before = STAGES[: [stage.name for stage in STAGES].index(STAGE)]
    document: Document = read_text(text, document_id="line", metadata=Metadata(format="markdown"))
    kept = [block for block in run_stages(document, config, before).blocks if block.removed is None]
    return kept[0].text if len(kept) == 1 and "\n" not in kept[0].text else ""


def _file(site: str, lines: dict[Fate, list[Line]], example: str) -> SiteFile:
    """A file with a rule, and a case for it, for each of the two kinds of lines."""
    rules, cases = [], []
    for fate, some in lines.items():
        if some:
            name, reason = RULES[fate]
            exact = tuple(line.pattern for line in some if line.exact)
            regex = tuple(line.pattern for line in some if not line.exact)
            rules.append(SiteRule(name, exact, (), regex, (), reason))
            goes = tuple(line.example for line in some)
            stays = (example,) if example else ()
            cases.append(SiteCase(name, "\n\n".join([*stays, *goes]) + "\n", goes=goes, stays=stays))
    stem = re.sub(r"[^\w.-]+", "-", site)
    rules_of_site = SiteRules(stem, (site.casefold().removeprefix("www."),), tuple(rules))
    return SiteFile(Path(f"{stem}.toml"), rules_of_site, tuple(cases))
