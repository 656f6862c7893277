"""Counts over all documents: by stage, rule, site, language, format, charset and size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from cleaner.report.files import Clean, Record, Row
from cleaner.rows import Rejection

SITES = 12
"""Sites shown: those that lost most."""
REASONS = 20
REFUSALS = 500
"""Rejected inputs listed."""
WORDS = 15
"""Languages, formats and charsets shown of each."""

Rule = tuple[str, str, str]
"""Stage, rule and action: what the ledger says of each cut."""


class Totals:
    """Adds up documents; :meth:`rules` and :meth:`shown` give the results."""

    def __init__(self) -> None:
        self.documents = 0
        self._rules: dict[Rule, list[int]] = {}  # rows, documents, characters
        self._sites: dict[str, list[int]] = {}  # documents, characters before, characters after
        self._languages: Counter[str] = Counter()
        self._formats: Counter[str] = Counter()
        self._charsets: Counter[str] = Counter()
        self._before: Counter[int] = Counter()  # by number of binary digits
        self._after: Counter[int] = Counter()
        self._characters = [0, 0]

    def add(self, record: Record, rows: Sequence[Row]) -> set[Rule]:
        """Count one document; the rules that touched it."""
        self.documents += 1
        touched: set[Rule] = set()
        for row in rows:
            rule = row.stage, row.rule, row.action
            counts = self._rules.get(rule) or self._rules.setdefault(rule, [0, 0, 0])
            counts[0] += 1
            counts[1] += rule not in touched
            counts[2] += len(row.raw_text)
            touched.add(rule)
        facts = record.metadata
        site = self._sites.setdefault(facts.site, [0, 0, 0])
        self._characters[0] += facts.raw_char_count
        self._characters[1] += facts.char_count
        site[0] += 1
        site[1] += facts.raw_char_count
        site[2] += facts.char_count
        self._languages[facts.language] += 1
        self._formats[facts.format] += 1
        self._charsets[facts.encoding] += 1
        self._before[facts.raw_char_count.bit_length()] += 1
        self._after[facts.char_count.bit_length()] += 1
        return touched

    def rules(self) -> list[Rule]:
        """Every rule that did something, most rows first (ties by name)."""
        return sorted(self._rules, key=lambda rule: (-self._rules[rule][0], rule))

    def shown(self) -> dict[str, Any]:
        """The figures of the page."""
        sites = sorted(self._sites.items(), key=lambda item: (item[1][2] - item[1][1], item[0]))
        sizes = sorted(self._before | self._after)
        bins = range(sizes[0], sizes[-1] + 1) if sizes else range(0)
        return {
            "documents": self.documents,
            "before": self._characters[0],
            "after": self._characters[1],
            "rules": [[*rule, *self._rules[rule]] for rule in self.rules()],
            "sites": [[site, *counts] for site, counts in sites[:SITES]],
            "all_sites": len(sites),
            "languages": _most(self._languages),
            "formats": _most(self._formats),
            "charsets": _most(self._charsets),
            "sizes": [[size, self._before[size], self._after[size]] for size in bins],
        }


def rejections(clean: Clean) -> dict[str, Any]:
    """How many inputs were rejected, why, and the first of them."""
    reasons: Counter[tuple[str, str]] = Counter()
    shown: list[Rejection] = []
    total = 0
    for refusal in clean.refusals():
        total += 1
        if len(reasons) < 10_000:  # reasons may name what they refuse: one each
            reasons[refusal.stage, refusal.reason] += 1
        if len(shown) < REFUSALS:
            shown.append(refusal)
    most = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:REASONS]
    return {
        "total": total,
        "reasons": [[*reason, number] for reason, number in most],
        "shown": [[one.path, one.line, one.stage, one.reason] for one in shown],
    }


def _most(counts: Counter[str]) -> list[list[Any]]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [[name, number] for name, number in ranked[:WORDS]]
    rest = sum(number for _, number in ranked[WORDS:])
    return [*shown, ["(others)", rest]] if rest else shown
