"""Choosing a new password by mail, where the old one is forgotten.

The link in the mail shows one button. Pressing it takes the token out of the address and into this
browser's session; only then a new password can be chosen.
"""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.db.models import User
from qol_app.domain import actor as actors
from qol_app.services import accounts, password_resets, sign_ins
from qol_app.services.sign_ins import EndedAs
from qol_app.settings import Settings
from qol_app.web import credentials, unit
from qol_app.web.auth import own_words
from qol_app.web.auth.blueprint import bp
from qol_app.web.auth.forms import AddressForm, NewPasswordForm
from qol_app.web.guards import public
from qol_app.web.locale import language

_TOKEN = "reset"  # noqa: S105  # the name of a place


@bp.get("/forgotten-password")
@public
def forgotten() -> ResponseReturnValue:
    """Ask for the address."""
    return render_template("auth/forgotten.html", form=AddressForm(), is_sent=False)


@bp.post("/forgotten-password")
@public
def ask_reset() -> ResponseReturnValue:
    """Have a mail sent if there is such an account; the answer does not tell."""
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("auth/forgotten.html", form=form, is_sent=False), 422
    user_id = password_resets.ask(unit.session(), form.typed(), now=unit.now())
    if user_id is not None:
        queue: Any = current_app.extensions["queue"]
        spoken = language()
        unit.after_commit(lambda: queue.send_password_reset(user_id, spoken))
    return render_template("auth/forgotten.html", form=form, is_sent=True)


@bp.get("/new-password/<token>")
@public
def open_reset(token: str) -> ResponseReturnValue:
    """Show what the link is for. Changes nothing, so that no scanner uses it up."""
    _user_of(token)
    return render_template("auth/open_reset.html", token=token)


@bp.post("/new-password/<token>")
@public
def take_reset(token: str) -> ResponseReturnValue:
    """Take the token out of the address."""
    _user_of(token)
    session[_TOKEN] = token
    return redirect(url_for("auth.new_password"), 303)


@bp.get("/new-password")
@public
def new_password() -> ResponseReturnValue:
    """Ask for a new password."""
    user = _user_of(session.get(_TOKEN, ""))
    return _page(NewPasswordForm(own_words.of_user(user)), user)


@bp.post("/new-password")
@public
def reset_password() -> ResponseReturnValue:
    """Store the new password, and sign the user out everywhere."""
    user = _user_of(session.get(_TOKEN, ""))
    form = NewPasswordForm(own_words.of_user(user))
    if not form.validate_on_submit():
        return _page(form, user), 422
    write, actor, now = unit.session(), actors.user(user.id), unit.now()
    accounts.change_password(write, user, credentials.hashed(form.chosen()), actor=actor, now=now)
    sign_ins.end_all(write, user, ended_as=EndedAs.PASSWORD_CHANGED, actor=actor, now=now)
    session.pop(_TOKEN, None)
    flash(_("Your password is changed. Sign in with the new one."), "success")
    return redirect(url_for("auth.sign_in"), 303)


def _user_of(token: str) -> User:
    key = cast(Settings, current_app.extensions["settings"]).reset_key
    return password_resets.user_of(unit.session(), token, key=key, now=unit.now())


def _page(form: NewPasswordForm, user: User) -> str:
    return render_template("auth/new_password.html", form=form, email=user.email)
