"""What a browser knows of being a shared tablet: its cookie, and whether a patient holds it now.

The surfaces share this: the kiosk hands over and locks, the patient's pages carry the way to give
the tablet back, and staff's pages offer the hand-over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from qol_app.domain.errors import TabletLocked
from qol_app.web.locale import survey_session

LIFETIME = timedelta(days=400)
"""As long as browsers keep a cookie; every hand-over renews it."""


def register(app: Flask) -> None:
    """Tell every template whether this is a tablet, and whether a patient holds it now."""
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {"is_tablet": is_one(), "on_tablet": "handover" in survey_session()}


def token() -> str:
    """Return the token in this browser's cookie; empty where it is no tablet."""
    return request.cookies.get(_cookie_name(), "")


def is_one() -> bool:
    """Tell whether this browser calls itself a tablet, on a host that serves tablets."""
    return token() != "" and "kiosk.show" in current_app.view_functions


def remember(response: Response, token: str) -> Response:
    """Make this browser the tablet with this token."""
    secure = current_app.extensions["settings"].secure_cookies
    response.set_cookie(
        _cookie_name(), token, max_age=LIFETIME, httponly=True, samesite="Lax", secure=secure
    )
    return response


def _cookie_name() -> str:
    secure = current_app.extensions["settings"].secure_cookies
    return "__Host-qol-tablet" if secure else "qol-tablet"


def leave() -> ResponseReturnValue:
    """Forget the survey that this browser's session holds, and show the lock page.

    Raises:
        TabletLocked: a script asked, which can do nothing with a page.
    """
    session.pop("survey", None)
    wanted = request.accept_mimetypes.best_match(["text/html", "application/json"])
    if wanted == "application/json":
        raise TabletLocked("the tablet was given back or lay idle")
    return redirect(url_for("kiosk.show"), 303)


def forget_pages(response: Response) -> Response:
    """Have the browser drop every page it keeps, also those behind its back button.

    Not its storage: answers that could not be sent yet may wait there.
    """
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
