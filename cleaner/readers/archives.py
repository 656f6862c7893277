"""ZIP and TAR archives: each member is read like a file of a folder, under ``archive/member``."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.readers import Rejected, Turn, read_stream
from cleaner.readers.find import READABLE, format_of
from cleaner.readers.stream import decompressed, random_access
from cleaner.settings import Config

STAGE = "read"


def read_zip(stream: IO[bytes], name: str, config: Config, turn: Turn) -> Iterator[Document | Rejected]:
    """The documents of a ZIP archive's members, in the archive's order."""
    with random_access(stream) as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise InputError(STAGE, f"broken ZIP archive ({error}): fetch the file again") from error
        with archive:
            for entry in archive.infolist():
                if entry.is_dir() or _hidden(entry.filename):
                    continue
                member = _member_name(name, entry.filename)
                try:
                    with archive.open(entry) as data:
                        yield from _read_member(data, member, config, turn)
                except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                    yield Rejected(member, STAGE, f"broken in the archive ({error}): fetch the file again")
                except NotImplementedError as error:
                    yield Rejected(member, STAGE, f"{error}: pack the archive with the usual method (deflate)")
                except RuntimeError as error:
                    if not entry.flag_bits & 1:
                        raise
                    yield Rejected(member, STAGE, f"encrypted ({error}): unpack the archive first")


def read_tar(stream: IO[bytes], name: str, config: Config, turn: Turn) -> Iterator[Document | Rejected]:
    """The documents of a TAR archive's members, in the archive's order, read in one pass."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for entry in archive:
                if entry.isdir() or _hidden(entry.name):
                    continue
                member = _member_name(name, entry.name)
                data = archive.extractfile(entry) if entry.isreg() else None
                if data is None:
                    yield Rejected(member, STAGE, "not a regular file (a link or device)")
                else:
                    yield from _read_member(data, member, config, turn)
    except tarfile.TarError as error:
        raise InputError(STAGE, f"broken TAR archive ({error}): fetch the file again") from error


def _read_member(data: IO[bytes], name: str, config: Config, turn: Turn) -> Iterator[Document | Rejected]:
    if not format_of(name):
        yield Rejected(name, STAGE, f"not a format cleaner reads: it reads {READABLE}")
        return
    try:
        with decompressed(data, name) as plain:
            yield from read_stream(plain, name, config, turn, inside=True)
    except InputError as error:
        yield Rejected(name, error.stage, error.reason)


def _hidden(member: str) -> bool:
    """Whether a member is passed over, as hidden files of a folder are (and what macOS adds to archives)."""
    return any(part.startswith(".") and part not in (".", "..") for part in member.split("/")) or member.startswith(
        "__MACOSX/"
    )


def _member_name(archive: str, member: str) -> str:
    """``archive/member`` without what would lead out of a folder: names become ids and paths of output."""
    parts = member.replace("\\", "/").encode("utf-8", "backslashreplace").decode().split("/")
    return "/".join([archive, *(part for part in parts if part not in ("", ".", ".."))])
