"""An index on disk of what earlier batches kept, so that a new batch is compared with all of them.

An index is a folder with one folder a batch, ``generation-000001`` and so on: the signed shards (see
:func:`cleaner.corpus.sign.sign`) without the blocks that went, and ``generation.json``, which
names what the hashes depend on.  A batch is added by renaming its finished folder, so there is all
of it or nothing, and of two runs that add at the same time one fails.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
import numpy as np

from cleaner.corpus import store
from cleaner.corpus.judge import Verdict
from cleaner.corpus.signed import load_list
from cleaner.corpus.tasks import Counts, Task
from cleaner.corpus.workshop import Made
from cleaner.errors import CleanerError
from cleaner.near_duplicates.minhash import PERMUTATIONS, SCHEME, SEED, layout
from cleaner.near_duplicates.shingles import NORMAL_FORM, offsets_of
from cleaner.settings import Config

FORMAT = 1
_META = "generation.json"
_DOCUMENT = ("total", "moment", "identity", "ids", "ids_offsets")
_BLOCK = ("document", "block", "words", "length", "short", "item", "exact")


class IndexUnfitError(CleanerError):
    """An index that cannot be used as it is asked for."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What the hashes and keys of an index depend on: only where all is the same can they be compared."""

    format: int
    scheme: str
    seed: int
    permutations: int
    shingles: str
    bands: int
    rows: int
    min_words: int


@dataclass(frozen=True, slots=True)
class Shard:
    """One signed shard of a batch: a hash of its content, and its sizes."""

    sha256: str
    documents: int
    blocks: int

    @property
    def counts(self) -> Counts:
        """The sizes, as a task counts them."""
        return {"documents": self.documents, "blocks": self.blocks}


@dataclass(frozen=True, slots=True)
class Generation:
    """One batch in an index; ``batch`` names what it was made from."""

    spec: Spec
    batch: str
    shards: tuple[Shard, ...]


def spec_of(config: Config) -> Spec:
    """What these settings and this version of the code ask of an index."""
    bands, rows = layout(config.duplicates.threshold)
    words = config.duplicates.min_words
    return Spec(FORMAT, SCHEME, SEED, PERMUTATIONS, NORMAL_FORM, bands, rows, words)


@dataclass(frozen=True, slots=True)
class Index:
    """An index as it was when it was opened."""

    folder: Path
    generations: tuple[Generation, ...]

    def before(self, batch: str) -> int:
        """How many generations are older than a batch: all, if it was not added yet."""
        batches = [one.batch for one in self.generations]
        return batches.index(batch) if batch in batches else len(batches)

    def shards(self, number: int) -> list[Made]:
        """The signed shards of the first ``number`` generations."""
        return [
            Made(str(_folder(self.folder, i) / _shard(k)), one.sha256, one.counts)
            for i, generation in enumerate(self.generations[:number])
            for k, one in enumerate(generation.shards)
        ]


def is_index(folder: Path) -> bool:
    """Whether a folder is an index with something in it."""
    return (_folder(folder, 0) / _META).exists()


def open_index(folder: Path, spec: Spec | None = None) -> Index:
    """Open an index; one that is not there yet is empty.

    Raises :class:`IndexUnfitError` if it is none, or does not fit ``spec``.
    """
    generations: list[Generation] = []
    if folder.exists() and not folder.is_dir():
        raise IndexUnfitError(f"{folder} is no index but a file: name a folder.")
    while (path := _folder(folder, len(generations)) / _META).exists():
        try:
            generations.append(msgspec.json.decode(path.read_bytes(), type=Generation))
        except msgspec.MsgspecError as error:
            raise IndexUnfitError(f"{path} cannot be read ({error}): make the index anew.") from error
    if not generations and folder.exists() and any(one.name[0] != "." for one in folder.iterdir()):
        raise IndexUnfitError(f"{folder} is no index but holds other files: name a new or empty folder.")
    for one in generations:
        if spec is not None and one.spec != spec:
            sides = zip(asdict(one.spec).items(), asdict(spec).values(), strict=True)
            differ = [f"{name} {value}, not {wanted}" for (name, value), wanted in sides if value != wanted]
            raise IndexUnfitError(
                f"the index {folder} was made with {'; '.join(differ)}: use the settings (duplicates.threshold, "
                "duplicates.min_words) and the version it was made with, or make a new index."
            )
    return Index(folder, tuple(generations))


def keep_shard(task: Task, folder: Path) -> Counts:
    """Inputs: the list of shards, what ``resolve_pairs`` makes, verdicts; ``part`` is the shard.

    Makes the signed shard without the blocks that repeat others, and without those of dropped documents.
    """
    shards = load_list(task.inputs[0])
    sign = shards.signs[task.part]
    start, stop = shards.bases[task.part : task.part + 2]
    gone = store.load_array(task.inputs[1], "gone")
    stays = np.ones(int(stop - start), np.bool_)
    stays[gone[slice(*np.searchsorted(gone, [start, stop]))] - start] = False
    dropped = [one.document for one in store.load(task.inputs[2], list[Verdict]) if one.dropped]
    stays &= ~np.isin(store.load_array(sign, "document"), dropped)
    sizes = np.diff(store.load_array(sign, "offsets"))
    store.save_arrays(folder, **{name: store.load_array(sign, name) for name in _DOCUMENT})
    store.save_arrays(folder, **{name: store.load_array(sign, name)[stays] for name in _BLOCK})
    store.save_arrays(
        folder,
        offsets=offsets_of(sizes[stays]),
        hashes=store.load_array(sign, "hashes")[np.repeat(stays, sizes)],
        keys=store.load_array(sign, "keys")[:, stays[~store.load_array(sign, "short")]],
    )
    return {"documents": len(store.load_array(sign, "total")), "blocks": int(stays.sum())}


def append(index: Index, spec: Spec, batch: str, kept: Sequence[Made]) -> None:
    """Add a batch, of shards that :func:`keep_shard` made, unless it is there.

    Raises :class:`IndexUnfitError` if the index is no longer as it was when it was opened.
    """
    number = len(index.generations)
    if index.before(batch) < number:
        return
    target = _folder(index.folder, number)
    temporary = index.folder / f".{target.name}.{os.getpid()}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        for place, one in enumerate(kept):
            store.copy_folder(one.path, temporary / _shard(place))
        shards = tuple(Shard(one.sha256, one.counts["documents"], one.counts["blocks"]) for one in kept)
        meta = Generation(spec, batch, shards)
        (temporary / _META).write_text(json.dumps(asdict(meta), indent=2) + "\n", "utf-8")
        os.rename(temporary, target)  # refused if another run has put its own there
    except OSError as error:
        if target.exists():
            raise IndexUnfitError(f"another run has added to {index.folder} meanwhile: run again.") from error
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _folder(folder: Path, number: int) -> Path:
    return folder / f"generation-{number + 1:06d}"


def _shard(number: int) -> str:
    return f"shard-{number:06d}"
