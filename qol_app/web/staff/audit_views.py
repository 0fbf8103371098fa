"""The audit trail: who changed what, when and why; searched, and taken away as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.domain.actor import ActorKind
from qol_app.domain.errors import InvalidInput
from qol_app.domain.events import Action
from qol_app.domain.roles import Permission
from qol_app.services import audit_trail, participants
from qol_app.services.audit_trail import PAGE_SIZE, Entry, Search
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.staff import words
from qol_app.web.staff.audit_words import ACTIONS, ACTORS
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.lists import participant_url

Option = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One event."""

    id: int
    at: str
    action: str
    who: str
    number: str
    url: str
    """Of the participant; empty where there is none."""
    reason: str
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """One page of the trail."""

    rows: tuple[EntryRow, ...]
    total: int
    zone: str
    number: str
    action: str
    user: str
    since: str
    until: str
    actions: tuple[Option, ...]
    users: tuple[Option, ...]
    newer_url: str | None
    older_url: str | None


@bp.get("/audit", endpoint="audit")
@requires(Permission.SEE_AUDIT)
def show_audit() -> ResponseReturnValue:
    """Show one page of the trail, newest first."""
    session, sites = unit.reading(), guards.sites(Permission.SEE_AUDIT)
    zone, number = _zone(sites), max(1, request.args.get("page", 1, type=int))
    search = _search(request.args, zone)
    found = audit_trail.page(session, g.study, sites=sites, search=search, number=number)
    people = audit_trail.users(session, g.study)
    page = AuditPage(
        rows=tuple(_row(entry, zone) for entry in found.entries),
        total=found.total,
        zone=zone.key,
        number=search.number,
        action=search.action,
        user="" if search.user_id is None else str(search.user_id),
        since=request.args.get("since", ""),
        until=request.args.get("until", ""),
        actions=tuple((action.value, str(text)) for action, text in ACTIONS.items()),
        users=tuple((str(user.id), user.name) for user in people),
        newer_url=_url(number - 1) if number > 1 else None,
        older_url=_url(number + 1) if found.total > number * PAGE_SIZE else None,
    )
    return render_template("staff/audit.html", page=page)


@bp.post("/audit/download")
@requires(Permission.SEE_AUDIT)
def download_audit() -> ResponseReturnValue:
    """Give all events of the search as a file; that it was taken is an event itself."""
    sites = guards.sites(Permission.SEE_AUDIT)
    content = audit_trail.write(
        unit.session(),
        g.study,
        sites=sites,
        search=_search(request.form, _zone(sites)),
        actor=g.actor,
        now=unit.now(),
    )
    name = f"{g.study.code}-audit-{unit.now():%Y-%m-%d}.csv"
    return send_file(BytesIO(content), mimetype="text/csv", as_attachment=True, download_name=name)


def _zone(sites: frozenset[int] | None) -> ZoneInfo:
    return ZoneInfo(participants.sites(g.study, sites)[0].timezone)


def _search(asked: Mapping[str, str], zone: ZoneInfo) -> Search:
    action, user = asked.get("action", ""), asked.get("user", "")
    since, until = _day(asked, "since"), _day(asked, "until")
    return Search(
        number=asked.get("q", "").strip(),
        action=action if action in list(Action) else "",
        user_id=int(user) if user.isdecimal() else None,
        since=_midnight(since, zone) if since else None,
        until=_midnight(until + timedelta(days=1), zone) if until else None,
    )


def _day(asked: Mapping[str, str], name: str) -> date | None:
    text = asked.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput([f"{name}: {_('Enter days as 2026-03-31.')}"]) from error


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _url(number: int) -> str:
    kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "page" and v}
    return url_for("staff.audit", study=g.study.code, page=number, **kept)


def _row(entry: Entry, zone: ZoneInfo) -> EntryRow:
    event = entry.event
    number = entry.participant
    return EntryRow(
        id=event.id,
        at=words.moment(event.at, zone),
        action=str(ACTIONS[Action(event.action)]),
        who=entry.actor_name or str(ACTORS[ActorKind(event.actor_kind)]),
        number=number,
        url=participant_url("staff.participant", number) if number else "",
        reason=event.reason or "",
        changes=tuple(_changes(event.changes)),
    )


def _changes(changes: list[dict[str, Any]]) -> Iterator[str]:
    for change in changes:
        for column, value in change["values"].items():
            if change["kind"] == "changed":
                old, new = (_shown(each) for each in value)
                yield f"{change['table']}.{column}: {old} → {new}"
            else:
                yield f"{change['table']}.{column}: {_shown(value)}"


def _shown(value: Any) -> str:
    return str(_("nothing")) if value is None else str(value)
