"""How long the questionnaires of a visit take: what this study's own participants needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from statistics import median

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Response, Visit
from qol_app.services.opened import OpenVisit

FEWEST = 5
"""Visits below which nothing is said: a median of fewer is no estimate."""
LATEST = 200
"""Visits that are looked at, newest first."""
LONGEST = timedelta(hours=2)
"""A visit that took longer was left and taken up again; it says nothing about the effort."""
SECONDS = 60
"""In a minute."""


def of_visit(session: Session, visit: OpenVisit) -> int | None:
    """Return the typical minutes of a visit with the forms of ``visit``, as ``typical_minutes``."""
    instruments = [response.form_version.instrument_id for response in visit.responses]
    return typical_minutes(session, visit.participant.study_id, instruments)


def typical_minutes(session: Session, study_id: int, instruments: Sequence[str]) -> int | None:
    """Return the median minutes from start to sending of visits with exactly these forms.

    Counted are visits that participants answered themselves and sent. None while fewer than
    ``FEWEST`` are known. Rounded up to whole minutes, at least 1.
    """
    asked = case((Response.instrument_id.in_(instruments), 1), else_=0)
    query = (
        select(func.min(Response.started_at), func.max(Response.submitted_at))
        .join(Visit, Visit.id == Response.visit_id)
        .join(Participant, Participant.id == Visit.participant_id)
        .where(Participant.study_id == study_id)
        .group_by(Response.visit_id)
        .having(
            func.count() == len(instruments),
            func.sum(asked) == len(instruments),
            func.count(Response.submitted_at) == len(instruments),
            func.sum(case((Response.mode == "patient", 1), else_=0)) == len(instruments),
        )
        .order_by(func.max(Response.submitted_at).desc())
        .limit(LATEST)
    )
    known = [
        (sent - started).total_seconds()
        for started, sent in session.execute(query)
        if started is not None and sent is not None and started < sent <= started + LONGEST
    ]
    if len(known) < FEWEST:
        return None
    return max(1, ceil(median(known) / SECONDS))
