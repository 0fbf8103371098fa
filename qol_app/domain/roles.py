"""Who may do what: one table from roles to permissions, and one function that reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A job in a study. A grant gives a role for one study, at one site or at all of them."""

    ADMIN = "admin"
    """Accounts, texts and wordings; answers no participant's questions."""
    COORDINATOR = "coordinator"
    """Staff for all sites of a study, who never see contact details."""
    STAFF = "staff"
    """A research nurse at one site."""
    ANALYST = "analyst"
    MONITOR = "monitor"
    """Reads everything but contact details, and asks about it."""


class Permission(StrEnum):
    """One thing a user may do."""

    SEE_PARTICIPANTS = "see_participants"
    ENROL = "enrol"
    SEND_LINKS = "send_links"
    SEE_ANSWERS = "see_answers"
    CORRECT_ANSWERS = "correct_answers"
    RECORD_EVENTS = "record_events"
    SEE_TRAJECTORIES = "see_trajectories"
    SEE_GROUPS = "see_groups"
    DOWNLOAD = "download"
    SEE_AUDIT = "see_audit"
    IMPORT_WORDINGS = "import_wordings"
    MANAGE_TABLETS = "manage_tablets"
    HAND_OVER = "hand_over"
    SEE_ALERTS = "see_alerts"
    HANDLE_ALERTS = "handle_alerts"
    MANAGE_USERS = "manage_users"
    EDIT_TEXTS = "edit_texts"
    EDIT_PARTICIPANTS = "edit_participants"
    IMPORT_PARTICIPANTS = "import_participants"
    SEE_CONTACT = "see_contact"
    ERASE_CONTACT = "erase_contact"
    EXPORT_SUBJECT = "export_subject"
    SET_REASONS = "set_reasons"
    KEY_FORMS = "key_forms"
    RAISE_QUERIES = "raise_queries"
    ANSWER_QUERIES = "answer_queries"
    SEE_COMPLETION = "see_completion"


_AT_A_SITE = frozenset(
    {
        Permission.SEE_PARTICIPANTS,
        Permission.ENROL,
        Permission.IMPORT_PARTICIPANTS,
        Permission.EDIT_PARTICIPANTS,
        Permission.RECORD_EVENTS,
        Permission.SEND_LINKS,
        Permission.SEE_ANSWERS,
        Permission.CORRECT_ANSWERS,
        Permission.KEY_FORMS,
        Permission.SET_REASONS,
        Permission.ANSWER_QUERIES,
        Permission.MANAGE_TABLETS,
        Permission.HAND_OVER,
        Permission.SEE_ALERTS,
        Permission.HANDLE_ALERTS,
        Permission.SEE_COMPLETION,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(
        {
            Permission.SEE_PARTICIPANTS,
            Permission.SEE_TRAJECTORIES,
            Permission.SEE_COMPLETION,
            Permission.SEE_AUDIT,
            Permission.IMPORT_WORDINGS,
            Permission.EDIT_TEXTS,
            Permission.MANAGE_USERS,
            Permission.SEE_ALERTS,
            Permission.HANDLE_ALERTS,
        }
    ),
    Role.COORDINATOR: _AT_A_SITE | {Permission.EDIT_TEXTS, Permission.SEE_AUDIT},
    Role.STAFF: _AT_A_SITE
    | {Permission.SEE_CONTACT, Permission.ERASE_CONTACT, Permission.EXPORT_SUBJECT},
    Role.ANALYST: frozenset(
        {
            Permission.SEE_TRAJECTORIES,
            Permission.SEE_GROUPS,
            Permission.SEE_COMPLETION,
            Permission.DOWNLOAD,
        }
    ),
    Role.MONITOR: frozenset(
        {
            Permission.SEE_PARTICIPANTS,
            Permission.SEE_ANSWERS,
            Permission.SEE_ALERTS,
            Permission.SEE_COMPLETION,
            Permission.SEE_AUDIT,
            Permission.RAISE_QUERIES,
        }
    ),
}


EVERYWHERE = frozenset({Role.COORDINATOR})
"""Roles that always cover all sites of a study."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role in one study; ``site_id`` None means all of its sites."""

    role: Role
    study_id: int
    site_id: int | None


def allows(
    grants: Iterable[Grant], permission: Permission, *, study_id: int, site_id: int | None = None
) -> bool:
    """Tell whether any grant gives ``permission`` in the study, at the site.

    ``site_id`` None asks for the study as a whole, at whichever sites the grant covers; a
    grant for one site does not allow another.
    """
    return any(
        grant.study_id == study_id
        and permission in PERMISSIONS[grant.role]
        and (site_id is None or grant.site_id in (None, site_id))
        for grant in grants
    )


def sites_allowed(
    grants: Iterable[Grant], permission: Permission, *, study_id: int
) -> frozenset[int] | None:
    """Return the sites at which ``permission`` holds in the study; None means all of them."""
    covering = [
        grant.site_id
        for grant in grants
        if grant.study_id == study_id and permission in PERMISSIONS[grant.role]
    ]
    if None in covering:
        return None
    return frozenset(site for site in covering if site is not None)


def may_manage(grants: Iterable[Grant], *, study_id: int, site_id: int | None) -> bool:
    """Tell whether grants let somebody give and withdraw roles at a site, or (None) at all."""
    sites = sites_allowed(grants, Permission.MANAGE_USERS, study_id=study_id)
    return sites is None or (site_id is not None and site_id in sites)
