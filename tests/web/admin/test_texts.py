"""A study words its own messages: with a preview, checked, with a history, and back again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent, MessageText
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.domain.recipients import Channel
from qol_app.domain.reminders import Kind
from qol_app.services import message_texts, messages, participants
from qol_app.services.message_texts import Subject
from tests.builders import COMMAND, VAULT
from tests.web.conftest import World

LIST = "/studies/example/texts"
MAIL = f"{LIST}/link/email/en"
OWN = {"subject": "Garden study {study}", "body": "Dear all,\r\n\r\n{link}\r\nuntil {last_day}."}
STORE = {**OWN, "go": "store"}


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    return ("auth", "staff", "admin")


@pytest.fixture
def admin(as_user: Callable[[str], FlaskClient]) -> FlaskClient:
    return as_user("admin")


def changes(sessions: Sessions) -> int:
    with sessions.read() as session:
        query = select(AuditEvent.id).where(AuditEvent.action == "message_text_changed")
        return len(session.scalars(query).all())


def sent(sessions: Sessions, world: World, now: datetime) -> tuple[str, str]:
    """The mail that goes out now, but for its link."""
    with sessions.write() as session:
        person = participants.find(session, world.study, world.due.number)
        visit = participants.visit(session, person, "baseline")
        message = messages.plan(session, visit, actor=COMMAND, now=now)
        claimed = messages.claim(
            session,
            message.id,
            vault=VAULT,
            base_url="https://q.example",
            actor=actors.job("test"),
            now=now,
        )
        assert claimed is not None
        assert claimed.email is not None
        return claimed.email.subject, claimed.email.body


def test_the_list_names_all_messages_and_whose_words_they_are(admin: FlaskClient) -> None:
    assert admin.get(LIST).get_data(as_text=True).count("The platform&#39;s") == 20
    admin.post(MAIL, data=STORE)
    assert "own, version 1" in admin.get(LIST).get_data(as_text=True)


def test_a_preview_shows_an_invented_participant_and_stores_nothing(
    admin: FlaskClient, sessions: Sessions
) -> None:
    page = admin.post(MAIL, data={**OWN, "go": "preview"}).get_data(as_text=True)
    assert "Garden study example" in page
    assert "https://example.org/s/" in page
    assert "until 16 March 2026." in page
    assert changes(sessions) == 0


def test_a_studys_own_text_goes_out_and_the_way_back_is_kept(
    admin: FlaskClient, sessions: Sessions, world: World, now: datetime
) -> None:
    assert admin.post(MAIL, data=STORE).status_code == 303
    assert admin.post(MAIL, data=STORE).status_code == 303
    assert changes(sessions) == 1
    subject, body = sent(sessions, world, now)
    assert subject == "Garden study example"
    assert body.startswith("Dear all,\n\nhttps://q.example/s/")
    assert body.endswith("until 12 March 2026.\n")
    assert admin.post(f"{MAIL}/platform").status_code == 303
    assert admin.post(f"{MAIL}/platform").status_code == 303
    assert changes(sessions) == 2
    of = Subject(kind=Kind.LINK, channel=Channel.EMAIL, language="en")
    with sessions.read() as session:
        current = message_texts.current(session, world.study.id, of)
        rows = session.scalars(select(MessageText).order_by(MessageText.number)).all()
    assert current.subject == "Your questionnaire is ready ({study})"
    assert [(row.number, row.subject, bool(row.body)) for row in rows] == [
        (1, "Garden study {study}", True),
        (2, "", False),
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"body": "{link} {name}"}, "There is no field {name}. Use one of those named below."),
        ({"body": "Hello"}, "The field {link} is missing: without it nobody can answer."),
        ({"subject": "{link}"}, "Move {link} from the subject into the text."),
        ({"body": ""}, "Enter a text."),
    ],
)
def test_a_text_with_a_mistake_is_not_stored(
    admin: FlaskClient, sessions: Sessions, wrong: dict[str, str], told: str
) -> None:
    answer = admin.post(MAIL, data={**STORE, **wrong})
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert changes(sessions) == 0


def test_a_text_message_has_no_subject(admin: FlaskClient, sessions: Sessions) -> None:
    short = f"{LIST}/reminder/sms/en"
    assert 'name="subject"' not in admin.get(short).get_data(as_text=True)
    assert admin.post(short, data={"body": "Now:\n{link}", "go": "store"}).status_code == 303
    with sessions.read() as session:
        assert session.scalars(select(MessageText.body)).one() == "Now: {link}"


def test_others_may_not_change_texts(
    as_user: Callable[[str], FlaskClient], sessions: Sessions
) -> None:
    for name in ("staff", "analyst"):
        client = as_user(name)
        assert client.get(LIST).status_code == 403
        assert client.post(MAIL, data=STORE).status_code == 403
        assert client.post(f"{MAIL}/platform").status_code == 403
    assert changes(sessions) == 0


def test_a_message_that_there_is_not_is_not_found(admin: FlaskClient) -> None:
    assert admin.get(f"{LIST}/link/email/fr").status_code == 404
    assert admin.get(f"{LIST}/alert/email/en").status_code == 404
