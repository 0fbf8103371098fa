"""Between the password and the code: who is expected to give one, for ten minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import session
from sqlalchemy import select

from qol_app.db.models import User
from qol_app.web import unit

_KEY = "second_step"
LASTS = timedelta(minutes=10)


def await_code(user: User, onward: str) -> None:
    """Note in this browser's session whose code is awaited, and where to go after it."""
    session[_KEY] = {"user": user.fs_uniquifier, "at": unit.now().timestamp(), "next": onward}


def awaited() -> User | None:
    """Return the user whose code is awaited; None where nobody gave a password lately."""
    kept = _kept()
    if not 0 <= unit.now().timestamp() - kept.get("at", 0) < LASTS.total_seconds():
        return None
    query = select(User).where(User.fs_uniquifier == kept["user"], User.active.is_(True))
    return unit.reading().scalar(query)


def over() -> str:
    """Await no code any more; return where to go."""
    onward = cast(str, _kept().get("next", ""))
    session.pop(_KEY, None)
    return onward


def _kept() -> dict[str, Any]:
    return cast(dict[str, Any], session.get(_KEY, {}))
