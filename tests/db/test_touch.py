"""What may be written outside the audit: derived columns, in a session that writes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from qol_app.db.audit import UnauditedWrite, touch
from qol_app.db.models import SignIn
from qol_app.db.session import Sessions
from qol_app.services import sign_ins
from tests import builders


def test_a_derived_column_is_written_without_an_event(session: Session, now: datetime) -> None:
    user = builders.newcomer(session, now, "nurse")
    key = sign_ins.start(session, user, device="", now=now)
    found = sign_ins.running(session, key, user, now=now)
    assert found is not None
    events = builders.count_audit(session)
    touch(session, SignIn, found.id, last_seen_at=now + timedelta(hours=1))
    assert found.last_seen_at == now + timedelta(hours=1)
    assert builders.count_audit(session) == events


def test_no_other_column_is_written_so(session: Session, now: datetime) -> None:
    with pytest.raises(UnauditedWrite, match="ended_at"):
        touch(session, SignIn, 1, last_seen_at=now, ended_at=now)


def test_a_reading_session_writes_nothing(sessions: Sessions, now: datetime) -> None:
    with sessions.read() as session, pytest.raises(UnauditedWrite):
        touch(session, SignIn, 1, last_seen_at=now)
