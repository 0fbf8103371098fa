"""Raises the alerts that simulated answers meet; all but the newest have been taken care of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import Alert, Response
from qol_app.domain import actor as actors
from qol_app.services import alert_list, alerts
from qol_app.services.rehearsal import phrases, staff_mail
from qol_app.services.rehearsal.office import Office
from qol_app.services.responses import Answer

SEEN_TO = timedelta(days=10)
"""Alerts older than this were acknowledged."""
SOON = timedelta(hours=2)
"""Time from an alert to its being acknowledged."""
ACTOR = actors.job("score_response")


def look_at(
    session: Session,
    response_ids: Sequence[int],
    *,
    office: Office,
    language: str,
    now: datetime,
) -> None:
    """Raise the alerts of forms that were just sent and scored.

    Args:
        language: Of what staff write.
        now: The end of the rehearsal.
    """
    note = phrases.of(language).alert_seen_to
    for response_id in response_ids:
        response = session.get_one(Response, response_id)
        at = response.submitted_at or now
        given = [
            Answer(item=item, value=value, answered_at=at)
            for item, value in response.answers.items()
        ]
        mails = alerts.check_staff_answers(session, response, given, actor=ACTOR, now=at)
        mails += alerts.check_scores(session, response_id, actor=ACTOR, now=at)
        staff_mail.deliver(session, mails, office=office, now=at)
        if mails and at < now - SEEN_TO:
            _see_to(session, response_id, note=note, office=office, now=at + SOON)


def _see_to(
    session: Session, response_id: int, *, note: str, office: Office, now: datetime
) -> None:
    query = select(Alert).where(Alert.response_id == response_id, Alert.acknowledged_at.is_(None))
    for alert in session.scalars(query).all():
        actor = actors.user(office.nurse)
        alert_list.acknowledge(
            session, alert, note=note, user_id=office.nurse, actor=actor, now=now
        )
