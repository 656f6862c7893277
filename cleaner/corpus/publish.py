"""The end of a run: parts put together under their final names, ``run.json``, and what was done.

The state kept beside the work files names everything the output depends on, and the hashes of the
files written.  If both still hold there is nothing to do.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from cleaner.corpus import storage, store
from cleaner.corpus.forecast import Forecast
from cleaner.corpus.tasks import FILTERED, REMOVED, Counts
from cleaner.corpus.workshop import FOLDER, STATE, Made, code_digest, versions
from cleaner.files import DOCUMENTS, LEDGER, PAIRS, RUN
from cleaner.readers.remote import Place
from cleaner.settings import Config
from cleaner.writers import forms
from cleaner.writers.forms import Form

PLAIN = Form()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did, or with ``--dry-run`` and ``--check`` would do.

    ``inputs`` are files, of which ``reused`` were not read again; ``documents`` are written, ``dropped``
    are left out as duplicates of others, ``filtered`` are documents that a filter left out, by its rule, ``rejected``
    are inputs (or records) that gave none.  ``removed`` is the
    number of removed blocks by stage, ``duplicates`` those removed as duplicates, ``warnings`` are
    documents that a stage left alone because too little would have stayed.  ``changed``: the
    output was not yet as it should be; false means that there was nothing to do.  ``forecast``: what it
    would take, if it was not done.
    """

    inputs: int = 0
    reused: int = 0
    documents: int = 0
    rejected: int = 0
    dropped: int = 0
    filtered: dict[str, int] = field(default_factory=dict)
    blocks: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    duplicate_documents: int = 0
    warnings: int = 0
    changed: bool = True
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What an output folder was made from (``digest``), what stands in it, and the run's summary."""

    digest: str
    files: dict[str, str]
    summary: Summary


def digest_of(
    command: str, config: Config, pairs: bool, limit: int, sources: Sequence[tuple[str, str]], form: Form = PLAIN
) -> str:
    """A hash of all that the output depends on."""
    options = (command, code_digest(), store.sha256_of_value(config), str(pairs), str(limit), str(form))
    return store.sha256_of(*options, *(part for one in sources for part in one))


def is_new(out: Place) -> bool:
    """Whether this is a place on this machine where no run has ended yet."""
    return isinstance(out, Path) and not (out / FOLDER / STATE).exists()


def up_to_date(out: Place, digest: str) -> Summary | None:
    """The last run's summary if the folder holds, unchanged, what a run would write now."""
    try:
        state = store.load(store.join(out, FOLDER, STATE), State)
        files = ((store.join(out, name), sha256) for name, sha256 in state.files.items())
        if state.digest != digest or any(store.sha256_of_file(place) != sha256 for place, sha256 in files):
            return None
    except (OSError, msgspec.MsgspecError):
        return None
    return replace(state.summary, reused=state.summary.inputs, changed=False)


def publish(
    out: Place,
    digest: str,
    config: Config,
    parts: Mapping[str, Sequence[Made]],
    counts: Counts,
    *,
    written: Sequence[Made] = (),
    form: Form = PLAIN,
    final: bool = True,
) -> Summary:
    """Write the output files, each under a temporary name first, then ``run.json``, the report and the state.

    ``written`` are the results of :func:`~cleaner.corpus.write.write_documents`, for the report; ``form`` is that of
    the documents.  With ``final`` false the next run will try again (what failed may do so for reasons outside
    of it).  What goes to a URL is put together on this machine first.
    """
    if not isinstance(out, Path):
        with tempfile.TemporaryDirectory() as folder:
            summary = publish(Path(folder), digest, config, parts, counts, written=written, form=form, final=final)
            _upload(Path(folder), out)
        return summary
    summary = _summary(counts)
    files: dict[str, str] = {}
    (out / RUN).unlink(missing_ok=True)  # where it stands, the files belong together
    store.sweep(out)
    for name, pieces in parts.items():
        if name == DOCUMENTS and not form.plain:
            lines = (line for piece in pieces for line in _lines(piece))
            files |= {one: store.sha256_of_file(out / one) for one in forms.write(out, lines, form)}
        else:
            files[name] = _write(out / name, joined(pieces))
    _remove_old(out, files)
    files[RUN] = _write(out / RUN, [_run_json(config, digest, files, summary)])
    if LEDGER in parts:  # `cleaner dedup` has none
        from cleaner.report import page, part

        gathered = (part.decode(store.read_bytes(store.join(one.path, part.FILE))) for one in written)
        files[page.NAME] = _write(out / page.NAME, page.render(out, gathered if written else None))
    store.write_atomically(out / FOLDER / STATE, [store.encode(State(digest if final else "", files, summary))])
    return summary


