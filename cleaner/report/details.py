"""What the page holds of single documents and clusters, as plain lists for JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from cleaner.document import Edit
from cleaner.ledger import passages
from cleaner.report.files import HTML, Clean, Span
from cleaner.report.sample import Cluster, Listed, nearest_block
from cleaner.report.totals import Rule

LONGEST = 60_000
"""Characters of one document that are shown: more would push other documents off the page."""
EXCERPT = 2_500
"""Characters shown of a block in a cluster of duplicates."""


def list_entry(listed: Listed, rules: Mapping[Rule, int], *, held: bool) -> list[Any]:
    """One document of the list; ``held`` says whether its text is on the page."""
    facts = listed.facts
    return [
        listed.id,
        facts.title[:160],
        facts.site,
        facts.language,
        facts.format,
        facts.raw_char_count,
        facts.char_count,
        facts.removed_block_count,
        facts.edited_block_count,
        facts.duplicate_block_count,
        sorted(rules[rule] for rule in listed.rules),
        int(held),
    ]


def detail(listed: Listed, text: str, edits: Sequence[Edit], rules: Mapping[Rule, int]) -> dict[str, Any]:
    """Before and after of one document; ``text`` is its clean text, ``edits`` are its rows of the ledger.

    Where the ledger has positions, ``passages`` are strings (unchanged) and ``[raw, new, numbers of
    rows]``; a page of HTML has its clean ``text`` and ``changes`` of ``[raw, new, number of row]``, in the order of
    the ledger.  ``rows`` are ``[rule, first line, last line, reason, score, twin id, twin block]``;
    ``left_out`` is how many characters of the input (or, for HTML, of the text) are not here.
    """
    if listed.facts.format == HTML:
        return _page(text, edits, rules)
    return _text(text, edits, rules, listed.facts.raw_char_count)


def _text(text: str, edits: Sequence[Edit], rules: Mapping[Rule, int], total: int) -> dict[str, Any]:
    rows: list[list[Any]] = []
    shown: list[Any] = []
    room = LONGEST
    done = 0
    for passage in passages(text, edits):
        if room <= 0:
            break
        if not passage.edits:
            shown.append(passage.raw[:room])
            done += min(len(passage.raw), room)
        else:
            numbers = range(len(rows), len(rows) + len(passage.edits))
            rows += [_row(edit, rules) for edit in passage.edits]
            shown.append([passage.raw[:room], passage.new[:room], list(numbers)])
            done += min(len(passage.raw), room)
        room -= max(len(passage.raw), len(passage.new))
    return {"passages": shown, "rows": rows, "left_out": total - done}


def _page(text: str, edits: Sequence[Edit], rules: Mapping[Rule, int]) -> dict[str, Any]:
    rows: list[list[Any]] = []
    changes: list[Any] = []
    room = LONGEST
    for edit in edits:
        room -= len(edit.raw_text) + len(edit.new_text)
        if room < 0:
            break
        changes.append([edit.raw_text, edit.new_text, len(rows)])
        rows.append(_row(edit, rules))
    return {
        "text": text[:LONGEST],
        "changes": changes,
        "rows": rows,
        "left_out": max(0, len(text) - LONGEST),
        "rows_left_out": len(edits) - len(changes),
    }


def _row(edit: Edit, rules: Mapping[Rule, int]) -> list[Any]:
    rule = rules[edit.stage, edit.rule, edit.action]
    return [rule, edit.first_line, edit.last_line, edit.reason, edit.score, edit.twin_id, edit.twin_block]


def cluster_entries(
    clean: Clean, clusters: Sequence[Cluster], rows: Mapping[str, Span], texts: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Clusters with the texts of their blocks: ``keeper`` and ``copies`` as ``[doc id, block, text, …]``.

    ``rows`` and ``texts`` are those of the documents that the clusters name; a text is ``""`` where its
    document is not among the output (left out as a duplicate).
    """
    asked: Counter[tuple[str, str, int]] = Counter()
    known: dict[str, dict[tuple[str, int], list[str]]] = {}
    entries = []
    for cluster in clusters:
        copies: list[tuple[str, int, str, float]] = []
        for pair in cluster.pairs:
            if pair.doc_id not in known:
                known[pair.doc_id] = _repeats(clean, rows.get(pair.doc_id))
            twin = pair.twin_id, pair.twin_block
            own = known[pair.doc_id].get(twin, [])
            number = asked[pair.doc_id, *twin]  # several blocks may repeat one: the files have them in one order
            asked[pair.doc_id, *twin] += 1
            copy = own[number] if number < len(own) else ""
            copies.append((pair.doc_id, pair.block, copy[:EXCERPT], pair.jaccard))
        longest = max((text for _, _, text, _ in copies), key=len)
        kept = nearest_block(texts.get(cluster.keeper[0], ""), longest) if longest else ""
        entries.append({"keeper": [*cluster.keeper, kept[:EXCERPT]], "copies": copies, "size": cluster.size})
    return entries


def _repeats(clean: Clean, span: Span | None) -> dict[tuple[str, int], list[str]]:
    """The texts of a document's blocks that went as duplicates, by twin."""
    found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for edit in next(clean.edits([span])) if span else ():
        if edit.twin_id and edit.twin_block >= 0:
            found[edit.twin_id, edit.twin_block].append(edit.raw_text)
    return found
