"""The second step of signing in: a one-time code of the user's app, or a recovery code."""

from __future__ import annotations

from typing import cast

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.db.authenticator import Authenticator
from qol_app.db.models import User
from qol_app.domain import actor as actors
from qol_app.domain import lockout
from qol_app.services import lockouts, second_factor
from qol_app.services.lockouts import Wrong
from qol_app.web import unit
from qol_app.web.auth import second_step
from qol_app.web.auth.blueprint import bp
from qol_app.web.auth.forms import CodeForm
from qol_app.web.auth.sign_in_views import enter
from qol_app.web.guards import public


def authenticator() -> Authenticator:
    """Return what makes and checks codes."""
    return cast(Authenticator, current_app.extensions["authenticator"])


@bp.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the code of who has just given the password."""
    return _page(CodeForm()) if second_step.awaited() else _begin_again()


@bp.post("/sign-in/code", endpoint="code_now")
@public
def take_code() -> ResponseReturnValue:
    """Sign in with a code; a wrong one counts like a wrong password."""
    user, form = second_step.awaited(), CodeForm()
    if user is None:
        return _begin_again()
    if not form.validate_on_submit():
        return _page(form), 422
    held = lockouts.hold(unit.session(), user.id)
    if not _is_right(held, form.typed()):
        unit.keep()
        form.code.errors = [
            str(_("This code is not right. Wait for the next one in the app and type that."))
        ]
        return _page(form), 422
    return enter(held, second_step.over())


def _is_right(held: User, typed: str) -> bool:
    now = unit.now()
    is_right = not lockout.is_locked(held.locked_until, now=now) and second_factor.spend(
        unit.session(),
        held,
        typed,
        authenticator=authenticator(),
        actor=actors.user(held.id),
        now=now,
    )
    return lockouts.admit(unit.session(), held, is_right=is_right, wrong=Wrong.CODE, now=now)


def _begin_again() -> ResponseReturnValue:
    flash(_("Please give your password again."), "info")
    return redirect(url_for("auth.sign_in"), 303)


def _page(form: CodeForm) -> str:
    return render_template("auth/code.html", form=form)
