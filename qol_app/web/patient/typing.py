"""The page on which a patient types the short code of a letter. It leads to the link's first page.

A slip is told at once. Wrong codes are counted by where they come from, so that nobody can guess.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.domain import actor as actors
from qol_app.domain import codes
from qol_app.domain.errors import CodeMistyped, CodeUnknown, QolError, TooManyWrongCodes
from qol_app.services import typed_codes
from qol_app.web import errors, unit
from qol_app.web.guards import public
from qol_app.web.locale import (
    CHOSEN,
    LANGUAGES,
    LanguageChoice,
    browser_language,
    choices,
    speak,
)
from qol_app.web.patient.arriving import TYPED, offer
from qol_app.web.patient.blueprint import bp

PAGE = "code page"
NETWORK = 64
"""Leading bits of an IPv6 address that name one household or clinic."""


@dataclass(frozen=True, kw_only=True)
class TypingPage:
    """The page; ``error`` says what was wrong with what was typed."""

    typed: str
    error: str | None
    languages: tuple[LanguageChoice, ...]


@bp.get("/s", strict_slashes=False)
@public
def type_code() -> ResponseReturnValue:
    """Ask for the code."""
    return _page()


@bp.post("/s", strict_slashes=False)
@public
def open_code() -> ResponseReturnValue:
    """Open the link of a typed code: show its first page, without a token in the address."""
    speak(browser_language())
    key = current_app.extensions["settings"].code_key
    source = typed_codes.source_of(_network(request.remote_addr), key=key)
    found = typed_codes.open_link(
        unit.reading(), request.form.get("code", ""), key=key, source=source, now=unit.now()
    )
    if found is None:
        actor = actors.anyone(PAGE)
        typed_codes.count_wrong(unit.session(), source, actor=actor, now=unit.now())
        unit.keep()
        raise CodeUnknown("no survey link has this code")
    offer(found)
    return redirect(url_for(".welcome", token=TYPED), 303)


@bp.post("/s/language")
@public
def choose_language_of_typing() -> ResponseReturnValue:
    """Remember in this browser which language it reads."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session[CHOSEN] = chosen
    return redirect(url_for(".type_code"), 303)


def _network(address: str | None) -> str:
    """Return the address of one client: of IPv6 the part that a client cannot change at will."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), NETWORK), strict=False))


def _page(error: str | None = None) -> str:
    speak(browser_language())
    page = TypingPage(typed=request.form.get("code", "")[:40], error=error, languages=choices())
    return render_template("patient/type_code.html", page=page)


def _mistyped(error: CodeMistyped) -> ResponseReturnValue:
    if errors.wants_json():
        return errors.answer(error.code, error.status)
    speak(browser_language())
    said = _("One of the letters is wrong; please look again.")
    if error.length == 0:
        said = _("Please type the code.")
    elif error.length != codes.LENGTH:
        said = _(
            "The code has %(right)s letters and numbers; you typed %(typed)s. Please look again.",
            right=codes.LENGTH,
            typed=error.length,
        )
    return _page(str(said)), error.status


def _unknown(error: CodeUnknown) -> ResponseReturnValue:
    if errors.wants_json():
        return errors.answer(error.code, error.status)
    speak(browser_language())
    said = _("No questionnaire has this code. Please compare it with your letter.")
    return _page(str(said)), error.status


def _too_many(error: QolError) -> ResponseReturnValue:
    wait = {"Retry-After": str(int(typed_codes.SPAN.total_seconds()))}
    if errors.wants_json():
        answer = errors.answer(error.code, error.status)
        return *answer, wait  # type: ignore[misc]  # a body and a status
    return render_template("patient/wait.html"), error.status, wait


bp.register_error_handler(CodeMistyped, _mistyped)
bp.register_error_handler(CodeUnknown, _unknown)
bp.register_error_handler(TooManyWrongCodes, _too_many)
