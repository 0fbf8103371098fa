"""What is written to participants without staff asking for it: which step, when, by which way.

A study's ``[reminders]`` give each visit its steps: an invitation, numbered reminders, a last call.
Steps that were missed (a late start, a machine that stood still) are never made up for one after
the other: the latest of them goes out alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from qol_app.domain.schedule import Window
from qol_app.domain.study import Reminders

HORIZON = timedelta(days=1)
"""How far ahead messages are planned; what changes later is seen when they are sent."""


class Kind(StrEnum):
    """A message to a participant; each is a folder of ``templates/messages``."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    LAST_CALL = "last_call"
    LINK = "link"
    """Staff asked for it."""
    AGAIN = "again"
    """The participant asked for it by putting the visit off."""


PLANNED_KINDS = (Kind.INVITATION, Kind.REMINDER, Kind.LAST_CALL)
"""The kinds that a study's reminders plan."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One message that the protocol wants for a visit, on a day at the site."""

    kind: Kind
    number: int
    on: date

    @property
    def key(self) -> tuple[str, int]:
        """What tells the steps of a visit apart."""
        return self.kind.value, self.number


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The hours of a day in which messages go out, by the site's clock; ``end`` is not in it."""

    start: time
    end: time


def hours(reminders: Reminders | None) -> Hours:
    """Return the hours in which a study's messages go out."""
    rules = reminders or Reminders()
    return Hours(
        start=time.fromisoformat(rules.from_time), end=time.fromisoformat(rules.until_time)
    )


def steps(reminders: Reminders, window: Window, *, enrolled_on: date) -> tuple[Step, ...]:
    """Return all messages for a visit, in order of their days.

    Args:
        enrolled_on: The day of enrolment at the site; nobody is written to before it.
    """
    first = max(window.opens, enrolled_on)
    if first > window.closes:
        return ()
    found = [Step(kind=Kind.INVITATION, number=1, on=first)] if reminders.invitation else []
    end = window.closes + timedelta(days=1)
    if reminders.last_call is not None:
        end = window.closes - timedelta(days=reminders.last_call)
    for number, days in enumerate(reminders.after_days, start=1):
        if (on := first + timedelta(days=days)) < end:
            found.append(Step(kind=Kind.REMINDER, number=number, on=on))
    if reminders.last_call is not None and end > first:
        found.append(Step(kind=Kind.LAST_CALL, number=1, on=end))
    return tuple(found)


def due_at(step: Step, zone: ZoneInfo, within: Hours) -> datetime:
    """Return the instant from which a step's message may go out: the morning of its day."""
    return datetime.combine(step.on, within.start, zone).astimezone(UTC)


def next_moment(within: Hours, zone: ZoneInfo, now: datetime) -> datetime:
    """Return ``now`` if messages may go out then, otherwise when they may the next time."""
    clock = now.astimezone(zone)
    if within.start <= clock.time() < within.end:
        return now
    day = clock.date() + timedelta(days=1 if clock.time() >= within.end else 0)
    return datetime.combine(day, within.start, zone).astimezone(UTC)


def wanted(
    every: Sequence[Step],
    *,
    planned: Collection[tuple[str, int]],
    asked_on: date | None,
    today: date,
) -> list[Step]:
    """Return the steps to plan now: of those that are due the one to send, and tomorrow's.

    Args:
        every: The visit's steps in order.
        planned: Keys of the steps that were planned before, whatever became of them.
        asked_on: The last day on which any message about the visit went out or is to go out;
            what was due by then has been overtaken. Whoever was never asked is invited first.
        today: The date at the site.
    """
    left = [s for s in every if s.key not in planned and (asked_on is None or s.on > asked_on)]
    due = [step for step in left if step.on <= today]
    chosen = due[-1:]
    if asked_on is None and chosen and chosen[0].kind is Kind.REMINDER:
        chosen = [step for step in due if step.kind is Kind.INVITATION] or chosen
    return chosen + [step for step in left if today < step.on <= today + HORIZON]
