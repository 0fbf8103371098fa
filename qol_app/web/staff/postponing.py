"""Putting a visit off for a participant, and the words for a visit that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from qol_app.db.models import Participant, Postponement
from qol_app.domain import postponing
from qol_app.domain.errors import InvalidInput
from qol_app.domain.postponing import Delay, Reason
from qol_app.domain.roles import Permission
from qol_app.domain.schedule import Window
from qol_app.services import facts, participants, postponements
from qol_app.services.participants import VisitRecord
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.staff import back, words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import may, participant_url

DELAYS = {
    Delay.TOMORROW: _l("Tomorrow"),
    Delay.IN_3_DAYS: _l("In 3 days"),
    Delay.IN_A_WEEK: _l("In a week"),
}


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What a visit's block says about its being put off, and the form that puts it off."""

    text: str
    """Until when it waits and why; empty where it does not wait."""
    days: tuple[tuple[str, str], ...]
    """Value and words of the days that may be chosen; empty where it cannot be put off."""
    reasons: tuple[tuple[str, str], ...]
    url: str


def waiting(
    participant: Participant, visits: list[VisitRecord], *, now: datetime
) -> dict[str, Waiting]:
    """Return by visit code what is to be said of each visit that can be answered."""
    today = facts.today_of(participant, now)
    open_now = [each.state.visit for each in visits if each.may_be_answered]
    found = postponements.waiting(unit.session(), [visit.id for visit in open_now], today)
    mine = may(Permission.RECORD_EVENTS, participant)
    return {
        visit.code: Waiting(
            text=words.waits(found[visit.id]) if visit.id in found else "",
            days=days(facts.window_of(visit), today) if mine else (),
            reasons=tuple((reason.value, str(text)) for reason, text in words.WAITS.items()),
            url=participant_url("staff.postpone", participant.number, visit=visit.code),
        )
        for visit in open_now
    }


def days(window: Window, today: date) -> tuple[tuple[str, str], ...]:
    """Return value and words of the days until which a visit can be put off."""
    offered = postponing.days(window, today)
    return tuple(
        (delay.value, f"{DELAYS[delay]} ({words.day(day)})") for delay, day in offered.items()
    )


@bp.post("/participants/<number>/visits/<visit>/postpone")
@requires(Permission.RECORD_EVENTS)
def postpone(number: str, visit: str) -> ResponseReturnValue:
    """Put a visit off, as the participant asked."""
    participant = guards.participant(number, Permission.RECORD_EVENTS)
    delay, reason = request.form.get("delay", ""), request.form.get("reason", "")
    if delay not in list(Delay) or reason not in list(Reason):
        raise InvalidInput([_("Choose a day and a reason.")])
    made: Postponement = postponements.postpone(
        unit.session(),
        participants.visit(unit.session(), participant, visit),
        Delay(delay),
        Reason(reason),
        actor=g.actor,
        now=unit.now(),
    )
    flash(words.waits(made), "success")
    return redirect(back.to_list() or participant_url("staff.participant", number), 303)
