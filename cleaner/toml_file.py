"""TOML files: reading one with errors that name the place, and where the shipped ones are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from cleaner.errors import ConfigError


def defaults_dir() -> Path:
    """The shipped ``config`` folder: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent
    shipped = package / "defaults"
    return shipped if shipped.is_dir() else package.parent / "config"


def parse(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a file and what it holds.  Raises :class:`ConfigError` saying why it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}). Check the path and its permissions.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}. Strings need quotes, lists need [ ].") from None


def place_of(path: Path, text: str, name: str) -> str:
    """``file:line`` of a key or section as it is usually written; the file alone if it is written otherwise."""
    section, _, leaf = name.rpartition(".")
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            current = header[1]
            if current == name:
                return f"{path}:{number}"
            continue
        assigned = re.match(r"\s*([\w.-]+)\s*=", line)
        if assigned and (assigned[1] == name or (current == section and assigned[1] == leaf)):
            return f"{path}:{number}"
    return str(path)
