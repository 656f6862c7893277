"""A test kit for stages of your own: what every stage must keep to, checked on your examples."""

from __future__ import annotations

from cleaner.config import load
from cleaner.document import Document
from cleaner.pipeline import finish, run_stages, stages
from cleaner.readers import read_content
from cleaner.settings import Config
from cleaner.stage import Stage
from cleaner.toml_file import defaults_dir


def document_of(text: str, *, format: str = "text") -> Document:  # noqa: A002
    """A document as its reader makes it; ``format`` is ``text``, ``markdown`` or ``html``."""
    return read_content(text.encode(), "test", format)


def run_stage(stage: Stage, text: str, *, format: str = "text", config: Config | None = None) -> Document:  # noqa: A002
    """The document after all stages that run before ``stage``, and then ``stage``."""
    config = config or default_config()
    before = [one for one in stages() if one.name != stage.name]
    if stage.after:
        before = before[: [one.name for one in before].index(stage.after) + 1]
    return stage.apply(run_stages(document_of(text, format=format), config, tuple(before)), config)


def check_stage(stage: Stage, text: str, *, format: str = "text", config: Config | None = None) -> Document:  # noqa: A002
    """Run a stage on an example and check what is promised of stages; the document, finished.

    Raises ``AssertionError`` if the stage is not pure, deletes blocks, removes one without a row in the
    ledger, writes rows under another name or changes what it has already changed; and
    :class:`~cleaner.errors.ConservationError` if text and ledger no longer give the input.
    """
    config = config or default_config()
    document = run_stage(stage, text, format=format, config=config)
    assert document == run_stage(stage, text, format=format, config=config), "the stage gives different results"
    rows = [edit for edit in document.edits if edit.stage == stage.name]
    gone = [block for block in document.blocks if block.removed and block.removed.stage == stage.name]
    removing = [edit for edit in rows if edit.action != "replace"]
    assert len(removing) == len(gone), f"{len(gone)} blocks are removed, by {len(removing)} rows of the ledger"
    again = stage.apply(document, config)
    assert again.blocks == document.blocks, "the stage changes its own result"
    assert len(again.edits) == len(document.edits), "the stage adds rows for what it has already changed"
    known = {one.name for one in stages()} | {stage.name, "decode", "read"}
    assert {edit.stage for edit in document.edits} <= known, "rows of the ledger name the stage that made them"
    return finish(document)[1]


def default_config() -> Config:
    """The shipped settings."""
    return load(defaults_dir() / "cleaner.toml").config
