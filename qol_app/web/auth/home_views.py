"""The way to a user's own first page, and the choice of language."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from qol_app.domain.roles import Permission, allows
from qol_app.services import studies
from qol_app.web import identity, unit
from qol_app.web.auth.blueprint import bp
from qol_app.web.auth.ways import safe
from qol_app.web.guards import public, signed_in
from qol_app.web.locale import CHOSEN, LANGUAGES

HOMES = (
    (Permission.SEE_PARTICIPANTS, "staff.worklist"),
    (Permission.SEE_TRAJECTORIES, "analysis.trajectories"),
)
"""A user's first page in a study: the first of these whose permission the user holds."""


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Send a visitor to the sign-in page, a user to the first page of the user's work."""
    return redirect(url_for("auth.home" if identity.user() else "auth.sign_in"), 303)


@bp.get("/home")
@signed_in
def home() -> ResponseReturnValue:
    """Go straight to the only study, or let the user choose one."""
    grants = g.user.grant_values()
    choices: list[dict[str, Any]] = []
    for study in studies.every(unit.session()):
        for permission, endpoint in HOMES:
            known = endpoint in current_app.view_functions
            if known and allows(grants, permission, study_id=study.id):
                url = url_for(endpoint, study=study.code)
                choices.append({"study": study, "title": studies.in_force(study).title, "url": url})
                break
    if len(choices) == 1:
        return redirect(choices[0]["url"], 303)
    return render_template("auth/home.html", choices=choices)


@bp.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Speak the chosen language from now on in this browser, and go back to the page."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session[CHOSEN] = chosen
    return redirect(safe(request.form.get("back", "")) or "/", 303)
