"""What the stage does, what it leaves alone, and that it keeps to what every stage promises."""

from dataclasses import replace

from cleaner_shouting import STAGE

from cleaner.testing import check_stage, default_config

TEXT = """\
The ferry left at dawn, and nobody but the cook was on it.

BUY YOUR TICKETS NOW BEFORE THEY ARE ALL GONE

SOLD OUT

The second one, at noon, was full of people from the valley.
"""


def test_shouting_goes_and_short_lines_stay() -> None:
    document = check_stage(STAGE, TEXT)
    assert "TICKETS" not in document.text
    assert "SOLD OUT" in document.text
    assert [edit.rule for edit in document.edits if edit.stage == "shouting"] == ["all-capitals"]


def test_how_long_a_line_must_be_is_a_setting() -> None:
    config = replace(default_config(), stages=(("shouting", (("min_words", 2),)),))
    assert "SOLD OUT" not in check_stage(STAGE, TEXT, config=config).text
