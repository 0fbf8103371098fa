"""A participant of another site does not exist for staff: every route about one answers 404."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent
from qol_app.db.session import Sessions
from qol_app.web.staff.blueprint import bp
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


@pytest.mark.parametrize(("method", "endpoint"), routes())
def test_other_site_staff_get_404(
    app: Flask, staff: FlaskClient, world: World, sessions: Sessions, method: str, endpoint: str
) -> None:
    rule = next(rule for rule in app.url_map.iter_rules(endpoint))
    values: dict[str, Any] = {
        "study": "example",
        "number": world.elsewhere.number,
        "visit": "baseline",
        "instrument": "daily-life-check",
        "scale": "WELL",
        "stray": 1,
        "call": 1,
        "item": "ENERGY",
        "scan": 1,
    }
    with app.test_request_context():
        url = app.url_for(endpoint, **{name: values[name] for name in rule.arguments})
    data = {"kind": "died", "happened_on": "2026-03-01"}
    assert staff.open(url, method=method, data=data).status_code == 404
    with sessions.read() as session:
        actors = session.scalars(select(AuditEvent.actor_kind)).all()
    assert "user" not in actors
