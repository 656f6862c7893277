"""The Python API: one text at a time, many inputs one by one, or a whole corpus (docs/python.md)."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from cleaner.config import Override, load
from cleaner.document import Document
from cleaner.errors import InputError
from cleaner.files import REJECTED
from cleaner.pipeline import finish, run_stages
from cleaner.readers import Known, Rejected, read_content, read_decoded, read_file, sniff
from cleaner.readers.decode import Decoded, replace_surrogates
from cleaner.readers.places import find_place
from cleaner.readers.remote import Place, place_of
from cleaner.rows import Record
from cleaner.settings import Config
from cleaner.toml_file import defaults_dir

if TYPE_CHECKING:
    from cleaner.corpus.publish import Summary
    from cleaner.writers.forms import Form

Format = Literal["auto", "text", "markdown", "html"]
OnRejected = Callable[[Rejected], object]


def clean(source: str | bytes | os.PathLike[str], *, url: str = "", format: Format = "auto") -> Document:  # noqa: A002
    """Clean one text or page with the shipped settings; see :meth:`Pipeline.clean`."""
    return _default().clean(source, url=url, format=format)


class Pipeline:
    """The stages with their settings.  It holds nothing but these, and may be used from many threads.

    ``config`` is a :class:`~cleaner.settings.Config`, or the path of a ``cleaner.toml``; without it the
    shipped settings hold (unlike the command line, no file is looked for).  ``settings`` change single
    ones: ``{"favor": "recall", "duplicates.threshold": 0.9}``.  Raises
    :class:`~cleaner.errors.ConfigError` for what is wrong.
    """

    __slots__ = ("config",)

    def __init__(
        self,
        config: Config | str | os.PathLike[str] | None = None,
        *,
        settings: Mapping[str, object] | None = None,
        skip_stages: Iterable[str] = (),
    ) -> None:
        if isinstance(config, Config):
            if settings or skip_stages:
                raise TypeError("settings and skip_stages go with a file; of a Config, make another one")
            self.config = config
            return
        path = defaults_dir() / "cleaner.toml" if config is None else Path(config)
        overrides = [Override(key, value, "settings") for key, value in (settings or {}).items()]
        self.config = load(path, overrides, skip_stages=skip_stages).config

    def clean(self, source: str | bytes | os.PathLike[str], *, url: str = "", format: Format = "auto") -> Document:  # noqa: A002
        """Clean one text or page; ``document.text`` is the result, ``document.edits`` the ledger.

        A string is a text or page itself, and so are bytes (decoded by what they declare or look
        like); the file to read is given as a :class:`~pathlib.Path`.  ``url`` is where it comes from:
        it goes into the metadata and tells the site.  ``format`` says what a text or page is that does
        not begin like one.

        Raises :class:`~cleaner.errors.InputError` for what has no text in it, and for a file that
        holds several documents (:meth:`clean_each` reads those).
        """
        if isinstance(source, os.PathLike):
            document = self._only(Path(source), Known(url=url))
        else:
            data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
            kind = format if format != "auto" else "html" if sniff(data[:65_536]) == "html" else "text"
            sha256 = hashlib.sha256(data).hexdigest()
            known = Known(id=url or f"sha256:{sha256[:16]}", url=url)
            if isinstance(source, bytes):
                document = read_content(source, "", kind, known, self.config.site_rules)
            else:
                text, edits = replace_surrogates(source)
                decoded = Decoded(text, "utf-8", edits, b"" if edits else data)
                document = read_decoded(decoded, sha256, "", kind, known, self.config.site_rules)
        return finish(run_stages(document, self.config))[1]

    def clean_each(self, *inputs: str | os.PathLike[str], on_rejected: OnRejected | None = None) -> Iterator[Document]:
        """Clean all documents of files, folders, globs and URLs, one by one, as they are asked for.

        No document depends on another, and any number of them takes little memory.  ``on_rejected``
        is called with each input that gives no document; without it they are logged (logger ``cleaner``).
        """
        tell = on_rejected or _log
        for one in inputs:
            found, refused = find_place(_place(one))
            for rejected in refused:
                tell(rejected)
            for name, place in found:
                for result in read_file(place, name, self.config):
                    if isinstance(result, Rejected):
                        tell(result)
                    else:
                        yield finish(run_stages(result, self.config))[1]

    def run(
        self,
        *inputs: str | os.PathLike[str],
        out: str | os.PathLike[str] | None = None,
        jobs: int = 1,
        on_rejected: OnRejected | None = None,
    ) -> Iterator[Record]:
        """Clean a corpus as ``cleaner run`` does, near-duplicates and recurring lines removed; its records.

        All inputs are read before the first record comes.  The work is done in the folder ``out``, where
        all files of a run are then (a later run does again only what changed), or in a temporary one.
        With more than one of ``jobs`` processes are started: the calling script then needs an
        ``if __name__ == "__main__":``.
        """
        import msgspec

        from cleaner.writers import forms

        with ExitStack() as stack:
            folder = Path(out) if out is not None else Path(stack.enter_context(tempfile.TemporaryDirectory()))
            self.write(*inputs, out=folder, jobs=jobs)
            with (folder / REJECTED).open("rb") as lines:
                for line in lines:
                    (on_rejected or _log)(msgspec.json.decode(line, type=Rejected))
            yield from cast("Iterator[Record]", forms.read(folder))

    def write(
        self, *inputs: str | os.PathLike[str], out: str | os.PathLike[str], jobs: int = 1, form: Form | None = None
    ) -> Summary:
        """What ``cleaner run`` does: the corpus into the files of the folder ``out``; what was done."""
        from cleaner.corpus.run import run
        from cleaner.writers.forms import Form

        form = form or Form()
        form.check()
        return run([_place(one) for one in inputs], Path(out), self.config, jobs=jobs, form=form)

    def record(self, document: Document) -> Record:
        """A cleaned document as a line of ``documents.jsonl`` holds it."""
        from cleaner.writers.records import Extras, record

        return record(document, document.text, Extras(), self.config)

    def _only(self, path: Path, known: Known) -> Document:
        """The only document of a file."""
        results = read_file(path, path.name, self.config, known=known)
        first = next(results)
        if isinstance(first, Rejected):
            raise InputError(first.stage, f"{path}: {first.reason}")
        if next(results, None) is not None:
            raise InputError("read", f"{path} holds several documents: use Pipeline.clean_each")
        return first


@lru_cache(maxsize=1)
def _default() -> Pipeline:
    return Pipeline()


def _place(given: str | os.PathLike[str]) -> Place:
    return place_of(given) if isinstance(given, str) else Path(given)


def _log(rejected: Rejected) -> None:
    line = f", line {rejected.line}" if rejected.line else ""
    logging.getLogger("cleaner").warning("%s%s: %s", rejected.path, line, rejected.reason)
