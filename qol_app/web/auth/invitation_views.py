"""Accepting an invitation: by making an account, or by signing in to the one there is.

The link in the mail shows one button. Pressing it takes the token out of the address and into this
browser's session.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.db.models import Invitation
from qol_app.domain.roles import Role
from qol_app.services import invitations, lockouts, studies
from qol_app.web import credentials, identity, unit
from qol_app.web.auth import own_words
from qol_app.web.auth.blueprint import bp
from qol_app.web.auth.forms import WelcomeForm
from qol_app.web.auth.sign_in_views import enter
from qol_app.web.guards import public
from qol_app.web.navigation import in_words
from qol_app.web.role_words import ROLES

_INVITATION = "invitation"


@dataclass(frozen=True, kw_only=True)
class InvitationPage:
    """What an invited person reads."""

    study: str
    role: str
    place: str
    email: str
    has_account: bool
    signed_in_as: str
    """The address of who is signed in here; empty where nobody is."""


@bp.get("/invitation/<token>")
@public
def open_invitation(token: str) -> ResponseReturnValue:
    """Show what somebody is invited to. Changes nothing, so that no scanner uses it up."""
    page = _page(invitations.by_token(unit.session(), token, now=unit.now()))
    return render_template("auth/open_invitation.html", page=page, token=token)


@bp.post("/invitation/<token>")
@public
def take_invitation(token: str) -> ResponseReturnValue:
    """Take the token out of the address."""
    found = invitations.by_token(unit.session(), token, now=unit.now())
    session[_INVITATION] = found.id
    return redirect(url_for("auth.invitation"), 303)


@bp.get("/invitation")
@public
def invitation() -> ResponseReturnValue:
    """Ask for name and password, or, of who has an account, to sign in to it."""
    found = _taken()
    return _accept_page(found, _form(found))


@bp.post("/invitation")
@public
def accept_invitation() -> ResponseReturnValue:
    """Make the account and sign its user in; or give the account there is its new role."""
    found, now = _taken(held=True), unit.now()
    user = identity.user()
    if invitations.account_of(unit.session(), found) is not None:
        if user is None:
            return redirect(url_for("auth.sign_in", next=url_for("auth.invitation")), 303)
        invitations.accept(unit.session(), found, user, now=now)
        session.pop(_INVITATION, None)
        flash(_("You have a further role now."), "success")
        return redirect(url_for("auth.home"), 303)
    form = _form(found)
    if not form.validate_on_submit():
        return _accept_page(found, form), 422
    made = invitations.accept_anew(
        unit.session(),
        found,
        name=form.chosen_name(),
        password_hash=credentials.hashed(form.chosen()),
        now=now,
    )
    session.pop(_INVITATION, None)
    return enter(lockouts.hold(unit.session(), made.id), "")


def _taken(*, held: bool = False) -> Invitation:
    number = session.get(_INVITATION)
    return invitations.by_id(unit.session(), number, held=held, now=unit.now())


def _form(found: Invitation) -> WelcomeForm:
    own = own_words.of_guest(found.email, found.name, found.study)
    return WelcomeForm(own, name=found.name)


def _accept_page(found: Invitation, form: WelcomeForm) -> str:
    return render_template("auth/invitation.html", page=_page(found), form=form)


def _page(found: Invitation) -> InvitationPage:
    protocol = studies.in_force(found.study)
    user = identity.user()
    place = in_words(protocol.site(found.site.code).name) if found.site else _("All sites")
    return InvitationPage(
        study=in_words(protocol.title),
        role=str(ROLES[Role(found.role)]),
        place=str(place),
        email=found.email,
        has_account=invitations.account_of(unit.session(), found) is not None,
        signed_in_as=user.email if user else "",
    )
