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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.corpus import plan, publish, ranges, store
from cleaner.corpus.duplicates import find_duplicates
from cleaner.corpus.judge import Verdict
from cleaner.corpus.publish import Summary
from cleaner.corpus.sign import Article, Passage, sign, signing_settings
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import FOLDER, Made, Workshop
from cleaner.corpus.write import DOCUMENTS, DUPLICATES, REJECTED, STAGE, repeat_lines
from cleaner.engines import executor
from cleaner.errors import InputError
from cleaner.progress import Progress, silent
from cleaner.readers import Rejected
from cleaner.readers.decode import replace_surrogates
from cleaner.readers.jsonl import parse
from cleaner.settings import Config, Input
from cleaner.writers.records import rejected_line

OUTPUTS = (DOCUMENTS, DUPLICATES, REJECTED)
_ITEM = re.compile(r"\s*(?:[-*•‣◦]|\d{1,3}[.)])\s")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its line as it came (without the line end), what it holds, its id and text."""

    line: bytes
    fields: dict[str, Any]
    id: str
    text: str


def dedup(
    files: Sequence[Path],
    out: Path,
    config: Config,
    *,
    pairs: bool = False,
    jobs: int = 1,
    progress: Progress = silent,
) -> Summary:
    """Cut near-duplicate lines across the records of ``files``, in the order given, into ``out``."""
    sources = [source for path in files for source in ranges.split(path.name, path)]
    digest = publish.digest_of("dedup", config, pairs, 0, [source.identity for source in sources])
    done = publish.up_to_date(out, digest)
    if done is not None:
        return done
    workers = executor("local", jobs)
    workshop = Workshop(out / FOLDER, workers, progress)
    try:
        parts = keep_parts(workshop, config, sources)
        signs = workshop.run(sign_records, [[workshop.settings(signing_settings(config)), one] for one in parts])
        found = find_duplicates(workshop, config, signs, pairs=pairs)
        settings = workshop.settings(Config(input=config.input))
        rejected = [one.file(REJECTED) for one in signs]
        inputs = [[settings, *one] for one in zip(parts, rejected, found.verdicts, strict=True)]
        written = workshop.run(write_records, inputs)
    finally:
        workers.close()
    workshop.tidy()
    outputs = {name: [one.file(name) for one in written] for name in OUTPUTS}
    if pairs:
        outputs[publish.PAIRS] = found.pairs
    counts = publish.total(written) | {"inputs": len(files), "blocks": publish.total(signs).get("lines", 0)}
    return publish.publish(out, digest, config, outputs, counts)


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
    """Inputs: settings, a :class:`~cleaner.corpus.plan.Source`.

    Makes what :func:`~cleaner.corpus.sign.sign` does, and ``rejected``: a list of what gave no record.
    """
    config = store.load(task.inputs[0], Config)
    source = store.load(task.inputs[1], plan.Source)
    rejected: list[Rejected] = []
    lines = 0

    def articles() -> Iterator[Article]:
        nonlocal lines
        for record in read_records(source, config.input):
            if isinstance(record, Rejected):
                rejected.append(record)
            else:
                one = _article(record)
                lines += len(one.passages)
                yield one

    counts = sign(articles(), config, folder, source.size)
    (folder / REJECTED).write_bytes(store.encode(rejected))
    return {**counts, "lines": lines}


def write_records(task: Task, folder: Path) -> Counts:
    """Inputs: settings, a source, what of it is rejected, verdicts.  Makes the source's part of each output file."""
    fields = store.load(task.inputs[0], Config).input
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
            record = _record(line, f"{source.name}:{place}", fields)
            gone = {repeat.block for repeat in verdict.repeats if not repeat.kept}
            duplicates.writelines(repeat_lines(record.id, verdict.repeats))
            if verdict.dropped:
                reason = f"record {record.id!r} repeats others, above all {verdict.twin_id!r}"
                rejected.write(rejected_line(Rejected(source.name, STAGE, reason)))
            else:
                documents.write(_without(record, gone, fields.text_field) + b"\n")
            counts["dropped" if verdict.dropped else "documents"] += 1
            counts["duplicates"] += len(gone)
            counts["duplicate_documents"] += verdict.duplicate
    return dict(counts)


def read_records(source: plan.Source, fields: Input) -> Iterator[Record | Rejected]:
    """The records of a part of a file, in order, and what is none (with its line)."""
    if source.rejected is not None:
        yield source.rejected
        return
    for number, line in ranges.part_lines(source, fields.max_bytes):
        try:
            yield _record(line, f"{source.name}:{number}", fields)
        except InputError as error:
            yield Rejected(source.name, error.stage, error.reason, number)


def _record(line: bytes | None, name: str, fields: Input) -> Record:
    """One record; without an id it gets ``file:line``.  Raises :class:`InputError`."""
    values = parse(line, fields.max_bytes)
    assert line is not None  # else it could not be parsed
    text = values.get(fields.text_field)
    if not isinstance(text, str):
        raise InputError("read", f"no text in field {fields.text_field!r}: set input.text_field")
    known = values.get(fields.id_field)
    return Record(
        _bare(line),
        values,
        name if known is None else replace_surrogates(str(known))[0],
        replace_surrogates(text)[0],
    )


def _article(record: Record) -> Article:
    nested = record.fields.get("metadata")
    date = record.fields.get("date") or (nested.get("date") if isinstance(nested, dict) else "")
    lines = record.text.split("\n")
    passages = tuple(Passage(i, line, item=_ITEM.match(line) is not None) for i, line in enumerate(lines))
    return Article(record.id, str(date or ""), passages, identity=f"{record.id}\n{record.text}")


def _bare(line: bytes) -> bytes:
    return line.strip().removeprefix(b"\xef\xbb\xbf")


def _without(record: Record, gone: set[int], text_field: str) -> bytes:
    """The record as one line of JSON, its text without some of its lines."""
    if not gone:
        return record.line
    lines = record.text.split("\n")
    kept = "\n".join(line for number, line in enumerate(lines) if number not in gone)
    values = {**record.fields, text_field: kept}
    try:
        return json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # lone surrogates in another field
        return json.dumps(values).encode()
