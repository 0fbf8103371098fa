"""Writes cannot escape the audit, and the log cannot be changed unnoticed."""

from datetime import datetime

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from qol_app.db.audit import UnauditedWrite, audited, verify
from qol_app.db.models import AuditEvent, Study, User
from qol_app.db.session import Sessions
from qol_app.domain.actor import command
from qol_app.domain.events import Action

ACTOR = command("test")


def a_study(now: datetime) -> Study:
    return Study(code="trial", purpose="rehearsal", created_at=now)


def test_a_change_outside_audited_is_refused(session: Session, now: datetime) -> None:
    session.add(a_study(now))
    with pytest.raises(UnauditedWrite, match="Study written outside"):
        session.flush()


def test_a_bulk_statement_is_refused(session: Session, now: datetime) -> None:
    with pytest.raises(UnauditedWrite):
        session.execute(update(Study).values(purpose="real"))


def test_a_read_session_refuses_every_change(sessions: Sessions, now: datetime) -> None:
    with (
        sessions.read() as session,
        pytest.raises(UnauditedWrite),
        audited(session, actor=ACTOR, action=Action.STUDY_LOADED, now=now),
    ):
        session.add(a_study(now))


def test_one_use_case_leaves_one_event_with_old_and_new_values(
    session: Session, now: datetime
) -> None:
    with audited(session, actor=ACTOR, action=Action.STUDY_LOADED, now=now):
        study = a_study(now)
        session.add(study)
    with audited(
        session, actor=ACTOR, action=Action.PROTOCOL_AMENDED, now=now, reason="licences are here"
    ):
        study.purpose = "real"
    loaded, opened = session.scalars(select(AuditEvent).order_by(AuditEvent.id))
    assert loaded.action == "study_loaded"
    assert loaded.changes[0]["values"]["code"] == "trial"
    assert (opened.actor_kind, opened.actor_id) == ("command", "test")
    assert opened.reason == "licences are here"
    assert opened.changes == [
        {
            "table": "study",
            "id": study.id,
            "kind": "changed",
            "values": {"purpose": ["rehearsal", "real"]},
        }
    ]


def test_a_failed_use_case_leaves_neither_change_nor_event(
    sessions: Sessions, now: datetime
) -> None:
    def fail_half_way(session: Session) -> None:
        with audited(session, actor=ACTOR, action=Action.STUDY_LOADED, now=now):
            session.add(a_study(now))
            session.flush()
            raise ZeroDivisionError

    with sessions.write() as session, pytest.raises(ZeroDivisionError):
        fail_half_way(session)
    with sessions.read() as session:
        assert session.scalars(select(Study)).all() == []
        assert session.scalars(select(AuditEvent)).all() == []


def test_secrets_are_named_but_not_shown(session: Session, now: datetime) -> None:
    with audited(session, actor=ACTOR, action=Action.USER_CREATED, now=now):
        session.add(
            User(
                email="nurse@example.org",
                name="Wang Fang",
                password="argon2-hash",
                fs_uniquifier="0123",
                created_at=now,
            )
        )
    event = session.scalars(select(AuditEvent)).one()
    values = event.changes[0]["values"]
    assert values["password"] == "hidden"
    assert values["email"] == "hidden"
    assert "Wang" not in str(event.changes)


def test_the_database_refuses_to_update_or_delete_the_log(session: Session, now: datetime) -> None:
    with audited(session, actor=ACTOR, action=Action.STUDY_LOADED, now=now):
        session.add(a_study(now))
    session.commit()
    for statement in ("UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_verify_names_the_first_broken_row(sessions: Sessions, now: datetime) -> None:
    with sessions.write() as session:
        for number in range(3):
            with audited(
                session, actor=ACTOR, action=Action.STUDY_LOADED, now=now, reason=str(number)
            ):
                session.add(Study(code=f"trial-{number}", purpose="rehearsal", created_at=now))
        session.commit()
        assert verify(session).count == 3
        assert verify(session).broken_id is None
        second = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)).all()[1]
        _rewrite_history(session, second)
        assert verify(session).broken_id == second


def _rewrite_history(session: Session, event_id: int) -> None:
    """Change a row as somebody with full access to the database server could."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
    else:
        session.execute(text("DROP TRIGGER audit_event_no_update"))
    session.execute(text("UPDATE audit_event SET reason = '9' WHERE id = :id"), {"id": event_id})
