"""Counts over all documents: by stage, rule, site, language, format, charset and size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from cleaner.report.files import Clean, Record, Row
from cleaner.rows import Rejection

K = TypeVar("K")

SITES = 12
"""Sites shown: those that lost most."""
REASONS = 20
REFUSALS = 500
"""Rejected inputs listed."""
WORDS = 15
"""Languages, formats and charsets shown of each."""

Rule = tuple[str, str, str]
"""Stage, rule and action: what the ledger says of each cut."""
Kind = tuple[str, str, str, str]
"""Site, language, format and charset of a document."""


class Totals(msgspec.Struct):
    """Adds up documents; :meth:`rules` and :meth:`shown` give the results.

    ``by_rule``: rows, documents and characters; ``by_kind``: documents, characters before and after; ``by_size``:
    documents, by the number of binary digits of their characters before and after.
    """

    documents: int = 0
    by_rule: dict[Rule, list[int]] = {}
    by_kind: dict[Kind, list[int]] = {}
    by_size: dict[tuple[int, int], int] = {}

    def add(self, record: Record, rows: Sequence[Row]) -> set[Rule]:
        """Count one document; the rules that touched it."""
        touched: set[Rule] = set()
        for row in rows:
            rule = row.stage, row.rule, row.action
            counts = self.by_rule.get(rule) or self.by_rule.setdefault(rule, [0, 0, 0])
            counts[0] += 1
            counts[1] += rule not in touched
            counts[2] += len(row.raw_text)
            touched.add(rule)
        facts = record.metadata
        before, after = facts.raw_char_count, facts.char_count
        kind = facts.site, facts.language, facts.format, facts.encoding
        counts = self.by_kind.get(kind) or self.by_kind.setdefault(kind, [0, 0, 0])
        counts[0] += 1
        counts[1] += before
        counts[2] += after
        size = before.bit_length(), after.bit_length()
        self.by_size[size] = self.by_size.get(size, 0) + 1
        self.documents += 1
        return touched

    def merge(self, other: Totals) -> None:
        """Add the documents of another."""
        self.documents += other.documents
        for rule, numbers in other.by_rule.items():
            _add(self.by_rule, rule, numbers)
        for kind, numbers in other.by_kind.items():
            _add(self.by_kind, kind, numbers)
        for size, number in other.by_size.items():
            self.by_size[size] = self.by_size.get(size, 0) + number

    def rules(self) -> list[Rule]:
        """Every rule that did something, most rows first (ties by name)."""
        return sorted(self.by_rule, key=lambda rule: (-self.by_rule[rule][0], rule))

    def shown(self) -> dict[str, Any]:
        """The figures of the page."""
        by_site, by_language, by_format, by_charset = map(self._by, range(4))
        sites = sorted(by_site.items(), key=lambda item: (item[1][2] - item[1][1], item[0]))
        before, after = Counter[int](), Counter[int]()
        for (digits_before, digits_after), number in self.by_size.items():
            before[digits_before] += number
            after[digits_after] += number
        sizes = before.keys() | after.keys()
        return {
            "documents": self.documents,
            "before": sum(counts[1] for counts in self.by_kind.values()),
            "after": sum(counts[2] for counts in self.by_kind.values()),
            "rules": [[*rule, *self.by_rule[rule]] for rule in self.rules()],
            "sites": [[site, *counts] for site, counts in sites[:SITES]],
            "all_sites": len(sites),
            "languages": _most(by_language),
            "formats": _most(by_format),
            "charsets": _most(by_charset),
            "sizes": [[size, before[size], after[size]] for size in range(min(sizes), max(sizes) + 1)] if sizes else [],
        }

    def _by(self, place: int) -> dict[str, list[int]]:
        """The counts by one part of the kind."""
        counts: dict[str, list[int]] = {}
        for kind, numbers in self.by_kind.items():
            _add(counts, kind[place], numbers)
        return counts


def _add(table: dict[K, list[int]], key: K, numbers: Sequence[int]) -> None:
    counts = table.get(key, [0] * len(numbers))
    table[key] = [a + b for a, b in zip(counts, numbers, strict=True)]


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


def _most(counts: Mapping[str, Sequence[int]]) -> list[list[Any]]:
    ranked = sorted(((name, number) for name, (number, *_) in counts.items()), key=lambda item: (-item[1], item[0]))
    shown = [[name, number] for name, number in ranked[:WORDS]]
    rest = sum(number for _, number in ranked[WORDS:])
    return [*shown, ["(others)", rest]] if rest else shown
