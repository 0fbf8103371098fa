"""Ask for the password again before something that counts like a signature.

Put ``@fresh`` under the guard of a view that takes a POST. Who gave the password in the last 15
minutes notices nothing. Everybody else is shown a page that asks for it and carries on all that
was filled in, so that nothing has to be done again. Files are not carried on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, render_template, request, session
from flask.typing import ResponseReturnValue

from qol_app.web import credentials, identity, unit

View = TypeVar("View", bound=Callable[..., Any])

FRESH_FOR = timedelta(minutes=15)
"""For so long a password that was given counts."""

FIELD = "current_password"
_OWN_FIELDS = (FIELD, "csrf_token")


def fresh(view: View) -> View:
    """Let a POST pass once the user has given the password lately."""

    @wraps(view)
    def confirmed(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if is_fresh():
            return cast(ResponseReturnValue, view(*args, **kwargs))
        typed = request.form.get(FIELD, "")
        if not typed or not credentials.confirmed(g.user, typed):
            return _ask(is_wrong=bool(typed))
        session[identity.AUTHENTICATED_AT] = unit.now().timestamp()
        return cast(ResponseReturnValue, view(*args, **kwargs))

    return cast(View, confirmed)


def is_fresh() -> bool:
    """Tell whether the password was given lately in this browser."""
    given_at = datetime.fromtimestamp(session.get(identity.AUTHENTICATED_AT, 0), UTC)
    return timedelta(0) <= unit.now() - given_at < FRESH_FOR


def _ask(*, is_wrong: bool) -> ResponseReturnValue:
    carried_on = [
        (name, value) for name, value in request.form.items(multi=True) if name not in _OWN_FIELDS
    ]
    page = render_template(
        "auth/confirm.html",
        fields=carried_on,
        field=FIELD,
        email=g.user.email,
        is_wrong=is_wrong,
    )
    return page, 422 if is_wrong else 401
