"""When a visit may be answered: its window for one participant, in dates of the site's zone."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from qol_app.domain.study import Visit

CLOSING_DAYS = 7
"""The last on-time days of a window, in which staff are told that it is closing."""

TIME_TO_FINISH = timedelta(hours=24)
"""How long after its last activity a form started in time may still be finished."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days of one visit of one participant; all four days belong to it."""

    opens: date
    target: date
    closes_on_time: date
    """The last day that is on time."""
    closes: date
    """The last day on which a form is accepted, grace included."""


class WindowState(StrEnum):
    """Where a day lies in a window."""

    NOT_OPEN = "not_open"
    DUE = "due"
    CLOSING = "closing"
    """Due, and within the last on-time days."""
    OVERDUE = "overdue"
    """Past the last on-time day, still accepted."""
    CLOSED = "closed"


def add_months(day: date, months: int) -> date:
    """Return the same day of the month ``months`` later, or the month's last day if it has none.

    31 January and one month give 28 February, or 29 February in a leap year.
    """
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


def window(visit: Visit, anchor: date) -> Window:
    """Return the visit's window for a participant whose anchor date is ``anchor``."""
    if visit.month is not None:
        target = add_months(anchor, visit.month)
    else:
        target = anchor + timedelta(days=visit.day or 0)
    closes_on_time = target + timedelta(days=visit.after)
    return Window(
        opens=target - timedelta(days=visit.before),
        target=target,
        closes_on_time=closes_on_time,
        closes=closes_on_time + timedelta(days=visit.grace),
    )


def window_state(window: Window, today: date) -> WindowState:
    """Tell where ``today`` lies in the window; both are dates of the site's zone."""
    if today < window.opens:
        return WindowState.NOT_OPEN
    if today > window.closes:
        return WindowState.CLOSED
    if today > window.closes_on_time:
        return WindowState.OVERDUE
    if today > window.closes_on_time - timedelta(days=CLOSING_DAYS):
        return WindowState.CLOSING
    return WindowState.DUE


def today_at(zone: ZoneInfo, now: datetime) -> date:
    """Return the date on the wall calendar of ``zone`` at the instant ``now``.

    Raises:
        ValueError: ``now`` has no zone, so it is not an instant.
    """
    return _instant(now).astimezone(zone).date()


def accepts_answers(
    window: Window, *, today: date, now: datetime, last_activity: datetime | None
) -> bool:
    """Tell whether answers are taken now.

    They are from the day the window opens to the day it closes. A form that was started by
    then may be finished until 24 hours after its last activity, so that nobody is interrupted
    while typing. A form without activity ends with its window.

    Args:
        window: The visit's window.
        today: The date at the site.
        now: The instant, with a zone.
        last_activity: When the form last took an answer or was started; None if never.

    Raises:
        ValueError: ``now`` or ``last_activity`` has no zone.
    """
    elapsed = None if last_activity is None else _instant(now) - _instant(last_activity)
    if today < window.opens:
        return False
    if today <= window.closes:
        return True
    return elapsed is not None and elapsed <= TIME_TO_FINISH


def is_on_time(window: Window, answered_on: date) -> bool:
    """Tell whether a form answered on this day (at the site) counts as on time."""
    return window.opens <= answered_on <= window.closes_on_time


def days_from_target(window: Window, answered_on: date) -> int:
    """Return the days from the target: negative before it, 0 on it, positive after it."""
    return (answered_on - window.target).days


def _instant(moment: datetime) -> datetime:
    """Return the moment in UTC: two times of one zone would be subtracted by their clocks."""
    if moment.utcoffset() is None:
        raise ValueError("a time without a zone is not an instant")
    return moment.astimezone(UTC)
