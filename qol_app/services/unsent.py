"""Questionnaires begun on a shared tablet and not sent: their last answers may still lie on it.

A tablet keeps what it could not send and sends it once it is online, locked or not. The server
cannot see that; it sees which visits were begun on a tablet that nobody holds any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.models import (
    AnswerEvent,
    Handover,
    Participant,
    Response,
    Study,
    SurveyLink,
    Tablet,
    Visit,
)
from qol_app.domain.tablet_check import Ending
from qol_app.services import handovers
from qol_app.services.sites import of_sites
from qol_app.services.worklist import ZONE_MARGIN


@dataclass(frozen=True, kw_only=True)
class Unsent:
    """A visit begun on a tablet."""

    tablet: Tablet
    visit: Visit
    participant: Participant
    begun_at: datetime
    last_arrived_at: datetime | None
    """When the last answer to the visit arrived; None if none has."""


def on_tablets(
    session: Session, study: Study, *, sites: frozenset[int] | None, now: datetime
) -> list[Unsent]:
    """Return the open visits begun on a tablet that nobody holds any more, newest first.

    Args:
        sites: Site ids to look at; None means all of the study.
    """
    query = (
        select(Handover)
        .join(Handover.link)
        .join(SurveyLink.visit)
        .where(
            of_sites(study, sites),
            Handover.confirmed_at.is_not(None),
            or_(Handover.ended_as.is_(None), Handover.ended_as != Ending.FINISHED),
            Visit.closes_on >= now.date() - ZONE_MARGIN,
            Visit.responses.any(Response.submitted_at.is_(None)),
        )
        .order_by(Handover.id.desc())
        .options(
            joinedload(Handover.tablet),
            joinedload(Handover.link)
            .joinedload(SurveyLink.visit)
            .joinedload(Visit.participant)
            .joinedload(Participant.site),
        )
    )
    newest: dict[int, Handover] = {}
    for handover in session.scalars(query):
        newest.setdefault(handover.link.visit_id, handover)
    arrived = _last_arrived(session, newest)
    return [
        _unsent(handover, arrived.get(visit_id))
        for visit_id, handover in newest.items()
        if not handovers.is_open(session, handover, now=now)
    ]


def _last_arrived(session: Session, visits: dict[int, Handover]) -> dict[int, datetime]:
    query = (
        select(Response.visit_id, func.max(AnswerEvent.received_at))
        .join(AnswerEvent, AnswerEvent.response_id == Response.id)
        .where(Response.visit_id.in_(list(visits)))
        .group_by(Response.visit_id)
    )
    return {visit_id: at for visit_id, at in session.execute(query)}


def _unsent(handover: Handover, last_arrived_at: datetime | None) -> Unsent:
    visit = handover.link.visit
    return Unsent(
        tablet=handover.tablet,
        visit=visit,
        participant=visit.participant,
        begun_at=handover.confirmed_at or handover.handed_at,
        last_arrived_at=last_arrived_at,
    )
