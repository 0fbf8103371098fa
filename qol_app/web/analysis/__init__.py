"""The analyst's surface: trajectories of every scale, and the data to take away.

Groups are a permission: until a user opens a study's groups, which leaves an audit event, every
page and file here speaks of all participants together.
"""

from __future__ import annotations

from flask import Flask

from qol_app.settings import Settings
from qol_app.web.analysis import assets, download_views, views
from qol_app.web.analysis.blueprint import bp

__all__ = ["download_views", "register", "views"]


def register(app: Flask, settings: Settings) -> None:
    """Add the analyst's routes, and the drawing library, to ``app``."""
    app.register_blueprint(bp)
    app.register_blueprint(assets.bp)
