"""The shipped phrase lists, read and compiled ahead: a start would spend a quarter of its time on them.

``shipped.bin`` holds what :mod:`cleaner.phrases.lists` reads from ``config/phrases`` and what
:mod:`cleaner.phrases.matching` makes of it, under a hash of those files and of the code that they pass
through.  Where that differs, because somebody has edited a list, the file is not used: it saves time and changes
nothing.
``make phrases`` writes it; a test fails where it is out of date.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec

from cleaner import language, words
from cleaner.phrases import matching
from cleaner.phrases.lists import read_lists
from cleaner.phrases.matching import Lexicon, compiled
from cleaner.settings import Phrases
from cleaner.toml_file import defaults_dir

PATH = Path(__file__).with_name("shipped.bin")

_COMPILERS = (matching, words, language)
"""The modules that the lists pass through."""
_Lists = tuple[Phrases, ...]


class _Stored(msgspec.Struct, frozen=True):
    """The file: the lists and their lexicon, each encoded by itself, so that a reader decodes what it needs."""

    key: str
    lists: msgspec.Raw
    lexicon: msgspec.Raw


def lists() -> _Lists:
    """The shipped lists of all languages, sorted by language."""
    return _ready_lists() or read_lists(defaults_dir() / "phrases")


def lexicon_of(wanted: _Lists) -> Lexicon | None:
    """The compiled lexicon of exactly these lists, if it is at hand."""
    return _ready_lexicon() if wanted and wanted == _ready_lists() else None


def build() -> bytes:
    """What ``shipped.bin`` should hold; always the same bytes for the same lists and code."""
    encoder = msgspec.msgpack.Encoder(order="deterministic")  # sets have no order of their own
    shipped = read_lists(defaults_dir() / "phrases")
    parts = (msgspec.Raw(encoder.encode(part)) for part in (shipped, compiled(shipped)))
    return encoder.encode(_Stored(_key(), *parts))


def _key() -> str:
    """SHA-256 (hex) of the files of the lists and of the modules that compile them."""
    paths = [
        *sorted((defaults_dir() / "phrases").glob("*.toml")),
        *(Path(str(module.__file__)) for module in _COMPILERS),
    ]
    files = (hashlib.sha256(path.read_bytes()).hexdigest() + path.name for path in paths)
    return hashlib.sha256("".join(files).encode()).hexdigest()


@lru_cache(maxsize=1)
def _stored() -> _Stored | None:
    try:
        stored = msgspec.msgpack.decode(PATH.read_bytes(), type=_Stored)
        return stored if stored.key == _key() else None
    except (OSError, msgspec.DecodeError):
        return None


@lru_cache(maxsize=1)
def _ready_lists() -> _Lists | None:
    stored = _stored()
    return msgspec.msgpack.decode(stored.lists, type=_Lists) if stored else None


@lru_cache(maxsize=1)
def _ready_lexicon() -> Lexicon | None:
    stored = _stored()
    return msgspec.msgpack.decode(stored.lexicon, type=Lexicon) if stored else None
