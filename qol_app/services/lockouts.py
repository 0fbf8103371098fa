"""Count wrong passwords and codes, and shut an account after too many in a row.

Whoever counts holds the user's row, so that guesses made at the same moment are counted one after
the other. A shut account takes the right password no more than a wrong one, so nobody learns which
it is.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import User
from qol_app.domain import actor as actors
from qol_app.domain import lockout
from qol_app.domain.actor import Actor
from qol_app.domain.events import Action


class Wrong(StrEnum):
    """Why signing in failed, as the audit tells it."""

    ADDRESS = "unknown address"
    PASSWORD = "wrong password"  # noqa: S105  # the name of a failure
    CODE = "wrong code"
    LOCKED = "locked"


def find(session: Session, email: str) -> User | None:
    """Return the active user with this address, however it is written."""
    query = select(User).where(User.email == email.strip().lower(), User.active.is_(True))
    return session.scalar(query)


def hold(session: Session, user_id: int) -> User:
    """Lock a user's row until the end of the transaction and read it anew."""
    query = select(User).where(User.id == user_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def admit(session: Session, user: User, *, is_right: bool, wrong: Wrong, now: datetime) -> bool:
    """Count a try at the password or the code of a held user; tell whether it is let in.

    A right one does not clear the count: only a whole sign-in does, or guesses at the code would
    be free to who knows the password.
    """
    if not lockout.is_locked(user.locked_until, now=now) and is_right:
        return True
    refused = Wrong.LOCKED if lockout.is_locked(user.locked_until, now=now) else wrong
    with audited(
        session,
        actor=actors.user(user.id),
        action=Action.SIGN_IN_FAILED,
        now=now,
        reason=refused.value,
    ):
        if refused is not Wrong.LOCKED:
            user.failed_sign_ins += 1
            shut_for = lockout.lock_after(user.failed_sign_ins)
            user.locked_until = now + shut_for if shut_for else None
    return False


def note_unknown(session: Session, *, now: datetime) -> None:
    """Record that an address without an account was tried; the address itself is not kept."""
    with audited(
        session,
        actor=actors.anyone("sign-in"),
        action=Action.SIGN_IN_FAILED,
        now=now,
        reason=Wrong.ADDRESS.value,
    ):
        pass


def unlock(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Open an account that was shut, and forget its wrong tries. Twice is a no-op."""
    if user.locked_until is None and not user.failed_sign_ins:
        return
    with audited(session, actor=actor, action=Action.USER_UNLOCKED, now=now):
        clear(user)


def clear(user: User) -> None:
    """Forget the wrong tries of a user, within the caller's ``audited``."""
    user.failed_sign_ins = 0
    user.locked_until = None
