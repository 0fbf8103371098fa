"""A participant's page."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from qol_app.db.models import Participant
from qol_app.domain.roles import Permission
from qol_app.services import facts, history, participants, studies
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.locale import language
from qol_app.web.staff import history_words, postponing
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.forms import EventForm
from qol_app.web.staff.record import participant_page


@bp.get("/participants/<number>", endpoint="participant")
@requires(Permission.SEE_PARTICIPANTS)
def show_participant(number: str) -> ResponseReturnValue:
    """Show all that is known of a participant's visits."""
    participant = guards.participant(number, Permission.SEE_PARTICIPANTS)
    return page(participant, event_form(participant))


def event_form(participant: Participant) -> EventForm:
    """Return the form that records an event of this participant."""
    return EventForm(today=facts.today_of(participant, unit.now()))


def page(participant: Participant, form: EventForm) -> str:
    """Return a participant's page."""
    now = unit.now()
    visits = participants.record(unit.session(), participant, language=language(), now=now)
    shown = participant_page(studies.in_force(g.study), participant, visits, now=now)
    waits = postponing.waiting(participant, visits, now=now)
    protocol = studies.in_force(g.study)
    entries = history.read(unit.session(), participant)
    return render_template(
        "staff/participant.html",
        page=shown,
        form=form,
        waits=waits,
        history=[history_words.row(protocol, participant, entry) for entry in entries],
    )
