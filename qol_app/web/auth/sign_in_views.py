"""Signing in with address and password, and signing out."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qol_app.db.authenticator import has_second_factor
from qol_app.db.models import User
from qol_app.domain import actor as actors
from qol_app.domain import devices
from qol_app.services import lockouts, sign_ins
from qol_app.services.lockouts import Wrong
from qol_app.services.sign_ins import EndedAs
from qol_app.web import credentials, identity, unit
from qol_app.web.auth import second_step
from qol_app.web.auth.blueprint import bp
from qol_app.web.auth.forms import SignInForm
from qol_app.web.auth.ways import safe
from qol_app.web.guards import public, signed_in_first


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for address and password."""
    if identity.user() is not None:
        return redirect(url_for("auth.home"), 303)
    return _page(SignInForm(next=safe(request.args.get("next"))))


@bp.post("/sign-in", endpoint="sign_in_now")
@public
def take_password() -> ResponseReturnValue:
    """Sign a user in, or ask for a code first. Whatever is wrong, the answer is the same."""
    form = SignInForm()
    held = _admitted(form) if form.validate_on_submit() else None
    if held is None:
        unit.keep()
        return _page(form, is_wrong=True), 422
    onward = safe(form.next.data)
    if has_second_factor(held):
        second_step.await_code(held, onward)
        return redirect(url_for("auth.code"), 303)
    return enter(held, onward)


def _admitted(form: SignInForm) -> User | None:
    """Return the user, held, whose password it is; a wrong one is counted."""
    user = lockouts.find(unit.reading(), form.typed_email())
    is_right = credentials.fits(user, form.typed_password())
    if user is None:
        lockouts.note_unknown(unit.session(), now=unit.now())
        return None
    held = lockouts.hold(unit.session(), user.id)
    admitted = lockouts.admit(
        unit.session(), held, is_right=is_right, wrong=Wrong.PASSWORD, now=unit.now()
    )
    return held if admitted else None


def enter(held: User, onward: str) -> ResponseReturnValue:
    """Sign a held user in here, in place of who was, and go on."""
    _end_here()
    device = devices.in_words(request.user_agent.string)
    key = sign_ins.start(unit.session(), held, device=device, now=unit.now())
    identity.enter(held, key)
    return redirect(onward or url_for("auth.home"), 303)


@bp.post("/sign-out")
@signed_in_first
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in."""
    _end_here()
    identity.leave()
    return redirect(url_for("auth.sign_in"), 303)


def _end_here() -> None:
    user = identity.user()
    if user is not None:
        sign_ins.end_one(
            unit.session(),
            user,
            identity.sign_in().id,
            ended_as=EndedAs.SIGNED_OUT,
            actor=actors.user(user.id),
            now=unit.now(),
        )


def _page(form: SignInForm, *, is_wrong: bool = False) -> str:
    return render_template("auth/sign_in.html", form=form, is_wrong=is_wrong)
