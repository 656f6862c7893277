"""Fixtures and hypothesis settings for all tests."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import ROOT, cleaner_run

settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


def pytest_sessionstart() -> None:
    """A shell that starts the tests in the background has them ignore interrupts, and all that they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The benchmark data beside the checkout; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "bench"
    if not folder.is_dir():
        pytest.skip("benchmark data (../shared/bench) is not here")
    return folder


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `cleaner run` makes of the sample articles; nobody writes there."""
    out = tmp_path_factory.mktemp("samples")
    cleaner_run(ROOT / "raw", out)
    return out
