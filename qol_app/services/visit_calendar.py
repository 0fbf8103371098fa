"""Which windows open, are aimed at and close on each day of a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import InstrumentedAttribute

from qol_app.db.models import Participant, ParticipantEvent, Response, Study, Visit
from qol_app.domain.events import ParticipantEventKind

LISTED = 200
"""Visits of one day that are listed at most."""

ENDING = (
    ParticipantEventKind.DIED.value,
    ParticipantEventKind.WITHDREW.value,
    ParticipantEventKind.PRO_STOPPED.value,
)


class Turn(StrEnum):
    """What a day is for a visit's window."""

    OPENS = "opens"
    TARGET = "target"
    CLOSES = "closes"
    """The last day that is on time."""


DAYS: Mapping[Turn, InstrumentedAttribute[date]] = {
    Turn.OPENS: Visit.opens_on,
    Turn.TARGET: Visit.target_on,
    Turn.CLOSES: Visit.on_time_until,
}


@dataclass(frozen=True, kw_only=True)
class Turning:
    """One visit on a day that means something for its window."""

    turn: Turn
    visit: Visit
    participant: Participant


def counts(
    session: Session, study: Study, *, sites: frozenset[int] | None, first: date, last: date
) -> dict[date, dict[Turn, int]]:
    """Count the visits that open, are aimed at and close on each day from first to last.

    Visits that were answered, and those of participants whose questionnaires have ended by then,
    are not counted.

    Args:
        sites: Site ids to look at; None means all of the study.
    """
    found: dict[date, dict[Turn, int]] = {}
    for turn, column in DAYS.items():
        query = (
            select(column, func.count())
            .join(Visit.participant)
            .where(column.between(first, last), *_expected(study, sites, column))
            .group_by(column)
        )
        for day, count in session.execute(query):
            found.setdefault(day, {})[turn] = count
    return found


def on_day(
    session: Session, study: Study, *, sites: frozenset[int] | None, day: date
) -> list[Turning]:
    """Return the visits of one day, closing ones first, then by study number."""
    found = []
    for turn in (Turn.CLOSES, Turn.TARGET, Turn.OPENS):
        column = DAYS[turn]
        query = (
            select(Visit)
            .join(Visit.participant)
            .where(column == day, *_expected(study, sites, column))
            .order_by(Participant.number)
            .limit(LISTED)
            .options(joinedload(Visit.participant).joinedload(Participant.site))
        )
        found += [
            Turning(turn=turn, visit=visit, participant=visit.participant)
            for visit in session.scalars(query)
        ]
    return found


def _expected(
    study: Study, sites: frozenset[int] | None, day: InstrumentedAttribute[date]
) -> list[ColumnElement[bool]]:
    ended = Participant.events.any(
        ParticipantEvent.kind.in_(ENDING)
        & ParticipantEvent.struck_at.is_(None)
        & (ParticipantEvent.happened_on <= day)
    )
    conditions: list[ColumnElement[bool]] = [
        Participant.study_id == study.id,
        Visit.responses.any(Response.submitted_at.is_(None)),
        ~ended,
    ]
    if sites is not None:
        conditions.append(Participant.site_id.in_(sites))
    return conditions
