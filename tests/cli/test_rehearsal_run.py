"""One command prepares a rehearsal, says how to enter, and serves; again, it says the same."""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from qol_app.cli import serving
from qol_app.db.models import Participant, User
from tests.builders import link_of
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that would have kept running."""
    started: list[Sequence[str]] = []

    def note(commands: Sequence[Sequence[str]], *, folder: Path) -> int:
        started.extend(commands)
        return 0

    monkeypatch.setattr(serving, "run_together", note)
    return started


@pytest.fixture
def study(tmp_path: Path) -> str:
    """A study file of twelve participants."""
    text = (ROOT / "studies" / "example.toml").read_text(encoding="utf-8")
    path = tmp_path / "small.toml"
    path.write_text(
        re.sub(r"(?m)^planned_participants = \d+", "planned_participants = 12", text),
        encoding="utf-8",
    )
    return str(path)


def test_a_rehearsal_is_prepared_once_and_shown_each_time(
    run: Run, app: Flask, instance: Path, study: str, served: list[Sequence[str]]
) -> None:
    first = run("rehearsal", "run", study)
    assert first.exit_code == 0, first.output
    again = run("rehearsal", "run", study)
    assert again.exit_code == 0, again.output
    signs = re.findall(r"^  (admin|staff|analyst) +(\S+@\S+) +(\S+)$", first.stdout, re.MULTILINE)
    assert [role for role, _, _ in signs] == ["admin", "staff", "analyst"]
    assert all(line in again.stdout for _, _, line in signs)
    tokens = re.findall(r"http://127\.0\.0\.1:8000/s/(\S+)", again.stdout)
    with app.extensions["sessions"].read() as session:
        assert session.scalar(select(func.count(Participant.id))) == 12
        assert session.scalar(select(func.count(User.id))) == 7
        assert 1 <= len(tokens) <= 3
        assert {link_of(session, token).channel for token in tokens} == {"screen"}
    assert stat.S_IMODE((instance / "sign-ins.txt").stat().st_mode) == 0o600
    assert "incomplete" not in again.output
    assert [command[1:3] for command in served[:2]] == [("-m", "gunicorn"), ("-m", "flask")]


def test_a_simulation_that_was_broken_off_is_told(
    run: Run, instance: Path, study: str, served: list[Sequence[str]]
) -> None:
    run("rehearsal", "run", study)
    for mark in instance.glob("simulated-*"):
        mark.unlink()
    result = run("rehearsal", "run", study)
    assert "may be incomplete" in result.stderr
    assert f"remove {instance}" in result.stderr


def test_serving_in_development_brings_the_database_up_to_date(
    run: Run, instance: Path, served: list[Sequence[str]]
) -> None:
    result = run("serve")
    assert result.exit_code == 0, result.output
    assert (instance / "qol.sqlite").exists()
    assert "serving http://127.0.0.1:8000" in result.stderr
    assert len(served) == 2
