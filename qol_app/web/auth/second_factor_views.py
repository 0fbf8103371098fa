"""One's own second factor: setting an authenticator app up, recovery codes, taking it away."""

from __future__ import annotations

import segno
from flask import flash, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from qol_app.db.authenticator import has_second_factor
from qol_app.domain.errors import Conflict
from qol_app.services import second_factor as factors
from qol_app.web import identity, unit
from qol_app.web.auth.blueprint import bp
from qol_app.web.auth.code_views import authenticator
from qol_app.web.auth.forms import CodeForm
from qol_app.web.fresh import fresh
from qol_app.web.guards import signed_in, signed_in_first

_SECRET = "second_factor_secret"  # noqa: S105  # the name of a place
"""Where a browser's session keeps the sealed secret until a code shows that the app has it."""


@bp.get("/account/second-factor")
@signed_in_first
def second_factor() -> ResponseReturnValue:
    """Say what a second factor is, and offer to set one up; or what can be done with it."""
    return render_template(
        "auth/second_factor.html",
        is_set_up=has_second_factor(g.user),
        recovery_codes=len(g.user.mf_recovery_codes or ()),
        is_demanded=identity.is_second_factor_demanded(g.user),
        must_set_up=identity.must_set_up(g.user),
    )


@bp.post("/account/second-factor")
@signed_in_first
@fresh
def begin_second_factor() -> ResponseReturnValue:
    """Make a secret for the user's app."""
    _refuse_second()
    session[_SECRET] = authenticator().new_secret()
    return redirect(url_for("auth.set_up_second_factor"), 303)


@bp.get("/account/second-factor/set-up")
@signed_in_first
def set_up_second_factor() -> ResponseReturnValue:
    """Show the secret as a QR code, and ask for the code that the app makes of it."""
    secret = session.get(_SECRET)
    if secret is None or has_second_factor(g.user):
        return redirect(url_for("auth.second_factor"), 303)
    return _page(CodeForm(), secret)


@bp.post("/account/second-factor/set-up")
@signed_in_first
def confirm_second_factor() -> ResponseReturnValue:
    """Take the secret into use if the code fits, and show the recovery codes, this once."""
    _refuse_second()
    secret, form = session.get(_SECRET), CodeForm()
    if secret is None:
        return redirect(url_for("auth.second_factor"), 303)
    if not form.validate_on_submit():
        return _page(form, secret), 422
    codes = factors.set_up(
        unit.session(),
        g.user,
        secret=secret,
        code=form.typed(),
        authenticator=authenticator(),
        actor=g.actor,
        now=unit.now(),
    )
    if codes is None:
        form.code.errors = [
            str(_("This code is not right. Wait for the next one in the app and type that."))
        ]
        return _page(form, secret), 422
    session.pop(_SECRET, None)
    return _codes_page(codes)


@bp.post("/account/second-factor/recovery-codes")
@signed_in
@fresh
def renew_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes in place of the old ones, and show them, this once."""
    codes = factors.renew_recovery_codes(
        unit.session(), g.user, authenticator=authenticator(), actor=g.actor, now=unit.now()
    )
    return _codes_page(codes)


@bp.post("/account/second-factor/remove")
@signed_in
@fresh
def remove_second_factor() -> ResponseReturnValue:
    """Sign in without a code from now on, where the user's roles allow that."""
    if identity.is_second_factor_demanded(g.user):
        raise Conflict("a role of this user demands a second factor")
    factors.remove(unit.session(), g.user, actor=g.actor, now=unit.now())
    flash(_("You sign in without a code from now on."), "success")
    return redirect(url_for("auth.account"), 303)


def _refuse_second() -> None:
    """Refuse to replace a second factor by the way: it has to be removed first."""
    if has_second_factor(g.user):
        raise Conflict("this user has a second factor")


def _page(form: CodeForm, secret: str) -> str:
    address = authenticator().address(secret, g.user.email)
    return render_template(
        "auth/set_up.html",
        form=form,
        qr=_qr(address),
        typed_key=authenticator().typed_key(secret),
    )


def _qr(address: str) -> Markup:
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        svgclass=None, lineclass=None, omitsize=True
    )
    return Markup(str(drawing))  # noqa: S704  # our own drawing; the address is not text in it


def _codes_page(codes: list[str]) -> str:
    return render_template("auth/recovery_codes.html", codes=codes)
