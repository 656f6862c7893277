"""``cleaner run``: a folder of articles to the output files, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cleaner.corpus import forecast, plan, publish, store
from cleaner.corpus.clean import (
    IDS,
    ITEMS,
    Cleaned,
    clean_first,
    clean_shards,
    count_reusable,
)
from cleaner.corpus.duplicates import find_duplicates
from cleaner.corpus.history import History, open_history
from cleaner.corpus.lock import locked
from cleaner.corpus.naming import name_documents, names_file, naming_settings
from cleaner.corpus.publish import Summary
from cleaner.corpus.sign import sign_documents, signing_settings
from cleaner.corpus.sites import find_recurring
from cleaner.corpus.workshop import FOLDER, Made, Workshop
from cleaner.corpus.write import OUTPUTS, REJECTED, write_documents
from cleaner.engines import executor
from cleaner.errors import RejectedError
from cleaner.progress import Progress, silent
from cleaner.readers.remote import Place
from cleaner.settings import Config
from cleaner.writers.forms import Form

__all__ = ["Summary", "run"]


def run(
    raw: Place | Sequence[Place],
    out: Path,
    config: Config,
    *,
    jobs: int = 1,
    engine: str = "local",
    limit: int | None = None,
    dry_run: bool = False,
    check: bool = False,
    pairs: bool = False,
    form: Form = publish.PLAIN,
    index: Path | None = None,
    strict: bool = False,
    progress: Progress = silent,
) -> Summary:
    """Clean all inputs (folders, files, globs, URLs) into ``out``, the same for any ``jobs`` and ``engine``.

    ``index`` is a folder: what this batch keeps is added to it, and what earlier ones kept comes before all of
    this one.  ``limit`` is a number of documents, ``form`` how they are written.  With ``dry_run`` or ``check``
    nothing is written: the summary says how many inputs there are, how many need no cleaning, and
    whether the output would be redone (``changed``).
    With ``strict`` nothing is written either if an input is rejected: :class:`~cleaner.errors.RejectedError`.
    Raises :class:`~cleaner.errors.ConservationError` (a bug of ours) and
    :class:`~cleaner.engines.WorkersDiedError`.
    """
    from cleaner.readers.places import gather

    sources = plan.list_sources(*gather([raw] if isinstance(raw, Path | str) else raw))
    identities = [source.identity for source in sources]
    history = open_history(index, config, identities) if index else None
    identities += history.identity if history else []
    digest = publish.digest_of("run", config, pairs, limit or 0, identities, form)
    done = publish.up_to_date(out, digest)
    if done is not None and (history is None or history.is_added):
        if strict and done.rejected:
            raise RejectedError(done.rejected, str(out / REJECTED))
        return done
    workers = executor(engine, jobs)
    workshop = Workshop(out / FOLDER, workers, progress)
    if dry_run or check:
        reused = count_reusable(workshop, config, sources)
        costs = forecast.of_run(sources, jobs, todo=1 - reused / max(1, len(sources)))
        return Summary(len(sources), reused, forecast=costs)
    with locked(out / FOLDER):
        try:
            if limit:
                cleaned = Cleaned([], 0)
                shards = clean_first(workshop, config, sources, limit)
            else:
                cleaned = clean_shards(workshop, config, sources)
                shards = [(shard, 0) for shard in cleaned.shards]
            written, listed = _corpus_stages(workshop, config, shards, history, pairs=pairs)
        finally:
            workers.close()
        if not limit:  # a trial run must not throw away what the last full one has cleaned
            workshop.tidy()
        parts = {name: [one.file(name) for one in written] for name in OUTPUTS}
        if pairs:
            parts[publish.PAIRS] = listed
        if strict and (number := publish.total(written)["rejected"]):
            listed_in = out / FOLDER / REJECTED
            store.write_atomically(listed_in, publish.joined(parts[REJECTED]))
            raise RejectedError(number, str(listed_in))
        counts = publish.total(written) | {"inputs": len(sources), "reused": cleaned.reused}
        progress("write files and report", 0, 0)
        return publish.publish(out, digest, config, parts, counts, form=form, final=not cleaned.given_up)


def _corpus_stages(
    workshop: Workshop, config: Config, cleaned: list[tuple[Made, int]], history: History | None, *, pairs: bool
) -> tuple[list[Made], list[Made]]:
    """From clean shards, and how many documents to take of each, to parts of the output and lists of pairs."""
    limits = [number for _, number in cleaned]
    items = [shard.file(ITEMS) for shard, _ in cleaned]
    settings = workshop.settings(naming_settings(config))
    named = workshop.run(name_documents, [[settings, *(shard.file(IDS) for shard, _ in cleaned)]])[0]
    names = [named.file(names_file(number)) for number in range(len(items))]
    recurring, tally = find_recurring(workshop, config, items, limits)
    verdicts, listed = [workshop.keep("verdicts", [])] * len(items), []
    if config.duplicates.enabled and "duplicates" not in config.skip_stages:
        settings = workshop.settings(signing_settings(config))
        signs = workshop.run(
            sign_documents, [[settings, *one, recurring] for one in zip(items, names, strict=True)], limits
        )
        old = history.shards() if history else []
        found = find_duplicates(workshop, config, signs, pairs=pairs, old=old, replaceable=len(old))
        if history:
            history.add(workshop, config, old, signs, found)
        verdicts, listed = found.verdicts, found.pairs
    inputs = zip(items, names, verdicts, strict=True)
    settings = workshop.settings(config)
    written = workshop.run(
        write_documents, [[settings, one, name, recurring, verdict, tally] for one, name, verdict in inputs], limits
    )
    return written, listed
