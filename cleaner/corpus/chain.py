"""From clean shards to the parts of the output: the stages that look at all documents.

Most of what these need loads NumPy.  A run that has nothing to do never comes here.
"""

from __future__ import annotations

from cleaner.corpus.clean import IDS, ITEMS
from cleaner.corpus.duplicates import find_duplicates
from cleaner.corpus.history import History
from cleaner.corpus.naming import name_documents
from cleaner.corpus.recurring import find_recurring
from cleaner.corpus.sign import sign_documents, signing_settings, volume
from cleaner.corpus.workshop import Made, Workshop
from cleaner.corpus.write import write_documents
from cleaner.settings import Config


def corpus_stages(
    workshop: Workshop,
    config: Config,
    cleaned: list[tuple[Made, int]],
    history: History | None,
    *,
    jobs: int,
    pairs: bool,
) -> tuple[list[Made], list[Made]]:
    """From clean shards, and how many documents to take of each, to parts of the output and lists of pairs."""
    limits = [number for _, number in cleaned]
    items = [shard.file(ITEMS) for shard, _ in cleaned]
    sizes = [shard.counts["bytes"] for shard, _ in cleaned]
    documents = sum(shard.counts["documents"] for shard, _ in cleaned)
    names = name_documents(workshop, config, [shard.file(IDS) for shard, _ in cleaned], documents)
    recurring, tally = find_recurring(workshop, config, items, limits, documents)
    verdicts, listed = [workshop.keep("verdicts", [])] * len(items), []
    if config.duplicates.enabled and "duplicates" not in config.skip_stages:
        settings = workshop.settings(signing_settings(config))
        run = volume(workshop, sum(sizes), jobs)
        inputs = [[settings, *one, recurring, run] for one in zip(items, names, strict=True)]
        signs = workshop.run(sign_documents, inputs, limits, sizes=sizes)
        old = history.shards() if history else []
        found = find_duplicates(workshop, config, signs, pairs=pairs, old=old, replaceable=len(old))
        if history:
            history.add(workshop, config, old, signs, found)
        verdicts, listed = found.verdicts, found.pairs
    settings = workshop.settings(config)
    each = zip(items, names, verdicts, strict=True)
    inputs = [[settings, one, name, recurring, verdict, tally] for one, name, verdict in each]
    return workshop.run(write_documents, inputs, limits, sizes=sizes), listed
