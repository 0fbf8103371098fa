"""Not today: a patient puts the visit off to a later day of its window, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField

from qol_app.db.models import Visit
from qol_app.domain import postponing
from qol_app.domain.postponing import Delay, Reason
from qol_app.services import facts, postponements, survey
from qol_app.services.opened import OpenSurvey, OpenVisit
from qol_app.web import unit
from qol_app.web.guards import public, with_link
from qol_app.web.locale import day_in_words, language
from qol_app.web.patient.arriving import open_link
from qol_app.web.patient.blueprint import bp

DELAYS = {
    Delay.TOMORROW: _l("Tomorrow, %(day)s"),
    Delay.IN_3_DAYS: _l("In 3 days, %(day)s"),
    Delay.IN_A_WEEK: _l("In a week, %(day)s"),
}
REASONS = {
    Reason.TOO_ILL: _l("I feel too ill today"),
    Reason.ANOTHER_TIME: _l("Another time suits me better"),
}


@dataclass(frozen=True, kw_only=True)
class NotTodayPage:
    """The page: the choices, or until when the visit waits now."""

    study: str
    contact: str
    days: tuple[tuple[str, str], ...]
    """Value and words of each day that may be chosen; empty on the last day."""
    reasons: tuple[tuple[str, str], ...]
    last_day: str
    waits_until: str | None
    """None while nothing is put off, or while another day is being chosen."""
    form: NotTodayForm
    back_url: str
    change_url: str


class NotTodayForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """Until when, and why."""

    delay = RadioField(validate_choice=False)
    reason = RadioField(validate_choice=False)

    def is_answered(self, days: Mapping[Delay, date]) -> bool:
        """Tell whether both questions have an answer among those offered; errors say which not."""
        self.delay.errors = [] if self.delay.data in days else [_("Please choose a day.")]
        known = self.reason.data in list(Reason)
        self.reason.errors = [] if known else [_("Please choose a reason.")]
        return not (self.delay.errors or self.reason.errors)


@bp.get("/s/<token>/not-today")
@public
def not_today_first(token: str) -> ResponseReturnValue:
    """Offer to put the visit off before it is started."""
    return _show(open_link(token))


@bp.post("/s/<token>/not-today")
@public
def put_off_first(token: str) -> ResponseReturnValue:
    """Put the visit off before it is started."""
    return _put_off(open_link(token))


@bp.get("/survey/not-today")
@with_link
def not_today() -> ResponseReturnValue:
    """Offer to put the visit off on the way."""
    return _show(_running())


@bp.post("/survey/not-today")
@with_link
def put_off() -> ResponseReturnValue:
    """Put the visit off on the way."""
    return _put_off(_running())


def _running() -> OpenSurvey:
    found: OpenSurvey = g.survey
    survey.check_open(found.visit, now=unit.now())
    return found


def _show(found: OpenSurvey) -> str:
    visit = found.visit
    today = facts.today_of(visit.participant, unit.now())
    waits = postponements.waiting(unit.reading(), [visit.id], today).get(visit.id)
    until = None if waits is None or "change" in request.args else waits.until_on
    return _page(visit, NotTodayForm(), waits_until=until)


def _put_off(found: OpenSurvey) -> ResponseReturnValue:
    form = NotTodayForm()
    if not form.is_answered(_days(found.visit)):
        return _page(found.visit, form), 422
    postponements.postpone(
        unit.session(),
        unit.session().get_one(Visit, found.visit.id),
        Delay(form.delay.data),
        Reason(form.reason.data),
        actor=g.actor,
        now=unit.now(),
    )
    return redirect(request.path, 303)


def _days(visit: OpenVisit) -> dict[Delay, date]:
    return postponing.days(facts.window_of(visit), facts.today_of(visit.participant, unit.now()))


def _page(visit: OpenVisit, form: NotTodayForm, *, waits_until: date | None = None) -> str:
    protocol, spoken = visit.protocol, language()
    today = facts.today_of(visit.participant, unit.now())

    def words(day: date) -> str:
        return day_in_words(day, today=today, weekday=True)

    page = NotTodayPage(
        study=protocol.patient_title[spoken],
        contact=protocol.contact[spoken],
        days=tuple(
            (delay.value, str(DELAYS[delay]) % {"day": words(day)})
            for delay, day in _days(visit).items()
        ),
        reasons=tuple((reason.value, str(text)) for reason, text in REASONS.items()),
        last_day=words(visit.closes_on),
        waits_until=words(waits_until) if waits_until else None,
        form=form,
        back_url=_back_url(),
        change_url=f"{request.path}?change=1",
    )
    return render_template("patient/not_today.html", page=page)


def _back_url() -> str:
    token = cast(str | None, (request.view_args or {}).get("token"))
    return url_for("patient.welcome", token=token) if token else url_for("patient.resume")
