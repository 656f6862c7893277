"""Reading ``sites/*.toml``: the rules of one site a file, checked key by key."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from cleaner.errors import ConfigError
from cleaner.schema import STRINGS, nearest
from cleaner.settings import SiteRule, SiteRules, setting
from cleaner.siterules.safety import check_selector, compile_line

FOLDER = "sites"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"[^\s?\[\]:](?:[^\n\t?\[\]:]*[^\s?\[\]:])?")  # a folder's name may have spaces
_PATTERNS = ("exact", "prefix", "regex", "selectors")
_SECTIONS = {
    "hosts": 'a list of hosts, such as ["example.com"]',
    "remove": "what goes: [[remove]], any number of times",
    "keep": "what stays, whatever else would remove it: [[keep]], any number of times",
    "phrases": "entries for the named lists of config/phrases, on this site only: [phrases]",
    "cases": "tests, which `cleaner rules test` runs: [[cases]], any number of times",
}


@dataclass(frozen=True, slots=True)
class SiteCase:
    """One test of a site's rules: an input, as text or HTML, and what must go and stay."""

    name: str = setting("", "what `cleaner rules test` calls it")
    text: str = setting("", "the input, a plain text")
    html: str = setting("", "or the input, a page")
    url: str = setting("", "where it comes from; left out: the first of the hosts")
    goes: tuple[str, ...] = setting((), "what the input has and the clean text must not have")
    stays: tuple[str, ...] = setting((), "what the clean text must have")


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file of rules with its tests."""

    path: Path
    rules: SiteRules
    cases: tuple[SiteCase, ...] = ()


def is_host(text: str) -> bool:
    """Whether a file may name it among its hosts."""
    return _HOST.fullmatch(text) is not None


def site_files(*folders: Path) -> list[Path]:
    """The files of rules in some folders, by name; one in a later folder replaces its namesake in an earlier one."""
    found = {path.name: path for folder in folders if folder.is_dir() for path in folder.glob("*.toml")}
    return [found[name] for name in sorted(found)]


def read_site(path: Path, tables: Mapping[str, Any], concepts: Iterable[str]) -> SiteFile:
    """The rules that a file holds; ``concepts`` are the names of the phrase lists.

    Raises :class:`ConfigError` naming the file, the key and the cure.
    """
    for key in tables:
        if key not in _SECTIONS:
            raise ConfigError(
                f'{path}: unknown key "{key}".{nearest(key, _SECTIONS)} There are: {", ".join(_SECTIONS)}.'
            )
    remove, keep = (_rules(path, tables, section) for section in ("remove", "keep"))
    names = [rule.name for rule in (*remove, *keep)]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f'{path}: two rules are named "{name}". Give each a name of its own.')
    rules = SiteRules(path.stem, _hosts(path, tables), remove, keep, _phrases(path, tables, sorted(concepts)))
    return SiteFile(path, rules, _cases(path, tables))


def site_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a file of site rules, for editors."""
    strings = {"type": "array", "items": {"type": "string"}}

    def table(kind: type, description: str) -> dict[str, Any]:
        types = get_type_hints(kind)
        properties = {
            one.name: {
                **(strings if types[one.name] == STRINGS else {"type": "string"}),
                "description": one.metadata["doc"],
            }
            for one in dataclasses.fields(kind)
        }
        return {
            "type": "array",
            "description": description,
            "items": {"type": "object", "additionalProperties": False, "required": ["name"], "properties": properties},
        }

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": "Rules of cleaner for one site",
        "type": "object",
        "additionalProperties": False,
        "required": ["hosts"],
        "properties": {
            "hosts": {**strings, "minItems": 1, "description": _SECTIONS["hosts"]},
            "remove": table(SiteRule, _SECTIONS["remove"]),
            "keep": table(SiteRule, _SECTIONS["keep"]),
            "phrases": {"type": "object", "additionalProperties": strings, "description": _SECTIONS["phrases"]},
            "cases": table(SiteCase, _SECTIONS["cases"]),
        },
    }


