"""``cleaner check``: does a finished output hold what it says?

Files are read line by line; of ids and duplicates 64-bit hashes are kept in memory, 16 bytes each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cleaner.corpus import store
from cleaner.corpus.publish import PAIRS, RUN
from cleaner.corpus.tasks import read_manifest
from cleaner.corpus.workshop import FOLDER
from cleaner.corpus.write import DOCUMENTS, DUPLICATES, LEDGER, REJECTED, STAGE
from cleaner.document import Edit
from cleaner.errors import CleanerError
from cleaner.hashes import Hashes, hash_of
from cleaner.ledger import undo
from cleaner.rows import Duplicate, LedgerRow, Pair, Record, RecordMetadata, Rejection, Row
from cleaner.writers import forms

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not hold: the file, the line in it (0: the file as a whole), what is wrong."""

    file: str
    line: int
    what: str


class _Run(msgspec.Struct, frozen=True):
    files_sha256: dict[str, str]
    counts: dict[str, Any]


def check(out: Path) -> Iterator[Problem]:
    """Everything that is wrong with an output folder, as it is found.

    Raises :class:`~cleaner.errors.CleanerError` for a folder that is no finished output.
    """
    try:
        run = msgspec.json.decode((out / RUN).read_bytes(), type=_Run)
    except FileNotFoundError:
        raise CleanerError(
            f"there is no {out / RUN}: name a folder that a run has finished, or run it again."
        ) from None
    except msgspec.MsgspecError as error:
        yield Problem(RUN, 0, f"is not as a run writes it ({error})")
        return
    yield from _files(out, run)
    yield from _work_files(out / FOLDER)
    there = {name for name in run.files_sha256 if (out / name).is_file()}
    checked = _Checked()
    if LEDGER not in run.files_sha256:  # `cleaner dedup` leaves records as they are, and has no ledger
        checked.ids = None
        checked.counts["documents"] = sum(1 for _ in _lines(out, DOCUMENTS)) if DOCUMENTS in there else 0
    elif LEDGER in there and forms.paths(out):
        yield from _documents(out, checked)
    if DUPLICATES in there:
        yield from _duplicates(out, checked)
    if PAIRS in there:
        yield from _rows_only(out, PAIRS, Pair)
    if REJECTED in there:
        yield from _rows_only(out, REJECTED, Rejection)
        lines = sum(1 for _ in _lines(out, REJECTED))
        left_out = [run.counts.get("dropped", 0), *run.counts.get("filtered", {}).values()]
        checked.counts["rejected"] = lines - sum(map(int, left_out))
    for name, number in checked.counts.items():
        if run.counts.get(name) != number:
            yield Problem(RUN, 0, f"counts {run.counts.get(name)} {name}, but there are {number}")


@dataclass(slots=True)
class _Checked:
    """What one file says that another must agree with."""

    ids: Hashes | None = field(default_factory=Hashes)  # in order; None where documents were not looked into
    counts: dict[str, int] = field(default_factory=dict)
    cut: Hashes = field(default_factory=Hashes)  # (document, twin) of ledger rows for duplicates


def _files(out: Path, run: _Run) -> Iterator[Problem]:
    for name, sha256 in run.files_sha256.items():
        try:
            if store.sha256_of_file(out / name) != sha256:
                yield Problem(name, 0, "is not as it was written (its SHA-256 is not the one in run.json)")
        except OSError as error:
            yield Problem(name, 0, f"cannot be read ({error.strerror or error})")


def _work_files(folder: Path) -> Iterator[Problem]:
    """The next run takes results over from here: a damaged one would come back."""
    for path in sorted(folder.glob("*.manifest")):
        output = str(path).removesuffix(".manifest")
        manifest = read_manifest(output)
        for name, sha256 in manifest.files.items() if manifest else ():
            try:
                sound = store.sha256_of_file(Path(output, name)) == sha256
            except OSError:
                sound = False
            if not sound:
                place = f"{FOLDER}/{Path(output).name}/{name}"
                yield Problem(place, 0, f"is not as it was written: remove the folder {folder} before the next run")


def _documents(out: Path, checked: _Checked) -> Iterator[Problem]:
    """Documents against their ledger.  Both files are in the same order; the ledger has dropped documents too."""
    assert checked.ids is not None
    rows = list[Problem]()
    checked.ids.extend(_key(one["id"]) for _, one in _parsed(out, DOCUMENTS, Record, rows))
    yield from rows
    checked.counts["documents"] = sum(1 for _ in _lines(out, DOCUMENTS))
    rows = []
    groups = groupby(_parsed(out, LEDGER, LedgerRow, rows), key=lambda item: item[1].doc_id)
    waiting = next(groups, None)
    for place, (number, document) in enumerate(_parsed(out, DOCUMENTS, Record, [])):
        if checked.ids.place(_key(document["id"])) != place:
            yield Problem(DOCUMENTS, number, f"the id {document['id']!r} is there already")
        edits: list[LedgerRow] = []
        while waiting is not None:
            name, group = waiting
            if checked.ids.place(_key(name)) > place:
                break  # of a later document: this one has no rows
            mine = [edit for _, edit in group]
            checked.cut.extend(_key(e.doc_id, e.twin_id, e.twin_block) for e in mine if e.stage == STAGE)
            waiting = next(groups, None)
            if name == document["id"]:
                edits = mine
                break
        for what in _breaches(document, edits):
            yield Problem(DOCUMENTS, number, f"document {document['id']!r}: {what}")
    while waiting is not None:
        mine = [edit for _, edit in waiting[1]]
        checked.cut.extend(_key(e.doc_id, e.twin_id, e.twin_block) for e in mine if e.stage == STAGE)
        waiting = next(groups, None)
    yield from rows


