"""All that was done about one participant, as one dated list, from the audit and the events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import (
    AuditEvent,
    Message,
    Participant,
    ParticipantEvent,
    Response,
    SurveyLink,
    User,
    Visit,
)
from qol_app.domain.actor import ActorKind
from qol_app.domain.events import Action

NEWEST = 200
"""Entries that are shown at most."""

MERGED = frozenset({Action.ANSWERS_SAVED})
"""Actions that happen again and again: those of one day, visit and actor are one entry."""

LEFT_OUT = frozenset({Action.PARTICIPANT_EVENT_RECORDED, Action.MESSAGE_SENDING})
"""Actions that another entry tells better: the event itself, the message once it was sent."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that was done or that happened; exactly one of ``action`` and ``event`` is set."""

    on: date
    """The day at the site."""
    at: datetime
    """When it was done; of an event, when it was recorded."""
    action: Action | None = None
    event: ParticipantEvent | None = None
    visit: str | None = None
    """The code of the visit that it concerns, if one."""
    actor_kind: ActorKind | None = None
    actor_name: str = ""
    """The name of a user; of others their kind says enough. Of an event, who recorded it."""
    reason: str = ""
    times: int = 1


def read(session: Session, participant: Participant) -> list[Entry]:
    """Return what was done about a participant and what happened to them, newest first."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.participant_id == participant.id)
        .order_by(AuditEvent.id.desc())
    )
    places, names = _places(session, participant), _names(session, participant)
    zone = ZoneInfo(participant.site.timezone)
    done: dict[object, Entry] = {}
    recorded: dict[object, Entry] = {}
    for row in session.scalars(query):
        if _is_to_staff(row):
            continue
        entry = _entry(row, places, names, zone)
        if entry.action is Action.PARTICIPANT_EVENT_RECORDED:
            recorded |= _events_in(row, entry)
        if entry.action in LEFT_OUT:
            continue
        key: object = row.id
        if entry.action in MERGED:
            key = (entry.action, entry.on, entry.visit, row.actor_kind, row.actor_id)
        before = done.get(key)
        done[key] = entry if before is None else _once_more(before)
    happened = [_happened(event, recorded.get(event.id)) for event in participant.events]
    newest_first = sorted([*happened, *done.values()], key=_moment, reverse=True)
    return newest_first[:NEWEST]


def _moment(entry: Entry) -> tuple[date, float]:
    return entry.on, entry.at.timestamp()


def _is_to_staff(row: AuditEvent) -> bool:
    """Tell whether nothing was done but to write to staff; the participant got nothing."""
    return {change["table"] for change in row.changes} == {"staff_message"}


def _events_in(row: AuditEvent, entry: Entry) -> dict[object, Entry]:
    """Return by event the entry that tells who recorded it."""
    return {c["id"]: entry for c in row.changes if c["table"] == ParticipantEvent.__tablename__}


def _happened(event: ParticipantEvent, recorded: Entry | None) -> Entry:
    return Entry(
        on=event.happened_on,
        at=event.recorded_at,
        event=event,
        actor_kind=recorded.actor_kind if recorded else None,
        actor_name=recorded.actor_name if recorded else "",
    )


def _once_more(entry: Entry) -> Entry:
    return Entry(**{**vars(entry), "times": entry.times + 1})


def _entry(
    row: AuditEvent, places: Mapping[tuple[str, int], str], names: Mapping[str, str], zone: ZoneInfo
) -> Entry:
    kind = ActorKind(row.actor_kind)
    return Entry(
        on=row.at.astimezone(zone).date(),
        at=row.at,
        action=Action(row.action),
        visit=_one_place(row.changes, places),
        actor_kind=kind,
        actor_name=names.get(row.actor_id, "") if kind is ActorKind.USER else "",
        reason=row.reason or "",
    )


def _one_place(
    changes: Sequence[Mapping[str, Any]], places: Mapping[tuple[str, int], str]
) -> str | None:
    """Return the one visit that all recorded changes concern; None where they concern several."""
    found = {code for code in (_place(change, places) for change in changes) if code}
    return found.pop() if len(found) == 1 else None


def _place(change: Mapping[str, Any], places: Mapping[tuple[str, int], str]) -> str | None:
    """Return the visit that a recorded change concerns."""
    values = change.get("values", {})
    keys = [(change["table"], change["id"])]
    keys += [("visit", values.get("visit_id")), ("response", values.get("response_id"))]
    if change["table"] == "answer_event" and isinstance(change["id"], list):
        keys.append(("response", change["id"][0]))
    if change["table"] == "message" and isinstance(change["id"], list):
        keys.append(("visit", change["id"][1]))
    for table, key in keys:
        if isinstance(key, int) and (table, key) in places:
            return places[table, key]
    return None


def _places(session: Session, participant: Participant) -> dict[tuple[str, int], str]:
    """Return the visits' codes by table and id of all that belongs to a visit."""
    mine = Visit.participant_id == participant.id
    codes = {
        visit: code for visit, code in session.execute(select(Visit.id, Visit.code).where(mine))
    }
    found = {("visit", visit): code for visit, code in codes.items()}
    for model in (Response, SurveyLink, Message):
        query = select(model.id, model.visit_id).where(model.visit_id.in_(codes))
        for key, visit in session.execute(query):
            found[model.__tablename__, key] = codes[visit]
    return found


def _names(session: Session, participant: Participant) -> dict[str, str]:
    acted = select(AuditEvent.actor_id).where(
        AuditEvent.participant_id == participant.id, AuditEvent.actor_kind == ActorKind.USER.value
    )
    ids = [int(actor) for actor in session.scalars(acted.distinct())]
    query = select(User.id, User.name).where(User.id.in_(ids))
    return {str(user): name for user, name in session.execute(query)}
