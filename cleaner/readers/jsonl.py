"""JSON to records: one a line, or the objects of a whole JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, Any

import msgspec

from cleaner.errors import InputError
from cleaner.readers.records import HTML_FIELDS, STAGE, Numbered, field_of
from cleaner.readers.stream import read_all
from cleaner.settings import Config, Input


def json_lines(stream: IO[bytes], config: Config, first: int = 1) -> Iterator[Numbered]:
    """The record of each line that is not blank, with the line's number; the stream begins with line ``first``."""
    yield from _numbered(read_lines(stream, config.input.max_bytes), config.input.max_bytes, first)


def json_file(stream: IO[bytes], config: Config) -> Iterator[Numbered]:
    """The records of a ``.json`` file.

    Many such files hold JSON lines: these are read as such, of any size.  Else the file is one JSON
    value of at most ``input.max_bytes``: a list of objects, an object that is itself a record, or
    one with a single list of objects in it (``{"articles": [...]}``).  The numbers are then those of the objects.
    """
    limit = config.input.max_bytes
    lines = read_lines(stream, limit)
    head: list[bytes | None] = []
    for line in lines:
        head.append(line)
        if line is None or (line.strip() and sum(bool(one and one.strip()) for one in head) == 2):
            break
    first = next((line for line in head if line and line.strip()), b"")
    several = len(head) > 1 and head[-1] is not first and _is_object(first)
    if several:
        yield from _numbered(chain(head, lines), limit)
        return
    if None in head:
        raise InputError(STAGE, f"larger than {limit:,} bytes: make it JSON lines, or raise input.max_bytes")
    data = b"".join(line for line in head if line)
    if not (data := data + read_all(stream, limit - len(data))).strip():
        return
    yield from enumerate(_objects(_value(data), config.input), 1)


def read_lines(stream: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """Lines of at most ``limit`` bytes, line end included; ``None`` for a longer one (which is passed over)."""
    while line := stream.readline(limit + 1):
        short = len(line) <= limit
        rest = line
        while rest and not short and not rest.endswith(b"\n"):
            rest = stream.readline(1 << 20)
        yield line if short else None


def parse(line: bytes | None, limit: int) -> dict[str, Any]:
    """One JSON object from a line of :func:`read_lines`.  Raises :class:`InputError` that says what is wrong."""
    if line is None:
        raise InputError(STAGE, f"the record is larger than {limit:,} bytes: raise input.max_bytes")
    record = _value(line)
    if not isinstance(record, dict):
        raise InputError(STAGE, "not a JSON object: each line must be one {...} record")
    return record


def _numbered(lines: Iterable[bytes | None], limit: int, first: int = 1) -> Iterator[Numbered]:
    for number, line in enumerate(lines, first):
        if line is not None and not line.strip():
            continue
        try:
            yield number, parse(line, limit)
        except InputError as error:
            yield number, error


def _value(data: bytes) -> Any:
    try:
        value = msgspec.json.decode(data)  # five times as fast; what it refuses may still be read below
    except (ValueError, RecursionError):
        value = None
    try:
        return json.loads(data.decode("utf-8-sig")) if value is None else value
    except UnicodeDecodeError as error:
        raise InputError(STAGE, f"not valid UTF-8 at byte {error.start + 1}: JSON must be UTF-8") from error
    except json.JSONDecodeError as error:
        raise InputError(
            STAGE, f"not valid JSON ({error.msg} at character {error.pos + 1}): mend or remove it"
        ) from error
    except (RecursionError, ValueError) as error:
        raise InputError(STAGE, "JSON nested too deep or a number too long: mend or remove it") from error


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(_value(line), dict)
    except InputError:
        return False


def _objects(value: Any, fields: Input) -> Iterator[dict[str, Any] | InputError]:
    if isinstance(value, dict):
        named = (fields.html_field, fields.text_field, *HTML_FIELDS)
        lists = [item for item in value.values() if isinstance(item, list) and item and isinstance(item[0], dict)]
        own = any(isinstance(field_of(value, name), str) for name in named if name)
        value = lists[0] if len(lists) == 1 and not own else [value]
    if not isinstance(value, list):
        raise InputError(STAGE, "neither a JSON object nor a list of them")
    for item in value:
        yield item if isinstance(item, dict) else InputError(STAGE, "not a JSON object: each must be one {...} record")
