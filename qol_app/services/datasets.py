"""The study's data as frames for analysis and rows for export, every scheduled visit included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Select, String, and_, cast, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from qol_app.db.models import (
    AnswerEvent,
    FormVersion,
    Keying,
    Participant,
    ProtocolVersion,
    Response,
    Score,
    Site,
    Study,
    SurveyLink,
    Visit,
)
from qol_app.domain.actor import ActorKind
from qol_app.domain.compliance import form_status
from qol_app.domain.schedule import is_on_time, today_at
from qol_app.exports.datasets import FormRow, ScoreValue
from qol_app.services import facts, forms, studies
from questionnaires.model import Questionnaire


def fixed_width(numbers: Iterable[str]) -> dict[str, str]:
    """Return study numbers at one width: shorter ones are filled with ``_`` on the right.

    Tools that sort or merge ids as text then keep them apart.
    """
    known = set(numbers)
    width = max((len(number) for number in known), default=0)
    return {number: number.ljust(width, "_") for number in known}


def score_frame(
    session: Session, study: Study, *, instrument: str, scale: str, grouped: bool
) -> pd.DataFrame:
    """Return one scale's scores in the tidy shape of ``analysis.frames``.

    Args:
        session: A reading session.
        study: The study.
        instrument: Id of an instrument of the study.
        scale: Code of one of its scales.
        grouped: Whether the reader may see groups; if not, ``group`` is missing everywhere.

    Returns:
        One row per participant and scheduled visit that has the instrument, by participant and
        schedule, answered or not. ``score`` is NaN where there is none; ``day`` counts from the
        anchor date and is NaN where nothing was answered.
    """
    rows = session.execute(_score_query(study, instrument, scale)).all()
    days = [
        _days_since(row.anchor_date, _last_day(row.answered_on, row.last_activity_at, row.timezone))
        for row in rows
    ]
    months = _months(session, study)
    width = fixed_width(row.participant for row in rows)
    columns: dict[str, tuple[list[Any], str]] = {
        "participant": ([width[row.participant] for row in rows], "str"),
        "group": ([row.group if grouped else None for row in rows], "str"),
        "site": ([row.site for row in rows], "str"),
        "visit": ([row.visit for row in rows], "str"),
        "visit_number": ([row.visit_number for row in rows], "int64"),
        "month": ([months[row.protocol_id, row.visit] for row in rows], "float64"),
        "day": (days, "float64"),
        "instrument": ([instrument for _ in rows], "str"),
        "scale": ([scale for _ in rows], "str"),
        "score": ([row.score for row in rows], "float64"),
        "items_answered": ([row.items_answered for row in rows], "Int64"),
        "items_expected": ([row.items_expected for row in rows], "Int64"),
    }
    return pd.DataFrame(
        {name: pd.Series(values, dtype=kind) for name, (values, kind) in columns.items()}
    )


def _score_query(study: Study, instrument: str, scale: str) -> Select[*tuple[Any, ...]]:
    newest = and_(
        Score.response_id == Response.id,
        Score.revision == Response.score_revision,
        Score.scale == scale,
    )
    return (
        select(
            Participant.number.label("participant"),
            Participant.group_code.label("group"),
            Site.code.label("site"),
            Visit.code.label("visit"),
            Visit.number.label("visit_number"),
            Visit.protocol_id.label("protocol_id"),
            Participant.anchor_date.label("anchor_date"),
            Response.answered_on.label("answered_on"),
            Response.last_activity_at.label("last_activity_at"),
            Site.timezone.label("timezone"),
            Score.value.label("score"),
            Score.items_answered.label("items_answered"),
            Score.items_expected.label("items_expected"),
        )
        .join(Response.visit)
        .join(Visit.participant)
        .join(Participant.site)
        .outerjoin(Score, newest)
        .where(Participant.study_id == study.id, Response.instrument_id == instrument)
        .order_by(Participant.number, Visit.number)
    )


def _months(session: Session, study: Study) -> dict[tuple[int, str], float]:
    versions = session.scalars(select(ProtocolVersion).where(ProtocolVersion.study_id == study.id))
    return {
        (version.id, visit.code): visit.nominal_month
        for version in versions
        for visit in studies.protocol(version).schedule.visits
    }


def _days_since(anchor: date, day: date | None) -> int | None:
    return None if day is None else (day - anchor).days


def _last_day(
    answered_on: date | None, last_activity_at: datetime | None, timezone: str
) -> date | None:
    """Return when a form was answered; for one that was never sent, the day of its last answer."""
    if answered_on is not None or last_activity_at is None:
        return answered_on
    return today_at(ZoneInfo(timezone), last_activity_at)


def form_rows(session: Session, study: Study, *, grouped: bool, now: datetime) -> list[FormRow]:
    """Return one row per participant, scheduled visit and instrument, with answers and scores.

    Args:
        session: A reading session.
        study: The study.
        grouped: Whether the reader may see groups; if not, ``group`` is empty everywhere.
        now: The instant as of which the status of each form holds.
    """
    responses = _responses(session, study)
    scores, channels = _scores(session, study), _channels(session, study)
    keyed = _keyed_at(session)
    width = fixed_width(response.visit.participant.number for response in responses)
    return [
        _form_row(
            response,
            scores.get(response.id, ()),
            width,
            channel=channels.get(response.id),
            keyed_at=keyed.get(response.id),
            grouped=grouped,
            now=now,
        )
        for response in responses
    ]


def _keyed_at(session: Session) -> dict[int, datetime]:
    """Return when forms were first keyed, by response id."""
    query = select(Keying.response_id, Keying.keyed_at).where(Keying.number == 1)
    return {response_id: at for response_id, at in session.execute(query)}


def _responses(session: Session, study: Study) -> Sequence[Response]:
    query = (
        select(Response)
        .join(Response.visit)
        .join(Visit.participant)
        .where(Participant.study_id == study.id)
        .order_by(Participant.number, Visit.number, Response.position)
        .options(
            contains_eager(Response.visit)
            .contains_eager(Visit.participant)
            .options(joinedload(Participant.site), selectinload(Participant.events)),
            selectinload(Response.form_version),
        )
    )
    return session.scalars(query).unique().all()


def _scores(session: Session, study: Study) -> dict[int, tuple[ScoreValue, ...]]:
    query = (
        select(
            Score.response_id,
            Score.scale,
            Score.value,
            Score.items_answered,
            Score.items_expected,
            Score.module,
            Score.module_version,
            Score.flags,
        )
        .join(
            Response,
            and_(Response.id == Score.response_id, Response.score_revision == Score.revision),
        )
        .join(Response.visit)
        .join(Visit.participant)
        .where(Participant.study_id == study.id)
        .order_by(Score.id)
    )
    found: dict[int, list[ScoreValue]] = {}
    for response_id, scale, value, answered, expected, module, version, flags in session.execute(
        query
    ):
        found.setdefault(response_id, []).append(
            ScoreValue(
                scale=scale,
                value=value,
                items_answered=answered,
                items_expected=expected,
                module=module,
                module_version=version,
                flags=tuple(flags),
            )
        )
    return {key: tuple(values) for key, values in found.items()}


def _channels(session: Session, study: Study) -> dict[int, str]:
    """Return by response how the link of its last answer had reached the participant."""
    last = (
        select(func.max(AnswerEvent.id))
        .join(Response, Response.id == AnswerEvent.response_id)
        .join(Response.visit)
        .join(Visit.participant)
        .where(Participant.study_id == study.id, AnswerEvent.actor_kind == ActorKind.LINK.value)
        .group_by(AnswerEvent.response_id)
    )
    query = (
        select(AnswerEvent.response_id, SurveyLink.channel)
        .join(SurveyLink, cast(SurveyLink.id, String) == AnswerEvent.actor_id)
        .where(AnswerEvent.id.in_(last))
    )
    return {response_id: channel for response_id, channel in session.execute(query)}


def _form_row(
    response: Response,
    scores: tuple[ScoreValue, ...],
    width: dict[str, str],
    *,
    channel: str | None,
    keyed_at: datetime | None,
    grouped: bool,
    now: datetime,
) -> FormRow:
    visit, person = response.visit, response.visit.participant
    window = facts.window_of(visit)
    status = form_status(
        window,
        facts.form_facts(response),
        facts.participant_facts(person.events),
        facts.today_of(person, now),
    )
    answered_on = _last_day(response.answered_on, response.last_activity_at, person.site.timezone)
    return FormRow(
        participant=width[person.number],
        site=person.site.code,
        group=person.group_code if grouped else None,
        visit=visit.code,
        visit_number=visit.number,
        instrument=response.instrument_id,
        version=response.form_version.version,
        form_hash=response.form_version.hash,
        status=status.value,
        reason=None if response.submitted_at else response.missing_reason,
        window_opens=visit.opens_on,
        target=visit.target_on,
        window_closes=visit.closes_on,
        started_at=response.started_at,
        submitted_at=response.submitted_at,
        answered_on=answered_on,
        day=_days_since(person.anchor_date, answered_on),
        on_time=is_on_time(window, answered_on) if answered_on else None,
        language=response.language,
        mode=response.mode,
        channel=channel,
        keyed_at=keyed_at,
        helper=response.helper,
        answers=dict(response.answers),
        no_answers=dict(response.no_answers),
        scores=scores,
    )


def versions(session: Session, study: Study) -> list[Questionnaire]:
    """Return every version of every instrument that the study's forms use, in release order."""
    query = (
        select(Response.form_version_id)
        .join(Response.visit)
        .join(Visit.participant)
        .where(Participant.study_id == study.id)
        .distinct()
    )
    used = session.scalars(
        select(FormVersion).where(FormVersion.id.in_(query)).order_by(FormVersion.id)
    )
    return [forms.questionnaire(version) for version in used]
