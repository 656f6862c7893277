"""What a run is compared with beside itself: an index of earlier batches, files or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.corpus import store
from cleaner.corpus.duplicates import Found
from cleaner.corpus.index import Index, append, keep_shard, open_index, spec_of
from cleaner.corpus.workshop import Made, Workshop
from cleaner.settings import Config


@dataclass(frozen=True, slots=True)
class History:
    """An index that a batch is compared with and added to.

    ``number`` generations are older than the batch.  A batch that is in the index already is compared with
    what was there before it, and not added again: so a run that is repeated gives the same.
    """

    index: Index
    batch: str
    number: int

    @property
    def identity(self) -> list[tuple[str, str]]:
        """What of the index the output depends on."""
        return [("index", one.batch) for one in self.index.generations[: self.number]]

    @property
    def is_added(self) -> bool:
        """Whether the batch is in the index."""
        return self.number < len(self.index.generations)

    def shards(self) -> list[Made]:
        """The signed shards of all earlier batches."""
        return self.index.shards(self.number)

    def add(self, workshop: Workshop, config: Config, old: Sequence[Made], signs: Sequence[Made], found: Found) -> None:
        """Add what the batch keeps; ``old`` and ``signs`` as given to ``find_duplicates``, ``found`` by it."""
        if self.is_added:
            return
        shards = workshop.listing("shards", [*old, *signs])
        inputs = [[shards, found.resolved, verdicts] for verdicts in found.verdicts]
        kept = workshop.run(keep_shard, inputs, range(len(old), len(old) + len(signs)))
        append(self.index, spec_of(config), self.batch, kept)


def open_history(folder: Path, config: Config, sources: Sequence[tuple[str, str]]) -> History:
    """Open an index for a batch, which is known by its inputs and the settings.

    Raises :class:`~cleaner.corpus.index.IndexUnfitError`.
    """
    index = open_index(folder, spec_of(config))
    batch = store.sha256_of(store.sha256_of_value(config), *(part for one in sources for part in one))
    return History(index, batch, index.before(batch))
