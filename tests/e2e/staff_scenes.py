"""What has happened in a study before staff look at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from qol_app.db.models import Visit
from qol_app.domain import actor as actors
from qol_app.domain.postponing import Delay, Reason
from qol_app.services import (
    help_requests,
    links,
    opened,
    patient_answers,
    postponements,
)
from qol_app.services.responses import Answer
from tests import builders
from tests.e2e.stage import Stage

WATCHED = "with-alerts"


def study(code: str, page: str) -> str:
    return f"/studies/{code}/{page}"


def alarm(session: Session, visit: Visit, now: datetime) -> None:
    """The patient answers item 9 of the PHQ-9 with 2."""
    token = builders.link(session, now, visit)
    found = opened.by_token(session, token)
    response = next(
        each for each in found.visit.responses if each.form_version.instrument_id == "phq-9"
    )
    patient_answers.save(
        session,
        found.visit,
        response,
        [Answer(event_id=f"{visit.id}-q9", item="q9", value=2, answered_at=now)],
        wording=opened.wording(session, response, "en"),
        actor=actors.link(found.link_id),
        now=now,
    )


def call(session: Session, visit: Visit, now: datetime) -> None:
    """The patient opens a link that was revoked and tells the clinic."""
    token = builders.link(session, now, visit)
    links.revoke(session, visit, actor=builders.COMMAND, now=now)
    session.flush()
    assert help_requests.ask(session, opened.by_token(session, token), now=now)


def put_off(session: Session, visit: Visit, now: datetime) -> None:
    """The patient feels too ill today."""
    postponements.postpone(
        session, visit, Delay.IN_3_DAYS, Reason.TOO_ILL, actor=builders.COMMAND, now=now
    )


def happened(stage: Stage, *what: Callable[..., None], of: str = "example") -> str:
    """Let this happen, each to a new participant; sign in, and return the last one's number."""
    now = datetime.now(UTC)
    with stage.app.extensions["sessions"].write() as session:
        for each in what or (lambda *_: None,):
            visit = stage.visit(session, study=of)
            each(session, visit, now)
            number = visit.participant.number
        session.commit()
    stage.sign_in(of)
    return number
