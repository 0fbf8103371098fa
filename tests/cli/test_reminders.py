"""A dry run prints who gets what and why others do not, names no address and stores nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from qol_app.db.session import Sessions
from qol_app.domain.study import Purpose
from qol_app.domain.study_file import parse
from qol_app.services import studies
from tests import builders
from tests.builders import COMMAND, Post
from tests.services.test_reminders import EXAMPLE


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def app(database: str, tmp_path: Path, post: Post) -> Iterator[Flask]:
    made = builders.application(tmp_path, database, post)
    yield made
    made.extensions["sessions"].engine.dispose()


@pytest.fixture
def people(sessions: Sessions, now: datetime) -> None:
    with sessions.write() as session:
        protocol = parse(EXAMPLE, "x")
        study = studies.load(session, protocol, purpose=Purpose.REHEARSAL, actor=COMMAND, now=now)
        for email, language in (("wang@example.org", "zh-Hans"), (None, "en")):
            builders.participant(
                session,
                now,
                of=study,
                at="SHA",
                anchor=date(2026, 3, 12),
                email=email,
                language=language,
            )
        session.commit()


def run(app: Flask, now: datetime, *words: str) -> str:
    with time_machine.travel(now, tick=False):
        result = app.test_cli_runner().invoke(args=["reminders", *words])
    assert result.exit_code == 0, result.output
    assert "wang" not in result.output
    return result.output


HEAD = "participant\tvisit\tmessage\tchannel\tlanguage\twhen\twhy not\n"
WANTED = "EX-SHA-001-68\tbaseline\tinvitation 1\temail\tzh-Hans\t2026-03-02 10:00\t\n"


@pytest.mark.usefixtures("people")
def test_a_dry_run_of_planning_and_of_sending_says_what_would_happen(
    app: Flask, sessions: Sessions, post: Post, now: datetime
) -> None:
    with sessions.read() as session:
        before = builders.count_rows(session)
    refused = "EX-SHA-002-65\tbaseline\tinvitation 1\t\ten\t\tno_contact\n"
    assert run(app, now, "plan", "example", "--dry-run") == HEAD + WANTED + refused
    assert run(app, now, "send", "example", "--dry-run") == HEAD
    with sessions.read() as session:
        assert builders.count_rows(session) == before
    assert run(app, now, "plan", "example") == "1 messages planned\n"
    assert run(app, now, "send", "example", "--dry-run") == HEAD + WANTED
    assert post.mails == []
    assert "1 messages were due" in run(app, now, "send", "example")
    assert [mail.to for mail in post.mails] == ["wang@example.org"]
    assert "0 messages were due" in run(app, now, "send", "example")
    assert run(app, now, "plan", "example", "--dry-run") == HEAD + (
        "EX-SHA-001-68\tbaseline\tnone\t\tzh-Hans\t\tasked_today\n" + refused
    )


def test_a_study_that_is_not_there_is_named(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["reminders", "plan", "nowhere"])
    assert (result.exit_code, "no study nowhere" in result.stderr) == (2, True)
