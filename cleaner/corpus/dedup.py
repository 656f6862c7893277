"""``cleaner dedup``: near-duplicate lines across records that are taken as they are.

A record is one JSON object a line.  Its blocks are the lines of its text, counted from 0; its id is
used verbatim.  A line that goes is cut out of the text, everything else of the record stays; a record
without duplicates is written byte for byte as it came.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from cleaner.corpus import forecast, plan, publish, ranges, store
from cleaner.corpus.duplicates import find_duplicates
from cleaner.corpus.history import open_history
from cleaner.corpus.index import is_index, open_index, spec_of
from cleaner.corpus.judge import Verdict
from cleaner.corpus.publish import Summary
from cleaner.corpus.sign import BATCH, Batch, Volume, sign, signing_settings, volume
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import FOLDER, Made, Workshop
from cleaner.corpus.write import STAGE, repeat_lines
from cleaner.engines import executor
from cleaner.errors import InputError
from cleaner.files import DOCUMENTS, DUPLICATES, PAIRS, REJECTED
from cleaner.progress import Progress, silent
from cleaner.readers import Rejected
from cleaner.readers.decode import replace_surrogates
from cleaner.readers.jsonl import parse
from cleaner.settings import Config, Engine, Input
from cleaner.writers.records import rejected_line

OUTPUTS = (DOCUMENTS, DUPLICATES, REJECTED)
_ITEM = re.compile(r"\s*(?:[-*•‣◦]|\d{1,3}[.)])\s")


def dedup(
    files: Sequence[Path],
    out: Path,
    config: Config,
    *,
    against: Sequence[Path] = (),
    index: Path | None = None,
    pairs: bool = False,
    jobs: int = 1,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Summary:
    """Cut near-duplicate lines across the records of ``files``, in the order given, into ``out``.

    ``against``: files of records, or indexes, whose lines come before all others and are not written.
    ``index``: the same, and what is kept is added to it; documents that it has already, of the same id and
    text, do not count as earlier ones.  With ``dry_run`` nothing is written.
    Raises :class:`~cleaner.corpus.index.IndexUnfitError`.
    """
    workers = executor(config.engine, jobs)
    config = replace(config, engine=Engine())  # nothing that is made may depend on it
    sources = split_all(files)
    identities = [source.identity for source in sources]
    earlier = split_all([path for path in against if not is_index(path)])
    indexes = [open_index(path, spec_of(config)) for path in against if is_index(path)]
    history = open_history(index, config, identities) if index else None
    identities += [("against", name) for source in earlier for name in source.identity]
    identities += [("against", one.batch) for opened in indexes for one in opened.generations]
    identities += history.identity if history else []
    digest = publish.digest_of("dedup", config, pairs, 0, identities)
    done = publish.up_to_date(out, digest)
    if done is not None and (history is None or history.is_added):
        return done
    if dry_run:
        return Summary(len(files), forecast=forecast.of_dedup([*sources, *earlier], jobs))
    workshop = Workshop(out / FOLDER, workers, progress)
    try:
        settings = workshop.settings(signing_settings(config))
        parts = keep_parts(workshop, config, sources)
        amount = volume(workshop, sum(source.unpacked for source in (*sources, *earlier)), jobs)
        signs = workshop.run(sign_records, [[settings, one, amount] for one in parts])
        indexed = history.shards() if history else []
        old = indexed + [shard for opened in indexes for shard in opened.shards(len(opened.generations))]
        old += workshop.run(sign_records, [[settings, one, amount] for one in keep_parts(workshop, config, earlier)])
        found = find_duplicates(workshop, config, signs, pairs=pairs, old=old, replaceable=len(indexed))
        settings = workshop.settings(Config(input=config.input))
        rejected = [one.file(REJECTED) for one in signs]
        inputs = [[settings, *one] for one in zip(parts, rejected, found.verdicts, strict=True)]
        written = workshop.run(write_records, inputs)
        if history:
            history.add(workshop, config, old, signs, found)
    finally:
        workers.close()
    workshop.tidy()
    outputs = {name: [one.file(name) for one in written] for name in OUTPUTS}
    if pairs:
        outputs[PAIRS] = found.pairs
    counts = publish.total(written) | {"inputs": len(files), "blocks": publish.total(signs).get("passages", 0)}
    return publish.publish(out, digest, config, outputs, counts)


def split_all(files: Sequence[Path]) -> list[plan.Source]:
    """The parts of all files, in order."""
    return [source for path in files for source in ranges.split(path.name, path)[0]]


def keep_parts(workshop: Workshop, config: Config, sources: Sequence[plan.Source]) -> list[Made]:
    """The sources as inputs of tasks, in order, compressed ones unpacked and in parts."""
    settings = workshop.settings(Config(input=config.input))
    kept = [workshop.keep("source", one, store.sha256_of(*one.identity)) for one in sources]
    packed = [made for one, made in zip(sources, kept, strict=True) if ranges.is_packed(one)]
    unpacked = iter(workshop.run(ranges.unpack, [[settings, one] for one in packed]))
    parts: list[Made] = []
    for source, made in zip(sources, kept, strict=True):
        if ranges.is_packed(source):
            inner = ranges.unpacked(next(unpacked).path)
            parts += (workshop.keep("source", one, store.sha256_of(*one.identity)) for one in inner)
        else:
            parts.append(made)
    return parts


def sign_records(task: Task, folder: Path) -> Counts:
    """Inputs: settings, a :class:`~cleaner.corpus.plan.Source`, :class:`~cleaner.corpus.sign.Volume`.

    Makes what :func:`~cleaner.corpus.sign.sign` does, and ``rejected``: a list of what gave no record.
    """
    config = store.load_config(task.inputs[0])
    source = store.load(task.inputs[1], plan.Source)
    rejected: list[Rejected] = []
    batches = _batches(source, config.input, rejected)
    counts = sign(batches, config, folder, store.load(task.inputs[2], Volume), by_content=True)
    (folder / REJECTED).write_bytes(store.encode(rejected))
    return counts


def _batches(source: plan.Source, fields: Input, rejected: list[Rejected]) -> Iterator[Batch]:
    """The records of a part of a file, in order; what is none, with its line, is added to ``rejected``."""
    if source.rejected is not None:
        rejected.append(source.rejected)
    lines = ranges.part_lines(source, fields.max_bytes)
    while some := list(islice(lines, BATCH)):
        batch = Batch()
        for number, line in some:
            try:
                values, name, text = _record(line, f"{source.name}:{number}", fields)
            except InputError as error:
                rejected.append(Rejected(source.name, error.stage, error.reason, number))
                continue
            nested = values.get("metadata")
            date = values.get("date") or (nested.get("date") if isinstance(nested, dict) else "")
            passages = ((i, one, True, _is_item(one)) for i, one in enumerate(text.split("\n")))
            batch.add(name, str(date or ""), passages)
        yield batch


def write_records(task: Task, folder: Path) -> Counts:
    """Inputs: settings, a source, what of it is rejected, verdicts.  Makes the source's part of each output file."""
    fields = store.load_config(task.inputs[0]).input
    source = store.load(task.inputs[1], plan.Source)
    refused = store.load(task.inputs[2], list[Rejected])
    verdicts = {one.document: one for one in store.load(task.inputs[3], list[Verdict])}
    counts: Counter[str] = Counter(documents=0, rejected=len(refused), dropped=0, duplicates=0, duplicate_documents=0)
    bad = {one.line for one in refused}
    number = 0
    with (
        (folder / DOCUMENTS).open("wb") as documents,
        (folder / DUPLICATES).open("wb") as duplicates,
        (folder / REJECTED).open("wb") as rejected,
    ):
        rejected.writelines(map(rejected_line, refused))
        for place, line in ranges.part_lines(source, fields.max_bytes):
            if place in bad or line is None:
                continue
            verdict = verdicts.get(number)
            number += 1
            if verdict is None:
                documents.write(_bare(line) + b"\n")
                counts["documents"] += 1
                continue
            values, name, text = _record(line, f"{source.name}:{place}", fields)
            gone = {repeat.block for repeat in verdict.repeats if not repeat.kept}
            duplicates.writelines(repeat_lines(name, verdict.repeats))
            if verdict.dropped:
                reason = f"record {name!r} repeats others, above all {verdict.twin_id!r}"
                rejected.write(rejected_line(Rejected(source.name, STAGE, reason)))
            else:
                documents.write(_without(line, values, text, gone, fields.text_field) + b"\n")
            counts["dropped" if verdict.dropped else "documents"] += 1
            counts["duplicates"] += len(gone)
            counts["duplicate_documents"] += verdict.duplicate
    return dict(counts)


