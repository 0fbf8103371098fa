"""The whole application on a fresh database, with the clock at ``now`` and one user per role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from qol_app.db.models import Participant, Study, User
from qol_app.db.session import Sessions
from qol_app.domain.roles import Role
from tests import builders
from tests.builders import Post


@dataclass
class World:
    """The example study in Shanghai and Berlin, with three participants and four users.

    Today, 2 March 2026: ``due`` has a baseline due and an address, ``closing`` has no address
    and a week 4 that closes in five days, ``elsewhere`` belongs to Berlin.
    """

    study: Study
    due: Participant
    closing: Participant
    elsewhere: Participant
    users: dict[str, User]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[None]:
    """The application's clock stands still."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def post() -> Post:
    """Where mails go."""
    return Post()


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    """The surfaces that the application serves; a package's own conftest may add to them."""
    return ("auth", "patient", "staff")


@pytest.fixture
def app(database: str, tmp_path: Path, post: Post, surfaces: tuple[str, ...]) -> Iterator[Flask]:
    """The application."""
    made = builders.application(tmp_path, database, post, surfaces)
    yield made
    made.extensions["sessions"].engine.dispose()


@pytest.fixture
def world(sessions: Sessions, now: datetime) -> World:
    """A study with participants and users, committed."""
    today = now.date()
    with sessions.write() as session:
        study = builders.study(session, now)

        def enrol(at: str, anchor: date, email: str | None = None) -> Participant:
            return builders.participant(session, now, of=study, at=at, anchor=anchor, email=email)

        world = World(
            study=study,
            due=enrol("SHA", today + timedelta(days=10), email="patient@example.org"),
            closing=enrol("SHA", today - timedelta(days=30)),
            elsewhere=enrol("BER", today + timedelta(days=10)),
            users={
                "staff": builders.user(session, now, Role.STAFF, of=study, at="SHA"),
                "other": builders.user(session, now, Role.STAFF, of=study, at="BER"),
                "admin": builders.user(session, now, Role.ADMIN, of=study),
                "analyst": builders.user(session, now, Role.ANALYST, of=study),
            },
        )
        session.commit()
    return world


@pytest.fixture
def as_user(app: Flask, world: World) -> Callable[[str], FlaskClient]:
    """A client signed in as one of the users: ``staff``, ``other``, ``admin``, ``analyst``."""
    return lambda name: builders.sign_in(app.test_client(), world.users[name])


@pytest.fixture
def staff(as_user: Callable[[str], FlaskClient]) -> FlaskClient:
    """The study nurse in Shanghai."""
    return as_user("staff")
