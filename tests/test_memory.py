"""Processes of ours look for cycles seldom; a program that uses the Python API decides for itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

API = "cleaner.clean('Rain fell for three days.')"
COMMAND = "sys.argv = ['cleaner', '--version']; from cleaner.cli import main; main()"


@pytest.mark.parametrize(("code", "seldom"), [(API, False), (COMMAND, True)], ids=["api", "command"])
def test_who_sets_the_threshold(code: str, seldom: bool) -> None:
    show = "atexit.register(lambda: print(gc.get_threshold()[0] > 10_000))"
    done = subprocess.run(
        [sys.executable, "-c", f"import atexit, gc, sys, cleaner; {show}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == str(seldom)
