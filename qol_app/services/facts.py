"""From rows to the plain facts that the domain's rules take: windows, forms, participants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from qol_app.domain.compliance import FormFacts, FormStatus, ParticipantFacts
from qol_app.domain.eligibility import Eligibility, may_answer
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.schedule import Window, today_at
from qol_app.services.rows import EventRow, ParticipantRow, ResponseRow, VisitRow

Event = TypeVar("Event", bound=EventRow)
NOON = time(12)
"""The time of day of an answer whose date alone is known."""


def window_of(visit: VisitRow) -> Window:
    """Return the window that was planned for a visit."""
    return Window(
        opens=visit.opens_on,
        target=visit.target_on,
        closes_on_time=visit.on_time_until,
        closes=visit.closes_on,
    )


def participant_facts(events: Iterable[EventRow]) -> ParticipantFacts:
    """Return when a participant died, withdrew or stopped: the earliest date of each.

    Events that were struck out as recorded by mistake do not count.
    """
    first: dict[str, date] = {}
    for event in standing(events):
        first[event.kind] = min(event.happened_on, first.get(event.kind, event.happened_on))
    return ParticipantFacts(
        died_on=first.get(ParticipantEventKind.DIED),
        withdrew_on=first.get(ParticipantEventKind.WITHDREW),
        pro_stopped_on=first.get(ParticipantEventKind.PRO_STOPPED),
    )


def standing(events: Iterable[Event]) -> list[Event]:
    """Return the events that nobody has struck out: the only ones that say what happened."""
    return [event for event in events if event.struck_at is None]


def form_facts(response: ResponseRow) -> FormFacts:
    """Return what has become of a form."""
    return FormFacts(
        started=response.started_at is not None,
        submitted_on=response.answered_on if response.submitted_at else None,
        any_answer=any(value is not None for value in response.answers.values()),
        reason=response.missing_reason,
    )


def visit_facts(visit: VisitRow) -> FormFacts:
    """Return what has become of a visit's forms taken together: sent once all are sent."""
    forms = [form_facts(response) for response in visit.responses]
    sent = [form.submitted_on for form in forms if form.submitted_on]
    return FormFacts(
        started=any(form.started for form in forms),
        submitted_on=max(sent) if len(sent) == len(forms) else None,
        any_answer=any(form.any_answer for form in forms),
        reason=visit_reason(form.reason for form in forms if form.submitted_on is None),
    )


def visit_reason(reasons: Iterable[str | None]) -> str | None:
    """Return why a visit's unsent forms are missing, from the reason of each.

    None as long as one of them has none. Declined only if all were: a form that may still come
    keeps the visit open.
    """
    given = list(reasons)
    if not given or None in given:
        return None
    return next((reason for reason in given if reason != FormStatus.DECLINED), given[0])


def today_of(participant: ParticipantRow, now: datetime) -> date:
    """Return the date at the participant's site."""
    return today_at(ZoneInfo(participant.site.timezone), now)


def noon_of(participant: ParticipantRow, day: date) -> datetime:
    """Return noon of a day at the participant's site."""
    return datetime.combine(day, NOON, tzinfo=ZoneInfo(participant.site.timezone))


def eligibility(visit: VisitRow, *, now: datetime) -> Eligibility:
    """Tell whether the visit's forms may be answered now, and if not, why not."""
    return may_answer(
        window_of(visit),
        visit_facts(visit),
        participant_facts(visit.participant.events),
        today=today_of(visit.participant, now),
        now=now,
        last_activity=max(
            (r.last_activity_at for r in visit.responses if r.last_activity_at), default=None
        ),
    )
