"""Staff say that an address does not work; no reminder goes there, and the worklist is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, Message
from qol_app.db.session import Sessions
from qol_app.services import messages
from tests.web.conftest import World


@pytest.fixture
def url(staff: FlaskClient, world: World) -> str:
    """Where to report the first message, which was sent."""
    start = f"/studies/example/participants/{world.due.number}"
    assert staff.post(f"{start}/visits/baseline/send").status_code == 303
    return f"{start}/messages/1/address-failed"


def reports(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        return list(
            session.scalars(
                select(AuditEvent.actor_kind).where(AuditEvent.action == "message_bounced")
            )
        )


def test_an_address_that_does_not_work_is_noted_once(
    staff: FlaskClient, sessions: Sessions, world: World, url: str, now: datetime
) -> None:
    assert staff.post(url).status_code == 303
    assert staff.post(url).status_code == 303
    assert reports(sessions) == ["user"]
    with sessions.read() as session:
        message = session.get_one(Message, 1)
        assert (message.status, message.problem) == ("bounced", "address_wrong")
        (found,) = messages.bounced(session, world.study, sites=None, now=now)
        assert (found.participant.number, found.visit.code) == (world.due.number, "baseline")
        elsewhere = frozenset({world.elsewhere.site_id})
        assert messages.bounced(session, world.study, sites=elsewhere, now=now) == []
        later = now + timedelta(days=60)
        assert messages.bounced(session, world.study, sites=None, now=later) == []
    page = staff.get(f"/studies/example/participants/{world.due.number}").get_data(as_text=True)
    assert "staff say the address does not work" in page
    assert url not in page


def test_others_cannot_report_it(
    as_user: Callable[[str], FlaskClient], sessions: Sessions, url: str
) -> None:
    assert as_user("analyst").post(url).status_code == 403
    assert as_user("other").post(url).status_code == 404
    assert reports(sessions) == []


def test_a_message_of_somebody_else_does_not_exist(
    staff: FlaskClient, world: World, url: str
) -> None:
    assert staff.post(url.replace(world.due.number, world.closing.number)).status_code == 404


def test_a_text_message_is_not_sent_where_none_is_set_up(staff: FlaskClient, world: World) -> None:
    send = f"/studies/example/participants/{world.due.number}/visits/baseline/send"
    assert staff.post(send, data={"channel": "sms"}).status_code == 409
