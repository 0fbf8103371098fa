"""Why a survey link leads nowhere now, with all that its patient has to be told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qol_app.db.models import HelpRequest, Participant, Response, SurveyLink, Visit
from qol_app.domain.compliance import ended
from qol_app.domain.errors import (
    AlreadySubmitted,
    LinkEnded,
    LinkExpired,
    LinkRevoked,
    LinkSuperseded,
    QolError,
)
from qol_app.domain.keying import Source
from qol_app.services import facts, studies, survey
from qol_app.services.opened import OpenSurvey

WRONG_VISIT = "wrong_visit"
"""Why, where the visit of the link is over and another one of the participant is open."""

_OVER = (LinkExpired.code, AlreadySubmitted.code)


@dataclass(frozen=True, kw_only=True)
class OtherVisit:
    """A visit of the same participant that is open now. The link does not open it."""

    name: Mapping[str, str]
    last_day: date


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a link leads nowhere; ``why`` is the code of the error, or WRONG_VISIT."""

    why: str
    today: date
    """The date at the site, as are the others."""
    opens_on: date
    last_day: date
    sent_on: date | None
    is_keyed: bool
    """Whether the clinic entered all the answers, from paper or from an interview."""
    withdrawn_on: date | None
    replaced_on: date | None
    """When the newest good link to the same visit was made."""
    has_answers: bool
    open_now: OtherVisit | None
    is_told: bool
    """Whether the clinic has been asked and has not seen to it yet."""
    may_ask: bool
    """Whether the clinic may be asked; nobody is urged to after a death or a withdrawal."""


def error_of(session: Session, found: OpenSurvey, *, now: datetime) -> QolError | None:
    """Return why the link cannot be used now, or None if it can."""
    if found.is_revoked:
        return withdrawn(session, found)
    try:
        survey.check_open(found.visit, now=now)
    except QolError as error:
        return error
    return None


def withdrawn(session: Session, found: OpenSurvey) -> LinkRevoked | LinkSuperseded:
    """Return the error of a withdrawn link: whether a newer good one took its place."""
    if _newest_good(session, found) is not None:
        return LinkSuperseded("a newer link to this visit is good")
    return LinkRevoked("this survey link was withdrawn")


def _newest_good(session: Session, found: OpenSurvey) -> SurveyLink | None:
    query = select(SurveyLink).where(
        SurveyLink.visit_id == found.visit.id,
        SurveyLink.id > found.link_id,
        SurveyLink.revoked_at.is_(None),
    )
    return session.scalar(query.order_by(SurveyLink.id.desc()).limit(1))


def read(session: Session, found: OpenSurvey, error: QolError, *, now: datetime) -> Refusal:
    """Return what a patient has to be told about a link that leads nowhere.

    After a death, a withdrawal or the end of the questionnaires that is all there is to say,
    whatever has become of the link.
    """
    visit = found.visit
    today = facts.today_of(visit.participant, now)
    person = facts.participant_facts(visit.participant.events)
    has_ended = ended(person, today) is not None
    open_now = None if has_ended else _open_now(session, found, now=now)
    link, newer = session.get_one(SurveyLink, found.link_id), _newest_good(session, found)
    form = facts.visit_facts(visit)
    return Refusal(
        why=LinkEnded.code if has_ended else _why(error.code, open_now),
        today=today,
        opens_on=visit.opens_on,
        last_day=visit.closes_on,
        sent_on=form.submitted_on,
        is_keyed=form.submitted_on is not None and _is_keyed(session, visit.id),
        withdrawn_on=_day(found, link.revoked_at),
        replaced_on=_day(found, newer.issued_at) if newer else None,
        has_answers=form.any_answer,
        open_now=open_now,
        is_told=open_request(session, visit.id) is not None,
        may_ask=not has_ended,
    )


def _why(code: str, open_now: OtherVisit | None) -> str:
    return WRONG_VISIT if code in _OVER and open_now is not None else code


def _is_keyed(session: Session, visit_id: int) -> bool:
    modes = session.scalars(select(Response.mode).where(Response.visit_id == visit_id))
    return all(mode in set(Source) for mode in modes)


def _day(found: OpenSurvey, at: datetime | None) -> date | None:
    return facts.today_of(found.visit.participant, at) if at else None


def _open_now(session: Session, found: OpenSurvey, *, now: datetime) -> OtherVisit | None:
    query = (
        select(Visit)
        .where(Visit.participant_id == found.visit.participant.id, Visit.id != found.visit.id)
        .order_by(Visit.number)
        .options(
            selectinload(Visit.responses),
            selectinload(Visit.participant).options(
                selectinload(Participant.events), selectinload(Participant.site)
            ),
        )
    )
    for other in session.scalars(query):
        if facts.eligibility(other, now=now).allowed:
            name = studies.protocol(other.protocol).visit(other.code).name
            return OtherVisit(name=name, last_day=other.closes_on)
    return None


def open_request(session: Session, visit_id: int) -> HelpRequest | None:
    """Return the visit's call for help that waits for the clinic, if there is one."""
    query = select(HelpRequest).where(
        HelpRequest.visit_id == visit_id, HelpRequest.settled_at.is_(None)
    )
    return session.scalar(query.order_by(HelpRequest.id).limit(1))
