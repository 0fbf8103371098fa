"""Check the rows of an import against one another's events and against what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qol_app.db.models import Participant, Response, Study, Visit
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.schedule import today_at
from qol_app.domain.study import Protocol
from qol_app.services import facts
from qol_app.services.import_map import EventColumn, ImportMap
from qol_app.services.import_rows import Problems, Row

FACTS = {ParticipantEventKind.DIED: "died_on", ParticipantEventKind.WITHDREW: "withdrew_on"}
"""The field of a row that holds the date of each kind of event."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """One participant of the file: the rows, and the events that count."""

    number: str
    rows: Sequence[Row]
    events: Mapping[ParticipantEventKind, date]
    notes: tuple[str, ...]

    @property
    def first(self) -> Row:
        """The first row, whose facts are those of all."""
        return self.rows[0]


def course(number: str, rows: Sequence[Row], chosen: ImportMap, problems: Problems) -> Course:
    """Put a participant's rows together; events that disagree are settled as the map says."""
    events: dict[ParticipantEventKind, date] = {}
    notes = []
    sources = (
        (ParticipantEventKind.DIED, chosen.death),
        (ParticipantEventKind.WITHDREW, chosen.withdrawal),
    )
    for kind, source in sources:
        dates = sorted({day for row in rows if (day := getattr(row, FACTS[kind])) is not None})
        if source is None or not dates:
            continue
        if len(dates) > 1 and source.disagreement == "refuse":
            listed = " and ".join(day.isoformat() for day in dates)
            reason = f"{number} has {listed}; correct it, or set disagreement in the map"
            problems.add(rows[0].line, reason, source.column)
            continue
        events[kind] = dates[-1] if source.disagreement == "latest" else dates[0]
        if len(dates) > 1:
            notes.append(_note(number, source, len(dates), events[kind]))
    return Course(number=number, rows=rows, events=events, notes=tuple(notes))


def _note(number: str, source: EventColumn, count: int, taken: date) -> str:
    return (
        f"{number}: {count} different days in column {source.column}; "
        f"took the {source.disagreement}, {taken.isoformat()}"
    )


def check_dates(one: Course, protocol: Protocol, problems: Problems, *, now: datetime) -> None:
    """Note dates in the future, and answers given after the participant's death."""
    today = today_at(ZoneInfo(protocol.site(one.first.site).timezone), now)
    died_on = one.events.get(ParticipantEventKind.DIED)
    for kind, day in one.events.items():
        if day > today:
            problems.add(one.first.line, f"{one.number} {kind.value} in the future, on {day}")
    for row in one.rows:
        if row.answered_on is None:
            continue
        if row.answered_on > today:
            problems.add(row.line, f"was answered in the future, on {row.answered_on}")
        if died_on is not None and row.answered_on > died_on:
            problems.add(row.line, f"was answered on {row.answered_on}, after death on {died_on}")


def enrolled(session: Session, study: Study) -> dict[str, Participant]:
    """Return the study's participants by number."""
    query = (
        select(Participant)
        .where(Participant.study_id == study.id)
        .options(joinedload(Participant.site), selectinload(Participant.events))
    )
    return {participant.number: participant for participant in session.scalars(query)}


def forms_of(session: Session, participant: Participant, instrument: str) -> dict[str, Response]:
    """Return a participant's forms of an instrument, by visit code."""
    query = (
        select(Response)
        .join(Response.visit)
        .where(Visit.participant_id == participant.id, Response.instrument_id == instrument)
        .options(joinedload(Response.visit), joinedload(Response.form_version))
    )
    return {response.visit.code: response for response in session.scalars(query)}


def check_stored(
    one: Course, participant: Participant, stored: Mapping[str, Response], problems: Problems
) -> None:
    """Note where the rows do not fit a participant who is enrolled already."""
    here = (participant.group_code, participant.site.code, participant.anchor_date)
    file = (one.first.group, one.first.site, one.first.anchor)
    for fact, ours, theirs in zip(("group", "site", "anchor date"), here, file, strict=True):
        if ours != theirs:
            reason = f"{one.number} is enrolled with {fact} {ours}, the file says {theirs}"
            problems.add(one.first.line, reason)
    known = {event.kind: event.happened_on for event in facts.standing(participant.events)}
    for kind, day in one.events.items():
        if known.get(kind, day) != day:
            reason = f"{one.number} {kind.value} on {known[kind]}, the file says {day}"
            problems.add(one.first.line, reason)
    for row in one.rows:
        response = stored.get(row.visit)
        if response is None:
            problems.add(row.line, f"{one.number} has no form of this instrument at {row.visit}")
        elif row.answered_on is not None and is_touched(response) and not is_same(response, row):
            problems.add(row.line, f"{one.number} has other answers at {row.visit} already")


def is_touched(response: Response) -> bool:
    """Tell whether a form has answers, or was sent."""
    return bool(response.answers) or response.submitted_at is not None


def is_same(response: Response, row: Row) -> bool:
    """Tell whether a form was sent on the row's date with the row's answers."""
    sent = response.submitted_at is not None and response.answered_on == row.answered_on
    return sent and dict(response.answers) == dict(row.answers)
