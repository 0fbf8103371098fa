"""Staff are mailed of an alert at once, without personal data, and again if it waits too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from qol_app.db.audit import audited
from qol_app.db.models import Alert, Study, User
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.domain.events import Action
from qol_app.domain.roles import Role
from qol_app.jobs import Queue, make_queue
from qol_app.messaging import Reason, SendingFailed
from qol_app.services import alert_list, alerts
from tests import builders
from tests.services.test_alerts import Post, actions, answer, mailed, survey


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def queue(sessions: Sessions, post: Post, tmp_path: Path) -> Queue:
    return make_queue(builders.settings(tmp_path, "sqlite://"), sessions, sender=post)


def an_alert(sessions: Sessions, now: datetime, *, with_staff: bool = True) -> int:
    with sessions.write() as session:
        study = builders.study(session, now, "with-alerts")
        builders.user(session, now, Role.ADMIN, of=study)
        if with_staff:
            builders.user(session, now, Role.STAFF, of=study, at="SHA")
        builders.user(session, now, Role.STAFF, of=study, at="BER")
        answer(session, survey(session, study, now), "phq-9", now, q9=1)
        session.commit()
        return session.scalars(select(Alert.id)).one()


def test_the_mail_leads_to_the_alert_and_holds_no_personal_data(
    sessions: Sessions, queue: Queue, post: Post, now: datetime
) -> None:
    number = an_alert(sessions, now)
    with time_machine.travel(now + timedelta(minutes=2)):
        queue.tasks.sweep()
        queue.tasks.sweep()
    assert [mail.to for mail in post.mails] == ["staff-sha@example.org"]
    mail = post.mails[0]
    assert mail.subject == "An answer needs attention (with-alerts)"
    assert f"http://survey.example/studies/with-alerts/alerts/{number}\n" in mail.body
    for secret in ("WA-SHA", "self", "harm", "q9", "phq", "PHQ", "Shanghai", "1960"):
        assert secret not in mail.subject + mail.body.replace("with-alerts", "")
    with sessions.read() as session:
        assert mailed(session) == [("staff-sha", "alert", "sent")]


def test_the_mail_is_in_the_language_of_its_reader(
    sessions: Sessions, queue: Queue, post: Post, now: datetime
) -> None:

    an_alert(sessions, now)
    with sessions.write() as session:
        nurse = session.scalars(select(User).where(User.name == "staff-sha")).one()
        with audited(session, actor=builders.COMMAND, action=Action.USER_CHANGED, now=now):
            nurse.language = "zh-Hans"
        session.commit()
    with time_machine.travel(now + timedelta(minutes=2)):
        queue.tasks.sweep()
    assert post.mails[0].subject == "有回答需要您关注（with-alerts）"


def test_a_site_without_staff_has_the_administrators_told_at_once(
    sessions: Sessions, now: datetime
) -> None:
    an_alert(sessions, now, with_staff=False)
    with sessions.read() as session:
        assert mailed(session) == [("admin-all", "alert", "planned")]


def test_no_mail_server_is_asked_again_for_an_hour(
    sessions: Sessions, queue: Queue, post: Post, now: datetime
) -> None:
    an_alert(sessions, now)
    post.failure = SendingFailed(Reason.UNREACHABLE, permanent=False)
    with time_machine.travel(now + timedelta(minutes=2)):
        queue.tasks.sweep()
    with sessions.read() as session:
        assert mailed(session) == [("staff-sha", "alert", "planned")]
    post.failure = None
    with time_machine.travel(now + timedelta(minutes=3)):
        queue.tasks.sweep()
    with sessions.read() as session:
        assert mailed(session) == [("staff-sha", "alert", "sent")]


def test_a_mail_server_silent_for_an_hour_leaves_the_mail_failed(
    sessions: Sessions, queue: Queue, post: Post, now: datetime
) -> None:
    an_alert(sessions, now)
    post.failure = SendingFailed(Reason.UNREACHABLE, permanent=False)
    with time_machine.travel(now + timedelta(minutes=61)):
        queue.tasks.sweep()
    with sessions.read() as session:
        assert mailed(session) == [("staff-sha", "alert", "failed")]


def test_an_alert_that_nobody_acknowledges_goes_to_administrators_and_staff_once(
    sessions: Sessions, queue: Queue, post: Post, now: datetime
) -> None:
    number = an_alert(sessions, now)
    with time_machine.travel(now + timedelta(hours=23, minutes=59)):
        queue.tasks.sweep()
    assert [mail.to for mail in post.mails] == ["staff-sha@example.org"]
    late = now + timedelta(hours=24)
    with time_machine.travel(late, tick=False):
        queue.tasks.sweep()
        queue.tasks.sweep()
    assert sorted(mail.to for mail in post.mails[1:]) == [
        "admin-all@example.org",
        "staff-sha@example.org",
    ]
    assert {mail.subject for mail in post.mails[1:]} == {
        "An answer still waits for attention (with-alerts)"
    }
    with sessions.read() as session:
        assert session.get_one(Alert, number).escalated_at == late
        assert len(actions(session, "alert_escalated")) == 1


def test_an_acknowledged_alert_is_neither_mailed_nor_escalated(
    sessions: Sessions, queue: Queue, post: Post, now: datetime
) -> None:
    number = an_alert(sessions, now)
    with sessions.write() as session:
        study = session.scalars(select(Study)).one()
        nurse = session.scalars(select(User).where(User.name == "staff-sha")).one()
        alert_list.acknowledge(
            session,
            alert_list.find(session, study, number, sites=None),
            note="Rang her.",
            user_id=nurse.id,
            actor=actors.user(nurse.id),
            now=now,
        )
        session.commit()
    with time_machine.travel(now + timedelta(hours=30)):
        queue.tasks.sweep()
        queue.tasks.escalate_alert(number)
    assert post.mails == []
    with sessions.read() as session:
        assert mailed(session) == [("staff-sha", "alert", "cancelled")]
        assert session.get_one(Alert, number).escalated_at is None
        assert alerts.overdue(session, now=now + timedelta(hours=30)) == []
