"""Stage ``shouting``: long lines all in capitals go.

Refuses short ones, and what stands in lists, tables, quotes and code, where capitals may have their reasons.
"""

from __future__ import annotations

from dataclasses import dataclass

from cleaner import Config, Document, Stage
from cleaner.document import remove
from cleaner.settings import setting

NAME = "shouting"


@dataclass(frozen=True, slots=True)
class Shouting:
    """The settings of this stage, in a cleaner.toml under ``[stages.shouting]``."""

    min_words: int = setting(6, "a line of fewer words stays", low=1)


def apply(document: Document, config: Config) -> Document:
    """A stage is a pure function: it marks blocks removed and says why, and touches nothing else."""
    own = config.of_stage(NAME, Shouting)
    goes = {
        index: ("all-capitals", "a line all in capitals", 0.0)
        for index, block in enumerate(document.blocks)
        if block.removed is None
        and block.kind in ("paragraph", "heading")
        and block.text.isupper()
        and len(block.text.split()) >= own.min_words
    }
    return remove(document, NAME, goes)


STAGE = Stage(NAME, "long lines all in capitals go", apply, after="spacing", settings=Shouting)
