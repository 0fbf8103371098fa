"""Create users and grant them roles. Signing in itself is Flask-Security's."""

from __future__ import annotations

import uuid
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Grant, Role, Site, Study, User
from qol_app.domain import roles
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict, InvalidInput, NotFound
from qol_app.domain.events import Action
from qol_app.services import lockouts, sign_ins
from qol_app.services.sign_ins import EndedAs


def address_of(email: str) -> str:
    """Return an e-mail address as it is stored. Raises InvalidInput if it is none."""
    try:
        address = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInput([f"email: {error}"]) from error
    return address.normalized.lower()


def by_email(session: Session, email: str) -> User:
    """Return the user with this address, active or not. Raises NotFound."""
    found = session.scalar(select(User).where(User.email == email.strip().lower()))
    if found is None:
        raise NotFound(f"nobody has an account for {email}")
    return found


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str,
    actor: Actor,
    now: datetime,
    language: str | None = None,
) -> User:
    """Add a user who has no role yet.

    Args:
        password_hash: An argon2id hash; the password itself never comes here.

    Raises:
        InvalidInput: the address is not an e-mail address.
        Conflict: the address is taken.
    """
    key = address_of(email)
    if session.scalar(select(User.id).where(User.email == key)) is not None:
        raise Conflict(f"{key} has an account already")
    with audited(session, actor=actor, action=Action.USER_CREATED, now=now):
        user = User(
            email=key,
            name=name,
            password=password_hash,
            active=True,
            fs_uniquifier=uuid.uuid4().hex,
            language=language,
            created_at=now,
        )
        session.add(user)
    return user


def grant(
    session: Session,
    user: User,
    role: roles.Role,
    *,
    study: Study,
    site: Site | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Give ``user`` a role in ``study``, at ``site`` or (None) at all sites. Twice is a no-op.

    Raises:
        InvalidInput: the role covers all sites, and one was named.
    """
    check_place(role, site)
    value = roles.Grant(role=role, study_id=study.id, site_id=site.id if site else None)
    if value in user.grant_values():
        return
    with audited(session, actor=actor, action=Action.ROLE_GRANTED, now=now, study_id=study.id):
        row = session.scalar(select(Role).where(Role.name == role.value))
        if row is None:
            row = Role(name=role.value)
            session.add(row)
            session.flush()
        user.grants.append(Grant(role=row, study_id=study.id, site_id=value.site_id))


def check_place(role: roles.Role, site: Site | None) -> None:
    """Refuse a role that covers all sites where one site was named. Raises InvalidInput."""
    if site is not None and role in roles.EVERYWHERE:
        raise InvalidInput([f"site: a {role.value} covers all sites; name none"])


def change_password(
    session: Session, user: User, password_hash: str, *, actor: Actor, now: datetime
) -> None:
    """Store a new password and forget wrong tries. What was signed with the old one is void."""
    with audited(session, actor=actor, action=Action.PASSWORD_CHANGED, now=now):
        user.password = password_hash
        user.fs_uniquifier = uuid.uuid4().hex
        user.reset_asked_at = None
        lockouts.clear(user)


def set_active(session: Session, user: User, *, active: bool, actor: Actor, now: datetime) -> None:
    """Close an account, which signs it out everywhere, or open it again. Twice is a no-op."""
    if user.active is active:
        return
    with audited(
        session,
        actor=actor,
        action=Action.USER_CHANGED,
        now=now,
        reason="opened again" if active else "closed",
    ):
        user.active = active
    if not active:
        sign_ins.end_all(session, user, ended_as=EndedAs.REVOKED, actor=actor, now=now)
