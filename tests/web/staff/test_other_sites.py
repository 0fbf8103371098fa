"""A participant of another site does not exist for staff: every route about one answers 404."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Study, User
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from qol_app.web.staff.blueprint import bp
from tests import builders
from tests.web.conftest import World


def routes() -> list[tuple[str, str]]:
    """Method and endpoint of every staff route that names a participant."""
    app = Flask("routes")
    app.register_blueprint(bp)
    return sorted(
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if "number" in rule.arguments
    )


def monitors_too(sessions: Sessions, world: World, now: datetime) -> None:
    """Make the nurse a monitor of her own site, so that no route is closed to her by its role."""
    with sessions.write() as session:
        nurse = session.get_one(User, world.users["staff"].id)
        study = session.get_one(Study, world.study.id)
        site = builders.site(session, study, "SHA")
        builders.accounts.grant(
            session, nurse, Role.MONITOR, study=study, site=site, actor=builders.COMMAND, now=now
        )
        session.commit()


@pytest.mark.parametrize(("method", "endpoint"), routes())
def test_other_site_staff_get_404(
    app: Flask,
    staff: FlaskClient,
    world: World,
    sessions: Sessions,
    now: datetime,
    method: str,
    endpoint: str,
) -> None:
    monitors_too(sessions, world, now)
    rule = next(rule for rule in app.url_map.iter_rules(endpoint))
    values: dict[str, Any] = {
        "study": "example",
        "number": world.elsewhere.number,
        "visit": "baseline",
        "instrument": "daily-life-check",
        "scale": "WELL",
        "stray": 1,
        "call": 1,
        "message_id": 1,
        "event_id": 1,
        "item": "ENERGY",
        "scan": 1,
    }
    with app.test_request_context():
        url = app.url_for(endpoint, **{name: values[name] for name in rule.arguments})
    data = {"kind": "died", "happened_on": "2026-03-01"}
    assert staff.open(url, method=method, data=data).status_code == 404
    with sessions.read() as session:
        assert session.scalars(select(AuditEvent.action).where(*builders.BY_USERS)).all() == []
