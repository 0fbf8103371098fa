"""What came of every expected form, counted by visit, instrument and site from the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import stdev
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from qol_app.db.models import (
    Participant,
    ParticipantEvent,
    Response,
    Score,
    Site,
    Study,
    Visit,
)
from qol_app.domain.compliance import (
    ENDED,
    FormFacts,
    FormStatus,
    ParticipantFacts,
    form_status,
    is_expected,
)
from qol_app.domain.forecast import Forecast, VisitCount, forecast, half_width
from qol_app.domain.schedule import Window, today_at
from qol_app.services import facts, studies
from qol_app.services.sites import at_sites

FEWEST_FOR_SD = 10
NOTHING = ParticipantFacts()


@dataclass(kw_only=True)
class Count:
    """What came of the forms of one instrument at one visit, of all sites or of one.

    The completion rate is received / expected, the available data rate received / enrolled;
    received are valid forms among the expected ones (see ``domain.compliance``).
    """

    visit: str
    instrument: str
    site: str | None
    """None is all sites that were counted."""
    enrolled: int = 0
    expected: int = 0
    received: int = 0
    statuses: Counter[FormStatus] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Why expected forms that were not sent are missing, as staff said; ``""`` is not said."""

    def add(self, form: _Form) -> None:
        """Count one form."""
        self.enrolled += 1
        self.statuses[form.status] += 1
        if form.is_expected:
            self.expected += 1
            self.received += form.is_valid
            if form.status is not FormStatus.COMPLETE:
                self.reasons[form.reason or ""] += 1

    @property
    def ended(self) -> int:
        """Forms that nobody expected: died, withdrew or stopped before the window closed."""
        return sum(self.statuses[status] for status in ENDED)


@dataclass(frozen=True, kw_only=True)
class _Form:
    status: FormStatus
    is_expected: bool
    is_valid: bool
    reason: str | None


def counts(
    session: Session, study: Study, *, sites: frozenset[int] | None, now: datetime
) -> list[Count]:
    """Return one count for each visit and instrument, and one for each site besides.

    In schedule order; every scheduled visit is there, also those to which nobody has come.

    Args:
        session: A reading session.
        sites: Site ids to count; None means all of the study.
        now: The instant as of which they are counted, by each site's own date.
    """
    found = _empty(session, study, sites)
    for row, form in _forms(session, study, sites, now):
        for site in (None, row.site):
            key = (row.visit, row.instrument, site)
            if key not in found:  # a visit of an older protocol
                found[key] = Count(visit=row.visit, instrument=row.instrument, site=site)
            found[key].add(form)
    return list(found.values())


def _empty(
    session: Session, study: Study, sites: frozenset[int] | None
) -> dict[tuple[str, str, str | None], Count]:
    codes = [site.code for site in study.sites if sites is None or site.id in sites]
    return {
        (visit.code, instrument, site): Count(visit=visit.code, instrument=instrument, site=site)
        for visit in studies.in_force(study).schedule.visits
        for instrument in visit.instruments
        for site in (None, *codes)
    }


def _forms(
    session: Session, study: Study, sites: frozenset[int] | None, now: datetime
) -> Iterator[tuple[Row[Any], _Form]]:
    events = _events(session, study, sites)
    begun = _begun_with_answers(session, study, sites)
    today = {site.timezone: today_at(ZoneInfo(site.timezone), now) for site in study.sites}
    for row in session.execute(_query(study, sites)):
        form = FormFacts(
            started=row.started_at is not None,
            submitted_on=row.answered_on if row.submitted_at else None,
            any_answer=row.id in begun,
            reason=row.missing_reason,
        )
        yield row, _formed(row, form, events.get(row.participant_id, NOTHING), today[row.timezone])


def _formed(row: Row[Any], form: FormFacts, person: ParticipantFacts, today: date) -> _Form:
    window = Window(
        opens=row.opens_on,
        target=row.target_on,
        closes_on_time=row.on_time_until,
        closes=row.closes_on,
    )
    status = form_status(window, form, person, today)
    return _Form(
        status=status,
        is_expected=is_expected(status, window, today),
        is_valid=row.is_valid,
        reason=row.missing_reason,
    )


