"""Read alerts as staff see them, and acknowledge one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.audit import audited
from qol_app.db.models import (
    Alert,
    Participant,
    Response,
    Score,
    StaffMessage,
    Study,
    User,
    Visit,
)
from qol_app.domain.actor import Actor
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.events import Action
from qol_app.services.outbox import MessageStatus
from qol_app.services.staff_messages import StaffMessageKind
from questionnaires.model import Value

ABOUT_ALERTS = (StaffMessageKind.ALERT, StaffMessageKind.ALERT_WAITING)

NEWEST = 100
"""Acknowledged alerts that a list shows at most."""


def unacknowledged(session: Session, study: Study, *, sites: frozenset[int] | None) -> list[Alert]:
    """Return the alerts that wait for somebody: escalated ones first, then by age.

    Args:
        sites: Site ids to look at; None means all of the study.
    """
    query = _of(study, sites).where(Alert.acknowledged_at.is_(None))
    return list(session.scalars(query.order_by(Alert.escalated_at.is_(None), Alert.id)))


def acknowledged(session: Session, study: Study, *, sites: frozenset[int] | None) -> list[Alert]:
    """Return the alerts that somebody has acknowledged, newest first; takes ``sites`` as above."""
    query = _of(study, sites).where(Alert.acknowledged_at.is_not(None))
    return list(session.scalars(query.order_by(Alert.acknowledged_at.desc()).limit(NEWEST)))


def find(session: Session, study: Study, alert_id: int, *, sites: frozenset[int] | None) -> Alert:
    """Return one alert. Raises NotFound if there is none at these sites."""
    found = session.scalar(_of(study, sites).where(Alert.id == alert_id))
    if found is None:
        raise NotFound(f"no alert {alert_id}")
    return found


def _of(study: Study, sites: frozenset[int] | None) -> Select[Alert]:
    query = (
        select(Alert)
        .join(Alert.participant)
        .where(Participant.study_id == study.id)
        .options(
            joinedload(Alert.participant).joinedload(Participant.site),
            joinedload(Alert.response).options(
                joinedload(Response.visit).joinedload(Visit.protocol),
                joinedload(Response.form_version),
            ),
        )
    )
    return query if sites is None else query.where(Participant.site_id.in_(sites))


def standing(session: Session, alert: Alert) -> Value:
    """Return the answer or the newest score that stands now where a rule was met."""
    response = alert.response
    if "item" in alert.cause:
        answer: Value = response.answers.get(alert.cause["item"])
        return answer
    newest = select(Score.value).where(
        Score.response_id == response.id,
        Score.revision == response.score_revision,
        Score.scale == alert.cause["scale"],
    )
    return session.scalar(newest)


@dataclass(frozen=True, kw_only=True)
class Mailed:
    """How many users the mails about an alert reached, have yet to reach, or did not reach."""

    sent: int
    waiting: int
    failed: int

    @property
    def is_none(self) -> bool:
        """Whether nobody was mailed at all."""
        return self.sent + self.waiting + self.failed == 0


def mailed(session: Session, alert: Alert) -> Mailed:
    """Return what came of the mails about an alert."""
    query = select(StaffMessage.user_id, StaffMessage.status).where(
        StaffMessage.about_id == alert.id, StaffMessage.kind.in_(ABOUT_ALERTS)
    )
    users: dict[str, set[int]] = {}
    for user_id, status in session.execute(query):
        users.setdefault(status, set()).add(user_id)
    sent = users.get(MessageStatus.SENT, set())
    on_the_way = users.get(MessageStatus.PLANNED, set()) | users.get(MessageStatus.SENDING, set())
    failed = users.get(MessageStatus.FAILED, set())
    return Mailed(
        sent=len(sent), waiting=len(on_the_way - sent), failed=len(failed - sent - on_the_way)
    )


def acknowledged_by(session: Session, alert: Alert) -> str:
    """Return the name of who acknowledged an alert; empty while nobody has."""
    if alert.acknowledged_by is None:
        return ""
    return session.get_one(User, alert.acknowledged_by).name


def acknowledge(
    session: Session, alert: Alert, *, note: str, user_id: int, actor: Actor, now: datetime
) -> bool:
    """Say that somebody takes care of an alert, and how. The first to say so stands.

    Returns whether it was acknowledged now.

    Raises:
        InvalidInput: the note is empty.
    """
    if not note.strip():
        raise InvalidInput(["note: write down what was done"])
    _lock(session, alert)
    if alert.acknowledged_at is not None:
        return False
    with audited(
        session,
        actor=actor,
        action=Action.ALERT_ACKNOWLEDGED,
        now=now,
        study_id=alert.participant.study_id,
        participant_id=alert.participant_id,
        reason=note.strip(),
    ):
        alert.acknowledged_at, alert.acknowledged_by = now, user_id
        alert.note = note.strip()
    return True


def _lock(session: Session, alert: Alert) -> None:
    """Lock the alert's row and read it anew, so that only one of two is the first."""
    query = select(Alert).where(Alert.id == alert.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()
