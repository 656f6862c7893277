"""What a stage is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cleaner.document import Document
from cleaner.settings import Config


@dataclass(frozen=True, slots=True)
class Stage:
    """One named transform: a pure function of a document and the settings.

    It never deletes a block; it marks it removed, and adds one ledger row for each cut or edit.
    ``after`` names the stage behind which one from outside runs (see :mod:`cleaner.plugins`);
    ``settings`` is the frozen dataclass of such a stage's settings, if it has any: each field made with
    :func:`cleaner.settings.setting`, and asked for with :meth:`~cleaner.settings.Config.of_stage`.
    """

    name: str
    summary: str
    apply: Callable[[Document, Config], Document]
    after: str = ""
    settings: type | None = None
