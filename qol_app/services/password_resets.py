"""Choosing a new password by e-mail: asked for by anybody, good once, for an hour.

The token in the mail is signed and kept nowhere. It is bound to the password of the moment, so that
using it, or changing the password otherwise, makes it void.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import User
from qol_app.domain import actor as actors
from qol_app.domain.errors import ResetOver
from qol_app.domain.events import Action
from qol_app.messaging import Email, text
from qol_app.services import lockouts

KIND = "password_reset"
GOOD_FOR = timedelta(hours=1)
NOT_AGAIN_FOR = timedelta(minutes=5)
"""So long after one mail no other is sent, so that nobody's mailbox is filled."""

ASKED = actors.anyone("forgotten-password")


def ask(session: Session, email: str, *, now: datetime) -> int | None:
    """Note that a new password is wanted; return the user to be written to after the commit.

    None where nobody has this address or a mail went just now. Either way one event is recorded, so
    that the answer takes as long.
    """
    user = lockouts.find(session, email)
    if user is None:
        with audited(
            session, actor=ASKED, action=Action.USER_CHANGED, now=now, reason="unknown address"
        ):
            return None
    recently = user.reset_asked_at is not None and now - user.reset_asked_at < NOT_AGAIN_FOR
    with audited(
        session, actor=ASKED, action=Action.USER_CHANGED, now=now, reason="new password asked for"
    ):
        if not recently:
            user.reset_asked_at = now
    return None if recently else user.id


def write(
    session: Session, user_id: int, *, key: bytes, base_url: str, language: str, now: datetime
) -> Email:
    """Write the mail with its token."""
    user = session.get_one(User, user_id)
    known = text.languages(KIND)
    spoken = next(tag for tag in (user.language, language, "en") if tag in known)
    address = f"{base_url}/new-password/{token(user, key=key, now=now)}"
    words = text.render(KIND, spoken, name=user.name, address=address)
    return Email(
        to=user.email, subject=words.subject, body=words.body, language=spoken, written_at=now
    )


def token(user: User, *, key: bytes, now: datetime) -> str:
    """Return what lets a user choose a new password."""
    return str(_signer(key).dumps([user.id, _bound_to(user), int(now.timestamp())]))


def user_of(session: Session, token: str, *, key: bytes, now: datetime) -> User:
    """Return the user of a token.

    Raises:
        ResetOver: it is not one of ours, was used, or is older than an hour.
    """
    try:
        user_id, bound_to, made_at = _signer(key).loads(token)
    except (BadData, ValueError) as error:
        raise ResetOver("the token is not one of ours") from error
    user = session.get(User, user_id)
    is_in_time = 0 <= now.timestamp() - made_at < GOOD_FOR.total_seconds()
    if user is None or not user.active or not is_in_time or bound_to != _bound_to(user):
        raise ResetOver("the token was used or is too old")
    return user


def _bound_to(user: User) -> str:
    return hashlib.sha256(f"{user.fs_uniquifier}{user.password}".encode()).hexdigest()[:32]


def _signer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=KIND)
