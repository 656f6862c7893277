"""Finding, reading and checking the configuration.

One user file is read: ``--config``, else ``CLEANER_CONFIG``, else the nearest ``cleaner.toml``
in the working folder or above it.  What it does not say comes from the defaults shipped with
the package.  Flags come last.  Phrase lists are the shipped ``phrases/<language>.toml``; files
of a ``phrases`` folder beside the user's file add to them.  So do the files of a ``sites`` folder, one a site.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner import schema
from cleaner.errors import ConfigError
from cleaner.phrases import shipped
from cleaner.phrases.lists import read_lists
from cleaner.plugins import SECTION, stage_keys
from cleaner.settings import Config, Phrases, SiteRules, Value
from cleaner.toml_file import defaults_dir, parse, place_of

if TYPE_CHECKING:
    from cleaner.siterules.files import SiteFile

FILE_NAME = "cleaner.toml"
ENVIRONMENT = "CLEANER_CONFIG"
DEFAULT = "default"
"""The origin of a value that nobody changed."""
CORPUS_STAGES = {
    "sites": "blocks that recur at the edges of many documents of one site go",
    "duplicates": "near-duplicate paragraphs across and within documents go",
}
"""Stages of the corpus and what they do; :data:`cleaner.pipeline.STAGES` has those of one document."""


@dataclass(frozen=True, slots=True)
class Override:
    """A value from a flag: ``origin`` names the flag."""

    key: str
    value: object
    origin: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings; for each key where its value comes from; the user's file, if there is one.

    An origin is ``default``, a file's path, or a flag.
    """

    config: Config
    origins: Mapping[str, str]
    file: Path | None


