"""Inviting users to a study, by mail."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.db.models import Invitation
from qol_app.domain.errors import Conflict
from qol_app.domain.roles import Permission
from qol_app.services import invitations, participants
from qol_app.web import guards, unit
from qol_app.web.admin.blueprint import bp
from qol_app.web.admin.user_forms import InvitationForm
from qol_app.web.admin.user_views import managed_sites, to_list
from qol_app.web.guards import requires
from qol_app.web.locale import language
from qol_app.web.role_words import TASKS


@bp.get("/users/invite")
@requires(Permission.MANAGE_USERS)
def invite() -> ResponseReturnValue:
    """Ask who is to be invited."""
    return _page(_form())


@bp.post("/users/invite")
@requires(Permission.MANAGE_USERS)
def send_invitation() -> ResponseReturnValue:
    """Invite somebody. The same invitation twice is one."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        made, is_new = invitations.invite(
            unit.session(), g.study, form.guest(), by=g.user, actor=g.actor, now=unit.now()
        )
    except Conflict:
        form.email.errors = [str(_("Somebody with this address has this role already."))]
        return _page(form), 422
    if is_new:
        _send(made)
    flash(_("The invitation to %(email)s is on its way.", email=made.email), "success")
    return to_list()


@bp.post("/users/invitations/<int:invitation_id>/again")
@requires(Permission.MANAGE_USERS)
def send_invitation_again(invitation_id: int) -> ResponseReturnValue:
    """Send an invitation anew; the link in the earlier mail opens nothing any more."""
    found = _invitation(invitation_id)
    if invitations.send_again(unit.session(), found, actor=g.actor, now=unit.now()):
        _send(found)
    flash(_("The invitation to %(email)s is on its way.", email=found.email), "success")
    return to_list()


@bp.post("/users/invitations/<int:invitation_id>/revoke")
@requires(Permission.MANAGE_USERS)
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Withdraw an invitation."""
    found = _invitation(invitation_id)
    invitations.revoke(unit.session(), found, actor=g.actor, now=unit.now())
    flash(_("The invitation is withdrawn."), "success")
    return to_list()


def _invitation(invitation_id: int) -> Invitation:
    return invitations.find(unit.session(), g.study, invitation_id, managed_sites())


def _send(made: Invitation) -> None:
    queue: Any = current_app.extensions["queue"]
    unit.after_commit(lambda: queue.send_invitation(made.id))


def _form() -> InvitationForm:
    sites = managed_sites()
    return InvitationForm(
        guards.protocol(),
        participants.sites(g.study, sites),
        manages_all=sites is None,
        spoken=language(),
    )


def _page(form: InvitationForm) -> str:
    return render_template(
        "admin/invite.html",
        form=form,
        tasks={role.value: task for role, task in TASKS.items()},
    )
