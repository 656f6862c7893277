"""Stage ``write``: the corpus stages' verdicts applied to a shard, and its part of the output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from msgspec.structs import replace

from cleaner.corpus import store
from cleaner.corpus.clean import Item
from cleaner.corpus.judge import Repeat, Verdict
from cleaner.corpus.naming import as_named, load_names
from cleaner.corpus.sites import load_recurring, load_tally, remove_recurring
from cleaner.corpus.tasks import FILTERED, REMOVED, Counts, Task
from cleaner.document import Document, Drop, Removal, drop, remove_edit
from cleaner.files import DOCUMENTS, DUPLICATES, LEDGER, REJECTED
from cleaner.readers import Rejected
from cleaner.report import part
from cleaner.writers.records import Extras, document_line, duplicate_line, ledger_lines, rejected_line

STAGE = "duplicates"


def write_documents(task: Task, folder: Path) -> Counts:
    """Inputs: settings, documents of a shard (at most ``part``), their names, what recurs, verdicts, its tally.

    Makes the shard's part of each output file, and of what the report says.  Raises
    :class:`~cleaner.errors.ConservationError` if a ledger does not account for its document.
    """
    from cleaner.pipeline import finish  # loads all stages: `cleaner dedup` needs none of them

    config = store.load_config(task.inputs[0])
    names = load_names(task.inputs[2])
    recurring = load_recurring(task.inputs[3])
    tally = load_tally(task.inputs[5])
    verdicts = {one.document: one for one in store.load(task.inputs[4], list[Verdict])}
    counts: Counter[str] = Counter(documents=0, rejected=0, dropped=0, duplicates=0, duplicate_documents=0)
    written: list[str] = []
    clustered: set[str] = set()
    number = 0
    with (
        (folder / DOCUMENTS).open("wb") as documents,
        (folder / LEDGER).open("wb") as ledger,
        (folder / DUPLICATES).open("wb") as duplicates,
        (folder / REJECTED).open("wb") as rejected,
    ):
        for item in store.read_stream(task.inputs[1], Item):
            if item.rejected is not None:
                rejected.write(rejected_line(item.rejected))
                counts["rejected"] += 1
            if item.document is None:
                continue
            document = as_named(item.document, names.get(number))
            document = remove_recurring(document, recurring, config.sites, tally)
            verdict = verdicts.get(number, Verdict(number, (), 1))
            text, document = finish(cut(document, verdict))
            ledger.write(ledger_lines(document))
            duplicates.writelines(repeat_lines(document.id, verdict.repeats))
            if (why := document.dropped) is not None:
                reason = f"{why.rule}: document {document.id!r} {why.reason}"
                rejected.write(rejected_line(Rejected(document.metadata.file_path, why.stage, reason)))
                counts["dropped" if why.stage == STAGE else f"{FILTERED}{why.rule}"] += 1
            else:
                gone = sum(not repeat.kept for repeat in verdict.repeats)
                extras = Extras(gone, verdict.cluster_size)
                documents.write(document_line(document, text, extras, config))
                written.append(document.id)
                if number in verdicts:
                    clustered.add(document.id)
                counts["documents"] += 1
            counts["blocks"] += len(document.blocks)
            counts["warnings"] += len(document.warnings)
            counts["duplicates"] += sum(not repeat.kept for repeat in verdict.repeats)
            counts["duplicate_documents"] += verdict.duplicate
            counts.update(f"{REMOVED}{block.removed.stage}" for block in document.blocks if block.removed is not None)
            number += 1
            if number == task.part:
                break
    part.save(folder, clustered, written if len(written) < number else None)
    return dict(counts)


def cut(document: Document, verdict: Verdict) -> Document:
    """Mark removed what repeats other blocks, and all of a document that is dropped; with ledger rows."""
    blocks = list(document.blocks)
    edits = list(document.edits)
    for repeat in verdict.repeats:
        if repeat.kept:
            continue
        block = blocks[repeat.block]
        blocks[repeat.block] = replace(block, removed=Removal(STAGE, "near-duplicate"))
        where = "this document" if repeat.twin_id == document.id else f"document {repeat.twin_id!r}"
        edits.append(
            remove_edit(
                document.source,
                block,
                STAGE,
                "near-duplicate",
                score=repeat.jaccard,
                reason=f"repeats block {repeat.twin_block} of {where}",
                twin_id=repeat.twin_id,
                twin_block=repeat.twin_block,
            )
        )
    document = replace(document, blocks=tuple(blocks), edits=tuple(edits))
    if not verdict.dropped:
        return document
    why = Drop(STAGE, "duplicate-document", f"repeats others, above all {verdict.twin_id!r}")
    return drop(document, why, twin_id=verdict.twin_id)


def repeat_lines(document_id: str, repeats: Iterable[Repeat]) -> Iterable[bytes]:
    """Lines of ``duplicates.jsonl``.

    ``cluster`` is the same number (48 bits of a hash of the keeper) for all that repeat one block; it
    does not change with what else is in the corpus.
    """
    for repeat in repeats:
        name = f"{repeat.twin_id}\n{repeat.twin_block}".encode("utf-8", "surrogatepass")
        cluster = int.from_bytes(blake2b(name, digest_size=6).digest())
        yield duplicate_line(
            document_id, repeat.block, repeat.twin_id, repeat.twin_block, repeat.jaccard, cluster, repeat.kept
        )
