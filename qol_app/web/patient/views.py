"""The patient's routes: start, pages, review, send, thanks."""

from __future__ import annotations

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from qol_app.domain import helpers
from qol_app.domain.helpers import Helper
from qol_app.services import (
    links,
    opened,
    participants,
    patient_answers,
    submission,
    survey,
)
from qol_app.services.opened import OpenSurvey, OpenVisit
from qol_app.services.responses import Answer
from qol_app.services.survey import SurveyPage
from qol_app.web import running, tickets, unit
from qol_app.web.guards import enter, public, with_link
from qol_app.web.patient import view_models
from qol_app.web.patient.arriving import find_link, open_link
from qol_app.web.patient.blueprint import bp
from qol_app.web.patient.forms import PageForm, page_form
from qol_app.web.patient.reader import NOT_TODAY
from qol_app.web.patient.review import review_page, way_from
from qol_app.web.patient.sending import score_later, tell_staff


def _visit() -> OpenVisit:
    visit: OpenVisit = g.survey.visit
    survey.check_open(visit, now=unit.now())
    return visit


@bp.get("/s/<token>")
@public
def welcome(token: str) -> ResponseReturnValue:
    """Show what the link opens. Changes nothing, so scanners and previews are harmless."""
    found = open_link(token)
    return render_template(
        "patient/welcome.html", page=view_models.welcome(unit.reading(), found.visit, token)
    )


@bp.post("/s/<token>")
@public
def start(token: str) -> ResponseReturnValue:
    """Exchange the token for a session and go to the first unanswered item."""
    found = open_link(token)
    if not found.is_started:
        links.start(unit.session(), found.link_id, now=unit.now())
    running.begin(found)
    # Straight to the item: on a slow line every further redirect costs half a second.
    return redirect(_resume_url(found.visit), 303)


@bp.post("/s/<token>/language")
@public
def choose_language_first(token: str) -> ResponseReturnValue:
    """Remember the language that the patient picked, also of a link that opens nothing now.

    Who reads "not open yet" in a foreign language needs another one most.
    """
    found = find_link(token)
    enter(found)
    _remember_language(found)
    again = ".not_today_first" if request.args.get("page") == NOT_TODAY else ".welcome"
    return redirect(url_for(again, token=token), 303)


@bp.post("/survey/language")
@with_link
def choose_language() -> ResponseReturnValue:
    """Remember the language that the patient picked on the way."""
    chosen = _remember_language(g.survey)
    session["survey"] = {**session["survey"], "language": chosen}
    again = ".not_today" if request.args.get("page") == NOT_TODAY else ".resume"
    return redirect(url_for(again), 303)


def _remember_language(found: OpenSurvey) -> str:
    chosen = request.form.get("language", "")
    participants.set_language(
        unit.session(), found.visit.participant.id, chosen, actor=g.actor, now=unit.now()
    )
    return chosen


@bp.get("/survey")
@with_link
def resume() -> ResponseReturnValue:
    """Go on at the first item not yet seen, or at the review once all were."""
    return redirect(_resume_url(_visit()), 303)


def _resume_url(visit: OpenVisit) -> str:
    page = survey.resume_at(visit)
    return view_models.page_url(page) if page else url_for(".review")


@bp.get("/survey/<instrument>/<page_id>")
@with_link
def show_page(instrument: str, page_id: str) -> ResponseReturnValue:
    """Show one page of items."""
    visit = _visit()
    page = survey.page(visit, instrument, page_id)
    return _question_page(visit, page, page_form(page))


@bp.post("/survey/<instrument>/<page_id>")
@with_link
def save_page(instrument: str, page_id: str) -> ResponseReturnValue:
    """Store what was changed on a page, and go where the pressed button says."""
    visit = _visit()
    page = survey.page(visit, instrument, page_id)
    form = page_form(page)
    if not form.validate_on_submit():
        return _question_page(visit, page, form), 422
    go = request.form.get("go", "next")
    given = list(form.changed(unit.now(), mark_blank=go != "back"))
    return redirect(view_models.next_url(_save(visit, page, given), page, go=go), 303)


def _save(visit: OpenVisit, page: SurveyPage, given: list[Answer]) -> OpenVisit:
    words = opened.wording_shown(
        unit.reading(),
        page.response,
        visit.participant.language,
        request.form.get("wording", ""),
    )
    saved = patient_answers.save(
        unit.session(), visit, page.response, given, wording=words, actor=g.actor, now=unit.now()
    )
    tell_staff(saved.mails)
    return visit.answered(page.response.id, saved.answers, saved.no_answers)


def _question_page(visit: OpenVisit, page: SurveyPage, form: PageForm) -> str:
    model = view_models.question_page(
        unit.reading(),
        visit,
        page,
        form,
        reviewing="review" in request.args,
        ticket=tickets.of_link(g.survey.link_id),
    )
    return render_template("patient/page.html", page=model)


@bp.get("/survey/review")
@with_link
def review() -> ResponseReturnValue:
    """Show every answer, what was left blank first, before anything is sent."""
    return render_template("patient/review.html", page=review_page(unit.reading(), _visit()))


@bp.post("/survey/review")
@with_link
def send() -> ResponseReturnValue:
    """Send the visit's forms, or go where the pressed button says and keep who helped.

    A second tap finds the forms sent and says thank you again.
    """
    helper = helpers.parse(request.form.get("helper", ""))
    if survey.is_submitted(g.survey.visit):
        return redirect(url_for(".thanks"), 303)
    visit, go = _visit(), request.form.get("go", "next")
    if go != "next":
        running.remember_helper(helper)
        return redirect(way_from(review_page(unit.reading(), visit), go), 303)
    _submit(visit, helper)
    return redirect(url_for(".thanks"), 303)


def _submit(visit: OpenVisit, helper: Helper | None) -> None:
    stored = links.by_id(unit.session(), g.survey.link_id).visit
    if submission.submit_visit(
        unit.session(), stored, mode="patient", actor=g.actor, now=unit.now(), helper=helper
    ):
        unit.after_commit(lambda: score_later(visit))


@bp.get("/survey/thanks")
@with_link
def thanks() -> ResponseReturnValue:
    """Say thank you once the forms are sent; before that, lead back to them."""
    if not survey.is_submitted(g.survey.visit):
        return redirect(url_for(".resume"), 303)
    return render_template("patient/thanks.html", page=view_models.thanks(g.survey.visit))
