"""Scans of paper forms: added to a form, and shown by a POST that is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app, flash, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.domain.errors import ScanRefused, ScanTooLarge
from qol_app.domain.roles import Permission
from qol_app.domain.scans import ENDINGS, MAX_BYTES, PDF
from qol_app.services import participants, scans
from qol_app.settings import Settings
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.keying_views import FORM, find_form
from qol_app.web.staff.lists import form_url

ROOM = 64 * 1024
"""Bytes of a request beside the file itself."""
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
"""What a shown file may do: nothing. Browsers show a bare picture with a style of their own."""


@bp.url_value_preprocessor
def _take_larger_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let scans alone be larger than other requests, before anything reads the form."""
    if endpoint != "staff.add_scan":
        return
    request.max_content_length = MAX_BYTES + ROOM
    if (request.content_length or 0) > MAX_BYTES + ROOM:
        raise ScanTooLarge("a scan may have 10 MB at most")


@bp.post(f"{FORM}/scans")
@requires(Permission.KEY_FORMS)
def add_scan(number: str, visit: str, instrument: str) -> ResponseReturnValue:
    """Keep a scan of a form."""
    response = find_form(number, visit, instrument, Permission.KEY_FORMS)
    posted = request.files.get("scan")
    if posted is None or not posted.filename:
        raise ScanRefused("no file was chosen")
    scans.add(
        unit.session(),
        response,
        posted.stream.read(MAX_BYTES + 1),
        folder=_folder(),
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The scan is stored."), "success")
    return redirect(f"{form_url('.keying', response)}#scans", 303)


@bp.post("/participants/<number>/visits/<visit>/scans/<int:scan>")
@requires(Permission.SEE_ANSWERS)
def view_scan(number: str, visit: str, scan: int) -> ResponseReturnValue:
    """Show a picture, or give a PDF to keep, and record who saw it."""
    person = guards.participant(number, Permission.SEE_ANSWERS)
    found = participants.visit(unit.session(), person, visit)
    stored, content = scans.view(
        unit.session(), found, scan, folder=_folder(), actor=g.actor, now=unit.now()
    )
    answer = make_response(content)
    answer.mimetype = stored.media_type
    way = "attachment" if stored.media_type == PDF else "inline"
    name = f"scan-{stored.id}.{ENDINGS[stored.media_type]}"
    answer.headers["Content-Disposition"] = f'{way}; filename="{name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.scans
