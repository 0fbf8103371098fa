"""What the script on the patient's device talks to: the form to go on with, its state, answers.

All of it is extra: without script, or where the browser keeps none, the pages work by themselves.
"""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from qol_app.services import device_answers, facts, links, submission, survey
from qol_app.services.opened import OpenSurvey, OpenVisit
from qol_app.web import tickets, unit
from qol_app.web.guards import public, with_link, with_ticket
from qol_app.web.patient import pack as packs
from qol_app.web.patient.blueprint import bp
from qol_app.web.patient.device_form import Parcel, parcel
from qol_app.web.patient.sending import score_later, tell_staff


@bp.get("/survey/pack")
@with_link
def pack() -> ResponseReturnValue:
    """Give all pages of the survey without any answer, so that they can be shown offline."""
    made = packs.pack(unit.reading(), _open_visit())
    response = Response(made.body, mimetype="application/json")
    response.set_etag(made.etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


@bp.get("/survey/shell")
@with_link
def shell() -> ResponseReturnValue:
    """Give the empty page in which the script shows the survey where no server answers."""
    return render_template(
        "patient/shell.html", page=packs.shell(_open_visit(), tickets.of_link(g.survey.link_id))
    )


@bp.get("/survey/state")
@with_link
def state() -> ResponseReturnValue:
    """Give the answers so far and the ticket to add to them."""
    visit = _open_visit()
    saved = [r.last_activity_at for r in visit.responses if r.last_activity_at]
    return jsonify(
        visit=str(visit.id),
        ticket=tickets.of_link(g.survey.link_id),
        answers={r.form_version.instrument_id: r.answers for r in visit.responses},
        no_answers={r.form_version.instrument_id: r.no_answers for r in visit.responses},
        saved_at=max(saved).isoformat() if saved else None,
    )


def _open_visit() -> OpenVisit:
    visit: OpenVisit = g.survey.visit
    survey.check_open(visit, now=unit.now())
    return visit


@bp.get("/survey/worker.js")
@public
def worker() -> ResponseReturnValue:
    """Give the service worker from an address whose scope is the survey."""
    script = Path(str(current_app.static_folder), "js", "worker.js").read_bytes()
    response = Response(script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.post("/survey/answers")
@with_ticket
def take_in() -> ResponseReturnValue:
    """Take in answers that a device sends, and tell it which arrived."""
    sent = parcel(request.get_json())
    found: OpenSurvey = g.survey
    taken = device_answers.take_in(
        unit.session(), found, sent.sent(unit.now()), actor=g.actor, now=unit.now()
    )
    tell_staff(taken.mails)
    is_sent = _finish(found, sent) if sent.finish else survey.is_submitted(found.visit)
    return jsonify(
        received=[each.id for each in sent.answers],
        aside=taken.aside,
        finished=is_sent,
        at=unit.now().isoformat(),
    )


def _finish(found: OpenSurvey, sent: Parcel) -> bool:
    """Send the visit's forms if they still may be; tell whether they are sent now."""
    visit = found.visit
    if survey.is_submitted(visit):
        return True
    finished_at = sent.finished_at(unit.now())
    may = not found.is_revoked and facts.eligibility(visit, now=unit.now()).allowed
    if not may or finished_at is None:
        return False
    stored = links.by_id(unit.session(), found.link_id).visit
    submission.submit_visit(
        unit.session(),
        stored,
        mode="patient",
        actor=g.actor,
        now=unit.now(),
        answered_on=facts.today_of(visit.participant, finished_at),
        helper=sent.finish.helper if sent.finish else None,
    )
    unit.after_commit(lambda: score_later(visit))
    return True
