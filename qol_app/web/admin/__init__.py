"""The administrator's surface: words of questionnaires and messages, and a study's users."""

from __future__ import annotations

from flask import Flask

from qol_app.settings import Settings
from qol_app.web.admin import invitation_views, text_views, user_views, views
from qol_app.web.admin.blueprint import bp

__all__ = ["invitation_views", "register", "text_views", "user_views", "views"]


def register(app: Flask, settings: Settings) -> None:
    """Add the administrator's routes to ``app``."""
    app.register_blueprint(bp)
