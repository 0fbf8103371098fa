"""Submit the forms of a visit: they close for good, and say who helped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Response, Visit
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action
from qol_app.domain.helpers import Helper
from qol_app.services import facts


def submit_visit(
    session: Session,
    visit: Visit,
    *,
    mode: str,
    actor: Actor,
    now: datetime,
    answered_on: date | None = None,
    instruments: Collection[str] | None = None,
    helper: Helper | None = None,
) -> bool:
    """Close the forms of a visit for good. Submitting twice is a no-op, so a retry is safe.

    Args:
        answered_on: The date on which they were answered, where that is known from elsewhere
            (an import); None means today at the site.
        instruments: The instruments whose forms are closed; None means all of the visit's.
        helper: Who helped, as the participant says; None where that was not said or asked.

    Returns whether anything was submitted now.
    """
    chosen = [r for r in visit.responses if instruments is None or r.instrument_id in instruments]
    waiting = [
        response
        for response in (lock(session, each) for each in chosen)
        if response.submitted_at is None
    ]
    if not waiting:
        return False
    participant = visit.participant
    with audited(
        session,
        actor=actor,
        action=Action.RESPONSE_SUBMITTED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        for response in waiting:
            response.submitted_at = now
            response.answered_on = answered_on or facts.today_of(participant, now)
            response.mode = mode
            response.helper = helper
    return True


def lock(session: Session, response: Response) -> Response:
    """Lock a response's row and read it anew, so that its answers are the latest."""
    return session.scalars(
        select(Response)
        .where(Response.id == response.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
