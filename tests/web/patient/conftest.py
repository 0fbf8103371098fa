"""A patient's browser with a link that is due today."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from qol_app.db.models import AnswerEvent, Participant, Response, SurveyLink, Visit
from qol_app.db.session import Sessions
from qol_app.services import participants
from tests import builders
from tests.web.conftest import World

HIDDEN = re.compile(r'<input type="hidden" name="(shown-[^"]+)" value="([^"]*)">')


@dataclass
class Patient:
    """A browser that sends back the hidden fields of the page it last saw, as browsers do."""

    client: FlaskClient
    token: str
    page: TestResponse = field(init=False)

    @property
    def text(self) -> str:
        return self.page.get_data(as_text=True)

    @property
    def path(self) -> str:
        return self.page.request.path

    def open(self, path: str) -> None:
        self.page = self.client.get(path, follow_redirects=True)

    def begin(self) -> None:
        self.page = self.client.post(f"/s/{self.token}", follow_redirects=True)

    def send_page(self, go: str = "next", **answers: object) -> None:
        shown = {name: unescape(value) for name, value in HIDDEN.findall(self.text)}
        target = self.page.request.full_path.rstrip("?")
        self.page = self.client.post(
            target, data={**shown, **answers, "go": go}, follow_redirects=True
        )


def a_link(sessions: Sessions, now: datetime, participant: Participant, visit: str) -> str:
    with sessions.write() as session:
        person = session.get_one(Participant, participant.id)
        token = builders.link(session, now, participants.visit(session, person, visit))
        session.commit()
    return token


@pytest.fixture
def token(sessions: Sessions, world: World, now: datetime) -> str:
    return a_link(sessions, now, world.due, "baseline")


@pytest.fixture
def patient(app: Flask, token: str) -> Patient:
    return Patient(app.test_client(), token)


def stored(sessions: Sessions) -> list[tuple[str, object]]:
    """All answer events of the database in order."""
    with sessions.read() as session:
        events = session.scalars(select(AnswerEvent).order_by(AnswerEvent.id))
        return [(event.item, event.value) for event in events]


def current(sessions: Sessions, participant: Participant, visit: str = "baseline") -> Response:
    with sessions.read() as session:
        query = (
            select(Response)
            .join(Response.visit)
            .where(Visit.participant_id == participant.id, Visit.code == visit)
        )
        return session.scalars(query).one()


def link_row(sessions: Sessions) -> SurveyLink:
    with sessions.read() as session:
        return session.scalars(select(SurveyLink)).one()
