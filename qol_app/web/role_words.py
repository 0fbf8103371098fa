"""The words of roles, as users read them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qol_app.domain.roles import Role

ROLES = {
    Role.ADMIN: _l("Administrator"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.STAFF: _l("Research nurse"),
    Role.ANALYST: _l("Analyst"),
    Role.MONITOR: _l("Monitor"),
}

TASKS = {
    Role.ADMIN: _l("Accounts, texts and wordings; answers no participant's questions"),
    Role.COORDINATOR: _l("All work with participants at all sites, without contact details"),
    Role.STAFF: _l("All work with participants, with their contact details"),
    Role.ANALYST: _l("Trajectories by group, and downloads"),
    Role.MONITOR: _l("Reads everything but contact details and groups, and asks about it"),
}
"""What a role is for, in one line."""
