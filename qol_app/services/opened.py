"""A survey as its link opens it: plain values, read in one statement.

Every page of a patient begins here, so nothing is loaded that a page does not read. What is
written goes through ``links``, ``participants`` and ``responses``, which lock and read anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select
from sqlalchemy.orm import Session

from qol_app.db.models import (
    FormVersion,
    Participant,
    ParticipantEvent,
    ProtocolVersion,
    Response,
    Site,
    SurveyLink,
    Visit,
)
from qol_app.domain.errors import LinkUnknown
from qol_app.domain.study import Protocol
from qol_app.services import forms, studies
from qol_app.services.links import token_hash
from questionnaires.model import Questionnaire, Value, Wording


@dataclass(frozen=True, kw_only=True)
class OpenEvent:
    """Something that happened to the participant."""

    kind: str
    happened_on: date
    struck_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OpenSite:
    """The participant's site."""

    timezone: str


@dataclass(frozen=True, kw_only=True)
class OpenParticipant:
    """Who answers."""

    id: int
    study_id: int
    language: str
    text_size: str | None
    contrast: str | None
    site: OpenSite
    events: tuple[OpenEvent, ...]


@dataclass(frozen=True, kw_only=True)
class OpenFormVersion:
    """Which form it is."""

    id: int
    instrument_id: str
    version: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class OpenResponse:
    """One form of the visit with its answers so far."""

    id: int
    form_version: OpenFormVersion
    questionnaire: Questionnaire
    language: str | None
    wording_hash: str | None
    started_at: datetime | None
    last_activity_at: datetime | None
    submitted_at: datetime | None
    answered_on: date | None
    missing_reason: str | None
    answers: Mapping[str, Value]
    no_answers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class OpenVisit:
    """The visit that a link opens, its forms in the order in which they are answered."""

    id: int
    code: str
    opens_on: date
    target_on: date
    on_time_until: date
    closes_on: date
    participant: OpenParticipant
    protocol: Protocol
    responses: tuple[OpenResponse, ...]

    def answered(
        self, response_id: int, answers: Mapping[str, Value], no_answers: Mapping[str, str]
    ) -> OpenVisit:
        """Return the visit as it is once a form has these answers."""
        return replace(
            self,
            responses=tuple(
                replace(each, answers=answers, no_answers=no_answers)
                if each.id == response_id
                else each
                for each in self.responses
            ),
        )


@dataclass(frozen=True, kw_only=True)
class OpenSurvey:
    """A link and its visit."""

    link_id: int
    is_started: bool
    is_revoked: bool
    visit: OpenVisit


_COLUMNS = (
    SurveyLink.id.label("link_id"),
    SurveyLink.first_used_at,
    SurveyLink.revoked_at,
    Visit.id.label("visit_id"),
    Visit.code,
    Visit.opens_on,
    Visit.target_on,
    Visit.on_time_until,
    Visit.closes_on,
    Participant.id.label("participant_id"),
    Participant.study_id,
    Participant.language.label("spoken"),
    Participant.text_size,
    Participant.contrast,
    Site.timezone,
    ProtocolVersion.hash.label("protocol_hash"),
    Response.id.label("response_id"),
    Response.language,
    Response.wording_hash,
    Response.started_at,
    Response.last_activity_at,
    Response.submitted_at,
    Response.answered_on,
    Response.missing_reason,
    Response.answers,
    Response.no_answers,
    FormVersion.id.label("form_id"),
    FormVersion.instrument_id,
    FormVersion.version,
    FormVersion.hash.label("form_hash"),
    ParticipantEvent.kind,
    ParticipantEvent.happened_on,
    ParticipantEvent.struck_at,
)


def _query(condition: ColumnElement[bool]) -> Any:
    return (
        select(*_COLUMNS)
        .join(Visit, Visit.id == SurveyLink.visit_id)
        .join(Participant, Participant.id == Visit.participant_id)
        .join(Site, Site.id == Participant.site_id)
        .join(ProtocolVersion, ProtocolVersion.id == Visit.protocol_id)
        .join(Response, Response.visit_id == Visit.id)
        .join(FormVersion, FormVersion.id == Response.form_version_id)
        .outerjoin(ParticipantEvent, ParticipantEvent.participant_id == Participant.id)
        .where(condition)
        .order_by(Response.position)
    )


