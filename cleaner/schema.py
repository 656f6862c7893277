"""The settings as data: every key with its type, default, range and meaning.

The dataclasses of :mod:`cleaner.settings` are the only place a setting is declared; this module
reads them, so that checking a value, ``config show`` and ``config schema`` can never disagree.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from cleaner.settings import Config

STRINGS = tuple[str, ...]
"""The type of a setting that is a list of strings."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: ``name`` is ``section.key``, or the bare key at the top of the file."""

    name: str
    type: Any
    default: Any
    doc: str
    low: float | None
    high: float | None

    @property
    def section(self) -> str:
        """The table of the file that the key stands in; ``""`` for the top."""
        return self.name.rpartition(".")[0]

    @property
    def leaf(self) -> str:
        """The key's name inside its section."""
        return self.name.rpartition(".")[2]

    @property
    def choices(self) -> tuple[str, ...]:
        """The words allowed, where only some are."""
        return get_args(self.type) if get_origin(self.type) is Literal else ()

    @property
    def allowed(self) -> str:
        """What may stand here, for people: ``a number from 0 to 1``."""
        if self.choices:
            return " | ".join(self.choices)
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
        text = names.get(self.type, "a list of strings")
        if self.low is not None and self.high is not None:
            return f"{text} from {self.low:g} to {self.high:g}"
        return text if self.low is None else f"{text}, {self.low:g} or more"


@lru_cache(maxsize=1)
def keys() -> Mapping[str, Key]:
    """All settings by name, in the order of the file: top-level keys first."""
    top: dict[str, Key] = {}
    sections: dict[str, Key] = {}
    types = get_type_hints(Config)
    for outer in dataclasses.fields(Config):
        kind = types[outer.name]
        if "doc" in outer.metadata:
            top[outer.name] = Key(outer.name, kind, outer.default, **outer.metadata)
        elif dataclasses.is_dataclass(kind):
            sections |= keys_of(kind, outer.name)
    return MappingProxyType(top | sections)


def keys_of(kind: Any, section: str) -> dict[str, Key]:
    """The settings that a dataclass declares, for a table of this name.

    Raises ``TypeError`` for what declares none.
    """
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind!r} is no dataclass")
    types = get_type_hints(kind)
    found = {}
    for one in dataclasses.fields(kind):
        if not one.metadata.keys() >= {"doc", "low", "high"}:
            raise TypeError(f"{one.name} is not made with setting()")
        kind_of = types[one.name]
        if kind_of not in (bool, int, float, str, STRINGS) and get_origin(kind_of) is not Literal:
            raise TypeError(f"{one.name} is none of bool, int, float, str, Literal and tuple[str, ...]")
        name = f"{section}.{one.name}"
        found[name] = Key(name, kind_of, one.default, **one.metadata)
    return found


def sections() -> tuple[str, ...]:
    """The names of the file's tables, in order."""
    return tuple(dict.fromkeys(key.section for key in keys().values() if key.section))


def nearest(word: str, names: Iterable[str]) -> str:
    """`` Did you mean "…"?``, or ``""`` if nothing is near.

    A right last part in the wrong section counts as near.
    """
    names = list(names)
    found = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    leaf = word.rpartition(".")[2]
    found = found or [name for name in names if name.rpartition(".")[2] == leaf]
    return f' Did you mean "{found[0]}"?' if found else ""


def check(key: Key, value: object) -> Any:
    """The value as the settings hold it (a list as a tuple, a whole number as a float where one is due).

    Raises ``ValueError`` with what is allowed.
    """
    wrong = ValueError(f"{value!r} is not allowed; allowed: {key.allowed}.")
    if key.choices:
        if value not in key.choices:
            raise ValueError(f"{wrong}{nearest(str(value), key.choices)}")
    elif key.type == STRINGS:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise wrong
        return tuple(value)
    elif key.type is float and isinstance(value, int | float) and not isinstance(value, bool):
        value = float(value)
    elif type(value) is not key.type:
        raise wrong
    if isinstance(value, int | float) and not isinstance(value, bool):
        low = -math.inf if key.low is None else key.low
        high = math.inf if key.high is None else key.high
        if not (low <= value <= high and math.isfinite(value)):
            raise wrong
    return value


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of ``cleaner.toml``, for editors and for checking."""
    root = _object("Settings of cleaner")
    stages = {"type": "object", "description": "Section [stages.NAME]: of a stage from another package"}
    root["properties"]["stages"] = {"type": "object", "additionalProperties": stages}
    for section in sections():
        root["properties"][section] = _object(f"Section [{section}]")
    for key in keys().values():
        home = root["properties"][key.section] if key.section else root
        home["properties"][key.leaf] = _property(key)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root}


def _object(description: str) -> dict[str, Any]:
    return {"type": "object", "description": description, "additionalProperties": False, "properties": {}}


def _property(key: Key) -> dict[str, Any]:
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    schema: dict[str, Any] = {"type": names.get(key.type, "string"), "description": key.doc, "default": key.default}
    if key.choices:
        schema["enum"] = list(key.choices)
    if key.type == STRINGS:
        schema |= {"type": "array", "items": {"type": "string"}, "default": list(key.default)}
    if key.low is not None:
        schema["minimum"] = key.low
    if key.high is not None:
        schema["maximum"] = key.high
    return schema
