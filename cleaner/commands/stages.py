"""``cleaner stages``."""

from __future__ import annotations

import click


@click.command("stages")
def command() -> None:
    """List the stages in the order in which they run.

    Each can be left out with --skip-stage NAME.  Stages of one document run in `clean` and `run`,
    those of the corpus in `run` alone.
    """
    from cleaner.config import CORPUS_STAGES
    from cleaner.pipeline import stages

    rows = [(stage.name, "document", stage.summary) for stage in stages()]
    rows += [(name, "corpus", summary) for name, summary in CORPUS_STAGES.items()]
    for name, scope, summary in [("STAGE", "WORKS ON", "WHAT IT DOES"), *rows]:
        click.echo(f"{name:<12}{scope:<10}{summary}")
