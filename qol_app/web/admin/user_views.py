"""The users of a study: who they are, and taking away what they may do."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.db.models import User
from qol_app.domain.errors import Conflict
from qol_app.domain.roles import Permission
from qol_app.services import accounts, invitations, lockouts, second_factor, study_users
from qol_app.web import guards, unit
from qol_app.web.admin import user_pages
from qol_app.web.admin.blueprint import bp
from qol_app.web.fresh import fresh
from qol_app.web.guards import requires


@bp.get("/users", endpoint="users")
@requires(Permission.MANAGE_USERS)
def list_users() -> ResponseReturnValue:
    """List the users of the study and who is invited."""
    sites = managed_sites()
    return render_template(
        "admin/users.html",
        rows=user_pages.user_rows(study_users.of_study(unit.session(), g.study, sites), sites),
        invited=user_pages.invitation_rows(invitations.of_study(unit.session(), g.study, sites)),
    )


@bp.get("/users/<int:user_id>", endpoint="user")
@requires(Permission.MANAGE_USERS)
def show_user(user_id: int) -> ResponseReturnValue:
    """Show one user, with what can be done."""
    page = user_pages.user_page(_user(user_id), managed_sites())
    return render_template("admin/user.html", page=page, user_id=user_id)


@bp.post("/users/<int:user_id>/roles/<int:grant_id>/withdraw")
@requires(Permission.MANAGE_USERS)
@fresh
def withdraw_role(user_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role away."""
    study_users.withdraw(
        unit.session(),
        g.study,
        _user(user_id),
        grant_id,
        sites=managed_sites(),
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The role is withdrawn."), "success")
    return to_list()


@bp.post("/users/<int:user_id>/unlock")
@requires(Permission.MANAGE_USERS)
def unlock_user(user_id: int) -> ResponseReturnValue:
    """Open an account that wrong tries have shut."""
    lockouts.unlock(unit.session(), _user(user_id), actor=g.actor, now=unit.now())
    flash(_("The account is open again."), "success")
    return _to_user(user_id)


@bp.post("/users/<int:user_id>/reset-second-factor")
@requires(Permission.MANAGE_USERS)
@fresh
def reset_second_factor(user_id: int) -> ResponseReturnValue:
    """Forget the second factor of somebody whose phone is lost."""
    second_factor.remove(unit.session(), _wholly_managed(user_id), actor=g.actor, now=unit.now())
    flash(_("The second factor is reset."), "success")
    return _to_user(user_id)


@bp.post("/users/<int:user_id>/close")
@requires(Permission.MANAGE_USERS)
@fresh
def close_user(user_id: int) -> ResponseReturnValue:
    """Close an account."""
    study_users.close(
        unit.session(),
        g.study,
        _user(user_id),
        by=g.user.grant_values(),
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("The account is closed."), "success")
    return _to_user(user_id)


@bp.post("/users/<int:user_id>/reopen")
@requires(Permission.MANAGE_USERS)
@fresh
def reopen_user(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    accounts.set_active(
        unit.session(), _wholly_managed(user_id), active=True, actor=g.actor, now=unit.now()
    )
    flash(_("The account is open again."), "success")
    return _to_user(user_id)


def managed_sites() -> frozenset[int] | None:
    """Return the sites whose users the reader manages; None means all."""
    return guards.sites(Permission.MANAGE_USERS)


def to_list() -> ResponseReturnValue:
    """Go back to the list."""
    return redirect(url_for("admin.users", study=g.study.code), 303)


def _to_user(user_id: int) -> ResponseReturnValue:
    return redirect(url_for("admin.user", study=g.study.code, user_id=user_id), 303)


def _user(user_id: int) -> User:
    return study_users.find(unit.session(), g.study, user_id, managed_sites())


def _wholly_managed(user_id: int) -> User:
    """Return a user no role of whom, in any study, is others' to manage."""
    user = _user(user_id)
    if not study_users.is_wholly_managed(user, g.user.grant_values()):
        raise Conflict("this user has roles that somebody else manages")
    return user
