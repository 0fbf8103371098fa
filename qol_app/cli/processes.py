"""Runs several processes as one: they start together, and when one ends all end."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 40.0
"""How long a process may take to finish what it has begun; longer than gunicorn's own limit."""
LOOK_EVERY_SECONDS = 0.2


def run_together(commands: Sequence[Sequence[str]], *, folder: Path) -> int:
    """Run ``commands`` until one ends or SIGTERM or SIGINT arrives; return an exit code.

    Each runs in a session of its own, so that Ctrl-C reaches it once, through here, as SIGTERM.
    The exit code is 0 if a signal asked for the end, otherwise that of the process which ended
    first, or 1 if that one ended without an error.
    """
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    children: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            children.append(_start(command, folder))
        while not asked and all(child.poll() is None for child in children):
            time.sleep(LOOK_EVERY_SECONDS)
        ended = [child.returncode for child in children if child.poll() is not None]
    finally:
        _end(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if asked else next((code for code in ended if code), 1)


def _start(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own commands, no shell
        command, cwd=folder, start_new_session=True
    )


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
