"""The staff's surface: who has to be asked today, each participant, links, and answers."""

from __future__ import annotations

from flask import Flask

from qol_app.settings import Settings
from qol_app.web.staff import (
    alert_views,
    audit_views,
    calendar_views,
    calls,
    completion_views,
    contact_views,
    correction_views,
    course_views,
    import_views,
    keying_views,
    missing_views,
    participant_edit_views,
    participant_views,
    postponing,
    query_views,
    scan_views,
    stray_views,
    subject_views,
    views,
    visit_views,
    worklist_views,
)
from qol_app.web.staff.blueprint import bp

__all__ = [
    "alert_views",
    "audit_views",
    "calendar_views",
    "calls",
    "completion_views",
    "contact_views",
    "correction_views",
    "course_views",
    "import_views",
    "keying_views",
    "missing_views",
    "participant_edit_views",
    "participant_views",
    "postponing",
    "query_views",
    "register",
    "scan_views",
    "stray_views",
    "subject_views",
    "views",
    "visit_views",
    "worklist_views",
]


def register(app: Flask, settings: Settings) -> None:
    """Add the staff's routes to ``app``."""
    app.register_blueprint(bp)
