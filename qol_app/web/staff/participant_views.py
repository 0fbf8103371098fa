"""A participant's page, and recording what ends the questionnaires."""

from __future__ import annotations

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.db.models import Participant
from qol_app.domain.roles import Permission
from qol_app.services import enrolment, facts, participants, studies
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.locale import language
from qol_app.web.staff import postponing
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.forms import EventForm
from qol_app.web.staff.lists import participant_url
from qol_app.web.staff.record import participant_page


@bp.get("/participants/<number>", endpoint="participant")
@requires(Permission.SEE_PARTICIPANTS)
def show_participant(number: str) -> ResponseReturnValue:
    """Show all that is known of a participant's visits."""
    participant = guards.participant(number, Permission.SEE_PARTICIPANTS)
    return _page(participant, _event_form(participant))


@bp.post("/participants/<number>/events")
@requires(Permission.RECORD_EVENTS)
def record_event(number: str) -> ResponseReturnValue:
    """Record that a participant died, withdrew, or stopped the questionnaires."""
    participant = guards.participant(number, Permission.RECORD_EVENTS)
    form = _event_form(participant)
    if not form.validate_on_submit():
        return _page(participant, form), 422
    enrolment.record_event(
        unit.session(),
        participant,
        form.event(),
        happened_on=form.day(),
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The event is recorded."), "success")
    return redirect(participant_url("staff.participant", number), 303)


def _event_form(participant: Participant) -> EventForm:
    return EventForm(today=facts.today_of(participant, unit.now()))


def _page(participant: Participant, form: EventForm) -> str:
    now = unit.now()
    visits = participants.record(unit.session(), participant, language=language(), now=now)
    page = participant_page(studies.in_force(g.study), participant, visits, now=now)
    waits = postponing.waiting(participant, visits, now=now)
    return render_template("staff/participant.html", page=page, form=form, waits=waits)