def _breaches(document: Record, edits: list[LedgerRow]) -> Iterator[str]:
    """What is wrong with one document and its ledger rows."""
    known = document["metadata"]
    if hashlib.sha256(document["text"].encode()).hexdigest() != known["text_sha256"]:
        yield "its text is not the one that text_sha256 names"
    if len(document["text"]) != known["char_count"]:
        yield f"its text has {len(document['text'])} characters, not {known['char_count']}"
    if [edit.seq for edit in edits] != list(range(len(edits))):
        yield "rows of its ledger are missing, or there are too many"
        return
    gone = [edit for edit in edits if edit.action != "replace"]
    if len(gone) != known["removed_block_count"] or sum(len(e.raw_text) for e in gone) != known["removed_char_count"]:
        yield "its ledger does not hold the blocks that its metadata say were removed"
    if known["format"] == "html":
        return
    names = Edit.__struct_fields__
    try:
        source = undo(document["text"], [Edit(**{name: getattr(edit, name) for name in names}) for edit in edits])
    except ValueError as error:
        yield f"its ledger does not fit its text ({error})"
        return
    exact = known["encoding"] == "utf-8" and not any(edit.stage == "decode" for edit in edits)
    if len(source) != known["raw_char_count"]:
        yield f"undoing its ledger gives {len(source)} characters, but its input had {known['raw_char_count']}"
    elif exact and hashlib.sha256(source.encode()).hexdigest() != known["raw_sha256"]:
        yield "undoing its ledger does not give the input that raw_sha256 names"
    elif any(source[edit.start : edit.end] != edit.raw_text for edit in edits):
        yield "a row of its ledger does not quote its input"


def _duplicates(out: Path, checked: _Checked) -> Iterator[Problem]:
    """Every block that went as a duplicate has a ledger row, and a twin that is there and stays."""
    rows = list[Problem]()
    parsed = _parsed(out, DUPLICATES, Duplicate, rows)
    gone = Hashes(_key(one.doc_id, "", one.block) for _, one in parsed if not one.kept)
    yield from rows
    removed = 0
    for number, one in _parsed(out, DUPLICATES, Duplicate, []):
        if one.kept:
            continue
        removed += 1
        twin = f"block {one.twin_block} of {one.twin_id!r}"
        if _key(one.twin_id, "", one.twin_block) in gone:
            yield Problem(DUPLICATES, number, f"the twin, {twin}, is not kept")
        if checked.ids is not None:
            if _key(one.twin_id) not in checked.ids:
                yield Problem(DUPLICATES, number, f"the twin's document {one.twin_id!r} is not in {DOCUMENTS}")
            if _key(one.doc_id, one.twin_id, one.twin_block) not in checked.cut:
                yield Problem(DUPLICATES, number, f"{LEDGER} has no row for it")
    checked.counts["duplicates"] = removed


def _rows_only(out: Path, name: str, kind: type[Row]) -> Iterator[Problem]:
    rows = list[Problem]()
    for _ in _parsed(out, name, kind, rows):
        yield from rows
        rows.clear()
    yield from rows


def _parsed(out: Path, name: str, kind: type[T], problems: list[Problem]) -> Iterator[tuple[int, T]]:
    """The lines of a file that are as the schema says; for the others a problem is added.

    Written again, a line must be the same: that holds order of keys and form of numbers too.
    """
    decoder = msgspec.json.Decoder(kind)
    encoder = msgspec.json.Encoder()
    for number, line in enumerate(_lines(out, name), 1):
        try:
            value = decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            problems.append(Problem(name, number, f"is not as the schema says ({error})"))
            continue
        if encoder.encode(value) + b"\n" != line or not _in_order(value):
            problems.append(Problem(name, number, "is not written as the schema says (order of keys, form of numbers)"))
        yield number, value


def _in_order(value: object) -> bool:
    """Whether the keys of a record stand as they should; rows of other files are written so in any case."""
    if not isinstance(value, dict):
        return True
    return [*value] == [*Record.__annotations__] and [*value["metadata"]] == [*RecordMetadata.__annotations__]


def _lines(out: Path, name: str) -> Iterator[bytes]:
    """The lines of a file; of the documents whatever form they were written in."""
    if name == DOCUMENTS:
        yield from forms.lines(out)
        return
    with (out / name).open("rb") as file:
        yield from file


def _key(document: str, twin: str = "", block: int = -1) -> int:
    """64 bits that stand for a document, a block of it, or a block and its twin."""
    return hash_of(f"{len(document)}:{document}{twin}\n{block}")