def load(
    explicit: Path | None = None,
    overrides: Iterable[Override] = (),
    *,
    skip_stages: Iterable[str] = (),
    start: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """The settings of a run; ``start`` is where the search upwards begins (the working folder).

    ``skip_stages`` are added to those that the file names.  Raises :class:`ConfigError` naming the
    file or flag, the key, and what is right.
    """
    file = find(explicit, start=start, environment=os.environ if environment is None else environment)
    values: dict[str, Any] = {}
    origins = dict.fromkeys(schema.keys(), DEFAULT)
    for path, origin in ((defaults_dir() / FILE_NAME, DEFAULT), (file, str(file))):
        if path is not None:
            found = read(path)
            values |= found
            origins |= dict.fromkeys(found, origin)
    for override in overrides:
        values[override.key] = _checked(override.key, override.value, partial(str, override.origin))
        origins[override.key] = override.origin
    skipped = tuple(skip_stages)
    if skipped:
        values["skip_stages"] = tuple(dict.fromkeys((*values.get("skip_stages", ()), *skipped)))
        origins["skip_stages"] = "--skip-stage"
    _check_stages(values.get("skip_stages", ()), origins["skip_stages"])
    if values.get("language_detector") == "langid" and find_spec("py3langid") is None:
        raise ConfigError(
            f"{origins['language_detector']}: language_detector: langid needs py3langid: "
            "pip install 'article-cleaner[langid]'"
        )
    phrases = load_phrases(None if file is None else file.parent / "phrases")
    sites = load_sites(None if file is None else file.parent, concepts=_concepts(phrases))
    wanted = values.get("languages", ())
    _check_languages(wanted, [entry.language for entry in phrases], origins["languages"])
    phrases = tuple(entry for entry in phrases if not wanted or entry.language in wanted)
    return Loaded(_build(values, phrases, tuple(site.rules for site in sites)), origins, file)


def find(explicit: Path | None, *, start: Path | None, environment: Mapping[str, str]) -> Path | None:
    """The user's file, by the order of precedence; ``None`` if there is none."""
    named = explicit or (Path(environment[ENVIRONMENT]) if environment.get(ENVIRONMENT) else None)
    if named is not None:
        if not named.is_file():
            source = "--config" if explicit else ENVIRONMENT
            raise ConfigError(f"{source}: there is no file {str(named)!r}. Check the path.")
        return named
    here = (start or Path.cwd()).absolute()
    return next((folder / FILE_NAME for folder in (here, *here.parents) if (folder / FILE_NAME).is_file()), None)


def read(path: Path) -> dict[str, Any]:
    """The checked values of one file, by dotted key."""
    values: dict[str, Any] = {}
    text, tables = parse(path)
    for name, value in tables.items():
        if name == SECTION and isinstance(value, dict):
            inner = _of_stages(path, value)
        elif isinstance(value, dict):
            if name not in schema.sections():
                problem = f'unknown section "[{name}]".{schema.nearest(name, schema.sections())}'
                raise ConfigError(f"{place_of(path, text, name)}: {problem} `cleaner config show` lists all.")
            inner = {f"{name}.{key}": item for key, item in value.items()}
        else:
            inner = {name: value}
        for key, item in inner.items():
            values[key] = _checked(key, item, partial(place_of, path, text, key))
    return values


def _of_stages(path: Path, tables: Mapping[str, object]) -> dict[str, object]:
    """The values of the tables ``[stages.NAME]``, by dotted key."""
    found: dict[str, object] = {}
    for name, values in tables.items():
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: {SECTION}: settings of a stage stand in a table of its own: [{SECTION}.NAME].")
        found |= {f"{SECTION}.{name}.{key}": value for key, value in values.items()}
    return found


def _stage_and_leaf(name: str) -> tuple[str, str]:
    stage, _, leaf = name.removeprefix(f"{SECTION}.").rpartition(".")
    return stage, leaf


def _known_key(name: str) -> schema.Key | None:
    """A setting of ours, or of an installed stage (which are looked for only if one is named)."""
    return (stage_keys() if name.startswith(f"{SECTION}.") else schema.keys()).get(name)


def parse_assignment(text: str, origin: str = "--set") -> Override:
    """``section.key=value`` of a flag.

    The value is read as TOML; a string needs no quotes and a list no brackets: ``a,b``.
    """
    key, equals, raw = text.partition("=")
    key, raw = key.strip(), raw.strip()
    if not equals:
        raise ConfigError(f"{origin} {text}: wants key=value, for example duplicates.threshold=0.9.")
    known = _known_key(key)
    try:
        value: object = tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        value = raw
    if known is not None and known.type == schema.STRINGS and not isinstance(value, list):
        value = [part.strip() for part in raw.split(",") if part.strip()]
    elif known is not None and known.type is str and not isinstance(value, str):
        value = raw
    return Override(key, value, origin)


def load_phrases(extra: Path | None = None) -> tuple[Phrases, ...]:
    """The shipped phrase lists, with those of the folder ``extra`` added, sorted by language.

    A file is named after its language and holds arrays of strings, one a concept.
    """
    known = shipped.lists()
    if extra is None or extra == defaults_dir() / "phrases" or not extra.is_dir():
        return known
    concepts = sorted({concept for language in known for concept, _ in language.lists})
    languages = {language.language: dict(language.lists) for language in known}
    for language in read_lists(extra):
        lists = languages.setdefault(language.language, {})
        for concept, entries in language.lists:
            if concept not in concepts:
                path = extra / f"{language.language}.toml"
                raise ConfigError(f'{path}: unknown list "{concept}".{schema.nearest(concept, concepts)}')
            lists[concept] = tuple(dict.fromkeys((*lists.get(concept, ()), *entries)))
    return tuple(Phrases(language, tuple(sorted(lists.items()))) for language, lists in sorted(languages.items()))


def load_sites(
    home: Path | None = None, *, named: Iterable[Path] = (), concepts: frozenset[str] | None = None
) -> list[SiteFile]:
    """The rules of single sites: the shipped files and those of the folder ``sites`` in ``home``, by name.

    With ``named`` only these files, and those in folders among them.  ``concepts`` are the names of the
    phrase lists, where they have been read already.
    """
    from cleaner.siterules.files import FOLDER, read_site, site_files

    named = tuple(named)
    files = [found for path in named for found in (site_files(path) if path.is_dir() else [path])]
    if not named:
        files = site_files(*(folder / FOLDER for folder in (defaults_dir(), home) if folder is not None))
    if concepts is None:
        concepts = _concepts(load_phrases())
    return [read_site(path, parse(path)[1], concepts) for path in files]


def _concepts(phrases: Iterable[Phrases]) -> frozenset[str]:
    return frozenset(concept for entry in phrases for concept, _ in entry.lists)


@lru_cache(maxsize=8)  # it is asked for with every document, and there are thousands of phrases
def fingerprint(config: Config) -> str:
    """SHA-256 (hex) over all settings, phrase lists and site rules: everything that can change what comes out.

    The limits are not in it: they decide only whether a document is given up.  Nor is what runs the work.
    """
    import msgspec

    settings = msgspec.to_builtins(config)
    del settings["limits"], settings["engine"]
    plain = json.dumps(settings, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def value_of(config: Config, key: str) -> Any:
    """The value of a dotted key."""
    if key.startswith(f"{SECTION}."):
        stage, leaf = _stage_and_leaf(key)
        return dict(dict(config.stages).get(stage, ())).get(leaf, stage_keys()[key].default)
    value: Any = config
    for part in key.split("."):
        value = getattr(value, part)
    return value


def _build(values: Mapping[str, Any], phrases: tuple[Phrases, ...], sites: tuple[SiteRules, ...]) -> Config:
    plain = Config()
    changes: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    for section in schema.sections():
        inner = {name.partition(".")[2]: value for name, value in values.items() if name.startswith(f"{section}.")}
        if section in values.get("skip_stages", ()) and section in CORPUS_STAGES:
            inner["enabled"] = False
        changes[section] = replace(getattr(plain, section), **inner)
    stages: dict[str, dict[str, Value]] = {}
    for name, value in sorted(values.items()):
        if name.startswith(f"{SECTION}."):
            stage, leaf = _stage_and_leaf(name)
            stages.setdefault(stage, {})[leaf] = value
    changes[SECTION] = tuple((stage, tuple(own.items())) for stage, own in stages.items())
    return replace(plain, phrases=phrases, site_rules=sites, **changes)


def _checked(key: str, value: object, place: Callable[[], str]) -> Any:
    """The value of a known key; where it stands is asked for only if it is wrong."""
    known = _known_key(key)
    if known is None:
        if key.startswith(f"{SECTION}."):
            hint = schema.nearest(key, stage_keys())
            raise ConfigError(
                f'{place()}: no installed stage has the setting "{key}".{hint} `cleaner config show` lists all.'
            )
        if key in schema.sections():
            raise ConfigError(f'{place()}: "{key}" is a section: name a key in it. `cleaner config show` lists all.')
        hint = schema.nearest(key, schema.keys())
        raise ConfigError(f'{place()}: unknown key "{key}".{hint} `cleaner config show` lists all.')
    try:
        return schema.check(known, value)
    except ValueError as error:
        raise ConfigError(f"{place()}: {key}: {error}") from None


def _check_stages(names: Iterable[str], place: str) -> None:
    names = tuple(names)
    if not names:
        return
    from cleaner.pipeline import stages

    known = [stage.name for stage in stages()] + list(CORPUS_STAGES)
    for name in names:
        if name not in known:
            raise ConfigError(
                f'{place}: there is no stage "{name}".{schema.nearest(name, known)} See `cleaner stages`.'
            )


def _check_languages(wanted: Iterable[str], known: list[str], place: str) -> None:
    for language in wanted:
        if language not in known:
            raise ConfigError(f'{place}: languages: no phrase list for "{language}"; there are: {", ".join(known)}.')
