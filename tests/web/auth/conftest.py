"""A nurse with a password, and what the audit has of signing in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from passlib.totp import TOTP  # type: ignore[import-untyped]
from sqlalchemy import select
from werkzeug.test import TestResponse

from qol_app.db.models import AuditEvent, User
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from tests import builders
from tests.builders import PASSWORD
from tests.web.conftest import World

WORKLIST = "/studies/example/worklist"


@dataclass
class Person:
    """Somebody at a browser."""

    client: FlaskClient
    email: str = "nurse@example.org"

    def sign_in(self, password: str = PASSWORD) -> TestResponse:
        """Give address and password."""
        data = {"email": self.email, "password": password}
        return self.client.post("/sign-in", data=data)

    def is_in(self) -> bool:
        """Whether the worklist opens."""
        return self.client.get(WORKLIST).status_code == 200

    def set_up_app(self) -> tuple[TOTP, list[str]]:
        """Set an authenticator app up; the app, and the recovery codes that were shown."""
        self.client.post("/account/second-factor")
        page = self.client.get("/account/second-factor/set-up").text
        app = TOTP(key=re.findall(r'translate="no">([A-Z2-7-]+)<', page)[0])
        data = {"code": app.generate().token}
        shown = self.client.post("/account/second-factor/set-up", data=data).text
        return app, re.findall(r"<li>([0-9a-f-]{14})</li>", shown)

    def give_code(self, code: str) -> TestResponse:
        """Answer the second step."""
        return self.client.post("/sign-in/code", data={"code": code})


@pytest.fixture
def nurse_user(app: Flask, world: World, sessions: Sessions, now: datetime) -> User:
    """A nurse in Shanghai with a password."""
    with app.app_context():
        hashed = hash_password(PASSWORD)
    with sessions.write() as session:
        made = builders.user(
            session, now, Role.STAFF, of=world.study, at="SHA", name="nurse", password_hash=hashed
        )
        session.commit()
    return made


@pytest.fixture
def nurse(app: Flask, nurse_user: User) -> Person:
    """The nurse at her browser, not signed in."""
    return Person(app.test_client())


@pytest.fixture
def audit(sessions: Sessions) -> Callable[[], list[tuple[str, str | None]]]:
    """The audit's newest events on accounts: what, and why."""

    def read() -> list[tuple[str, str | None]]:
        with sessions.read() as session:
            query = select(AuditEvent.action, AuditEvent.reason).order_by(AuditEvent.id)
            return [(row.action, row.reason) for row in session.execute(query)]

    return read
