"""The list of participants, and enrolling a new one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from qol_app.domain.roles import Permission
from qol_app.domain.schedule import today_at
from qol_app.services import enrolment, participants, studies
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.staff import lists
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.forms import EnrolmentForm


@bp.get("/participants", endpoint="participants")
@requires(Permission.SEE_PARTICIPANTS)
def list_participants() -> ResponseReturnValue:
    """List the participants of the user's sites."""
    search = request.args.get("q", "").strip()
    number = max(request.args.get("page", 1, type=int), 1)
    sites = guards.sites(Permission.SEE_PARTICIPANTS)
    found = participants.listing(
        unit.session(),
        g.study,
        sites=sites,
        search=search,
        page=number,
        now=unit.now(),
    )
    page = lists.participants(
        studies.in_force(g.study),
        found,
        number=number,
        search=search,
        has_sites=len(participants.sites(g.study, sites)) > 1,
        may_enrol=guards.holds(Permission.ENROL),
    )
    return render_template("staff/participants.html", page=page)


def _enrolment_form() -> EnrolmentForm:
    sites = participants.sites(g.study, guards.sites(Permission.ENROL))
    today = today_at(ZoneInfo(sites[0].timezone), unit.now())
    return EnrolmentForm(studies.in_force(g.study), sites, today=today)


@bp.get("/participants/new")
@requires(Permission.ENROL)
def new_participant() -> ResponseReturnValue:
    """Show the enrolment form."""
    return render_template("staff/enrol.html", form=_enrolment_form())


@bp.post("/participants/new")
@requires(Permission.ENROL)
def enrol() -> ResponseReturnValue:
    """Enrol a participant at one of the user's sites and go to the new page."""
    form = _enrolment_form()
    if not form.validate_on_submit():
        return render_template("staff/enrol.html", form=form), 422
    enrolled = enrolment.enrol(
        unit.session(),
        g.study,
        form.chosen_site,
        form.participant(),
        vault=current_app.extensions["vault"],
        actor=g.actor,
        now=unit.now(),
    )
    return redirect(lists.participant_url("staff.participant", enrolled.number), 303)
