"""``cleaner dedup``: near-duplicate lines across records that are taken as they are.

A record is one JSON object a line.  Its blocks are the lines of its text, counted from 0; its id is
used verbatim.  A line that goes is cut out of the text, everything else of the record stays; a record
without duplicates is written byte for byte as it came.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.corpus import plan, publish, store
from cleaner.corpus.duplicates import Verdict, find_duplicates
from cleaner.corpus.publish import Summary
from cleaner.corpus.sign import Article, Passage, sign, signing_settings
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import FOLDER, Workshop
from cleaner.corpus.write import DOCUMENTS, DUPLICATES, REJECTED, STAGE, repeat_lines
from cleaner.engines import executor
from cleaner.errors import InputError
from cleaner.progress import Progress, silent
from cleaner.readers import Rejected
from cleaner.readers.decode import replace_surrogates
from cleaner.readers.jsonl import parse, read_lines
from cleaner.readers.stream import open_stream
from cleaner.settings import Config, Input
from cleaner.writers.records import rejected_line

OUTPUTS = (DOCUMENTS, DUPLICATES, REJECTED)


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
    sources = [source for path in files for source in plan.list_sources([(path.name, path)], [])]
    digest = publish.digest_of("dedup", config, pairs, 0, [source.identity for source in sources])
    done = publish.up_to_date(out, digest)
    if done is not None:
        return done
    workers = executor("local", jobs)
    workshop = Workshop(out / FOLDER, workers, progress)
    try:
        inputs = [workshop.keep("source", one, store.sha256_of(*one.identity)) for one in sources]
        settings = workshop.settings(signing_settings(config))
        signs = workshop.run(sign_records, [[settings, one] for one in inputs])
        found = find_duplicates(workshop, config, signs, pairs=pairs)
        settings = workshop.settings(Config(input=config.input))
        judged = zip(inputs, found.verdicts, strict=True)
        written = workshop.run(write_records, [[settings, one, verdicts] for one, verdicts in judged])
    finally:
        workers.close()
    workshop.tidy()
    parts = {name: [one.file(name) for one in written] for name in OUTPUTS}
    if pairs:
        parts[publish.PAIRS] = found.pairs
    return publish.publish(out, digest, config, parts, publish.total(written) | {"inputs": len(sources)})


def sign_records(task: Task, folder: Path) -> Counts:
    """Inputs: settings, a :class:`~cleaner.corpus.plan.Source`.  Makes what :func:`~cleaner.corpus.sign.sign` does."""
    config = store.load(task.inputs[0], Config)
    records = read_records(store.load(task.inputs[1], plan.Source), config.input)
    return sign((_article(record) for record in records if isinstance(record, Record)), config, folder)


def write_records(task: Task, folder: Path) -> Counts:
    """Inputs: settings, a source, verdicts.  Makes the source's part of each output file."""
    config = store.load(task.inputs[0], Config)
    source = store.load(task.inputs[1], plan.Source)
    verdicts = {one.document: one for one in store.load(task.inputs[2], list[Verdict])}
    counts: Counter[str] = Counter(documents=0, rejected=0, dropped=0, duplicates=0, duplicate_documents=0)
    number = 0
    with (
        (folder / DOCUMENTS).open("wb") as documents,
        (folder / DUPLICATES).open("wb") as duplicates,
        (folder / REJECTED).open("wb") as rejected,
    ):
        for record in read_records(source, config.input):
            if isinstance(record, Rejected):
                rejected.write(rejected_line(record))
                counts["rejected"] += 1
                continue
            verdict = verdicts.get(number, Verdict(number, (), 1))
            number += 1
            gone = {repeat.block for repeat in verdict.repeats if not repeat.kept}
            duplicates.writelines(repeat_lines(record.id, verdict.repeats))
            if verdict.dropped:
                reason = f"record {record.id!r} repeats others, above all {verdict.twin_id!r}"
                rejected.write(rejected_line(Rejected(source.name, STAGE, reason)))
            else:
                documents.write(_without(record, gone, config.input.text_field) + b"\n")
            counts["dropped" if verdict.dropped else "documents"] += 1
            counts["blocks"] += len(record.text.split("\n"))
            counts["duplicates"] += len(gone)
            counts["duplicate_documents"] += verdict.duplicate
    return dict(counts)


def read_records(source: plan.Source, fields: Input) -> Iterator[Record | Rejected]:
    """The records of a file, in order, and what is none (with its line)."""
    if source.rejected is not None:
        yield source.rejected
        return
    try:
        with open_stream(Path(os.fsdecode(source.path))) as stream:
            for number, line in enumerate(read_lines(stream, fields.max_bytes), 1):
                if line is not None and not line.strip():
                    continue
                try:
                    yield _record(line, f"{source.name}:{number}", fields)
                except InputError as error:
                    yield Rejected(source.name, error.stage, error.reason, number)
    except InputError as error:
        yield Rejected(source.name, error.stage, error.reason)


def _record(line: bytes | None, name: str, fields: Input) -> Record:
    """One record; without an id it gets ``file:line``.  Raises :class:`InputError`."""
    values = parse(line, fields.max_bytes)
    assert line is not None  # else it could not be parsed
    text = values.get(fields.text_field)
    if not isinstance(text, str):
        raise InputError("read", f"no text in field {fields.text_field!r}: set input.text_field")
    known = values.get(fields.id_field)
    return Record(
        line.strip().removeprefix(b"\xef\xbb\xbf"),
        values,
        name if known is None else replace_surrogates(str(known))[0],
        replace_surrogates(text)[0],
    )


def _article(record: Record) -> Article:
    nested = record.fields.get("metadata")
    date = record.fields.get("date") or (nested.get("date") if isinstance(nested, dict) else "")
    passages = tuple(Passage(number, line) for number, line in enumerate(record.text.split("\n")))
    return Article(record.id, str(date or ""), passages)


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
