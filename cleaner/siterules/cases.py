"""Running the tests that stand in files of site rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.pipeline import finish, run_stages
from cleaner.readers import Known, read_content
from cleaner.settings import Config
from cleaner.siterules.files import SiteCase, SiteFile
from cleaner.siterules.match import label


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case: the clean text, and the document with its ledger.

    ``wrong`` holds what does not do as it should, each behind what is the matter with it.
    """

    file: SiteFile
    case: SiteCase
    wrong: tuple[tuple[str, str], ...]
    text: str
    document: Document

    @property
    def used(self) -> set[str]:
        """The rules that did something in it."""
        kept = {block.keep for block in self.document.blocks}
        return kept | {edit.rule for edit in self.document.edits}


def run_cases(files: Iterable[SiteFile], config: Config) -> list[Outcome]:
    """Run every case with the rules of all the files, and no others."""
    files = list(files)
    config = replace(config, site_rules=tuple(file.rules for file in files))
    return [_run(file, case, config) for file in files for case in file.cases]


def untested(file: SiteFile, outcomes: Iterable[Outcome]) -> list[str]:
    """The names of a file's rules that no case has put to work."""
    used = {name for outcome in outcomes for name in outcome.used}
    rules = (*file.rules.remove, *file.rules.keep)
    return [rule.name for rule in rules if label(file.rules, rule.name) not in used]


def _run(file: SiteFile, case: SiteCase, config: Config) -> Outcome:
    # Without a URL a document's site is its folder, and that may be any of the hosts that a file names.
    name = "case" if case.url else f"{file.rules.hosts[0].replace('*', 'www')}/case"
    kind, content = ("html", case.html) if case.html else ("text", case.text)
    known = Known(id=case.name, url=case.url)
    try:
        document = read_content(content.encode(), name, kind, known, config.site_rules)
    except InputError as error:
        why = (("its input cannot be read", error.reason),)
        return Outcome(file, case, why, "", Document(case.name, "", ()))
    text, document = finish(run_stages(document, config))
    return Outcome(file, case, tuple(_wrong(case, document.source, text)), text, document)


def _wrong(case: SiteCase, source: str, text: str) -> Iterator[tuple[str, str]]:
    before, after = _spaced(source), _spaced(text)
    for wanted in case.goes:
        if _spaced(wanted) not in before:
            yield "should go, but is not in the input", wanted
        elif _spaced(wanted) in after:
            yield "should go, but stays", wanted
    for wanted in case.stays:
        if _spaced(wanted) not in after:
            yield f"should stay, but {'goes' if _spaced(wanted) in before else 'is not in the input'}", wanted


def _spaced(text: str) -> str:
    return " ".join(text.split())
