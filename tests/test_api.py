"""The Python API: what users import, and what comes out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cleaner
from cleaner.errors import ConfigError
from cleaner.settings import Config

ROOT = Path(__file__).parent.parent
TEXT = "# Ferries\n\nThe ferry left at dawn.Nobody was on it.\n\nADVERTISEMENT\n\nThe second one was full of people.\n"
CLEAN = "# Ferries\n\nThe ferry left at dawn. Nobody was on it.\n\nThe second one was full of people.\n"
PAGE = "<html><head><title>Café</title></head><body><p>The café opens again after a long winter.</p></body></html>"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "a.md").write_text(TEXT)
    (folder / "b.html").write_text(PAGE, encoding="utf-8")
    (folder / "c.jsonl").write_text('{"id": "x", "text": "Words of a record."}\n{"broken\n')
    return folder


def test_importing_is_light_and_everything_named_is_there() -> None:
    code = "import cleaner, sys; print(sorted(name for name in sys.modules if name.startswith('cleaner')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['cleaner']"
    assert all(getattr(cleaner, name) is not None for name in cleaner.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cleaner.nothing  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", [TEXT, TEXT.encode(), b"\xef\xbb\xbf" + TEXT.encode()])
def test_clean_takes_text_and_bytes(source: str | bytes) -> None:
    document = cleaner.clean(source, url="https://www.example.org/ferries")
    assert document.text == CLEAN
    assert (document.metadata.url, document.metadata.site) == ("https://www.example.org/ferries", "example.org")
    assert document.id == "https://www.example.org/ferries"
    assert ("chrome", "ADVERTISEMENT") in [(edit.stage, edit.raw_text) for edit in document.edits]


@pytest.mark.parametrize("source", [PAGE, PAGE.encode("cp1252"), PAGE.encode("utf-16")])
def test_clean_knows_a_page(source: str | bytes) -> None:
    document = cleaner.clean(source, format="html" if source[:2] in (b"\xff\xfe", b"\xfe\xff") else "auto")
    assert document.text == "The café opens again after a long winter.\n"
    assert (document.metadata.format, document.metadata.title) == ("html", "Café")
    assert document.id.startswith("sha256:")


def test_clean_reads_a_path(raw: Path) -> None:
    assert cleaner.clean(raw / "a.md").text == CLEAN
    assert cleaner.clean(raw / "b.html", url="https://example.org/b").metadata.site == "example.org"
    for path, why in ((raw / "none.txt", "no such file"), (raw / "c.jsonl", "several documents")):
        with pytest.raises(cleaner.InputError, match=why):
            cleaner.clean(path)


@pytest.mark.parametrize("source", ["", " \n", b""])
def test_nothing_is_an_error_with_a_message(source: str | bytes) -> None:
    with pytest.raises(cleaner.InputError, match=r"no text|empty"):
        cleaner.clean(source)


def test_lone_surrogates_are_replaced_with_a_row() -> None:
    document = cleaner.clean("Some words \ud800 of a text.")
    assert document.text == "Some words \ufffd of a text.\n"
    assert document.edits[0].rule == "undecodable"


def test_settings_and_config(tmp_path: Path) -> None:
    assert "ADVERTISEMENT" in cleaner.Pipeline(skip_stages=["chrome"]).clean(TEXT).text
    assert "dawn.Nobody" in cleaner.Pipeline(settings={"spacing.after_punctuation": False}).clean(TEXT).text
    (tmp_path / "my.toml").write_text('favor = "recall"\n')
    assert cleaner.Pipeline(tmp_path / "my.toml").config.favor == "recall"
    config = Config()
    assert cleaner.Pipeline(config).config is config
    with pytest.raises(ConfigError, match='Did you mean "favor"'):
        cleaner.Pipeline(settings={"favr": "recall"})
    with pytest.raises(TypeError):
        cleaner.Pipeline(config, skip_stages=["chrome"])


def test_clean_each_reads_anything_one_by_one(raw: Path) -> None:
    rejected: list[cleaner.Rejected] = []
    found = cleaner.Pipeline().clean_each(raw, str(raw / "*.md"), on_rejected=rejected.append)
    assert [document.metadata.file_path for document in found] == ["a.md", "b.html", "c.jsonl", "a.md"]
    assert [(one.path, one.line) for one in rejected] == [("c.jsonl", 2)]


def test_what_is_rejected_is_logged(raw: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert len(list(cleaner.Pipeline().clean_each(raw))) == 3
    assert "c.jsonl, line 2: not valid JSON" in caplog.text


def test_run_gives_the_records_of_a_run(raw: Path, tmp_path: Path) -> None:
    pipeline = cleaner.Pipeline()
    rejected: list[cleaner.Rejected] = []
    records = list(pipeline.run(raw, on_rejected=rejected.append))
    assert [record["id"] for record in records] == ["a.md", "b.html", "x"]
    assert [one.line for one in rejected] == [2]
    assert list(pipeline.run(raw, out=tmp_path / "out", on_rejected=rejected.append)) == records
    lines = (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == records
    assert not pipeline.write(raw, out=tmp_path / "out").changed


def test_a_record_is_that_of_the_command_line(raw: Path) -> None:
    pipeline = cleaner.Pipeline()
    (record,) = pipeline.run(raw / "a.md")
    assert pipeline.record(pipeline.clean(raw / "a.md")) == record
    assert set(cleaner.Record.__annotations__) == set(record)
    assert list(cleaner.RecordMetadata.__annotations__) == list(record["metadata"])


def test_the_samples_of_the_documentation_run(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(raw.parent)
    samples = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "python.md").read_text("utf-8"), re.S | re.M)
    assert len(samples) == 2
    for sample in samples:
        exec(compile(sample, "docs/python.md", "exec"), {})
