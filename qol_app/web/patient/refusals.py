"""Pages for links that lead nowhere: what happened, what to do, and one button to the clinic.

They speak the patient's language, which is known whenever the link is. JSON clients get the one
shape of errors.
"""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qol_app.domain.errors import (
    AlreadySubmitted,
    LinkEnded,
    LinkExpired,
    LinkRevoked,
    LinkSuperseded,
    LinkTooEarly,
    LinkUnknown,
    QolError,
    WindowClosed,
)
from qol_app.services import help_requests, opened, refusals
from qol_app.services.opened import OpenSurvey
from qol_app.web import errors, unit
from qol_app.web.guards import public, recognise
from qol_app.web.locale import survey_session
from qol_app.web.patient import refusal_words
from qol_app.web.patient.arriving import find_link
from qol_app.web.patient.blueprint import bp
from qol_app.web.patient.sending import tell_staff

REFUSALS = (
    AlreadySubmitted,
    LinkEnded,
    LinkExpired,
    LinkRevoked,
    LinkSuperseded,
    LinkTooEarly,
    LinkUnknown,
    WindowClosed,
)

STANDING = (AlreadySubmitted, LinkExpired, LinkTooEarly, WindowClosed)
"""Refusals of links that nobody withdrew: their patient may choose the language."""


def refused(error: QolError) -> ResponseReturnValue:
    """Answer with the page of a link that leads nowhere."""
    if errors.wants_json():
        return errors.answer(error.code, error.status)
    if "survey" not in g:
        return render_template("patient/refused.html", page=refusal_words.unknown()), error.status
    survey: OpenSurvey = g.survey
    refusal = refusals.read(unit.reading(), survey, error, now=unit.now())
    language_url = _language_url() if isinstance(error, STANDING) else None
    page = refusal_words.page(
        survey.visit, refusal, help_url=_help_url(), language_url=language_url
    )
    return render_template("patient/refused.html", page=page), error.status


def _help_url() -> str:
    token = (request.view_args or {}).get("token")
    return url_for("patient.ask_help_first", token=token) if token else url_for("patient.ask_help")


def _language_url() -> str | None:
    token = (request.view_args or {}).get("token")
    return url_for("patient.choose_language_first", token=token) if token else None


for _refusal in REFUSALS:
    bp.register_error_handler(_refusal, refused)


@bp.post("/s/<token>/help")
@public
def ask_help_first(token: str) -> ResponseReturnValue:
    """Tell the clinic that this link leads nowhere, and show its page again."""
    _ask(find_link(token))
    return redirect(url_for(".welcome", token=token), 303)


@bp.post("/survey/help")
@public
def ask_help() -> ResponseReturnValue:
    """Tell the clinic that the survey running in this browser leads nowhere."""
    link_id = survey_session().get("link")
    if link_id is None:
        raise LinkUnknown("no survey is running in this browser")
    _ask(opened.by_id(unit.reading(), link_id))
    return redirect(url_for(".resume"), 303)


def _ask(found: OpenSurvey) -> None:
    recognise(found)
    asked = help_requests.ask(unit.session(), found, now=unit.now())
    if asked is not None:
        tell_staff(asked.mails)