def _hosts(path: Path, tables: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts as they are compared: lower case, without ``www.``; of an international name both forms."""
    hosts = tables.get("hosts")
    if not _are_strings(hosts) or not hosts:
        raise ConfigError(f'{path}: hosts: must be a list of hosts. For example: hosts = ["{path.stem}"].')
    found: list[str] = []
    for host in hosts:
        if not is_host(host):
            raise ConfigError(
                f'{path}: hosts: "{host}" is no host. Name it without https:// and port; * stands for anything.'
            )
        name = host.casefold().removeprefix("www.")
        found.append(name)
        if not name.isascii():
            try:
                found.append(name.encode("idna").decode())
            except UnicodeError:
                raise ConfigError(f'{path}: hosts: "{host}" can be no host. Check its spelling.') from None
    return tuple(dict.fromkeys(found))


def _rules(path: Path, tables: Mapping[str, Any], section: str) -> tuple[SiteRule, ...]:
    rules = []
    for place, values in _tables(path, tables, section, SiteRule):
        rule = SiteRule(**values)
        if not any(getattr(rule, kind) for kind in _PATTERNS):
            raise ConfigError(f"{place}: names nothing. Give it one of {', '.join(_PATTERNS)}.")
        for kind in _PATTERNS:
            for pattern in getattr(rule, kind):
                _check(place, kind, pattern)
        rules.append(rule)
    return tuple(rules)


def _check(place: str, kind: str, pattern: str) -> None:
    if not pattern.strip():
        raise ConfigError(f"{place}: {kind}: an empty entry would match everything or nothing. Take it out.")
    try:
        if kind == "regex":
            compile_line(pattern)
        elif kind == "selectors":
            check_selector(pattern)
    except ValueError as error:
        raise ConfigError(f'{place}: {kind}: "{pattern}" {error}') from None


def _cases(path: Path, tables: Mapping[str, Any]) -> tuple[SiteCase, ...]:
    cases = []
    for place, values in _tables(path, tables, "cases", SiteCase):
        case = SiteCase(**values)
        if bool(case.text) == bool(case.html):
            raise ConfigError(f"{place}: needs an input: either text or html.")
        if not case.goes and not case.stays:
            raise ConfigError(f"{place}: tests nothing. Say what goes or stays.")
        cases.append(case)
    return tuple(cases)


def _phrases(path: Path, tables: Mapping[str, Any], concepts: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    lists = tables.get("phrases", {})
    if not isinstance(lists, dict):
        raise ConfigError(f"{path}: phrases: must be a table: [phrases].")
    for concept, entries in lists.items():
        if concept not in concepts:
            raise ConfigError(
                f'{path}: [phrases]: unknown list "{concept}".{nearest(concept, concepts)} '
                "Those of config/phrases are known."
            )
        if not _are_strings(entries):
            raise ConfigError(f"{path}: [phrases]: {concept}: must be a list of strings.")
    return tuple((concept, tuple(entries)) for concept, entries in sorted(lists.items()))


def _tables(path: Path, tables: Mapping[str, Any], section: str, kind: type) -> Iterable[tuple[str, dict[str, Any]]]:
    """The tables ``[[section]]``, each with a name for its place, checked against the fields of ``kind``."""
    found = tables.get(section, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ConfigError(f"{path}: {section}: must be tables: [[{section}]], with two brackets.")
    types = get_type_hints(kind)
    for number, table in enumerate(found, 1):
        name = table.get("name")
        place = f'{path}: [[{section}]] "{name}"' if isinstance(name, str) else f"{path}: [[{section}]] number {number}"
        for key, value in table.items():
            if key not in types:
                known = f"There are: {', '.join(types)}."
                raise ConfigError(f'{place}: unknown key "{key}".{nearest(key, types)} {known}')
            if not (_are_strings(value) if types[key] == STRINGS else isinstance(value, str)):
                raise ConfigError(
                    f"{place}: {key}: must be a {'list of strings' if types[key] == STRINGS else 'string'}."
                )
        if not isinstance(name, str) or not _is_name(name, kind):
            raise ConfigError(f'{place}: name: must be small letters, digits and hyphens, such as "newsletter-line".')
        yield place, {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def _is_name(name: str, kind: type) -> bool:
    return bool(name.strip()) if kind is SiteCase else _NAME.fullmatch(name) is not None


def _are_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
