"""Finding, checking and showing the configuration."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from cleaner.config import Override, fingerprint, load, load_phrases, parse_assignment, read, value_of
from cleaner.errors import ConfigError
from cleaner.schema import Key, json_schema, keys
from cleaner.settings import Config, Engine, Limits
from cleaner.toml_file import defaults_dir


def write(folder: Path, text: str, name: str = "cleaner.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# ---- the shipped file ----------------------------------------------------------------------


def test_the_shipped_file_shows_every_key_with_its_default() -> None:
    assert read(defaults_dir() / "cleaner.toml") == {name: key.default for name, key in keys().items()}


@pytest.mark.parametrize("name", keys())
def test_the_shipped_file_explains_the_key(name: str) -> None:
    lines = (defaults_dir() / "cleaner.toml").read_text(encoding="utf-8").splitlines()
    key = keys()[name]
    start = lines.index(f"[{key.section}]") if key.section else 0
    at = next(i for i in range(start, len(lines)) if lines[i].startswith(f"{key.leaf} = "))
    assert lines[at - 1].startswith(f"# {key.doc}")


def test_without_any_file_the_settings_are_the_dataclasses_defaults(tmp_path: Path) -> None:
    loaded = load(start=tmp_path, environment={})
    assert loaded.file is None
    assert {name: value_of(loaded.config, name) for name in keys()} == {n: value_of(Config(), n) for n in keys()}
    assert set(loaded.origins.values()) == {"default"}


# ---- precedence ----------------------------------------------------------------------------


def test_precedence_flag_file_environment_upwards(tmp_path: Path) -> None:
    write(tmp_path, "[headings]\nreach = 4\n")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    named = write(tmp_path, "[headings]\nreach = 5\n", "env.toml")
    explicit = write(tmp_path, "[headings]\nreach = 6\n", "explicit.toml")
    environment = {"CLEANER_CONFIG": str(named)}
    flag = [parse_assignment("headings.reach=7")]

    assert load(start=deep, environment={}).config.headings.reach == 4
    assert load(start=deep, environment=environment).config.headings.reach == 5
    assert load(explicit, start=deep, environment=environment).config.headings.reach == 6
    loaded = load(explicit, flag, start=deep, environment=environment)
    assert loaded.config.headings.reach == 7
    assert loaded.origins["headings.reach"] == "--set"
    assert loaded.file == explicit


def test_origins_name_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'favor = "recall"\n')
    loaded = load(start=tmp_path, environment={})
    assert loaded.origins["favor"] == str(path)
    assert loaded.origins["languages"] == "default"


def test_skip_stage_flags_add_to_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'skip_stages = ["tables"]\n')
    loaded = load(start=tmp_path, environment={}, skip_stages=("chrome", "duplicates"))
    assert loaded.config.skip_stages == ("tables", "chrome", "duplicates")
    assert not loaded.config.duplicates.enabled
    assert loaded.config.sites.enabled


# ---- errors --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[chrome]\nmin_kep = 0.1\n", ["cleaner.toml:2", "chrome.min_kep", 'Did you mean "chrome.min_kept"?']),
        ("[chrom]\nmin_kept = 0.1\n", ["cleaner.toml:1", "[chrom]", 'Did you mean "chrome"?']),
        ("favour = 'recall'\n", ["cleaner.toml:1", "favour", 'Did you mean "favor"?']),
        ("threshold = 0.9\n", ["threshold", 'Did you mean "duplicates.threshold"?']),
        ("\n\nfavor = 'recal'\n", ["cleaner.toml:3", "favor", "precision | balanced | recall", '"recall"?']),
        ("[chrome]\nmin_kept = 1.5\n", ["chrome.min_kept", "1.5", "a number from 0 to 1"]),
        ("[chrome]\nmin_kept = nan\n", ["chrome.min_kept", "a number from 0 to 1"]),
        ("[chrome]\nmin_kept = true\n", ["chrome.min_kept", "True", "a number from 0 to 1"]),
        ("[sites]\nmin_documents = 1\n", ["sites.min_documents", "a whole number, 2 or more"]),
        ("[sites]\nmin_documents = 2.5\n", ["sites.min_documents", "a whole number"]),
        ("[sites]\nenabled = 'yes'\n", ["sites.enabled", "true or false"]),
        ("[input]\nsource = 3\n", ["input.source", "a string"]),
        ("languages = 'en'\n", ["languages", "a list of strings"]),
        ("languages = ['en', 1]\n", ["languages", "a list of strings"]),
        ("languages = ['klingon']\n", ["no phrase list", "klingon"]),
        ("chrome = 1\n", ["chrome", "is a section"]),
        ("skip_stages = ['table']\n", ['no stage "table"', 'Did you mean "tables"?']),
        ("favor = recall\n", ["not valid TOML", "line 1"]),
        ("[chrome.deep]\nx = 1\n", ["unknown key", "chrome.deep"]),
    ],
)
def test_a_wrong_file_names_the_place_and_the_cure(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path, start=tmp_path, environment={})
    for part in [str(path), *parts]:
        assert part in str(caught.value)


def test_a_missing_file_says_who_named_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--config: there is no file"):
        load(tmp_path / "none.toml", start=tmp_path, environment={})
    with pytest.raises(ConfigError, match="CLEANER_CONFIG: there is no file"):
        load(start=tmp_path, environment={"CLEANER_CONFIG": str(tmp_path / "none.toml")})


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "cleaner.toml"
    path.write_bytes(b"favor = '\xff'")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(path, environment={})


# ---- flags ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("favor=recall", "favor", "recall"),
        ('favor="recall"', "favor", "recall"),
        ("chrome.min_kept = 0.2", "chrome.min_kept", 0.2),
        ("duplicates.threshold=1", "duplicates.threshold", 1.0),
        ("encoding.nfc=false", "encoding.nfc", False),
        ("languages=", "languages", ()),
        ("skip_stages=tables, chrome", "skip_stages", ("tables", "chrome")),
        ('skip_stages=["tables"]', "skip_stages", ("tables",)),
        ("input.text_field=123", "input.text_field", "123"),
        ("input.source=a=b", "input.source", "a=b"),
    ],
)
def test_set_reads_values_as_people_write_them(tmp_path: Path, text: str, key: str, value: object) -> None:
    config = load(None, [parse_assignment(text)], start=tmp_path, environment={}).config
    assert value_of(config, key) == value
    assert type(value_of(config, key)) is type(value)


@pytest.mark.parametrize("text", ["favor", "favr=recall", "chrome.min_kept=much", "encoding.nfc=1", "=1"])
def test_a_wrong_set_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="--set"):
        load(None, [parse_assignment(text)], start=tmp_path, environment={})


# ---- phrases -------------------------------------------------------------------------------


def test_shipped_phrases_are_sorted_and_not_empty() -> None:
    phrases = load_phrases()
    assert [entry.language for entry in phrases] == sorted(entry.language for entry in phrases)
    assert {"de", "en", "es", "fr", "it", "pt"} <= {entry.language for entry in phrases}
    assert all(lists for entry in phrases for _, lists in entry.lists)


def test_languages_chooses_phrase_lists(tmp_path: Path) -> None:
    write(tmp_path, 'languages = ["en"]\n')
    assert [entry.language for entry in load(start=tmp_path, environment={}).config.phrases] == ["en"]


def test_phrases_beside_the_users_file_add_to_the_shipped(tmp_path: Path) -> None:
    concept, _ = load_phrases()[0].lists[0]
    path = write(tmp_path, "")
    write(tmp_path, f'{concept} = ["zzz a phrase of ours"]\n', "phrases/en.toml")
    write(tmp_path, f'{concept} = ["zzz een zin"]\n', "phrases/xx.toml")
    lists = {entry.language: dict(entry.lists) for entry in load(path, environment={}).config.phrases}
    shipped = {entry.language: dict(entry.lists) for entry in load_phrases()}
    assert lists["en"][concept] == (*shipped["en"].get(concept, ()), "zzz a phrase of ours")
    assert lists["xx"] == {concept: ("zzz een zin",)}


@pytest.mark.parametrize("text", ['no_such_list = ["a"]\n', "advertisement = 3\n", "advertisement = [1]\n"])
def test_a_wrong_phrase_file_is_refused(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, "")
    write(tmp_path, text, "phrases/en.toml")
    with pytest.raises(ConfigError, match="phrases"):
        load(path, environment={})


# ---- fingerprint and schema ----------------------------------------------------------------


def test_the_fingerprint_follows_every_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.config.find_spec", lambda _: True)  # as if all extras were here
    plain = load(start=tmp_path, environment={}).config
    assert fingerprint(plain) == fingerprint(load(start=tmp_path, environment={}).config)
    changed = [
        load(None, [Override(name, other(key), "")], start=tmp_path, environment={}) for name, key in keys().items()
    ]
    assert len({fingerprint(plain), *(fingerprint(loaded.config) for loaded in changed)}) == 1 + len(keys()) - len(
        fields(Limits) + fields(Engine)
    )


def other(key: Key) -> object:
    """A value that is allowed and is not the default."""
    if key.choices:
        return next(choice for choice in key.choices if choice != key.default)
    lists = {"languages": ["en"], "skip_stages": ["tables"], "filters.languages": ["en"]}
    by_type = {bool: not key.default, int: 7, float: 0.123, str: "other"}
    return lists.get(key.name, by_type.get(key.type))


def test_the_schema_describes_every_key() -> None:
    schema = json_schema()
    json.dumps(schema)
    for name, key in keys().items():
        home = schema["properties"][key.section] if key.section else schema
        assert home["additionalProperties"] is False
        described = home["properties"][key.leaf]
        assert described["description"] == key.doc
        default = key.default
        assert described["default"] == (list(default) if isinstance(default, tuple) else default), name
    assert schema["properties"]["favor"]["enum"] == ["precision", "balanced", "recall"]


def test_the_shipped_file_holds_against_the_schema() -> None:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json_schema())
    validator.validate(tomllib.loads((defaults_dir() / "cleaner.toml").read_text(encoding="utf-8")))
    for wrong in ({"favr": "recall"}, {"favor": "more"}, {"chrome": {"min_kept": 2}}, {"encoding": {"nfc": 1}}):
        assert not validator.is_valid(wrong)


def test_the_shipped_file_fits_the_schema_types() -> None:
    """A small check of our own: the types that the schema states are those of the shipped values."""
    types: dict[str, Any] = {"boolean": bool, "integer": int, "number": (int, float), "string": str, "array": list}
    schema = json_schema()["properties"]
    shipped = tomllib.loads((defaults_dir() / "cleaner.toml").read_text(encoding="utf-8"))
    for name, value in shipped.items():
        for leaf, item in value.items() if isinstance(value, dict) else [(None, value)]:
            described = schema[name]["properties"][leaf] if leaf else schema[name]
            assert isinstance(item, types[described["type"]])
