"""``cleaner run``: a folder of articles to the output files, stage by stage."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.corpus import forecast, plan, publish, store
from cleaner.corpus.clean import Cleaned, clean_first, clean_shards, count_reusable
from cleaner.corpus.lock import locked
from cleaner.corpus.publish import Summary
from cleaner.corpus.sources import list_sources
from cleaner.corpus.workshop import FOLDER, Workshop
from cleaner.engines import executor
from cleaner.errors import RejectedError
from cleaner.files import OUTPUTS, PAIRS, REJECTED
from cleaner.progress import Progress, silent
from cleaner.readers.remote import Place
from cleaner.settings import Config, Engine
from cleaner.writers.forms import Form

if TYPE_CHECKING:
    from cleaner.corpus.history import History
    from cleaner.engines.protocol import Executor
    from cleaner.readers.places import Input

__all__ = ["Summary", "run"]

STAGES = "cleaner.pipeline"
"""What every worker needs to clean its first document, and takes longest to load."""
AHEAD = 256
"""Inputs looked at before all are listed, to see how many workers will be needed."""


def run(
    raw: Place | Sequence[Place],
    out: Place,
    config: Config,
    *,
    jobs: int = 1,
    limit: int | None = None,
    dry_run: bool = False,
    check: bool = False,
    pairs: bool = False,
    form: Form = publish.PLAIN,
    index: Path | None = None,
    strict: bool = False,
    progress: Progress = silent,
) -> Summary:
    """Clean all inputs (folders, files, globs, URLs) into ``out``, the same for any ``jobs`` and ``config.engine``.

    ``index`` is a folder: what this batch keeps is added to it, and what earlier ones kept comes before all of
    this one.  ``limit`` is a number of documents, ``form`` how they are written.  With ``dry_run`` or ``check``
    nothing is written: the summary says how many inputs there are, how many need no cleaning, and
    whether the output would be redone (``changed``).
    With ``strict`` nothing is written either if an input is rejected: :class:`~cleaner.errors.RejectedError`.
    Raises :class:`~cleaner.errors.ConservationError` (a bug of ours) and
    :class:`~cleaner.engines.WorkersDiedError`.
    """
    from cleaner.readers.places import gather

    engine = executor(config.engine, jobs)
    config = replace(config, engine=Engine())  # nothing that is made may depend on it
    found = gather([raw] if isinstance(raw, Path | str) else raw)
    most = 1 if limit else sys.maxsize
    if not (dry_run or check) and publish.is_new(out):
        found = _preparing(engine, found, most)
    with closing(engine) as workers, list_sources(found, config.input.format) as sources:
        identities = [("inputs", sources.sha256)]
        history = _history(index, config, identities) if index else None
        identities += history.identity if history else []
        digest = publish.digest_of("run", config, pairs, limit or 0, identities, form)
        done = publish.up_to_date(out, digest)
        if done is not None and (history is None or history.is_added):
            if strict and done.rejected:
                raise RejectedError(done.rejected, str(store.join(out, REJECTED)))
            return done
        workshop = Workshop(store.join(out, FOLDER), workers, progress)
        reused = 0 if limit and not (dry_run or check) else count_reusable(workshop, config, sources)
        if dry_run or check:
            costs = forecast.of_run(sources, jobs, todo=1 - reused / max(1, sources.number))
            return Summary(sources.number, reused, forecast=costs)
        with locked(workshop.folder):
            try:
                if reused < sources.number:
                    workers.prepare(min(most, plan.expected(sources.parts, sources.size)), STAGES)
                from cleaner.corpus.chain import corpus_stages  # while the workers load what they need

                if limit:
                    cleaned = Cleaned([])
                    shards = clean_first(workshop, config, sources, limit)
                else:
                    size = plan.size_of_shards(sources.parts, sources.size)
                    cleaned = clean_shards(workshop, config, sources, size)
                    shards = [(shard, 0) for shard in cleaned.shards]
                written, listed = corpus_stages(workshop, config, shards, history, jobs=jobs, pairs=pairs)
            finally:
                workers.close()
                store.leave(workshop.folder)
            if not limit:  # a trial run must not throw away what the last full one has cleaned
                workshop.tidy()
            parts = {name: [one.file(name) for one in written] for name in OUTPUTS}
            if pairs:
                parts[PAIRS] = listed
            if strict and (number := publish.total(written)["rejected"]):
                listed_in = store.join(workshop.folder, REJECTED)
                store.write_atomically(listed_in, publish.joined(parts[REJECTED]))
                raise RejectedError(number, str(listed_in))
            counts = publish.total(written) | {"inputs": sources.number, "reused": reused}
            progress("write files and report", 0, 0)
            final = not cleaned.given_up
            return publish.publish(out, digest, config, parts, counts, written=written, form=form, final=final)


def _preparing(workers: Executor, found: Iterator[Input], most: int) -> Iterator[Input]:
    """The inputs, while workers load what they need: at most so many, as the first inputs alone ask for."""
    some = list(islice(found, AHEAD))
    size = 0
    for one in some:
        if isinstance(one, tuple) and isinstance(one[1], Path):
            with suppress(OSError):  # whoever reads it will say so
                size += one[1].stat().st_size
    if some:
        workers.prepare(min(most, plan.expected(len(some), size)), STAGES)
    yield from chain(some, found)


def _history(index: Path, config: Config, identities: list[tuple[str, str]]) -> History:
    from cleaner.corpus.history import open_history  # loads NumPy

    return open_history(index, config, identities)
