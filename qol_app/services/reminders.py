"""Plans what the protocol's reminders want, and tells beforehand who gets what and who does not.

``outlook`` looks at every open visit of a study; ``plan`` stores what it finds. Both judge by
``recipients.judge``, as sending does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.audit import insert_each
from qol_app.db.models import Contact, Message, Participant, Response, Site, Study, Visit
from qol_app.domain import reminders
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action
from qol_app.domain.recipients import Verdict
from qol_app.domain.reminders import Hours, Kind, Step
from qol_app.domain.schedule import Window, today_at
from qol_app.domain.study import Reminders
from qol_app.services import recipients, studies
from qol_app.services.outbox import MessageStatus
from qol_app.services.rows import ResponseRow

Listed = TypeVar("Listed")

BATCH = 1000
"""Visits that are looked at together."""

MARGIN = timedelta(days=2)
"""A site's date and the horizon are together at most two days from the date in UTC."""

_ASKS = (MessageStatus.PLANNED, *recipients.ARRIVED)
"""Statuses of a message that asks, or is going to."""


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit as ``recipients.judge`` reads it."""

    id: int
    code: str
    opens_on: date
    target_on: date
    on_time_until: date
    closes_on: date
    participant: Participant
    responses: Sequence[ResponseRow]


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """One visit that is open or about to open, and what is to be sent about it."""

    visit: OpenVisit
    step: Step | None
    """The message to plan now; None if none is due before tomorrow."""
    due_at: datetime
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What was planned or sent about one visit."""

    keys: frozenset[tuple[str, int]]
    last_at: datetime | None


def outlook(
    session: Session, study: Study, *, ways: frozenset[str], now: datetime, everyone: bool = False
) -> Iterator[Prospect]:
    """Yield the messages to plan, with those that nobody gets and why.

    Args:
        ways: The channels that this deployment serves.
        everyone: Yield every open visit, those without a message to plan and those whose forms
            were all sent included.
    """
    rules = studies.in_force(study).reminders
    if rules is None:
        return
    found = _wanted(session, study, rules, now=now, everyone=everyone)
    for batch in _batches(list(found.items())):
        yield from _judged(session, dict(batch), reminders.hours(rules), ways=ways, now=now)


