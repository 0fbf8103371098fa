"""The staff's worklist: every visit that needs something done, by the ledger's own functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.models import (
    Message,
    Participant,
    Postponement,
    Response,
    Site,
    Study,
    Visit,
)
from qol_app.domain.compliance import WorkState, work_state
from qol_app.services import facts, postponements

ZONE_MARGIN = timedelta(days=1)
"""A site's date is at most one day from the date in UTC."""

LATELY = timedelta(days=7)
"""How far back the worklist tells which answers arrived."""


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What a reader narrows the worklist to; an empty text narrows nothing."""

    site: str = ""
    visit: str = ""
    number: str = ""
    """A part of the study number; case does not matter."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One visit that waits for its forms."""

    visit: Visit
    participant: Participant
    state: WorkState
    is_started: bool
    """Whether the participant has opened a form of it."""
    last_day: date
    """The last day on time or, once that is over, the last day on which forms are accepted."""
    days_left: int
    """Days from today to ``last_day``; 0 is today."""
    last_message: Message | None
    waits: Postponement | None
    """By what the participant asked to wait; on the day itself it waits no more."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A visit whose forms were all sent, and when the last of them came."""

    visit: Visit
    participant: Participant
    at: datetime


ORDER = (WorkState.OVERDUE, WorkState.CLOSING, WorkState.DUE)


def tasks(
    session: Session,
    study: Study,
    *,
    sites: frozenset[int] | None,
    now: datetime,
    narrowing: Narrowing | None = None,
) -> list[Task]:
    """Return the open visits: overdue first, then closing, then due; soonest ending first.

    Args:
        sites: Site ids to look at; None means all of the study.
        narrowing: What to leave out of them; None leaves out nothing.
    """
    query = (
        select(Visit)
        .join(Visit.participant)
        .where(
            *at_sites(study, sites),
            *_within(narrowing or Narrowing()),
            Visit.opens_on <= now.date() + ZONE_MARGIN,
            Visit.closes_on >= now.date() - ZONE_MARGIN,
            Visit.responses.any(Response.submitted_at.is_(None)),
        )
        .options(
            joinedload(Visit.participant).options(
                joinedload(Participant.site),
                joinedload(Participant.contact),
                selectinload(Participant.events),
            ),
            selectinload(Visit.responses),
        )
    )
    visits = session.scalars(query).all()
    ids = [visit.id for visit in visits]
    messages, put_off = _last_messages(session, ids), postponements.latest(session, ids)
    made = (_task(visit, messages, put_off, now=now) for visit in visits)
    found = [task for task in made if task is not None]
    return sorted(found, key=lambda t: (ORDER.index(t.state), t.last_day, t.participant.number))


def at_sites(study: Study, sites: frozenset[int] | None) -> list[ColumnElement[bool]]:
    """Return what holds of the study's participants at these sites; None means all sites."""
    conditions = [Participant.study_id == study.id]
    if sites is not None:
        conditions.append(Participant.site_id.in_(sites))
    return conditions


def _within(by: Narrowing) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if by.site:
        conditions.append(Participant.site.has(Site.code == by.site))
    if by.visit:
        conditions.append(Visit.code == by.visit)
    if by.number:
        conditions.append(Participant.number.icontains(by.number, autoescape=True))
    return conditions


def _task(
    visit: Visit,
    messages: dict[int, Message],
    put_off: dict[int, Postponement],
    *,
    now: datetime,
) -> Task | None:
    window, person = facts.window_of(visit), facts.participant_facts(visit.participant.events)
    today = facts.today_of(visit.participant, now)
    form = facts.visit_facts(visit)
    state, last = work_state(window, form, person, today), put_off.get(visit.id)
    if state is None:
        return None
    last_day = window.closes if state is WorkState.OVERDUE else window.closes_on_time
    return Task(
        visit=visit,
        participant=visit.participant,
        state=state,
        is_started=form.started,
        last_day=last_day,
        days_left=(last_day - today).days,
        last_message=messages.get(visit.id),
        waits=last if last is not None and last.until_on > today else None,
    )


def _last_messages(session: Session, visit_ids: Sequence[int]) -> dict[int, Message]:
    query = select(Message).where(Message.visit_id.in_(visit_ids)).order_by(Message.id)
    return {message.visit_id: message for message in session.scalars(query)}


def arrivals(
    session: Session, study: Study, *, sites: frozenset[int] | None, now: datetime, limit: int = 8
) -> list[Arrival]:
    """Return the visits whose last form arrived in the last seven days, newest first."""
    came = (
        select(Response.visit_id, func.max(Response.submitted_at).label("at"))
        .group_by(Response.visit_id)
        .having(func.count() == func.count(Response.submitted_at))
        .having(func.max(Response.submitted_at) >= now - LATELY)
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
