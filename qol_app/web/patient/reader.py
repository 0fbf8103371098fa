"""Who reads a page that explains what went wrong, and where that patient changes its language."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from flask import g, request, url_for

from qol_app.domain.errors import LinkUnknown
from qol_app.services import opened
from qol_app.services.opened import OpenSurvey
from qol_app.web import unit
from qol_app.web.guards import recognise
from qol_app.web.locale import LanguageChoice, choices, survey_session
from qol_app.web.patient.arriving import find_link
from qol_app.web.patient.blueprint import bp

NOT_TODAY = "not-today"
"""What an address says of the page that is shown again in the chosen language."""


@dataclass(frozen=True, kw_only=True)
class LanguageSwitch:
    """Where another language is chosen, and among which."""

    action: str
    choices: tuple[LanguageChoice, ...]


def recognise_reader() -> None:
    """Speak the language of the patient whose link the address names, or whose survey runs here."""
    token, link_id = named_token(), survey_session().get("link")
    with suppress(LinkUnknown):
        if token is not None:
            recognise(find_link(token))
        elif link_id is not None and request.blueprint in (bp.name, None):
            recognise(opened.by_id(unit.reading(), link_id))


def named_token() -> str | None:
    """Return the token in this request's address, also in one that leads nowhere."""
    match request.path.split("/"):
        case ["", "s", token, *_rest] if token:
            return token
    return None


def language_switch() -> LanguageSwitch | None:
    """Return the switch of this page; None on pages of others, and of withdrawn links.

    Where nobody is known, the browser remembers what is chosen and goes where a code is typed: the
    address asked for is not repeated, since a compressed page must not show it beside a form token.
    """
    if "survey" in g:
        survey: OpenSurvey = g.survey
        if survey.is_revoked:
            return None
        return LanguageSwitch(action=_choosing(), choices=choices(survey.visit.protocol.languages))
    if request.blueprint == bp.name or named_token() is not None:
        typing = url_for("patient.choose_language_of_typing")
        return LanguageSwitch(action=typing, choices=choices())
    return None


def _choosing() -> str:
    token, page = named_token(), None
    if request.path.endswith(f"/{NOT_TODAY}"):
        page = NOT_TODAY
    if token is None:
        return url_for("patient.choose_language", page=page)
    return url_for("patient.choose_language_first", token=token, page=page)


bp.app_context_processor(lambda: {"patient_language_switch": language_switch})
