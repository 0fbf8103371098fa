"""Calls for help: a patient whose link leads nowhere tells the clinic, and staff settle it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.audit import audited
from qol_app.db.models import HelpRequest, Participant, Study, Visit
from qol_app.domain import actor as actors
from qol_app.domain.actor import Actor
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.domain.events import Action
from qol_app.services import refusals, staff_messages
from qol_app.services.opened import OpenSurvey
from qol_app.services.sites import of_sites
from qol_app.services.staff_messages import StaffMessageKind

LONGEST_NOTE = 500


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call for help that waits, and whose it is."""

    request: HelpRequest
    visit: Visit
    participant: Participant


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call that waits now, and whom to tell of it."""

    request: HelpRequest
    mails: tuple[int, ...] = ()
    """Messages to staff to be sent once this is committed; none where it waited before."""


def ask(session: Session, found: OpenSurvey, *, now: datetime) -> Asked | None:
    """Tell the clinic that a link leads nowhere: on the worklist, and by a mail to its staff.

    At most one call waits for each visit: asking again while it does changes nothing. Nothing is
    stored if the link can be used, or after a death, a withdrawal or the end of the
    questionnaires.
    """
    error = refusals.error_of(session, found, now=now)
    if error is None:
        return None
    visit = session.get_one(Visit, found.visit.id, with_for_update=True)
    refusal = refusals.read(session, found, error, now=now)
    if not refusal.may_ask:
        return None
    waiting = refusals.open_request(session, visit.id)
    if waiting is not None:
        return Asked(request=waiting)
    with audited(
        session,
        actor=actors.link(found.link_id),
        action=Action.HELP_ASKED,
        now=now,
        study_id=found.visit.participant.study_id,
        participant_id=found.visit.participant.id,
    ):
        request = HelpRequest(
            visit_id=visit.id, link_id=found.link_id, why=refusal.why, asked_at=now
        )
        session.add(request)
        session.flush()
        mails = staff_messages.plan(session, StaffMessageKind.HELP, request.id, now=now)
    return Asked(request=request, mails=tuple(mails))


def waiting(session: Session, study: Study, *, sites: frozenset[int] | None) -> list[Call]:
    """Return the calls that wait, the longest first.

    Args:
        sites: Site ids to look at; None means all of the study.
    """
    query = (
        select(HelpRequest)
        .join(HelpRequest.visit)
        .where(HelpRequest.settled_at.is_(None), of_sites(study, sites))
        .order_by(HelpRequest.asked_at, HelpRequest.id)
        .options(
            joinedload(HelpRequest.visit).joinedload(Visit.participant).joinedload(Participant.site)
        )
    )
    return [
        Call(request=request, visit=request.visit, participant=request.visit.participant)
        for request in session.scalars(query)
    ]


def settle(
    session: Session,
    participant: Participant,
    request_id: int,
    *,
    note: str | None,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> HelpRequest:
    """Note that a participant's call was seen to. Settling twice is a no-op.

    Raises:
        NotFound: the participant has no such call.
        InvalidInput: the note is too long.
    """
    request = session.get(HelpRequest, request_id, with_for_update=True)
    if request is None or request.visit.participant_id != participant.id:
        raise NotFound(f"participant {participant.number} has no call {request_id}")
    if note is not None and len(note) > LONGEST_NOTE:
        raise InvalidInput([f"note: at most {LONGEST_NOTE} characters"])
    if request.settled_at is not None:
        return request
    with audited(
        session,
        actor=actor,
        action=Action.HELP_SETTLED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        request.settled_at = now
        request.settled_by = user_id
        request.note = note
    return request
