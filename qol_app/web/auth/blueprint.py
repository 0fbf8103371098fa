"""The blueprint of signing in and of one's own account; the view modules add their routes."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("auth", __name__)
