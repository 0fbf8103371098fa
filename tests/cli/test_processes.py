"""Processes that run together end together, however the end comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qol_app.cli.processes import run_together

ROOT = Path(__file__).parents[2]
SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.mark.parametrize(("code", "expected"), [(3, 3), (0, 1)])
def test_when_one_ends_all_end_and_its_code_counts(
    tmp_path: Path, code: int, expected: int
) -> None:
    started = time.monotonic()
    ends = [sys.executable, "-c", f"raise SystemExit({code})"]
    assert run_together([SLEEPS, ends], folder=tmp_path) == expected
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_passed_on_and_the_children_finish(tmp_path: Path, number: int) -> None:
    child = (
        "import pathlib, signal, sys, time\n"
        "def end(*_): pathlib.Path('ended').touch(); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path('ready').touch()\n"
        "time.sleep(60)\n"
    )
    parent = (
        "import pathlib, sys\n"
        "from qol_app.cli.processes import run_together\n"
        f"command = [sys.executable, '-c', {child!r}]\n"
        f"sys.exit(run_together([command], folder=pathlib.Path({str(tmp_path)!r})))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT)
    for _ in range(400):
        if (tmp_path / "ready").exists():
            break
        time.sleep(0.05)
    os.kill(process.pid, number)
    assert process.wait(120) == 0
    assert (tmp_path / "ended").exists()


def test_signals_are_handled_as_before_afterwards(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    run_together([[sys.executable, "-c", ""]], folder=tmp_path)
    assert signal.getsignal(signal.SIGTERM) is before
