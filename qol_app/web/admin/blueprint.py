"""The administrator's blueprint; the view modules add their routes to it."""

from __future__ import annotations

from flask import Blueprint

from qol_app.web.navigation import surround

bp = Blueprint("admin", __name__, url_prefix="/studies/<study>")
surround(bp)
