"""Changing one's own password."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.services import accounts, sign_ins
from qol_app.services.sign_ins import EndedAs
from qol_app.web import credentials, identity, unit
from qol_app.web.auth import own_words
from qol_app.web.auth.blueprint import bp
from qol_app.web.auth.forms import ChangePasswordForm
from qol_app.web.guards import signed_in


@bp.get("/account/password")
@signed_in
def password() -> ResponseReturnValue:
    """Ask for the password as it is, and for a new one."""
    return _page(_form())


@bp.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change the password, and sign all other browsers out."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    if not credentials.confirmed(g.user, form.typed_current()):
        form.current.errors = [str(_("This is not your password."))]
        return _page(form), 422
    write, actor, now = unit.session(), g.actor, unit.now()
    here = identity.sign_in().id
    accounts.change_password(write, g.user, credentials.hashed(form.chosen()), actor=actor, now=now)
    sign_ins.end_all(
        write, g.user, but=here, ended_as=EndedAs.PASSWORD_CHANGED, actor=actor, now=now
    )
    identity.renew(g.user)
    flash(_("Your password is changed. Other browsers are signed out."), "success")
    return redirect(url_for("auth.account"), 303)


def _form() -> ChangePasswordForm:
    return ChangePasswordForm(own_words.of_user(g.user))


def _page(form: ChangePasswordForm) -> str:
    return render_template("auth/password.html", form=form, email=g.user.email)
