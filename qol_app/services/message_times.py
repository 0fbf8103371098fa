"""When a planned message may go out: its step's day, the quiet hours, and what was put back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qol_app.db.models import Message, Visit
from qol_app.domain import reminders
from qol_app.domain.reminders import PLANNED_KINDS, Kind, Step
from qol_app.domain.schedule import today_at
from qol_app.domain.study import Protocol
from qol_app.services import facts, studies

PAUSES = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long a message waits after each try at which nobody took it; then it has failed."""


def steps(protocol: Protocol, visit: Visit) -> dict[tuple[str, int], Step]:
    """Return the messages that the protocol wants for a visit, by kind and number."""
    if protocol.reminders is None:
        return {}
    zone = ZoneInfo(visit.participant.site.timezone)
    enrolled_on = today_at(zone, visit.participant.enrolled_at)
    every = reminders.steps(protocol.reminders, facts.window_of(visit), enrolled_on=enrolled_on)
    return {step.key: step for step in every}


def earliest(message: Message, visit: Visit, *, now: datetime) -> datetime | None:
    """Return when a planned message may go out, ``now`` if it may; None if it is wanted no more.

    The plan is looked at anew, as a changed anchor date or an amendment moves the visit. What
    staff ask for goes at once; only its repetitions keep the quiet hours.
    """
    protocol = studies.in_force(visit.participant.study)
    zone = ZoneInfo(visit.participant.site.timezone)
    within = reminders.hours(protocol.reminders)
    kind = Kind(message.kind)
    moment = now
    if kind in PLANNED_KINDS:
        step = _step(steps(protocol, visit), message)
        if step is None:
            return None
        moment = max(now, reminders.due_at(step, zone, within))
    if kind is Kind.LINK and not message.tries:
        return moment
    return reminders.next_moment(within, zone, moment)


def _step(every: Mapping[tuple[str, int], Step], message: Message) -> Step | None:
    return every.get((message.kind, message.number))


def pause(tries: int) -> timedelta | None:
    """Return how long to wait after that many tries; None if there is no further one."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None
