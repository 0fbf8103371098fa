"""Who uses this browser: the user that Flask-Security knows, unless the sign-in was ended."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, session
from flask_security import current_user, login_user, logout_user

from qol_app.db.models import SignIn, User
from qol_app.domain.roles import Role
from qol_app.services import second_factor, sign_ins
from qol_app.settings import Settings
from qol_app.web import unit

KEY = "sign_in"
"""Where the browser's session keeps the key of its sign-in."""

AUTHENTICATED_AT = "fs_paa"
"""Where Flask-Security notes when a password was last given, in seconds."""


def user() -> User | None:
    """Return the user who is signed in here and whose sign-in has not been ended elsewhere."""
    if "known_user" not in g:
        g.known_user = _find()
    return cast(User | None, g.known_user)


def _find() -> User | None:
    if not current_user.is_authenticated:
        return None
    found = cast(User, current_user._get_current_object())
    running = sign_ins.running(unit.session(), session.get(KEY), found, now=unit.now())
    if running is None:
        return None
    if sign_ins.is_stale(running, now=unit.now()):
        _note_seen(running.id)
    g.sign_in = running
    return found


def _note_seen(sign_in_id: int) -> None:
    """Note it after the request, in a transaction of its own: a page that reads waits for none."""
    sessions, now = unit.sessions(), unit.now()

    def note() -> None:
        with sessions.write() as writing:
            sign_ins.note_seen(writing, sign_in_id, now=now)
            writing.commit()

    unit.afterwards(note)


def sign_in() -> SignIn:
    """Return the sign-in of this browser. Call it where a guard has let a user in."""
    return cast(SignIn, g.sign_in)


def enter(found: User, key: str) -> None:
    """Make this browser the one of a sign-in that was just started."""
    login_user(found, remember=False, authn_via=["password"])
    session[KEY] = key
    session[AUTHENTICATED_AT] = unit.now().timestamp()
    g.pop("known_user", None)


def renew(found: User) -> None:
    """Keep this browser signed in although what its session was bound to has changed."""
    login_user(found, remember=False, authn_via=["password"])
    session[AUTHENTICATED_AT] = unit.now().timestamp()


def leave() -> None:
    """Forget in this browser who was signed in."""
    session.pop(KEY, None)
    logout_user()


def must_set_up(found: User) -> bool:
    """Tell whether the user has to set a second factor up before anything else."""
    return second_factor.is_missing(found, _demanding_roles())


def is_second_factor_demanded(found: User) -> bool:
    """Tell whether a role of the user must have a second factor."""
    return second_factor.is_demanded(found, _demanding_roles())


def _demanding_roles() -> frozenset[Role]:
    return cast(Settings, current_app.extensions["settings"]).totp_roles
