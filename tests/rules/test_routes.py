"""Every route has a guard and a plain address, and looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from qol_app.db.models import AuditEvent
from qol_app.domain.roles import Permission, Role
from tests import builders
from tests.builders import Post

GUARDS = {"public", "link", "ticket", "tablet", "signed_in", *Permission}
STATIC = {"static", "stylesheet", "other_version", "security.static"}
"""Files of ours and of Flask-Security, which hold no data."""


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application with all surfaces, on SQLite."""
    copy = tmp_path / "test.sqlite"
    copy.write_bytes(sqlite_template.read_bytes())
    made = builders.application(tmp_path, f"sqlite:///{copy}", Post())
    yield made
    made.extensions["sessions"].engine.dispose()


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in STATIC]


def test_every_route_has_a_guard(app: Flask) -> None:
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        assert getattr(view, "guard", None) in GUARDS, rule.rule


def test_every_route_of_a_study_needs_a_permission(app: Flask) -> None:
    for rule in rules(app):
        if "study" in rule.arguments:
            guard = getattr(app.view_functions[rule.endpoint], "guard", None)
            assert isinstance(guard, Permission), rule.rule


def test_addresses_are_lower_kebab_case(app: Flask) -> None:
    for rule in rules(app):
        for part in rule.rule.strip("/").split("/"):
            assert re.fullmatch(r"<[a-z_:]+>(\.(csv|json))?|[a-z0-9.-]*", part), rule.rule


def test_no_get_changes_the_database(app: Flask, now: datetime) -> None:
    values: dict[str, Any] = {
        "study": "example",
        "visit": "baseline",
        "instrument": "daily-life-check",
        "page_id": "p1",
        "page": "components",
        "language": "en",
    }
    sessions = app.extensions["sessions"]
    with time_machine.travel(now, tick=False):
        with sessions.write() as session:
            study = builders.study(session, now)
            anchor = now.date() + timedelta(days=3)
            person = builders.participant(session, now, of=study, at="SHA", anchor=anchor)
            visit = builders.answered(session, now, person, "baseline", {"ENERGY": 1}, sent=False)
            token = builders.link(session, now, visit)
            user = builders.user(session, now, Role.STAFF, of=study)
            for role in (Role.ADMIN, Role.ANALYST):
                builders.also(session, now, user, role, of=study)
            session.commit()
        values |= {"number": person.number, "token": token}
        client = builders.sign_in(app.test_client(), user)
        with sessions.read() as session:
            before = builders.count_rows(session)
        opened = []
        for rule in rules(app):
            if "GET" in (rule.methods or set()) and rule.arguments <= set(values):
                with app.test_request_context():
                    url = app.url_for(rule.endpoint, **{k: values[k] for k in rule.arguments})
                assert client.get(url).status_code < 500, url
                opened.append(rule.endpoint)
        with sessions.read() as session:
            assert builders.count_rows(session) == before
    assert before[AuditEvent.__tablename__] > 0
    assert {
        "staff.worklist",
        "staff.answers",
        "patient.welcome",
        "auth.home",
        "admin.wordings",
    } <= set(opened)
