"""Documents as Parquet, with one schema whatever is in them (with pyarrow, extra ``parquet``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from cleaner.writers.records import METADATA, TOP, flatten

ROW_GROUP = 16_000_000
"""A row group is closed when its lines have so many bytes: that much is in memory at a time."""


def schema(*, flat: bool) -> Any:
    """The pyarrow schema of documents: the fields of a record in their order, none of them null."""
    import pyarrow as pa

    types = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    top = [pa.field(name, pa.string(), nullable=False) for name in TOP]
    inner = [pa.field(name, types[kind], nullable=False) for name, kind in METADATA.items()]
    return pa.schema(top + (inner if flat else [pa.field("metadata", pa.struct(inner), nullable=False)]))


@contextmanager
def open_parquet(path: Path, *, flat: bool) -> Iterator[Callable[[bytes], None]]:
    """A new Parquet file, as what adds a line of ``documents.jsonl`` to it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = schema(flat=flat)
    rows: list[dict[str, Any]] = []
    size = 0
    with pq.ParquetWriter(path, columns, compression="zstd") as writer:

        def close_group() -> None:
            nonlocal size
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, columns))
                rows.clear()
                size = 0

        def add(line: bytes) -> None:
            nonlocal size
            record = msgspec.json.decode(line)
            rows.append(flatten(record) if flat else record)
            size += len(line)
            if size >= ROW_GROUP:
                close_group()

        yield add
        close_group()


def parquet_records(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of such a file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(256):
            yield from batch.to_pylist()
