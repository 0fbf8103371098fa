"""The administrator's surface: the words of questionnaires and of messages."""

from __future__ import annotations

from flask import Flask

from qol_app.settings import Settings
from qol_app.web.admin import text_views, views
from qol_app.web.admin.blueprint import bp

__all__ = ["register", "text_views", "views"]


def register(app: Flask, settings: Settings) -> None:
    """Add the administrator's routes to ``app``."""
    app.register_blueprint(bp)
