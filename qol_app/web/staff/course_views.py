"""The dated events of a participant's course: recording one, and striking one out."""

from __future__ import annotations

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from qol_app.db.models import Participant, ParticipantEvent
from qol_app.domain.errors import NotFound
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.roles import Permission
from qol_app.services import enrolment
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.staff import participant_views, words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.inputs import reason_field
from qol_app.web.staff.lists import participant_url

EVENTS = "/participants/<number>/events"


class StrikeForm(FlaskForm):  # type: ignore[misc]  # untyped base
    """Why an event is struck out."""

    reason = reason_field(_l("Why is it struck out?"))


@bp.post(EVENTS)
@requires(Permission.RECORD_EVENTS)
def record_event(number: str) -> ResponseReturnValue:
    """Record what happened to a participant, and on which day."""
    participant = guards.participant(number, Permission.RECORD_EVENTS)
    form = participant_views.event_form(participant)
    if not form.validate_on_submit():
        return participant_views.page(participant, form), 422
    enrolment.record_event(
        unit.session(),
        participant,
        form.event(),
        happened_on=form.day(),
        note=form.note.data or None,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The event is recorded."), "success")
    return redirect(participant_url("staff.participant", number), 303)


@bp.get(f"{EVENTS}/<int:event_id>/strike")
@requires(Permission.RECORD_EVENTS)
def ask_to_strike(number: str, event_id: int) -> ResponseReturnValue:
    """Ask why an event is struck out."""
    participant = guards.participant(number, Permission.RECORD_EVENTS)
    return _strike_page(participant, _event(participant, event_id), StrikeForm())


@bp.post(f"{EVENTS}/<int:event_id>/strike")
@requires(Permission.RECORD_EVENTS)
def strike_event(number: str, event_id: int) -> ResponseReturnValue:
    """Strike an event out as recorded by mistake; it stays to be read and counts no more."""
    participant = guards.participant(number, Permission.RECORD_EVENTS)
    form = StrikeForm()
    if not form.validate_on_submit():
        return _strike_page(participant, _event(participant, event_id), form), 422
    enrolment.strike_event(
        unit.session(),
        participant,
        event_id,
        reason=form.reason.data or "",
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The event is struck out."), "success")
    return redirect(participant_url("staff.participant", number), 303)


def _event(participant: Participant, event_id: int) -> ParticipantEvent:
    for event in participant.events:
        if event.id == event_id:
            return event
    raise NotFound(f"participant {participant.number} has no event {event_id}")


def _strike_page(participant: Participant, event: ParticipantEvent, form: StrikeForm) -> str:
    return render_template(
        "staff/strike_event.html",
        number=participant.number,
        what=words.EVENTS[ParticipantEventKind(event.kind)],
        on=words.day(event.happened_on),
        note=event.note,
        form=form,
    )
