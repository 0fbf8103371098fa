"""Where a user is signed in: one row for each browser, which can be ended from elsewhere.

A browser's session carries a random key of 192 bits; only its SHA-256 is stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited, touch
from qol_app.db.models import SignIn, User
from qol_app.domain import actor as actors
from qol_app.domain.actor import Actor
from qol_app.domain.errors import NotFound
from qol_app.domain.events import Action
from qol_app.services import lockouts
from qol_app.services.links import TOKEN_BYTES, token_hash

SEEN_EVERY = timedelta(minutes=10)
"""How exactly it is known when a browser was last seen."""


LONGEST_IDLE = timedelta(hours=12)
"""A browser not seen for so long is signed out."""


class EndedAs(StrEnum):
    """How a sign-in ended."""

    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    HANDED_OVER = "handed_over"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an ending


def start(session: Session, user: User, *, device: str, now: datetime) -> str:
    """Sign a held user in, forget the wrong tries before, and return the browser's key."""
    key = secrets.token_urlsafe(TOKEN_BYTES)
    with audited(session, actor=actors.user(user.id), action=Action.SIGNED_IN, now=now):
        lockouts.clear(user)
        user.last_sign_in_at = now
        session.add(
            SignIn(
                user_id=user.id,
                key_hash=token_hash(key),
                device=device,
                started_at=now,
                last_seen_at=now,
            )
        )
    return key


def running(session: Session, key: str | None, user: User, *, now: datetime) -> SignIn | None:
    """Return the sign-in of the browser with this key, unless it is over or is another's."""
    if key is None:
        return None
    found = session.scalar(select(SignIn).where(SignIn.key_hash == token_hash(key)))
    if found is None or found.ended_at is not None or found.user_id != user.id:
        return None
    return found if now - found.last_seen_at < LONGEST_IDLE else None


def of_user(session: Session, user: User, *, now: datetime) -> Sequence[SignIn]:
    """Return a user's sign-ins that are not over, the one seen last first."""
    query = select(SignIn).where(
        SignIn.user_id == user.id,
        SignIn.ended_at.is_(None),
        SignIn.last_seen_at > now - LONGEST_IDLE,
    )
    return session.scalars(query.order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())).all()


def before(session: Session, sign_in: SignIn) -> SignIn | None:
    """Return the sign-in of the same user that came before this one."""
    query = select(SignIn).where(SignIn.user_id == sign_in.user_id, SignIn.id < sign_in.id)
    return session.scalar(query.order_by(SignIn.id.desc()).limit(1))


def is_stale(sign_in: SignIn, *, now: datetime) -> bool:
    """Tell whether it is time to note again that a browser was seen."""
    return now - sign_in.last_seen_at >= SEEN_EVERY


def note_seen(session: Session, sign_in_id: int, *, now: datetime) -> None:
    """Note that a browser was seen. This is no event: the audit does not record it."""
    touch(session, SignIn, sign_in_id, last_seen_at=now)


def end_one(
    session: Session, user: User, sign_in_id: int, *, ended_as: EndedAs, actor: Actor, now: datetime
) -> None:
    """Sign one browser of a user out. Twice is a no-op. Raises NotFound if it is another's."""
    found = session.get(SignIn, sign_in_id)
    if found is None or found.user_id != user.id:
        raise NotFound(f"no sign-in {sign_in_id}")
    if found.ended_at is None:
        _end(session, [found], ended_as=ended_as, actor=actor, now=now)


def end_all(
    session: Session,
    user: User,
    *,
    but: int | None = None,
    ended_as: EndedAs,
    actor: Actor,
    now: datetime,
) -> int:
    """Sign all browsers of a user out, ``but`` the one with this id; return how many they were."""
    found = [each for each in of_user(session, user, now=now) if each.id != but]
    if found:
        _end(session, found, ended_as=ended_as, actor=actor, now=now)
    return len(found)


def _end(
    session: Session, found: Sequence[SignIn], *, ended_as: EndedAs, actor: Actor, now: datetime
) -> None:
    with audited(session, actor=actor, action=Action.SIGN_IN_ENDED, now=now, reason=ended_as.value):
        for sign_in in found:
            sign_in.ended_at = now
            sign_in.ended_as = ended_as.value
