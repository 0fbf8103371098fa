"""Answers that came lately, as the worklist tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.models import Participant, Response, Study, Visit
from qol_app.services.sites import at_sites

LATELY = timedelta(days=7)
"""How far back the worklist tells which answers arrived."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A visit whose forms were all sent, and when the last of them came."""

    visit: Visit
    participant: Participant
    at: datetime


def lately(
    session: Session, study: Study, *, sites: frozenset[int] | None, now: datetime, limit: int = 8
) -> list[Arrival]:
    """Return the visits whose last form arrived in the last seven days, newest first."""
    lately = select(Response.visit_id).where(Response.submitted_at >= now - LATELY)
    came = (
        select(Response.visit_id, func.max(Response.submitted_at).label("at"))
        .where(Response.visit_id.in_(lately))
        .group_by(Response.visit_id)
        .having(func.count() == func.count(Response.submitted_at))
        .subquery()
    )
    query = (
        select(Visit, came.c.at)
        .join(Visit.participant)
        .join(came, came.c.visit_id == Visit.id)
        .where(*at_sites(study, sites))
        .order_by(came.c.at.desc(), Visit.id)
        .limit(limit)
        .options(joinedload(Visit.participant).joinedload(Participant.site))
    )
    return [
        Arrival(visit=visit, participant=visit.participant, at=at)
        for visit, at in session.execute(query)
    ]