def _upload(folder: Path, out: str) -> None:
    """Put what :func:`publish` wrote to a URL, ``run.json`` after what it vouches for, and the state last."""
    new = store.load(folder / FOLDER / STATE, State).files.keys()
    old: Iterable[str] = ()
    with suppress(OSError, msgspec.MsgspecError):
        old = store.load(store.join(out, FOLDER, STATE), State).files.keys() - new
    store.remove(store.join(out, name) for name in (RUN, *old))
    storage.upload(folder, out, sorted(new - {RUN}))
    storage.upload(folder, out, [RUN])
    storage.upload(folder, out, [f"{FOLDER}/{STATE}"])


def joined(pieces: Sequence[Made]) -> Iterator[bytes]:
    """The bytes of all pieces, one after another."""
    return (chunk for piece in pieces for chunk in store.read_chunks(piece.path))


def _write(path: Path, chunks: Iterable[bytes]) -> str:
    """Write a file; its SHA-256, for which a large one need not be read again."""
    state = hashlib.sha256()

    def hashed() -> Iterator[bytes]:
        for chunk in chunks:
            state.update(chunk)
            yield chunk

    store.write_atomically(path, hashed())
    return state.hexdigest()


def _lines(piece: Made) -> Iterator[bytes]:
    with store.open_file(piece.path) as stream:
        yield from stream


def _remove_old(out: Path, files: Mapping[str, str]) -> None:
    """Remove what earlier runs wrote and this one did not: it no longer fits."""
    old = {path.name for path in forms.paths(out)} | {PAIRS}
    with suppress(OSError, msgspec.MsgspecError):
        old |= store.load(out / FOLDER / STATE, State).files.keys() - {RUN}
    for name in old - files.keys():
        path = out / name
        path.unlink(missing_ok=True)
        for folder in path.relative_to(out).parents:
            if folder.parts and (out / folder).is_dir() and not any((out / folder).iterdir()):
                (out / folder).rmdir()


def total(pieces: Sequence[Made]) -> Counts:
    """The counts of all pieces, added up."""
    counts: Counter[str] = Counter()
    for piece in pieces:
        counts.update(piece.counts)
    return dict(counts)


def _summary(counts: Counts) -> Summary:
    known = Counter(counts)
    return Summary(
        inputs=known["inputs"],
        reused=known["reused"],
        documents=known["documents"],
        rejected=known["rejected"],
        dropped=known["dropped"],
        blocks=known["blocks"],
        filtered=_named(counts, FILTERED),
        removed=_named(counts, REMOVED),
        duplicates=known["duplicates"],
        duplicate_documents=known["duplicate_documents"],
        warnings=known["warnings"],
    )


def _named(counts: Counts, prefix: str) -> dict[str, int]:
    """The counts whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): number for name, number in sorted(counts.items()) if name.startswith(prefix)}


def _run_json(config: Config, digest: str, files: dict[str, str], summary: Summary) -> bytes:
    """Versions, settings, hashes and counts; nothing that depends on how or where the run went."""
    from cleaner.config import fingerprint

    counts = {name: value for name, value in asdict(summary).items() if name not in ("reused", "changed", "forecast")}
    settings: dict[str, Any] = asdict(config)
    del settings["engine"]
    settings["phrases"] = [phrases.language for phrases in config.phrases]  # their words are in the hash,
    settings["site_rules"] = [site.name for site in config.site_rules]  # and so are the rules
    content = {
        "versions": versions(),
        "config_sha256": fingerprint(config),
        "config": settings,
        "run_sha256": digest,
        "files_sha256": files,
        "counts": counts,
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"
