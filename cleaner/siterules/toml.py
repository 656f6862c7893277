"""Proposed site rules as the text of a TOML file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cleaner.siterules.suggest import Suggestion


def to_toml(made: Suggestion) -> Iterator[str]:
    """The lines of the file that a suggestion is, each pattern with its counts."""
    yield f"# Proposed from {made.documents:,} documents.  Behind each line stands on how many of them it was removed"
    yield "# and on how many it stayed: take out what belongs to the articles."
    yield f"hosts = [{', '.join(map(_string, made.file.rules.hosts))}]"
    for rule, some in zip(made.file.rules.remove, filter(None, made.lines.values()), strict=True):
        yield from ("", "[[remove]]", f"name = {_string(rule.name)}", f"reason = {_string(rule.reason)}")
        for key, is_exact in (("exact", True), ("regex", False)):
            if lines := [line for line in some if line.exact == is_exact]:
                yield f"{key} = ["
                for line in lines:
                    yield f"  {_string(line.pattern)},  # removed {line.removed:,}, stayed {line.kept:,}"
                yield "]"
    for case in made.file.cases:
        yield from ("", "[[cases]]", f"name = {_string(case.name)}", 'text = """')
        yield from (_escaped(line) for line in case.text.split("\n")[:-1])
        yield '"""'
        for key, texts in (("goes", case.goes), ("stays", case.stays)):
            if texts:
                yield from (f"{key} = [", *(f"  {_string(text)}," for text in texts), "]")


def _string(text: str) -> str:
    """A TOML string, without escapes if that can be."""
    return f"'{text}'" if "\\" in text and "'" not in text and text.isprintable() else f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """What stands between the quotes of a TOML string: as in JSON, but TOML wants one character more escaped."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
