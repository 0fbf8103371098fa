"""Whether a password is the user's; every wrong one is counted and may shut the account."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_security import hash_password, verify_password

from qol_app.db.models import User
from qol_app.domain.passwords import normalized
from qol_app.services import lockouts
from qol_app.services.lockouts import Wrong
from qol_app.web import unit

_NOBODYS = "hash_of_nobody"


def fits(user: User | None, password: str) -> bool:
    """Tell whether a password is the user's. Of nobody it takes as long to say no."""
    known = verify_password(normalized(password), user.password if user else _hash_of_nobody())
    return bool(known) and user is not None


def hashed(password: str) -> str:
    """Return what is stored of a password."""
    return str(hash_password(normalized(password)))


def confirmed(user: User, password: str) -> bool:
    """Tell whether a signed-in user's password was given again; a wrong one is counted and kept."""
    is_right = fits(user, password)
    held = lockouts.hold(unit.session(), user.id)
    admitted = lockouts.admit(
        unit.session(), held, is_right=is_right, wrong=Wrong.PASSWORD, now=unit.now()
    )
    if not admitted:
        unit.keep()
    return admitted


def _hash_of_nobody() -> str:
    kept = current_app.extensions
    if _NOBODYS not in kept:
        kept[_NOBODYS] = hash_password("of nobody")
    return cast(str, kept[_NOBODYS])
