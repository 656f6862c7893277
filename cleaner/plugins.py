"""Stages that other packages add, by entry points of the group ``cleaner.stages``.

An entry point names a :class:`~cleaner.pipeline.Stage`; installing the package puts it to work, and
``--skip-stage`` leaves it out.  docs/python.md shows how to write one.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.errors import CleanerError
from cleaner.schema import Key, keys_of

if TYPE_CHECKING:
    from cleaner.pipeline import Stage

GROUP = "cleaner.stages"
FILTERS = "filters"
SECTION = "stages"
"""The settings of a stage are those of the table ``[stages.NAME]``."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A stage from outside, the package it comes from, its version, and a hash of its module's source."""

    stage: Stage
    package: str
    version: str
    source_sha256: str


@lru_cache(maxsize=1)
def plugins() -> tuple[Plugin, ...]:
    """All that is installed, by name.  Raises :class:`CleanerError` naming the package that is wrong."""
    return tuple(_load(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name))


def stage_keys() -> dict[str, Key]:
    """The settings of all installed stages, by name: ``stages.NAME.key``."""
    return {name: key for plugin in plugins() for name, key in keys_of_stage(plugin.stage).items()}


def keys_of_stage(stage: Stage) -> dict[str, Key]:
    """The settings that a stage declares.  Raises ``TypeError`` for a type that can be none."""
    return {} if stage.settings is None else keys_of(stage.settings, f"{SECTION}.{stage.name}")


def placed(stages: Iterable[Stage], added: Iterable[Stage]) -> tuple[Stage, ...]:
    """The built-in stages with the added ones, each behind the one that its ``after`` names.

    One that names none comes behind all that clean: before the filters, which judge what is clean.
    """
    order = list(stages)
    for stage in added:
        names = [one.name for one in order]
        if stage.name in names:
            raise CleanerError(f"two stages are named {stage.name!r}: uninstall one of the packages that add them.")
        if stage.after and stage.after not in names:
            raise CleanerError(f"stage {stage.name!r} wants to run after {stage.after!r}, which is no stage.")
        end = names.index(FILTERS) if FILTERS in names else len(names)
        order.insert(names.index(stage.after) + 1 if stage.after else end, stage)
    return tuple(order)


def _load(point: EntryPoint) -> Plugin:
    from cleaner.pipeline import Stage

    package = point.dist.name if point.dist else point.value
    try:
        stage = point.load()
    except Exception as error:
        raise CleanerError(
            f"stage {point.name!r} of {package} cannot be loaded ({error}): mend or uninstall it."
        ) from error
    if not isinstance(stage, Stage):
        raise CleanerError(f"stage {point.name!r} of {package} is no cleaner.Stage: mend or uninstall it.")
    try:
        keys_of_stage(stage)
    except (TypeError, NameError) as error:
        raise CleanerError(f"the settings of stage {point.name!r} of {package} are wrong ({error}): mend it") from error
    file = getattr(sys.modules[point.module], "__file__", None)
    source = Path(file).read_bytes() if file else b""
    return Plugin(stage, package, point.dist.version if point.dist else "", hashlib.sha256(source).hexdigest())
