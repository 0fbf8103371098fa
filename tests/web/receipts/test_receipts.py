"""A gateway's receipt is believed if it is signed, and says once what became of a message."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from qol_app.db.models import AuditEvent, Message
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.messaging.webhook import signature_of
from qol_app.services import messages, participants
from qol_app.services.outbox import Outcome
from tests.builders import COMMAND, VAULT
from tests.web.conftest import World

SECRET = "agreed"
JOB = actors.job("send_message")


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    return ("receipts",)


@pytest.fixture
def app(app: Flask) -> Flask:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, sms=replace(settings.sms, receipt_secret=SECRET))
    return app


@pytest.fixture
def sent(sessions: Sessions, world: World, now: datetime) -> int:
    """A message that a gateway took and calls m-1."""
    with sessions.write() as session:
        person = participants.find(session, world.study, world.due.number)
        visit = participants.visit(session, person, "baseline")
        message = messages.plan(session, visit, actor=COMMAND, now=now)
        messages.claim(session, message.id, vault=VAULT, base_url="", actor=JOB, now=now)
        outcome = Outcome(problem=None, provider_id="m-1")
        messages.settle(session, message.id, outcome, actor=JOB, now=now)
        session.commit()
        return message.id


def tell(
    app: Flask, now: datetime, body: object, *, secret: str = SECRET, age: int = 0
) -> TestResponse:
    content = json.dumps(body).encode()
    timestamp = str(int(now.timestamp()) - age)
    signature = signature_of(content, timestamp=timestamp, secret=secret)
    return app.test_client().post(
        "/receipts/sms",
        data=content,
        content_type="application/json",
        headers={"X-QOL-Timestamp": timestamp, "X-QOL-Signature": signature},
    )


def state(sessions: Sessions, message_id: int) -> tuple[str, str | None]:
    with sessions.read() as session:
        message = session.get_one(Message, message_id)
        return message.status, message.problem


def receipts_stored(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))
        return [each for each in actions if each in ("message_delivered", "message_bounced")]


def test_a_receipt_says_that_a_message_arrived(
    app: Flask, sessions: Sessions, sent: int, now: datetime
) -> None:
    receipt = {"id": "m-1", "status": "delivered"}
    assert tell(app, now, receipt).status_code == 200
    assert tell(app, now, receipt).status_code == 200
    assert state(sessions, sent) == ("delivered", None)
    assert receipts_stored(sessions) == ["message_delivered"]


def test_a_receipt_says_that_a_message_did_not_arrive(
    app: Flask, sessions: Sessions, sent: int, now: datetime
) -> None:
    assert tell(app, now, {"id": "m-1", "status": "failed"}).json == {"status": "bounced"}
    assert tell(app, now, {"id": "m-1", "status": "delivered"}).json == {"status": "bounced"}
    assert state(sessions, sent) == ("bounced", "not_delivered")
    assert receipts_stored(sessions) == ["message_bounced"]


@pytest.mark.parametrize(
    "wrong", [{"secret": "guessed"}, {"secret": ""}, {"age": 301}, {"age": -301}]
)
def test_what_is_not_signed_as_agreed_is_refused(
    app: Flask, sessions: Sessions, sent: int, now: datetime, wrong: dict[str, str]
) -> None:
    receipt = {"id": "m-1", "status": "failed"}
    assert tell(app, now, receipt, **wrong).status_code == 403  # type: ignore[arg-type]
    assert state(sessions, sent) == ("sent", None)


def test_without_a_secret_no_receipt_is_believed(
    app: Flask, sessions: Sessions, sent: int, now: datetime
) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, sms=replace(settings.sms, receipt_secret=""))
    receipt = {"id": "m-1", "status": "failed"}
    assert tell(app, now, receipt, secret="").status_code == 403
    assert state(sessions, sent) == ("sent", None)


def test_a_receipt_for_a_message_that_nobody_knows_is_to_come_again(
    app: Flask, world: World, now: datetime
) -> None:
    assert tell(app, now, {"id": "m-9", "status": "delivered"}).status_code == 404


@pytest.mark.parametrize("body", [[], {"id": "m-1"}, {"id": 7, "status": "delivered"}, {"id": ""}])
def test_a_receipt_of_another_shape_is_refused(
    app: Flask, world: World, now: datetime, body: object
) -> None:
    assert tell(app, now, body).status_code == 422
