"""CSV and TSV to records: the first row names the fields."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO

from cleaner.errors import InputError
from cleaner.readers.decode import SNIFFED, decode
from cleaner.readers.records import STAGE, Numbered, fields_read
from cleaner.readers.stream import with_head
from cleaner.settings import Config

DELIMITERS = ",;\t|"


def delimited(stream: IO[bytes], config: Config, delimiter: str = "") -> Iterator[Numbered]:
    """The record of each row, with the line on which it begins.

    Without a ``delimiter`` it is the one with which the first line names most of the fields that
    are looked for, then most fields.  The charset is that of the first 64 KiB.
    """
    head, stream = with_head(stream, SNIFFED)
    if not head.strip():
        return
    encoding = decode(head).encoding
    # A byte that does not fit becomes a lone surrogate, for which the record gets a ledger row.
    lines = _without_mark(io.TextIOWrapper(stream, encoding, "surrogateescape", newline=""))
    if not delimiter:
        first = head.decode(encoding, "replace").removeprefix("\ufeff").splitlines()[0]
        delimiter = max(DELIMITERS, key=lambda sign: _fit(first, sign, fields_read(config.input)))
    names: list[str] = []
    for number, row in _rows(lines, delimiter, config.input.max_bytes):
        if isinstance(row, InputError):
            yield number, row
        elif not names:
            names = [name.strip() for name in row]
        elif row:
            yield number, dict(zip(names, row, strict=False))


def _rows(lines: Iterable[str], delimiter: str, limit: int) -> Iterator[tuple[int, list[str] | InputError]]:
    """Each row with its first line; after one that cannot be read there is no telling where the next begins."""
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        number = rows.line_num + 1
        before = csv.field_size_limit(limit)  # of the whole process: put back before anyone else reads
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, InputError(STAGE, f"not valid CSV ({error}), and the rest is not read: mend it")
            return
        except UnicodeDecodeError as error:
            yield number, InputError(STAGE, f"not valid {error.encoding}, and the rest is not read: save it as UTF-8")
            return
        finally:
            csv.field_size_limit(before)
        yield number, row


def _fit(line: str, delimiter: str, wanted: set[str]) -> tuple[int, int]:
    names = next(csv.reader([line], delimiter=delimiter), [])
    return len(wanted.intersection(name.strip() for name in names)), len(names)


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield line.removeprefix("\ufeff") if number == 0 else line