def _query(study: Study, sites: frozenset[int] | None) -> Any:
    return (
        select(
            Response.id,
            Response.instrument_id.label("instrument"),
            Response.started_at,
            Response.submitted_at,
            Response.answered_on,
            Response.missing_reason,
            Visit.code.label("visit"),
            Visit.opens_on,
            Visit.target_on,
            Visit.on_time_until,
            Visit.closes_on,
            Visit.participant_id,
            Site.code.label("site"),
            Site.timezone,
            _is_valid().label("is_valid"),
        )
        .join(Response.visit)
        .join(Visit.participant)
        .join(Participant.site)
        .where(*at_sites(study, sites))
        .order_by(Visit.number, Response.position)
    )


def _is_valid() -> ColumnElement[bool]:
    """A form is valid if a multi-item scale was scored; where it has none, if any scale was."""

    def score(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        revision = Score.revision == Response.score_revision
        return exists().where(Score.response_id == Response.id, revision, *conditions)

    scored, several = Score.value.is_not(None), Score.items_expected > 1
    return or_(score(scored, several), and_(~score(several), score(scored)))


def _events(
    session: Session, study: Study, sites: frozenset[int] | None
) -> dict[int, ParticipantFacts]:
    query = (
        select(ParticipantEvent).join(ParticipantEvent.participant).where(*at_sites(study, sites))
    )
    found: dict[int, list[ParticipantEvent]] = {}
    for event in session.scalars(query):
        found.setdefault(event.participant_id, []).append(event)
    return {key: facts.participant_facts(events) for key, events in found.items()}


def _begun_with_answers(session: Session, study: Study, sites: frozenset[int] | None) -> set[int]:
    """Return the forms begun and never sent that hold an answer: few, so they are read whole."""
    query = (
        select(Response.id, Response.answers)
        .join(Response.visit)
        .join(Visit.participant)
        .where(
            *at_sites(study, sites),
            Response.started_at.is_not(None),
            Response.submitted_at.is_(None),
        )
    )
    return {
        response_id
        for response_id, answers in session.execute(query)
        if any(value is not None for value in answers.values())
    }


@dataclass(frozen=True, kw_only=True)
class MainVisit:
    """The forecast of the study's main comparison, pooled over its groups."""

    visit: str
    instrument: str
    scale: str
    forecast: Forecast
    sd: float | None
    """Standard deviation of the scale's scores so far; None below ten of them."""
    half_width: float | None
    """Of the 95% interval of a difference of two equal groups, in points; None without ``sd``."""


def main_visit(session: Session, study: Study, found: Iterable[Count]) -> MainVisit | None:
    """Return the forecast for the main visit of the analysis plan; None while data are too few.

    Args:
        found: What ``counts`` returned for all sites.
    """
    protocol = studies.in_force(study)
    plan = protocol.analysis
    instrument, scale = plan.main.instrument, plan.main.scale
    made = forecast(
        _of_main(found, instrument),
        plan.main_visit,
        enrolled=session.scalar(_enrolled(study)) or 0,
        planned=protocol.planned_participants,
    )
    if made is None:
        return None
    sd = _sd(session, study, instrument, scale)
    width = half_width(sd, made.expected) if sd is not None and made.expected >= 1 else None
    return MainVisit(
        visit=plan.main_visit,
        instrument=instrument,
        scale=scale,
        forecast=made,
        sd=sd,
        half_width=width,
    )


def _of_main(found: Iterable[Count], instrument: str) -> list[VisitCount]:
    return [
        VisitCount(visit=each.visit, closed=each.expected + each.ended, received=each.received)
        for each in found
        if each.site is None and each.instrument == instrument
    ]


def _enrolled(study: Study) -> Any:
    return select(func.count(Participant.id)).where(Participant.study_id == study.id)


def _sd(session: Session, study: Study, instrument: str, scale: str) -> float | None:
    query = (
        select(Score.value)
        .join(Response, Response.id == Score.response_id)
        .join(Response.visit)
        .join(Visit.participant)
        .where(
            Participant.study_id == study.id,
            Response.instrument_id == instrument,
            Score.revision == Response.score_revision,
            Score.scale == scale,
            Score.value.is_not(None),
        )
    )
    values: Sequence[float] = [value for value in session.scalars(query) if value is not None]
    return stdev(values) if len(values) >= FEWEST_FOR_SD else None
