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
from qol_app.domain.errors import Conflict, InvalidInput
from qol_app.domain.events import Action


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
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInput([f"email: {error}"]) from error
    key = address.normalized.lower()
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
    """Give ``user`` a role in ``study``, at ``site`` or (None) at all sites. Twice is a no-op."""
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
