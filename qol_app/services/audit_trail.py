"""The audit trail as people read it: searched, page by page, and written out as a table."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import AuditEvent, Participant, Study, User
from qol_app.domain.actor import Actor, ActorKind
from qol_app.domain.events import Action

PAGE_SIZE = 50
BOM = "\ufeff"
"""Tells spreadsheet programs that the file is UTF-8."""

COLUMNS = (
    "event",
    "at_utc",
    "actor_kind",
    "actor_id",
    "actor_name",
    "action",
    "participant",
    "reason",
    "table",
    "row",
    "kind",
    "column",
    "old",
    "new",
    "hash",
)
"""Of the written table: one line for each value that an event changed, or one for the event."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a reader looks for; an empty value narrows nothing."""

    number: str = ""
    """A whole study number."""
    action: str = ""
    user_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Events before this instant."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event with the names of whom it is about and who did it."""

    event: AuditEvent
    participant: str
    """The study number; empty where it is about no participant."""
    actor_name: str
    """A user's name; empty for links, jobs and commands."""


@dataclass(frozen=True, kw_only=True)
class TrailPage:
    """One page of events, newest first."""

    entries: tuple[Entry, ...]
    total: int
    first: int
    """Counted from 1; 0 if there are none."""


def page(
    session: Session,
    study: Study,
    *,
    sites: frozenset[int] | None,
    search: Search,
    number: int = 1,
) -> TrailPage:
    """Return one page of a study's events, newest first.

    Args:
        sites: Site ids whose participants' events may be read; None means all of the study. Who
            reads some sites reads no event that is about no participant.
        number: Of the page, from 1.
    """
    query = _query(study, sites, search)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    start = (number - 1) * PAGE_SIZE
    rows = session.execute(
        query.order_by(AuditEvent.id.desc()).offset(start).limit(PAGE_SIZE)
    ).all()
    names = _names(session, study)
    entries = tuple(_entry(event, number_of, names) for event, number_of in rows)
    return TrailPage(entries=entries, total=total, first=start + 1 if entries else 0)


def _query(
    study: Study, sites: frozenset[int] | None, search: Search
) -> Select[AuditEvent, str | None]:
    conditions: list[ColumnElement[bool]] = [AuditEvent.study_id == study.id]
    if sites is not None:
        conditions.append(Participant.site_id.in_(sites))
    if search.number:
        conditions.append(Participant.number == search.number)
    if search.action:
        conditions.append(AuditEvent.action == search.action)
    if search.user_id is not None:
        conditions.append(AuditEvent.actor_kind == ActorKind.USER.value)
        conditions.append(AuditEvent.actor_id == str(search.user_id))
    if search.since is not None:
        conditions.append(AuditEvent.at >= search.since)
    if search.until is not None:
        conditions.append(AuditEvent.at < search.until)
    return (
        select(AuditEvent, Participant.number)
        .outerjoin(Participant, Participant.id == AuditEvent.participant_id)
        .where(*conditions)
    )


def users(session: Session, study: Study) -> list[User]:
    """Return the users who did anything in the study, by name."""
    acted = (
        select(AuditEvent.actor_id)
        .where(AuditEvent.study_id == study.id, AuditEvent.actor_kind == ActorKind.USER.value)
        .distinct()
    )
    ids = [int(found) for found in session.scalars(acted)]
    return list(session.scalars(select(User).where(User.id.in_(ids)).order_by(User.name)))


def _names(session: Session, study: Study) -> Mapping[str, str]:
    return {str(user.id): user.name for user in users(session, study)}


def _entry(event: AuditEvent, number: str | None, names: Mapping[str, str]) -> Entry:
    is_user = event.actor_kind == ActorKind.USER
    return Entry(
        event=event,
        participant=number or "",
        actor_name=names.get(event.actor_id, "") if is_user else "",
    )


def write(
    session: Session,
    study: Study,
    *,
    sites: frozenset[int] | None,
    search: Search,
    actor: Actor,
    now: datetime,
) -> bytes:
    """Return all events found as CSV, oldest first, and record that they were taken away.

    One line for each value changed; times in UTC. The event that records it is not in the file.
    Arguments as of ``page``.
    """
    text = StringIO()
    text.write(BOM)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    names = _names(session, study)
    found = session.execute(
        _query(study, sites, search).order_by(AuditEvent.id).execution_options(yield_per=1000)
    )
    for event, number in found:
        writer.writerows(_lines(_entry(event, number, names)))
    content = text.getvalue().encode()
    digest = hashlib.sha256(content).hexdigest()
    with audited(
        session,
        actor=actor,
        action=Action.AUDIT_DOWNLOADED,
        now=now,
        study_id=study.id,
        reason=f"audit sha256 {digest}",
    ):
        pass
    return content


def _lines(entry: Entry) -> Iterator[list[str]]:
    event = entry.event
    before = [
        str(event.id),
        event.at.astimezone(UTC).isoformat(),
        event.actor_kind,
        event.actor_id,
        entry.actor_name,
        event.action,
        entry.participant,
        event.reason or "",
    ]
    for cells in _changes(event.changes):
        yield [*(_safe(cell) for cell in (*before, *cells)), event.hash]


def _changes(changes: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """Yield table, row, kind, column, old and new of each value; blanks where nothing changed."""
    is_empty = True
    for change in changes:
        where = (str(change["table"]), _text(change["id"]), str(change["kind"]))
        for column, value in change["values"].items() or [("", None)]:
            is_empty = False
            old, new = value if change["kind"] == "changed" else (None, value)
            yield (*where, column, _text(old), _text(new))
    if is_empty:
        yield ("",) * 6


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _safe(cell: str) -> str:
    """Keep spreadsheet programs from taking what somebody wrote for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
