"""The staff's worklist: every visit that needs something done, by the ledger's own functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.models import (
    Message,
    Participant,
    ParticipantEvent,
    Postponement,
    Response,
    Study,
    Visit,
)
from qol_app.domain.compliance import (
    FormFacts,
    FormStatus,
    ParticipantFacts,
    WorkState,
    work_state,
)
from qol_app.domain.events import ENDINGS
from qol_app.domain.schedule import Window, today_at
from qol_app.services import facts, postponements
from qol_app.services.sites import at_sites

ZONE_MARGIN = timedelta(days=1)
"""A site's date is at most one day from the date in UTC."""

ORDER = (WorkState.OVERDUE, WorkState.CLOSING, WorkState.DUE)


class Standing(StrEnum):
    """What the worklist can be narrowed to."""

    OVERDUE = "overdue"
    CLOSING = "closing"
    DUE = "due"
    PUT_OFF = "put_off"
    STARTED = "started"
    NOT_STARTED = "not_started"


class Sort(StrEnum):
    """In which order the worklist stands."""

    URGENCY = "urgency"
    """Overdue, closing, due, then what was put off; the soonest ending first."""
    LAST_DAY = "last_day"
    NUMBER = "number"
    VISIT = "visit"


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What a reader narrows the worklist to; an empty text narrows nothing."""

    site: str = ""
    visit: str = ""
    instrument: str = ""
    """Visits that wait for this instrument's form."""
    standing: Standing | None = None
    number: str = ""
    """A part of the study number; case does not matter."""


class Waiting(NamedTuple):
    """One visit that waits for its forms, in short. There may be thousands of them."""

    visit_id: int
    number: str
    """The study number."""
    place: int
    """The visit's place in the schedule."""
    state: WorkState
    is_started: bool
    """Whether the participant has opened a form of it."""
    is_put_off: bool
    """Whether the participant asked to wait; on the day itself it waits no more."""
    last_day: date
    """The last day on time or, once that is over, the last day on which forms are accepted."""
    days_left: int
    """Days from today to ``last_day``; 0 is today."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One visit that waits, with what is known of it."""

    waiting: Waiting
    visit: Visit
    participant: Participant
    last_message: Message | None
    put_off: Postponement | None
    """By what the participant asked to wait; None if the visit does not wait."""


def waiting(
    session: Session,
    study: Study,
    *,
    sites: frozenset[int] | None,
    now: datetime,
    narrowing: Narrowing | None = None,
    sort: Sort = Sort.URGENCY,
) -> list[Waiting]:
    """Return the open visits, sorted; a study's thousands in tenths of a second.

    Args:
        sites: Site ids to look at; None means all of the study.
        narrowing: What to leave out of them; None leaves out nothing.
    """
    by = narrowing or Narrowing()
    days = {
        site.id: today_at(ZoneInfo(site.timezone), now)
        for site in study.sites
        if (sites is None or site.id in sites) and by.site in ("", site.code)
    }
    people, put_off = _endings(session, study, sites), _put_off(session, now)
    found = []
    for row in session.connection().execute(_visits(by, now)).all():
        visit_id, participant_id, site_id, number, place, started, reason, *dates = row
        today = days.get(site_id)
        if today is None:
            continue
        state, last_day = _state(*dates, reason, people[participant_id], today)
        if state is None:
            continue
        each = Waiting(
            visit_id,
            number,
            place,
            state,
            is_started=started > 0,
            is_put_off=put_off.get(visit_id, today) > today,
            last_day=last_day,
            days_left=(last_day - today).days,
        )
        if _stands(each, by.standing):
            found.append(each)
    return sorted(found, key=_KEYS[sort])


def _may_be_open(by: Narrowing, now: datetime) -> list[ColumnElement[bool]]:
    """Return what holds of the visits whose window may be open, in whichever study."""
    conditions: list[ColumnElement[bool]] = [
        Visit.opens_on <= now.date() + ZONE_MARGIN,
        Visit.closes_on >= now.date() - ZONE_MARGIN,
    ]
    if by.visit:
        conditions.append(Visit.code == by.visit)
    if by.instrument:
        asked = (Response.instrument_id == by.instrument) & Response.submitted_at.is_(None)
        conditions.append(Visit.responses.any(asked))
    return conditions


def _visits(by: Narrowing, now: datetime) -> Select[*tuple[Any, ...]]:
    """Select the visits that may be open and have a form that was not sent."""
    forms = _forms(_may_be_open(by, now)).subquery()
    query = (
        select(
            *(Visit.id, Participant.id, Participant.site_id, Participant.number, Visit.number),
            *(forms.c.started, forms.c.reason),
            *(Visit.opens_on, Visit.target_on, Visit.on_time_until, Visit.closes_on),
        )
        .select_from(forms)
        .join(Visit, Visit.id == forms.c.visit_id)
        .join(Participant, Participant.id == Visit.participant_id)
    )
    if by.number:
        query = query.where(Participant.number.icontains(by.number, autoescape=True))
    return query


