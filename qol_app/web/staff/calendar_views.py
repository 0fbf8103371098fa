"""A month of the user's sites: which windows open, are aimed at and close, day by day."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_day_names
from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import lazy_gettext as _l

from qol_app.domain.roles import Permission
from qol_app.domain.schedule import add_months, today_at
from qol_app.domain.study import Protocol
from qol_app.services import participants, visit_calendar
from qol_app.services.visit_calendar import Turn, Turning
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.navigation import in_words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import participant_url

TURNS = {Turn.CLOSES: _l("Closes"), Turn.TARGET: _l("Planned"), Turn.OPENS: _l("Opens")}
"""What a day is for a window, the most pressing first."""

MARKS = {Turn.CLOSES: "closing", Turn.TARGET: "due", Turn.OPENS: "not_due"}
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 1)


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many windows do something on a day."""

    mark: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DayCell:
    """One day of the month."""

    number: int
    name: str
    url: str
    counts: tuple[Count, ...]
    is_today: bool
    is_chosen: bool
    is_other_month: bool


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """One visit of the chosen day."""

    number: str
    url: str
    site: str
    visit: str
    mark: str
    turn: str


@dataclass(frozen=True, kw_only=True)
class CalendarPage:
    """One month, and one day of it with its visits."""

    title: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[DayCell, ...], ...]
    previous_url: str
    today_url: str
    next_url: str
    chosen: str
    rows: tuple[DayRow, ...]


@bp.get("/calendar", endpoint="calendar")
@requires(Permission.SEE_PARTICIPANTS)
def show_calendar() -> ResponseReturnValue:
    """Show a month of the user's sites, and the visits of one of its days."""
    sites = guards.sites(Permission.SEE_PARTICIPANTS)
    mine = participants.sites(g.study, sites)
    today = today_at(ZoneInfo(mine[0].timezone), unit.now())
    chosen = _asked_day(today)
    weeks = calendar.Calendar().monthdatescalendar(chosen.year, chosen.month)
    counts = visit_calendar.counts(
        unit.session(), g.study, sites=sites, first=weeks[0][0], last=weeks[-1][-1]
    )
    rows = visit_calendar.on_day(unit.session(), g.study, sites=sites, day=chosen)
    page = calendar_page(guards.protocol(), chosen, today, weeks, counts, rows)
    return render_template("staff/calendar.html", page=page)


def _asked_day(today: date) -> date:
    """Return the day that the address names, or today where it names none."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today
    return min(max(asked, EARLIEST), LATEST)


def calendar_page(
    protocol: Protocol,
    chosen: date,
    today: date,
    weeks: Sequence[Sequence[date]],
    counts: Mapping[date, Mapping[Turn, int]],
    rows: Sequence[Turning],
) -> CalendarPage:
    """Return what the calendar shows."""
    locale, first = get_locale(), chosen.replace(day=1)
    names = get_day_names("abbreviated", locale=locale)
    return CalendarPage(
        title=format_skeleton("yMMMM", chosen, locale=locale),
        weekdays=tuple(names[day] for day in range(7)),
        weeks=tuple(
            tuple(_cell(day, chosen, today, counts.get(day, {})) for day in week) for week in weeks
        ),
        previous_url=_url(first - timedelta(days=1)),
        today_url=_url(today),
        next_url=_url(add_months(first, 1)),
        chosen=format_date(chosen, "full", locale=locale),
        rows=tuple(_row(protocol, each) for each in rows),
    )


def _cell(day: date, chosen: date, today: date, counts: Mapping[Turn, int]) -> DayCell:
    return DayCell(
        number=day.day,
        name=format_date(day, "long", locale=get_locale()),
        url=_url(day),
        counts=tuple(
            Count(mark=MARKS[turn], text=_told(turn, counts[turn]))
            for turn in TURNS
            if turn in counts
        ),
        is_today=day == today,
        is_chosen=day == chosen,
        is_other_month=day.month != chosen.month,
    )


def _told(turn: Turn, count: int) -> str:
    if turn is Turn.CLOSES:
        return str(ngettext("%(num)s closes", "%(num)s close", count))
    if turn is Turn.TARGET:
        return str(ngettext("%(num)s planned", "%(num)s planned", count))
    return str(ngettext("%(num)s opens", "%(num)s open", count))


def _row(protocol: Protocol, each: Turning) -> DayRow:
    number = each.participant.number
    return DayRow(
        number=number,
        url=participant_url("staff.participant", number),
        site=in_words(protocol.site(each.participant.site.code).name),
        visit=in_words(protocol.visit(each.visit.code).name),
        mark=MARKS[each.turn],
        turn=str(TURNS[each.turn]),
    )


def _url(day: date) -> str:
    return url_for("staff.calendar", study=g.study.code, day=day.isoformat())
