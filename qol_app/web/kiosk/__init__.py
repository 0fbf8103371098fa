"""The shared tablet: staff register it and hand it over; a patient holds it until it locks.

It stands between staff and patient, so it needs their surfaces (``auth`` and ``patient``) on the
same host. The session of staff ends when the tablet leaves their hands; the patient's begins once
the check has shown that it is the right one, and ends when the tablet locks.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, session
from flask_security import user_authenticated

from qol_app.settings import Settings
from qol_app.web import locale, tablet
from qol_app.web.kiosk import hand_over_views, tablet_views, views
from qol_app.web.kiosk.blueprint import bp

__all__ = ["hand_over_views", "register", "tablet_views", "views"]


def register(app: Flask, settings: Settings) -> None:
    """Add the tablet's routes to ``app``."""
    tablet.register(app)
    app.register_blueprint(bp)
    locale.recognise_readers_by(app, views.recognise_reader)
    # Locking always works: also from a page whose form token died with the session. The session's
    # cookie is SameSite=Lax, so that no other site can ask for it.
    app.extensions["csrf"].exempt(views.lock)
    user_authenticated.connect(_end_survey, app)


def _end_survey(app: Flask, **details: Any) -> None:
    """Keep staff who sign in on a tablet from a survey that its patient left running."""
    session.pop("survey", None)