# Built once: building a statement takes longer than running it.
_BY_ID = _query(SurveyLink.id == bindparam("key"))
_BY_TOKEN = _query(SurveyLink.token_hash == bindparam("key"))
_BY_CODE = _query(SurveyLink.code_hash == bindparam("key"))


def by_token(session: Session, token: str) -> OpenSurvey:
    """Return what the link with this token opens.

    Raises:
        LinkUnknown: no link has this token.
    """
    return _open(session, _BY_TOKEN, token_hash(token))


def by_code(session: Session, code_hash: str) -> OpenSurvey:
    """Return what the link with this short code opens. Raises as ``by_token``."""
    return _open(session, _BY_CODE, code_hash)


def by_id(session: Session, link_id: int) -> OpenSurvey:
    """Return what the link of a running patient session opens. Raises as ``by_token``."""
    return _open(session, _BY_ID, link_id)


def _open(session: Session, query: Any, key: int | str) -> OpenSurvey:
    # One row for each form and event of the participant, or for each form if nothing happened.
    rows = session.connection().execute(query, {"key": key}).all()
    if not rows:
        raise LinkUnknown("no survey link has this token")
    first = rows[0]
    return OpenSurvey(
        link_id=first.link_id,
        is_started=first.first_used_at is not None,
        is_revoked=first.revoked_at is not None,
        visit=_visit(session, rows),
    )


def _visit(session: Session, rows: Sequence[Row[Any]]) -> OpenVisit:
    first = rows[0]
    forms_once = {row.response_id: row for row in rows}.values()
    return OpenVisit(
        id=first.visit_id,
        code=first.code,
        opens_on=first.opens_on,
        target_on=first.target_on,
        on_time_until=first.on_time_until,
        closes_on=first.closes_on,
        participant=OpenParticipant(
            id=first.participant_id,
            study_id=first.study_id,
            language=first.spoken,
            text_size=first.text_size,
            contrast=first.contrast,
            site=OpenSite(timezone=first.timezone),
            events=_events(rows),
        ),
        protocol=studies.protocol_by_hash(session, first.protocol_hash),
        responses=tuple(_response(session, row) for row in forms_once),
    )


def _events(rows: Sequence[Row[Any]]) -> tuple[OpenEvent, ...]:
    happened = {(row.kind, row.happened_on, row.struck_at) for row in rows if row.kind is not None}
    return tuple(
        OpenEvent(kind=kind, happened_on=on, struck_at=struck) for kind, on, struck in happened
    )


def _response(session: Session, row: Row[Any]) -> OpenResponse:
    return OpenResponse(
        id=row.response_id,
        form_version=OpenFormVersion(
            id=row.form_id,
            instrument_id=row.instrument_id,
            version=row.version,
            hash=row.form_hash,
        ),
        questionnaire=forms.questionnaire_by_hash(session, row.form_hash),
        language=row.language,
        wording_hash=row.wording_hash,
        started_at=row.started_at,
        last_activity_at=row.last_activity_at,
        submitted_at=row.submitted_at,
        answered_on=row.answered_on,
        missing_reason=row.missing_reason,
        answers=row.answers,
        no_answers=row.no_answers,
    )


def wording(session: Session, response: OpenResponse, language: str) -> Wording:
    """Return the words of a form: those it was begun with, else the best there are.

    In a language in which it was not begun, those are the best there were when it was begun.

    Raises:
        NotFound: the form has no wording in this language.
    """
    if response.wording_hash is not None and response.language == language:
        return forms.wording_by_hash(session, response.wording_hash)
    return forms.wording(session, response.form_version, language, at=response.started_at)


def wording_shown(session: Session, response: OpenResponse, language: str, said: str) -> Wording:
    """Return the words that a page had shown, so that the form records what its patient read.

    A page may have been open when another wording was accepted.

    Args:
        said: The hash of the wording as the page says it. It counts only for a form not begun,
            and only if it is a wording of this form and language.
    """
    words = wording(session, response, language)
    if response.started_at is not None or said in ("", words.hash):
        return words
    if forms.has_wording(session, response.form_version, language, said):
        return forms.wording_by_hash(session, said)
    return words
