"""Take in answers that a device kept while it had no line. None is refused, none counts twice.

What has a place goes into its form; what has none is kept aside for staff (``strays``). Either
way the device is told that it arrived, so it can erase its own copy. Sending again is safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qol_app.domain import answers as rules
from qol_app.domain.actor import Actor
from qol_app.domain.errors import AlreadySubmitted, AnswerOutOfRange, UnknownItem
from qol_app.domain.strays import Why, why_refused
from qol_app.services import facts, opened, patient_answers, strays
from qol_app.services.opened import OpenResponse, OpenSurvey
from qol_app.services.patient_answers import PatientSaved
from qol_app.services.responses import Answer
from qol_app.services.strays import Stray


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One answer as a device sends it."""

    answer: Answer
    """Its ``event_id`` is never None here."""
    instrument: str
    form_hash: str
    """The form version that the device showed."""
    wording_hash: str
    """The words that the device showed."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of the answers of one call."""

    new: int
    """Answers stored in their forms now."""
    aside: int
    """Answers kept for staff now."""
    mails: tuple[int, ...] = ()
    """Messages to staff to be sent once this is committed."""


def moment(answered_at: datetime, *, sent_at: datetime, now: datetime) -> datetime:
    """Return when an answer was given, whatever the device's clock says.

    The device tells its own time when it sends; what it is off by then, it was off by before.
    The result is never in the future.

    Args:
        answered_at: When it was given, by the device's clock.
        sent_at: When it was sent, by the same clock.
        now: When it arrived, by ours.
    """
    waited = max(timedelta(), sent_at - answered_at)
    return now - waited


def take_in(
    session: Session, survey: OpenSurvey, sent: Sequence[Sent], *, actor: Actor, now: datetime
) -> Taken:
    """Store each answer in its form, or keep it aside for staff where it has no place."""
    refused = _refused(survey, now=now)
    placed: dict[tuple[int, str], list[Sent]] = {}
    lost: list[Stray] = []
    for each in sent:
        response = _response(survey, each)
        why = refused or _unfit(response, each)
        if why is None and response is not None:
            placed.setdefault((response.id, each.wording_hash), []).append(each)
        else:
            lost.append(_stray(each, response, why or Why.UNKNOWN_FORM))
    new, mails = 0, list[int]()
    # In the order of their ids, so that two devices never wait for each other's forms.
    for (response_id, _), group in sorted(placed.items(), key=_place):
        try:
            saved = _save(session, survey, response_id, group, actor=actor, now=now)
            new, mails = new + saved.new, [*mails, *saved.mails]
        except AlreadySubmitted:  # between our look and the lock on the form
            response = _of(survey, response_id)
            lost += [_stray(each, response, Why.SUBMITTED) for each in group]
    aside = strays.keep_aside(session, survey.visit, lost, actor=actor, now=now)
    mails += patient_answers.check_strays(session, survey.visit, lost, actor=actor, now=now)
    return Taken(new=new, aside=aside, mails=tuple(mails))


def _place(group: tuple[tuple[int, str], list[Sent]]) -> tuple[int, str]:
    return group[0]


def _refused(survey: OpenSurvey, *, now: datetime) -> Why | None:
    if survey.is_revoked:
        return Why.REVOKED
    reason = facts.eligibility(survey.visit, now=now).reason
    return None if reason is None else why_refused(reason)


def _response(survey: OpenSurvey, sent: Sent) -> OpenResponse | None:
    for response in survey.visit.responses:
        version = response.form_version
        if (version.instrument_id, version.hash) == (sent.instrument, sent.form_hash):
            return response
    return None


def _of(survey: OpenSurvey, response_id: int) -> OpenResponse:
    return next(each for each in survey.visit.responses if each.id == response_id)


def _unfit(response: OpenResponse | None, sent: Sent) -> Why | None:
    """Return why an answer does not fit its form, or None if it does."""
    if response is None:
        return Why.UNKNOWN_FORM
    if response.submitted_at is not None:
        return Why.SUBMITTED
    try:
        item = rules.item_of(response.questionnaire, sent.answer.item)
        rules.check_no_answer(item, sent.answer.no_answer)
        rules.check(item, sent.answer.value)
    except (UnknownItem, AnswerOutOfRange):
        return Why.NOT_ALLOWED
    return None


def _stray(sent: Sent, response: OpenResponse | None, why: Why) -> Stray:
    return Stray(answer=sent.answer, response=response, why=why)


def _save(
    session: Session,
    survey: OpenSurvey,
    response_id: int,
    group: Iterable[Sent],
    *,
    actor: Actor,
    now: datetime,
) -> PatientSaved:
    given = list(group)
    language = survey.visit.participant.language
    response = _of(survey, response_id)
    words = opened.wording_shown(session, response, language, given[0].wording_hash)
    answers = [each.answer for each in given]
    return patient_answers.save(
        session, survey.visit, response, answers, wording=words, actor=actor, now=now
    )
