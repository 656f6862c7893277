"""Coverage-guided fuzzing with atheris: ``make fuzz`` (or ``python -m tests.fuzz.target text``).

The first argument names what is fuzzed, the others are libFuzzer's: ``-runs=100000``, ``-max_len=4096``, a
folder with a corpus of inputs.  What breaks a property is written to ``crash-…`` by libFuzzer; it belongs into
``tests/fuzz/findings``, where a test tries it for ever.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["cleaner"]):
    from cleaner.config import load
    from tests.fuzz import properties

CONFIG = load().config
TALLY = properties.Tally()


def text(data: bytes) -> None:
    """Text through all stages, with conservation after each; its clean text the same way."""
    clean = properties.check_text(data.decode("utf-8", "replace"), CONFIG, TALLY)
    properties.check_again(clean, CONFIG, TALLY)


def html(data: bytes) -> None:
    properties.check_bytes(data, "x.html", CONFIG, TALLY)


def jsonl(data: bytes) -> None:
    properties.check_bytes(data, "x.jsonl", CONFIG, TALLY)


def decode(data: bytes) -> None:
    properties.check_decode(data, TALLY)


def table(data: bytes) -> None:
    rows = [line.split("\x1f") for line in data.decode("utf-8", "replace").split("\x1e")]
    properties.check_table(tuple(map(tuple, rows)), TALLY)


TARGETS = {target.__name__: target for target in (text, html, jsonl, decode, table)}

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
