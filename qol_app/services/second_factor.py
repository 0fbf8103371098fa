"""The second factor of a user: one-time codes of an authenticator app, and recovery codes."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from qol_app.db.audit import audited, touch
from qol_app.db.authenticator import Authenticator, has_second_factor
from qol_app.db.models import User
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict
from qol_app.domain.events import Action
from qol_app.domain.roles import Role

METHOD = "authenticator"


def is_demanded(user: User, roles: frozenset[Role]) -> bool:
    """Tell whether a role of the user, in any study, must have a second factor."""
    return any(grant.role in roles for grant in user.grant_values())


def is_missing(user: User, roles: frozenset[Role]) -> bool:
    """Tell whether a user has to set a second factor up before anything else."""
    return not has_second_factor(user) and is_demanded(user, roles)


def set_up(
    session: Session,
    user: User,
    *,
    secret: str,
    code: str,
    authenticator: Authenticator,
    actor: Actor,
    now: datetime,
) -> list[str] | None:
    """Take a secret into use once a code shows that the user's app has it.

    Returns the recovery codes, which are not kept; None if the code does not fit.
    """
    counter = authenticator.counter(secret, code, last=None)
    if counter is None:
        return None
    codes = authenticator.new_recovery_codes()
    with audited(
        session, actor=actor, action=Action.SECOND_FACTOR_CHANGED, now=now, reason="set up"
    ):
        user.tf_primary_method = METHOD
        user.tf_totp_secret = secret
        user.tf_last_counter = counter
        user.mf_recovery_codes = [authenticator.hashed(each) for each in codes]
    return codes


def renew_recovery_codes(
    session: Session, user: User, *, authenticator: Authenticator, actor: Actor, now: datetime
) -> list[str]:
    """Replace all recovery codes and return the new ones, which are not kept.

    Raises:
        Conflict: the user has no second factor.
    """
    if not has_second_factor(user):
        raise Conflict("this user has no second factor")
    codes = authenticator.new_recovery_codes()
    with audited(
        session, actor=actor, action=Action.SECOND_FACTOR_CHANGED, now=now, reason="new codes"
    ):
        user.mf_recovery_codes = [authenticator.hashed(each) for each in codes]
    return codes


def remove(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Forget the second factor of a user. Twice is a no-op."""
    if not has_second_factor(user):
        return
    with audited(
        session, actor=actor, action=Action.SECOND_FACTOR_CHANGED, now=now, reason="removed"
    ):
        user.tf_primary_method = None
        user.tf_totp_secret = None
        user.tf_last_counter = None
        user.mf_recovery_codes = None


def spend(
    session: Session,
    user: User,
    code: str,
    *,
    authenticator: Authenticator,
    actor: Actor,
    now: datetime,
) -> bool:
    """Tell whether a code is good for a held user, and use it up: none is taken twice.

    Either a one-time code of the app or a recovery code.
    """
    typed = "".join(code.split())
    if typed.isdecimal() and len(typed) <= 8:
        counter = authenticator.counter(user.tf_totp_secret or "", typed, last=user.tf_last_counter)
        if counter is None:
            return False
        touch(session, User, user.id, tf_last_counter=counter)
        return True
    return _spend_recovery_code(session, user, authenticator.hashed(code), actor=actor, now=now)


def _spend_recovery_code(
    session: Session, user: User, hashed: str, *, actor: Actor, now: datetime
) -> bool:
    kept = user.mf_recovery_codes or []
    left = [each for each in kept if not hmac.compare_digest(each, hashed)]
    if len(left) == len(kept):
        return False
    with audited(
        session,
        actor=actor,
        action=Action.SECOND_FACTOR_CHANGED,
        now=now,
        reason="recovery code used",
    ):
        user.mf_recovery_codes = left
    return True
