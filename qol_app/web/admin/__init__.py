"""The administrator's surface: the words that questionnaires show, and the users of a study."""

from __future__ import annotations

from flask import Flask

from qol_app.settings import Settings
from qol_app.web.admin import invitation_views, user_views, views
from qol_app.web.admin.blueprint import bp

__all__ = ["invitation_views", "register", "user_views", "views"]


def register(app: Flask, settings: Settings) -> None:
    """Add the administrator's routes to ``app``."""
    app.register_blueprint(bp)
