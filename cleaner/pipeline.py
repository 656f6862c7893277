"""The stages of one document, in order, and the function that runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cleaner import ledger
from cleaner.document import Document
from cleaner.plugins import placed, plugins
from cleaner.settings import Config
from cleaner.stages import (
    calendars,
    chrome,
    encoding,
    filters,
    headings,
    masks,
    site_rules,
    spacing,
    structure,
    tables,
)
from cleaner.writers import markdown


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


# Site rules first, as soon as there are lines: what a site adds must not get into a table, and what it
# keeps is kept from all that follow.  Calendars before tables: a calendar is no table.  Tables before spacing:
# aligned columns live by their spaces; and before chrome: short cells must not be taken for menus.
STAGES: tuple[Stage, ...] = (
    Stage("encoding", "mojibake, HTML entities, control characters, NFC", encoding.apply),
    Stage("structure", "headings, lists, quotes, code and paragraphs in plain text", structure.apply),
    Stage("site-rules", "what the rules of a document's site name goes, or is kept", site_rules.apply),
    Stage("calendars", "month grids of calendar widgets go", calendars.apply),
    Stage("tables", "tables rebuilt from pipes, columns, single lines and glued cells", tables.apply),
    Stage("spacing", "lost and doubled spaces", spacing.apply),
    Stage("chrome", "ads, bios, share bars, navigation and other site chrome go", chrome.apply),
    Stage("headings", "repeated headings go", headings.apply),
    Stage(filters.STAGE, "documents that a filter refuses go whole (off by default)", filters.apply),
    Stage(masks.STAGE, "e-mail and IP addresses and phone numbers are masked (off by default)", masks.apply),
)


@lru_cache(maxsize=1)
def stages() -> tuple[Stage, ...]:
    """All stages in their order, those of other packages among them."""
    return placed(STAGES, [plugin.stage for plugin in plugins()])


def run_stages(document: Document, config: Config, only: tuple[Stage, ...] | None = None) -> Document:
    """Run every stage (of ``only``, if given) that ``config.skip_stages`` does not name."""
    for stage in stages() if only is None else only:
        if stage.name not in config.skip_stages:
            document = stage.apply(document, config)
    return document


def finish(document: Document) -> tuple[str, Document]:
    """Write the clean text and prove that nothing is lost.

    Raises :class:`~cleaner.errors.ConservationError` if text and ledger do not give the source back.
    """
    text, document = markdown.render(document)
    ledger.verify(document, text)
    return text, document
