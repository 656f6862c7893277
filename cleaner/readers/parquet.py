"""Parquet to records, some rows at a time (with pyarrow, extra ``parquet``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from cleaner.errors import InputError, missing_extra
from cleaner.readers.records import STAGE, Numbered, fields_read
from cleaner.readers.stream import random_access
from cleaner.settings import Config

ROWS = 64
"""So many rows are in memory at a time."""


def parquet_rows(stream: IO[bytes], config: Config) -> Iterator[Numbered]:
    """The record of each row, with its number.  Only the columns that a document needs are read."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise missing_extra("parquet", "reading Parquet", error) from error
    with random_access(stream) as file:
        try:
            # Not buffered ahead: else a whole row group, often all of the file, is read into memory.
            table = pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20)
            names = [name for name in table.schema_arrow.names if name in fields_read(config.input)]
            number = 0
            for batch in table.iter_batches(ROWS, columns=names, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
        except (pa.ArrowException, OSError) as error:
            raise InputError(STAGE, f"broken Parquet data ({error}): fetch the file again") from error
