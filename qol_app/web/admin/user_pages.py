"""What the pages about users show, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from qol_app.db.authenticator import has_second_factor
from qol_app.db.models import Grant, Invitation, User
from qol_app.domain import lockout
from qol_app.domain.roles import Role
from qol_app.services import invitations, second_factor, studies, study_users
from qol_app.services.invitations import InvitationState
from qol_app.services.outbox import MessageStatus
from qol_app.web import unit
from qol_app.web.navigation import in_words
from qol_app.web.role_words import ROLES
from qol_app.web.written import moment

MAILS = {
    MessageStatus.PLANNED: ("due", _l("The mail is about to be sent")),
    MessageStatus.SENDING: ("due", _l("The mail is being sent")),
    MessageStatus.SENT: ("open", _l("Invited")),
    MessageStatus.FAILED: ("overdue", _l("The mail could not be sent")),
    MessageStatus.CANCELLED: ("ended", _l("Not sent")),
}
"""Kind of mark and words of an open invitation, by where its mail stands."""


@dataclass(frozen=True, kw_only=True)
class UserRow:
    """One user of the study."""

    name: str
    email: str
    url: str
    roles: tuple[str, ...]
    last_sign_in: str
    mark: str
    state: str
    second_factor: str


@dataclass(frozen=True, kw_only=True)
class InvitationRow:
    """One invitation that was not accepted yet."""

    name: str
    email: str
    role: str
    until: str
    mark: str
    state: str
    again_url: str
    revoke_url: str


@dataclass(frozen=True, kw_only=True)
class RoleRow:
    """One role of a user, with the way to withdraw it."""

    label: str
    withdraw_url: str


@dataclass(frozen=True, kw_only=True)
class UserPage:
    """One user, and what can be done."""

    row: UserRow
    roles: tuple[RoleRow, ...]
    is_locked: bool
    is_active: bool
    is_myself: bool
    has_second_factor: bool
    may_close: bool
    """Whether every role of the user, in whatever study, is the reader's to manage."""


def user_rows(found: Iterable[User], sites: frozenset[int] | None) -> list[UserRow]:
    """Return the users of this study."""
    return [_user_row(user, sites) for user in found]


def _user_row(user: User, sites: frozenset[int] | None) -> UserRow:
    mark, state = _state(user)
    return UserRow(
        name=user.name,
        email=user.email,
        url=url_for("admin.user", study=g.study.code, user_id=user.id),
        roles=tuple(_role(grant) for grant in study_users.grants_in(user, g.study, sites)),
        last_sign_in=_moment(user.last_sign_in_at) if user.last_sign_in_at else "",
        mark=mark,
        state=state,
        second_factor=_second_factor(user),
    )


def _state(user: User) -> tuple[str, str]:
    if not user.active:
        return "ended", str(_("Closed"))
    if user.locked_until and lockout.is_locked(user.locked_until, now=unit.now()):
        return "overdue", str(_("Shut until %(when)s", when=_moment(user.locked_until)))
    return "complete", str(_("Active"))


def _second_factor(user: User) -> str:
    if has_second_factor(user):
        return str(_("Yes"))
    settings = current_app.extensions["settings"]
    missing = second_factor.is_missing(user, settings.totp_roles)
    return str(_("Missing")) if missing else str(_("No"))


def user_page(user: User, sites: frozenset[int] | None) -> UserPage:
    """Return one user of this study."""
    return UserPage(
        row=_user_row(user, sites),
        roles=tuple(
            RoleRow(
                label=_role(grant),
                withdraw_url=url_for(
                    "admin.withdraw_role",
                    study=g.study.code,
                    user_id=user.id,
                    grant_id=grant.id,
                ),
            )
            for grant in study_users.grants_in(user, g.study, sites)
        ),
        is_locked=lockout.is_locked(user.locked_until, now=unit.now()),
        is_active=user.active,
        is_myself=user.id == g.user.id,
        has_second_factor=has_second_factor(user),
        may_close=study_users.is_wholly_managed(user, g.user.grant_values()),
    )


def _role(grant: Grant) -> str:
    return f"{ROLES[Role(grant.role.name)]} · {_place(grant.site_id)}"


def _place(site_id: int | None) -> str:
    protocol = studies.in_force(g.study)
    code = next((site.code for site in g.study.sites if site.id == site_id), None)
    return str(_("All sites")) if code is None else in_words(protocol.site(code).name)


def invitation_rows(found: Iterable[Invitation]) -> list[InvitationRow]:
    """Return the invitations of this study that were not accepted yet."""
    return [_invitation_row(each) for each in found]


def _invitation_row(found: Invitation) -> InvitationRow:
    mark, state = MAILS[MessageStatus(found.status)]
    if invitations.state(found, now=unit.now()) is InvitationState.EXPIRED:
        mark, state = "ended", _l("Too old; send it again")
    return InvitationRow(
        name=found.name,
        email=found.email,
        role=f"{ROLES[Role(found.role)]} · {_place(found.site_id)}",
        until=_moment(found.expires_at),
        mark=mark,
        state=str(state),
        again_url=_invitation_url("admin.send_invitation_again", found),
        revoke_url=_invitation_url("admin.revoke_invitation", found),
    )


def _invitation_url(endpoint: str, found: Invitation) -> str:
    return url_for(endpoint, study=g.study.code, invitation_id=found.id)


def _moment(value: datetime) -> str:
    """Return an instant by the clock of the study's first site."""
    return moment(value, ZoneInfo(studies.in_force(g.study).sites[0].timezone))
