"""Documents as Markdown files in folders like those of the inputs."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from cleaner.readers.find import format_of

LONGEST = 120
"""A name of more characters is cut; file systems allow 255 bytes, and ``~2.md`` may come behind."""
_UNSAFE = re.compile(r"[^\w.,=@+()~ -]")


class Tree:
    """Writes one Markdown file a document, below ``out/name``."""

    def __init__(self, out: Path, name: str) -> None:
        self._out = out
        self._name = name
        self._taken: set[str] = set()
        self.names: list[str] = []

    def add(self, line: bytes) -> None:
        """Write the text of a line of ``documents.jsonl``."""
        record = msgspec.json.decode(line)
        path = place = place_of(record)
        copy = 1
        while str(path).casefold() in self._taken:  # not every file system tells cases apart
            copy += 1
            path = place.with_name(f"{place.name}~{copy}")
        self._taken.add(str(path).casefold())
        name = f"{self._name}/{path}.md"
        target = self._out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{os.getpid()}.tmp")
        temporary.write_bytes(record["text"].encode())
        os.replace(temporary, target)
        self.names.append(name)


def place_of(record: dict[str, Any]) -> PurePosixPath:
    """Where a document goes, without the ending: ``a/b`` for the input ``a/b.html``, ``a/b.jsonl/id`` for a record.

    Nothing of it leads out of the folder, whatever ids and paths say.
    """
    path, own = record["metadata"]["file_path"], record["id"]
    folder, _, name = path.rpartition("/")
    if re.fullmatch(re.escape(path) + r"(~\d+)?", own):  # a whole file; ~2 only where two had one name
        while format_of(name) or name.lower().endswith((".gz", ".zst", ".bz2", ".xz")):
            name = PurePosixPath(name).stem
        parts = [*folder.split("/"), name + own[len(path) :]]
    else:
        parts = [*path.split("/"), own.removeprefix(f"{path}:")]
    return PurePosixPath(*(_safe(part) for part in parts if part not in ("", ".", "..")))


def _safe(part: str) -> str:
    """A name that any file system takes."""
    safe = _UNSAFE.sub("_", part).strip(" ").rstrip(".")
    safe = f"_{safe[1:]}" if safe.startswith(".") else safe
    if not safe or len(safe) > LONGEST or len(safe.encode()) > 2 * LONGEST:
        safe = f"{safe[: LONGEST // 3]}-{hashlib.sha256(part.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return safe