def _record(line: bytes | None, place: str, fields: Input) -> tuple[dict[str, Any], str, str]:
    """What a record holds, its id (if it has none: its place) and its text.  Raises :class:`InputError`."""
    values = parse(line, fields.max_bytes)
    text = values.get(fields.text_field)
    if not isinstance(text, str):
        raise InputError("read", f"no text in field {fields.text_field!r}: set input.text_field")
    known = values.get(fields.id_field)
    name = place if known is None else str(known)
    return (
        values,
        name if name.isascii() else replace_surrogates(name)[0],
        (text if text.isascii() else replace_surrogates(text)[0]),
    )


def _is_item(line: str) -> bool:
    return not line[:1].isalpha() and _ITEM.match(line) is not None


def _bare(line: bytes) -> bytes:
    return line.strip().removeprefix(b"\xef\xbb\xbf")


def _without(line: bytes, values: dict[str, Any], text: str, gone: set[int], text_field: str) -> bytes:
    """The record as one line of JSON, its text without some of its lines."""
    if not gone:
        return _bare(line)
    kept = "\n".join(one for number, one in enumerate(text.split("\n")) if number not in gone)
    changed = {**values, text_field: kept}
    try:
        return json.dumps(changed, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # lone surrogates in another field
        return json.dumps(changed).encode()
