"""What stands around every page of a study: its name, where one can go, who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l

from qol_app.domain.roles import Permission
from qol_app.services import studies
from qol_app.web.guards import holds
from qol_app.web.locale import choices, language

ALERTS = "staff.alerts"
PLACES = (
    (Permission.SEE_PARTICIPANTS, "staff.worklist", _l("Worklist")),
    (Permission.SEE_PARTICIPANTS, "staff.participants", _l("Participants")),
    (Permission.SEE_PARTICIPANTS, "staff.calendar", _l("Calendar")),
    (Permission.MANAGE_TABLETS, "kiosk.tablets", _l("Tablets")),
    (Permission.SEE_ALERTS, ALERTS, _l("Alerts")),
    (Permission.SEE_COMPLETION, "staff.completion", _l("Completion")),
    (Permission.SEE_ANSWERS, "staff.queries", _l("Queries")),
    (Permission.SEE_TRAJECTORIES, "analysis.trajectories", _l("Trajectories")),
    (Permission.DOWNLOAD, "analysis.downloads", _l("Downloads")),
    (Permission.IMPORT_WORDINGS, "admin.wordings", _l("Wordings")),
    (Permission.EDIT_TEXTS, "admin.texts", _l("Message texts")),
    (Permission.SEE_AUDIT, "staff.audit", _l("Audit trail")),
    (Permission.MANAGE_USERS, "admin.users", _l("Users")),
)
"""Where one can go in a study, and the permission that each place needs."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One link of a menu."""

    label: str
    url: str
    current: bool


def navigation() -> list[Entry]:
    """Return the places of this study that the user may go to and that this host serves."""
    return [
        _entry(url_for(endpoint, study=g.study.code), str(label))
        for permission, endpoint, label in PLACES
        if endpoint in current_app.view_functions and holds(permission) and _is_used(endpoint)
    ]


def _is_used(endpoint: str) -> bool:
    """Tell whether the study has what stands there: alerts only if its protocol has rules."""
    return endpoint != ALERTS or studies.in_force(g.study).alerts is not None


def _entry(url: str, label: str) -> Entry:
    return Entry(label=label, url=url, current=f"{request.path}/".startswith(f"{url}/"))


def in_words(texts: Mapping[str, str]) -> str:
    """Return a protocol's text in the page's language, or else in the study's first."""
    spoken = language()
    return texts[spoken] if spoken in texts else next(iter(texts.values()))


def surround(bp: Blueprint) -> None:
    """Give the blueprint's templates what ``layouts/staff.html`` needs, once a guard has passed."""
    bp.context_processor(_frame)


def _frame() -> dict[str, Any]:
    if "study" not in g:
        return {}
    return {
        "study_code": g.study.code,
        "choices_of_language": choices(),
        "here": _way_back(),
        "study_title": in_words(studies.in_force(g.study).title),
        "home_url": url_for("auth.home"),
        "user_name": g.user.name,
        "navigation": navigation(),
    }


def _way_back() -> str:
    """Return an address that shows this page again; one that was posted cannot be."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("auth.home")
