"""Invitations: a link by mail, with which somebody makes an account or gets a further role.

The token in the mail is made when the mail is written; only its SHA-256 is stored. Sending again
makes a new one, so that only the newest mail opens anything. Looking at a link changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Grant, Invitation, Role, Site, Study, User
from qol_app.domain import actor as actors
from qol_app.domain import roles
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict, InvitationOver, NotFound, NotPermitted
from qol_app.domain.events import Action
from qol_app.services import accounts
from qol_app.services.links import TOKEN_BYTES, token_hash
from qol_app.services.outbox import MessageStatus

GOOD_FOR = timedelta(days=7)
ACCEPTING = actors.anyone("invitation")


class InvitationState(StrEnum):
    """What can be done with an invitation."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ACCEPTED = "accepted"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Who is invited, and to what."""

    email: str
    name: str
    role: roles.Role
    site: Site | None
    """None is a role at all sites."""
    language: str


def state(invitation: Invitation, *, now: datetime) -> InvitationState:
    """Return what can be done with an invitation now."""
    if invitation.accepted_at is not None:
        return InvitationState.ACCEPTED
    if invitation.revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.OPEN if now < invitation.expires_at else InvitationState.EXPIRED


def invite(
    session: Session,
    study: Study,
    guest: Guest,
    *,
    by: User | None,
    actor: Actor,
    now: datetime,
) -> tuple[Invitation, bool]:
    """Invite somebody; tell whether a mail is to be sent. The same invitation twice is one.

    Args:
        by: The user who invites; None for a command, which may invite anybody.

    Raises:
        InvalidInput: the address is none, or the role covers all sites and one is named.
        NotPermitted: the user does not manage this place.
        Conflict: the role is held already.
    """
    email = accounts.address_of(guest.email)
    accounts.check_place(guest.role, guest.site)
    check_may_manage(by, study.id, guest.site.id if guest.site else None)
    _refuse_held(session, study, email, guest)
    again = _same(session, study, email, guest, now)
    if again is not None:
        return again, False
    with audited(session, actor=actor, action=Action.USER_INVITED, now=now, study_id=study.id):
        invitation = Invitation(
            study_id=study.id,
            site_id=guest.site.id if guest.site else None,
            role=guest.role.value,
            email=email,
            name=guest.name.strip(),
            language=guest.language,
            token_hash=_unsent(),
            invited_by=by.id if by else None,
            invited_at=now,
            expires_at=now + GOOD_FOR,
            status=MessageStatus.PLANNED.value,
            planned_at=now,
        )
        session.add(invitation)
    return invitation, True


def check_may_manage(by: User | None, study_id: int, site_id: int | None) -> None:
    """Refuse a user who does not manage a place. Raises NotPermitted."""
    if by is not None and not roles.may_manage(
        by.grant_values(), study_id=study_id, site_id=site_id
    ):
        raise NotPermitted("this user manages no users there")


def _refuse_held(session: Session, study: Study, email: str, guest: Guest) -> None:
    wanted = Grant.site_id == guest.site.id if guest.site else Grant.site_id.is_(None)
    query = (
        select(Grant.id)
        .join(Grant.user)
        .join(Grant.role)
        .where(
            User.email == email, Grant.study_id == study.id, Role.name == guest.role.value, wanted
        )
    )
    if session.scalar(query) is not None:
        raise Conflict("this role is held already")


def _same(
    session: Session, study: Study, email: str, guest: Guest, now: datetime
) -> Invitation | None:
    site_id = guest.site.id if guest.site else None
    query = select(Invitation).where(Invitation.study_id == study.id, Invitation.email == email)
    return next(
        (
            each
            for each in session.scalars(query)
            if (each.role, each.site_id) == (guest.role.value, site_id)
            and state(each, now=now) is InvitationState.OPEN
        ),
        None,
    )


def _unsent() -> str:
    """Return the hash of a token that nobody has: it opens nothing until a mail is written."""
    return token_hash(secrets.token_urlsafe(TOKEN_BYTES))


def of_study(session: Session, study: Study, sites: frozenset[int] | None) -> Sequence[Invitation]:
    """Return the invitations at ``sites`` (None means all) not accepted or revoked, newest first.

    Somebody who manages some sites does not see those to all sites.
    """
    query = select(Invitation).where(
        Invitation.study_id == study.id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )
    if sites is not None:
        query = query.where(Invitation.site_id.in_(sites))
    return session.scalars(query.order_by(Invitation.id.desc())).all()


