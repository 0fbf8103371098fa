"""Signing in and out, by Flask-Security; and the way from there to a user's own first page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_security import Security, SQLAlchemySessionUserDatastore, current_user
from sqlalchemy.orm import Session, scoped_session
from werkzeug.local import LocalProxy

from qol_app.db.audit import audited
from qol_app.db.models import Role, User
from qol_app.domain import actor as actors
from qol_app.domain.events import Action
from qol_app.domain.roles import Permission, allows
from qol_app.services import studies
from qol_app.settings import Settings
from qol_app.web import unit
from qol_app.web.guards import public, signed_in
from qol_app.web.locale import CHOSEN, LANGUAGES

bp = Blueprint("auth", __name__)

HOMES = (
    (Permission.SEE_PARTICIPANTS, "staff.worklist"),
    (Permission.SEE_TRAJECTORIES, "analysis.trajectories"),
)
"""A user's first page in a study: the first of these whose permission the user holds."""


class AuditedUserDatastore(SQLAlchemySessionUserDatastore):
    """Flask-Security's access to users, on this request's session and inside the audit."""

    def commit(self) -> None:
        """Record what Flask-Security changed on users; the request's end commits it."""
        changed = [*self.db.session.new, *self.db.session.dirty]
        if changed:
            actor = actors.user(changed[0].id)
            with audited(self.db.session, actor=actor, action=Action.USER_CHANGED, now=unit.now()):
                self.db.session.flush()


def register(app: Flask, settings: Settings) -> None:
    """Set up Flask-Security and the pages around signing in."""
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # an algorithm, not a password
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/home",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_LOGIN_USER_TEMPLATE="auth/sign_in.html",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_FRESHNESS=timedelta(minutes=-1),
        SECURITY_I18N_DIRNAME=["builtin", app.config["BABEL_TRANSLATION_DIRECTORIES"]],
    )
    request_session = cast(scoped_session[Session], LocalProxy(unit.session))
    datastore = AuditedUserDatastore(request_session, User, Role)
    app.extensions["security"] = Security(app, datastore, register_blueprint=True)
    for endpoint in ("security.login", "security.logout"):
        public(app.view_functions[endpoint])
    app.register_blueprint(bp)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Send a visitor to the sign-in page, a user to the first page of the user's work."""
    endpoint = "auth.home" if current_user.is_authenticated else "security.login"
    return redirect(url_for(endpoint), 303)


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
    back = request.form.get("back", "/")
    safe = back.startswith("/") and not back.startswith(("//", "/\\"))
    return redirect(back if safe else "/", 303)
