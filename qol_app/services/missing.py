"""Reasons for missing forms: which forms want one, what is proposed, and writing it down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.audit import audited
from qol_app.db.models import (
    Message,
    Participant,
    ParticipantEvent,
    Response,
    Study,
    SurveyLink,
    Visit,
)
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict, InvalidInput
from qol_app.domain.events import ENDINGS, Action
from qol_app.domain.missing import MissingReason, propose
from qol_app.domain.postponing import Reason
from qol_app.domain.schedule import WindowState, today_at, window_state
from qol_app.services import facts, postponements
from qol_app.services.outbox import MessageStatus
from qol_app.services.sites import of_sites
from qol_app.services.worklist import ZONE_MARGIN

LONGEST_NOTE = 500
SHOWN = 50
"""Unexplained visits on one page."""

ON_ITS_WAY = frozenset(
    {
        MessageStatus.PLANNED,
        MessageStatus.SENDING,
        MessageStatus.SENT,
        MessageStatus.DELIVERED,
    }
)
"""Messages that may have reached the participant."""

BY_MESSAGE = frozenset({"email", "sms"})
"""Channels of links that a message carries; the others are given out face to face."""


@dataclass(frozen=True, kw_only=True)
class Unexplained:
    """A visit whose window closed with forms missing, and nobody has said why."""

    visit: Visit
    participant: Participant
    proposal: MissingReason | None


@dataclass(frozen=True, kw_only=True)
class UnexplainedVisits:
    """Some of them, lately closed first, and how many there are."""

    shown: tuple[Unexplained, ...]
    total: int


def unexplained(
    session: Session,
    study: Study,
    *,
    sites: frozenset[int] | None,
    now: datetime,
    since: date | None = None,
    page: int = 1,
    size: int = SHOWN,
) -> UnexplainedVisits:
    """Return the visits that want a reason, lately closed first.

    A form that was expected and not sent wants one once its window has closed; none is wanted
    after a death, a withdrawal or the end of the questionnaires.

    Args:
        sites: Site ids to look at; None means all of the study.
        since: Look only at visits that closed on that day or later; None looks at all.
        page: Which of them to return, from 1.
        size: How many of them to return.
    """
    today = {site.id: today_at(ZoneInfo(site.timezone), now) for site in study.sites}
    rows = session.connection().execute(_closed(study, sites, now, since))
    closed = [row.id for row in rows if today[row.site_id] > row.closes_on]
    ids = closed[(page - 1) * size : page * size]
    visits = session.scalars(
        select(Visit)
        .where(Visit.id.in_(ids))
        .order_by(Visit.closes_on.desc(), Visit.id)
        .options(
            joinedload(Visit.participant).options(
                joinedload(Participant.site), selectinload(Participant.events)
            ),
            selectinload(Visit.responses),
        )
    ).all()
    proposals = proposed(session, visits)
    shown = tuple(
        Unexplained(visit=visit, participant=visit.participant, proposal=proposals[visit.id])
        for visit in visits
    )
    return UnexplainedVisits(shown=shown, total=len(closed))


def _closed(
    study: Study, sites: frozenset[int] | None, now: datetime, since: date | None
) -> Select[int, date, int]:
    """Select id, site and last day of the visits, lately closed first."""
    ended = exists().where(
        ParticipantEvent.participant_id == Visit.participant_id,
        ParticipantEvent.kind.in_(ENDINGS),
        ParticipantEvent.happened_on <= Visit.closes_on,
        ParticipantEvent.struck_at.is_(None),
    )
    wanting = Visit.responses.any(
        (Response.submitted_at.is_(None)) & (Response.missing_reason.is_(None))
    )
    query = (
        select(Visit.id, Visit.closes_on, Participant.site_id)
        .join(Visit.participant)
        .where(
            of_sites(study, sites),
            Visit.closes_on < now.date() + ZONE_MARGIN,
            wanting,
            ~ended,
        )
        .order_by(Visit.closes_on.desc(), Visit.id)
    )
    return query if since is None else query.where(Visit.closes_on >= since)


def proposed(session: Session, visits: Collection[Visit]) -> dict[int, MissingReason | None]:
    """Return by visit id the reason that what happened suggests."""
    ids = [visit.id for visit in visits]
    put_off = postponements.latest(session, ids)
    made, sent = _made(session, ids), _sent(session, ids)
    found = {}
    for visit in visits:
        statuses, shown = sent[visit.id], made[visit.id]
        last = put_off.get(visit.id)
        found[visit.id] = propose(
            postponed=Reason(last.reason) if last else None,
            offered=bool(statuses or shown),
            arrived=bool(statuses & ON_ITS_WAY) or bool(shown - BY_MESSAGE),
            opened=any(response.started_at is not None for response in visit.responses),
        )
    return found


def _made(session: Session, visit_ids: Collection[int]) -> dict[int, set[str]]:
    query = select(SurveyLink.visit_id, SurveyLink.channel).where(
        SurveyLink.visit_id.in_(visit_ids)
    )
    return _grouped(session.execute(query))


def _sent(session: Session, visit_ids: Collection[int]) -> dict[int, set[str]]:
    query = select(Message.visit_id, Message.status).where(Message.visit_id.in_(visit_ids))
    return _grouped(session.execute(query))


def _grouped(rows: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found = defaultdict[int, set[str]](set)
    for visit_id, word in rows:
        found[visit_id].add(word)
    return found


def set_reason(
    session: Session,
    visit: Visit,
    instruments: Collection[str],
    reason: MissingReason,
    *,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> int:
    """Write down why forms of a visit are missing; return for how many it is news.

    A reason may be changed as long as the form was not sent; the audit keeps the one before. It
    stays with the form if that is sent after all, and then says nothing.

    Args:
        instruments: The forms, by instrument.
        note: More in words, without names; needed where the reason is ``other``.

    Raises:
        InvalidInput: no form was chosen, one is not of the visit, or the note is missing or too
            long, or ``died`` was given and no death is recorded.
        Conflict: a form was sent, or its window has not opened.
    """
    session.refresh(visit, with_for_update=True)
    forms = [response for response in visit.responses if response.instrument_id in instruments]
    _check(visit, forms, instruments, reason, note.strip())
    today = facts.today_of(visit.participant, now)
    if window_state(facts.window_of(visit), today) is WindowState.NOT_OPEN:
        raise Conflict(f"visit {visit.code} has not opened")
    if any(form.submitted_at is not None for form in forms):
        raise Conflict(f"a form of visit {visit.code} was sent already")
    said = (reason.value, note.strip() or None)
    news = [form for form in forms if (form.missing_reason, form.missing_note) != said]
    if news:
        with audited(
            session,
            actor=actor,
            action=Action.MISSING_REASON_SET,
            now=now,
            study_id=visit.participant.study_id,
            participant_id=visit.participant_id,
        ):
            for form in news:
                form.missing_reason, form.missing_note = said
    return len(news)


def _check(
    visit: Visit,
    forms: Collection[Response],
    instruments: Collection[str],
    reason: MissingReason,
    note: str,
) -> None:
    problems = []
    if not instruments or len(forms) != len(set(instruments)):
        problems.append("forms: choose at least one questionnaire of this visit")
    if reason is MissingReason.OTHER and not note:
        problems.append("note: say in a few words what the other reason is")
    if len(note) > LONGEST_NOTE:
        problems.append(f"note: at most {LONGEST_NOTE} characters")
    died = facts.participant_facts(visit.participant.events).died_on is not None
    if reason is MissingReason.DIED and not died:
        problems.append("reason: record the death as an event first")
    if problems:
        raise InvalidInput(problems)