def _forms(conditions: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """Select by visit how many forms were begun, and why its unsent ones are missing.

    The reason is that of ``facts.visit_reason``: none as long as one form has none, and declined
    only if all were.
    """
    unsent = Response.submitted_at.is_(None)
    other = unsent & (Response.missing_reason != FormStatus.DECLINED)
    explained = func.count(case((unsent, Response.missing_reason)))
    reason = func.coalesce(func.max(case((other, Response.missing_reason))), FormStatus.DECLINED)
    return (
        select(
            Response.visit_id,
            func.count(Response.started_at).label("started"),
            case((explained == func.count(case((unsent, 1))), reason)).label("reason"),
        )
        .where(Response.visit_id.in_(select(Visit.id).where(*conditions)))
        .group_by(Response.visit_id)
        .having(func.count(case((unsent, 1))) > 0)
    )


def _endings(
    session: Session, study: Study, sites: frozenset[int] | None
) -> defaultdict[int, ParticipantFacts]:
    """Return by participant the events that ended the questionnaires."""
    query = select(
        ParticipantEvent.participant_id,
        ParticipantEvent.kind,
        ParticipantEvent.happened_on,
        ParticipantEvent.struck_at,
    )
    query = query.join(ParticipantEvent.participant).where(
        *at_sites(study, sites), ParticipantEvent.kind.in_(ENDINGS)
    )
    events = defaultdict[int, list[Any]](list)
    for event in session.execute(query):
        events[event.participant_id].append(event)
    nothing = ParticipantFacts()
    known = {person: facts.participant_facts(happened) for person, happened in events.items()}
    return defaultdict(lambda: nothing, known)


def _put_off(session: Session, now: datetime) -> dict[int, date]:
    """Return until when visits were put off last, by visit; long past ones are left out."""
    lately = select(Postponement.visit_id).where(Postponement.until_on > now.date() - ZONE_MARGIN)
    query = (
        select(Postponement.visit_id, Postponement.until_on)
        .where(Postponement.visit_id.in_(lately))
        .order_by(Postponement.id)
    )
    return {visit_id: until_on for visit_id, until_on in session.execute(query)}


@lru_cache(maxsize=4096)
def _state(
    opens: date,
    target: date,
    on_time_until: date,
    closes: date,
    reason: str | None,
    person: ParticipantFacts,
    today: date,
) -> tuple[WorkState | None, date]:
    """Return how urgent a visit is, and its last day; most visits share their dates with others."""
    window = Window(opens=opens, target=target, closes_on_time=on_time_until, closes=closes)
    state = work_state(window, FormFacts(reason=reason), person, today)
    return state, window.closes if state is WorkState.OVERDUE else window.closes_on_time


def _stands(each: Waiting, standing: Standing | None) -> bool:
    if standing is None:
        return True
    if standing is Standing.PUT_OFF:
        return each.is_put_off
    if standing in (Standing.STARTED, Standing.NOT_STARTED):
        return each.is_started is (standing is Standing.STARTED)
    return each.state.value == standing.value and not each.is_put_off


_RANKS = {state: rank for rank, state in enumerate(ORDER)}


def _by_urgency(each: Waiting) -> tuple[Any, ...]:
    return each.is_put_off, _RANKS[each.state], each.last_day, each.number


_KEYS = {
    Sort.URGENCY: _by_urgency,
    Sort.LAST_DAY: lambda each: (each.last_day, each.number),
    Sort.NUMBER: lambda each: (each.number, each.place),
    Sort.VISIT: lambda each: (each.place, each.last_day, each.number),
}


def tasks(session: Session, found: Sequence[Waiting]) -> list[Task]:
    """Return what is known of some visits that wait, in their order."""
    ids = [each.visit_id for each in found]
    query = (
        select(Visit)
        .where(Visit.id.in_(ids))
        .options(
            joinedload(Visit.participant).options(
                joinedload(Participant.site),
                joinedload(Participant.contact),
                selectinload(Participant.events),
            ),
            selectinload(Visit.responses),
        )
    )
    visits = {visit.id: visit for visit in session.scalars(query)}
    messages, put_off = _last_messages(session, ids), postponements.latest(session, ids)
    return [
        Task(
            waiting=each,
            visit=visits[each.visit_id],
            participant=visits[each.visit_id].participant,
            last_message=messages.get(each.visit_id),
            put_off=put_off.get(each.visit_id) if each.is_put_off else None,
        )
        for each in found
    ]


def _last_messages(session: Session, visit_ids: Sequence[int]) -> dict[int, Message]:
    query = select(Message).where(Message.visit_id.in_(visit_ids)).order_by(Message.id)
    return {message.visit_id: message for message in session.scalars(query)}
