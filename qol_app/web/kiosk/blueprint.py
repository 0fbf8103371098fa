"""The tablet's blueprint; the view modules add their routes to it."""

from __future__ import annotations

from flask import Blueprint

from qol_app.web.navigation import surround

bp = Blueprint("kiosk", __name__)
surround(bp)
