"""The names of users, for pages that say who did what."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import User


def of_users(session: Session, user_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of users by their ids."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {user_id: name for user_id, name in rows}


def of_user(session: Session, user_id: int) -> str:
    """Return one user's name; empty if there is no such user."""
    return of_users(session, [user_id]).get(user_id, "")