def _batches(values: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _wanted(
    session: Session, study: Study, rules: Reminders, *, now: datetime, everyone: bool
) -> dict[int, list[Step]]:
    """Return the steps to plan by visit; all it reads are dates, so that it may be often asked."""
    asked = _asked(session, study, now=now)
    nothing = _Asked(keys=frozenset(), last_at=None)
    found: dict[int, list[Step]] = {}
    for visit_id, *dates, enrolled_at, timezone in session.execute(_open(study, now, everyone)):
        zone = ZoneInfo(timezone)
        before = asked.get(visit_id, nothing)
        every = reminders.steps(rules, _window(dates), enrolled_on=today_at(zone, enrolled_at))
        chosen = reminders.wanted(
            every,
            planned=before.keys,
            asked_on=today_at(zone, before.last_at) if before.last_at else None,
            today=today_at(zone, now),
        )
        if chosen or everyone:
            found[visit_id] = chosen
    return found


def _open(study: Study, now: datetime, everyone: bool) -> Any:
    query = (
        select(
            Visit.id,
            Visit.opens_on,
            Visit.target_on,
            Visit.on_time_until,
            Visit.closes_on,
            Participant.enrolled_at,
            Site.timezone,
        )
        .join(Visit.participant)
        .join(Participant.site)
        .where(
            Participant.study_id == study.id,
            Visit.opens_on <= now.date() + MARGIN,
            Visit.closes_on >= now.date() - MARGIN,
        )
        .order_by(Participant.number, Visit.number)
    )
    return query if everyone else query.where(Visit.responses.any(Response.submitted_at.is_(None)))


def _window(dates: Sequence[date]) -> Window:
    opens, target, closes_on_time, closes = dates
    return Window(opens=opens, target=target, closes_on_time=closes_on_time, closes=closes)


def _asked(session: Session, study: Study, *, now: datetime) -> dict[int, _Asked]:
    query = (
        select(
            Message.visit_id,
            Message.kind,
            Message.number,
            Message.status,
            Message.sent_at,
            Message.due_at,
            Message.planned_at,
        )
        .join(Participant, Participant.id == Message.participant_id)
        .join(Visit, Visit.id == Message.visit_id)
        .where(Participant.study_id == study.id, Visit.closes_on >= now.date() - MARGIN)
    )
    asked: dict[int, _Asked] = {}
    for visit_id, kind, number, status, *moments in session.execute(query):
        before = asked.get(visit_id)
        at = next(moment for moment in moments if moment is not None) if status in _ASKS else None
        times = [moment for moment in (at, before.last_at if before else None) if moment]
        keys = before.keys if before else frozenset()
        asked[visit_id] = _Asked(keys=keys | {(kind, number)}, last_at=max(times, default=None))
    return asked


def _judged(
    session: Session,
    wanted: Mapping[int, list[Step]],
    within: Hours,
    *,
    ways: frozenset[str],
    now: datetime,
) -> Iterator[Prospect]:
    visits = {visit.id: visit for visit in _visits(session, wanted)}
    beside = recipients.known(session, visits.values())
    for visit_id, steps in wanted.items():
        visit = visits[visit_id]
        zone = ZoneInfo(visit.participant.site.timezone)
        none_due: list[Step | None] = [None]
        for step in steps or none_due:
            moment = max(now, reminders.due_at(step, zone, within)) if step else now
            due_at = reminders.next_moment(within, zone, moment)
            kind = step.kind if step else Kind.INVITATION
            yield Prospect(
                visit=visit,
                step=step,
                due_at=due_at,
                verdict=recipients.judge(visit, kind, beside, ways=ways, now=due_at),
            )


def _visits(session: Session, visit_ids: Iterable[int]) -> list[OpenVisit]:
    """Read visits as plain values: thousands of forms as objects would take most of the time."""
    ids = list(visit_ids)
    forms = _forms(session, ids)
    query = (
        select(
            Visit.id,
            Visit.code,
            Visit.opens_on,
            Visit.target_on,
            Visit.on_time_until,
            Visit.closes_on,
            Participant,
        )
        .join(Visit.participant)
        .where(Visit.id.in_(ids))
        .options(
            joinedload(Participant.site),
            joinedload(Participant.contact).load_only(
                Contact.has_email, Contact.has_phone, Contact.changed_at
            ),
            selectinload(Participant.events),
        )
    )
    return [
        OpenVisit(*row, responses=forms.get(row.id, []))  # the columns in the order of its fields
        for row in session.execute(query)
    ]


def _forms(session: Session, visit_ids: list[int]) -> dict[int, list[Any]]:
    query = select(
        Response.visit_id,
        Response.started_at,
        Response.last_activity_at,
        Response.submitted_at,
        Response.answered_on,
        Response.missing_reason,
        Response.answers,
    ).where(Response.visit_id.in_(visit_ids))
    forms: dict[int, list[Any]] = {}
    for row in session.execute(query):
        forms.setdefault(row.visit_id, []).append(row)
    return forms


def plan(
    session: Session, study: Study, *, ways: frozenset[str], actor: Actor, now: datetime
) -> int:
    """Put what is due until tomorrow into the outbox; return how many messages that is.

    Planning twice plans nothing twice, by two processes at once neither: the second waits for
    the first and finds its messages.
    """
    session.refresh(study, with_for_update=True)
    rows = [
        _row(prospect, prospect.step, now)
        for prospect in outlook(session, study, ways=ways, now=now)
        if prospect.verdict.channel is not None and prospect.step is not None
    ]
    insert_each(
        session,
        Message,
        rows,
        key=("participant_id", "visit_id", "kind", "number"),
        actor=actor,
        action=Action.MESSAGE_PLANNED,
        now=now,
        study_id=study.id,
    )
    return len(rows)


def _row(prospect: Prospect, step: Step, now: datetime) -> dict[str, Any]:
    participant = prospect.visit.participant
    return {
        "participant_id": participant.id,
        "visit_id": prospect.visit.id,
        "kind": step.kind.value,
        "number": step.number,
        "channel": str(prospect.verdict.channel),
        "language": participant.language,
        "status": MessageStatus.PLANNED.value,
        "planned_at": now,
        "due_at": prospect.due_at,
    }


def waiting(
    session: Session, study: Study, *, ways: frozenset[str], now: datetime
) -> Iterator[tuple[Message, OpenVisit, Verdict]]:
    """Yield the study's planned messages that are due, judged as sending judges them."""
    query = (
        select(Message)
        .join(Participant, Participant.id == Message.participant_id)
        .where(Participant.study_id == study.id, Message.status == MessageStatus.PLANNED)
        .order_by(Message.due_at, Message.id)
    )
    due = [each for each in session.scalars(query) if each.due_at is None or each.due_at <= now]
    for batch in _batches(due):
        visits = {visit.id: visit for visit in _visits(session, {m.visit_id for m in batch})}
        beside = recipients.known(session, visits.values())
        for message in batch:
            visit = visits[message.visit_id]
            judged = recipients.judge(
                visit,
                Kind(message.kind),
                beside,
                ways=ways,
                now=now,
                channel=recipients.asked_for(message),
            )
            yield message, visit, judged