def find(
    session: Session, study: Study, invitation_id: int, sites: frozenset[int] | None
) -> Invitation:
    """Return an invitation of a study at ``sites``, held. Raises NotFound."""
    found = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if found is None or found.study_id != study.id:
        raise NotFound(f"no invitation {invitation_id}")
    if sites is not None and found.site_id not in sites:
        raise NotFound(f"no invitation {invitation_id}")
    return found


def send_again(session: Session, invitation: Invitation, *, actor: Actor, now: datetime) -> bool:
    """Have a held invitation sent anew, good for a week from now; tell whether a mail goes.

    None goes where one is about to be sent already.

    Raises:
        InvitationOver: it was accepted or revoked.
    """
    if state(invitation, now=now) in (InvitationState.ACCEPTED, InvitationState.REVOKED):
        raise InvitationOver("this invitation was accepted or revoked")
    if invitation.status == MessageStatus.PLANNED and now < invitation.expires_at:
        return False
    with audited(
        session,
        actor=actor,
        action=Action.USER_INVITED,
        now=now,
        study_id=invitation.study_id,
        reason="sent again",
    ):
        invitation.expires_at = now + GOOD_FOR
        invitation.status = MessageStatus.PLANNED.value
        invitation.problem = None
        invitation.planned_at = now
    return True


def revoke(session: Session, invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Withdraw a held invitation. Twice is a no-op.

    Raises:
        InvitationOver: it was accepted.
    """
    if invitation.accepted_at is not None:
        raise InvitationOver("this invitation was accepted")
    if invitation.revoked_at is not None:
        return
    with audited(
        session,
        actor=actor,
        action=Action.INVITATION_REVOKED,
        now=now,
        study_id=invitation.study_id,
    ):
        invitation.revoked_at = now


def by_token(session: Session, token: str, *, now: datetime) -> Invitation:
    """Return the open invitation of a token. Raises InvitationOver if there is none."""
    query = select(Invitation).where(Invitation.token_hash == token_hash(token))
    return _open(session.scalar(query), now)


def by_id(
    session: Session, invitation_id: int | None, *, held: bool = False, now: datetime
) -> Invitation:
    """Return an open invitation. Raises InvitationOver if there is none.

    Args:
        held: Lock its row until the end of the transaction, in order to accept it.
    """
    if invitation_id is None:
        raise InvitationOver("no invitation is being accepted in this browser")
    found = session.get(
        Invitation, invitation_id, with_for_update=held or None, populate_existing=held
    )
    return _open(found, now)


def _open(found: Invitation | None, now: datetime) -> Invitation:
    if found is None or state(found, now=now) is not InvitationState.OPEN:
        raise InvitationOver("there is no such open invitation")
    return found


def account_of(session: Session, invitation: Invitation) -> User | None:
    """Return the account that the invited person has already."""
    return session.scalar(select(User).where(User.email == invitation.email))


def accept_anew(
    session: Session, invitation: Invitation, *, name: str, password_hash: str, now: datetime
) -> User:
    """Make an account of a held invitation, with its role.

    Raises:
        Conflict: the address has an account meanwhile.
    """
    user = accounts.create_user(
        session,
        email=invitation.email,
        name=name.strip(),
        password_hash=password_hash,
        actor=ACCEPTING,
        now=now,
        language=invitation.language,
    )
    _accept(session, invitation, user, ACCEPTING, now)
    return user


def accept(session: Session, invitation: Invitation, user: User, *, now: datetime) -> None:
    """Give the invited user, who has signed in, the role of a held invitation.

    Raises:
        NotPermitted: somebody else was invited.
    """
    if user.email != invitation.email:
        raise NotPermitted("somebody else was invited")
    _accept(session, invitation, user, actors.user(user.id), now)


def _accept(
    session: Session, invitation: Invitation, user: User, actor: Actor, now: datetime
) -> None:
    accounts.grant(
        session,
        user,
        roles.Role(invitation.role),
        study=invitation.study,
        site=invitation.site,
        actor=actor,
        now=now,
    )
    with audited(
        session,
        actor=actor,
        action=Action.INVITATION_ACCEPTED,
        now=now,
        study_id=invitation.study_id,
    ):
        invitation.accepted_at = now
        invitation.accepted_by = user.id
