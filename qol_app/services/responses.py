"""Save answers as append-only events.

That is safe to repeat: an answer that is current already adds nothing, and an event id counts
once. The response row is locked while its answers change, so two tabs or two machines serialise
and lose nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited, insert_rows, update_row
from qol_app.db.models import AnswerEvent, FormVersion, Participant, Response, Visit
from qol_app.domain import answers as rules
from qol_app.domain.actor import Actor
from qol_app.domain.errors import AlreadySubmitted
from qol_app.domain.events import Action
from qol_app.services import forms
from questionnaires.model import NoAnswer, Questionnaire, Value, Wording


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer as it arrives."""

    item: str
    value: Value
    answered_at: datetime
    event_id: str | None = None
    """Made where the answer is given, so that a resend is known; None is given here and now."""
    no_answer: NoAnswer | None = None
    """What was said instead of an answer; ``value`` is None then."""
    reason: str | None = None
    """Why staff corrected it; None is what the participant answered."""
    only_if_unseen: bool = False
    """Whether it counts only while the item has no entry at all: seen, and left blank."""


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of answers: how many were new, and the form's answers as they now stand."""

    new: int
    answers: Mapping[str, Value]
    no_answers: Mapping[str, str]


_EVENTS_KNOWN = select(AnswerEvent.event_id).where(
    AnswerEvent.response_id == bindparam("response_id"),
    AnswerEvent.event_id.in_(bindparam("event_ids", expanding=True)),
)
_LOCKED = (
    select(
        Response.id,
        Response.submitted_at,
        Response.started_at,
        Response.last_activity_at,
        Response.language,
        Response.wording_hash,
        Response.last_seq,
        Response.answers,
        Response.no_answers,
        Participant.id.label("participant_id"),
        Participant.study_id,
        FormVersion.hash.label("form_hash"),
    )
    .join(Visit, Visit.id == Response.visit_id)
    .join(Participant, Participant.id == Visit.participant_id)
    .join(FormVersion, FormVersion.id == Response.form_version_id)
    .where(Response.id == bindparam("response_id"))
    .with_for_update(of=Response)
)
"""A response's row, locked and read anew; built once, as it runs with every answer."""

_LATEST = (
    select(AnswerEvent.item, func.max(AnswerEvent.answered_at))
    .where(
        AnswerEvent.response_id == bindparam("response_id"),
        AnswerEvent.item.in_(bindparam("items", expanding=True)),
    )
    .group_by(AnswerEvent.item)
)

_WRITTEN = (
    "language",
    "wording_hash",
    "started_at",
    "last_activity_at",
    "last_seq",
    "answers",
    "no_answers",
)

PROMPT = timedelta(seconds=5)
"""An answer that took longer to arrive may be older than one that came before it."""


def save_answers(
    session: Session,
    response_id: int,
    given: Sequence[Answer],
    *,
    wording: Wording,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    action: Action = Action.ANSWERS_SAVED,
) -> Saved:
    """Add answers to a response.

    An answer whose event id is known, or that equals the item's current one, is not new. None
    marks an item as seen but left blank. An answer that waited on a device while a newer one to
    the same item arrived is stored, and does not count.

    Args:
        reason: Why staff add answers, also to a form that was sent; None refuses that. What they
            add counts, whenever it was given.
        action: What the audit calls it.

    Raises:
        AlreadySubmitted: the form was sent; its answers stand.
        UnknownItem: the form has no such item.
        AnswerOutOfRange: a value is not allowed; nothing of the call is stored.
    """
    session.flush()
    row = session.connection().execute(_LOCKED, {"response_id": response_id}).one()
    if row.submitted_at is not None and reason is None:
        raise AlreadySubmitted("this form was sent; its answers stand")
    questionnaire = forms.questionnaire_by_hash(session, row.form_hash)
    checked = [_checked(questionnaire, answer) for answer in given]
    overtaken = [] if reason else _overtaken(session, row, checked, now=now)
    new = _new_answers(session, row, checked, overtaken)
    if not new:
        return Saved(new=0, answers=row.answers, no_answers=row.no_answers)
    after = {
        "language": wording.language,
        "wording_hash": wording.hash,
        "started_at": row.started_at or now,
        "last_activity_at": now,
        "last_seq": row.last_seq + len(new),
        **_current(row, new),
    }
    with audited(
        session,
        actor=actor,
        action=action,
        now=now,
        study_id=row.study_id,
        participant_id=row.participant_id,
        reason=reason,
    ):
        events = _events(row, new, actor=actor, now=now)
        insert_rows(session, AnswerEvent, events, key=("response_id", "seq"))
        before = {name: getattr(row, name) for name in _WRITTEN}
        update_row(session, Response, row.id, before=before, after=after)
    return Saved(new=len(new), answers=after["answers"], no_answers=after["no_answers"])


@dataclass(frozen=True, kw_only=True)
class _New:
    """An answer that is stored now, and whether it counts."""

    answer: Answer
    came_late: bool


def _checked(questionnaire: Questionnaire, answer: Answer) -> Answer:
    item = rules.item_of(questionnaire, answer.item)
    no_answer = rules.check_no_answer(item, answer.no_answer)
    return replace(answer, value=None if no_answer else rules.check(item, answer.value))


def _new_answers(
    session: Session, row: Row[Any], checked: Sequence[Answer], overtaken: Sequence[Answer]
) -> list[_New]:
    known = _known_events(session, row, [answer.event_id for answer in checked])
    current = {item: (value, row.no_answers.get(item)) for item, value in row.answers.items()}
    new = []
    for answer in checked:
        said = (answer.value, answer.no_answer)
        is_current = answer.item in current and current[answer.item] == said
        is_late_blank = answer.only_if_unseen and answer.item in current
        if answer.event_id in known or is_current or is_late_blank:
            continue
        known |= {answer.event_id} - {None}
        came_late = answer in overtaken
        if not came_late:
            current[answer.item] = said
        new.append(_New(answer=answer, came_late=came_late))
    return new


def _overtaken(
    session: Session, row: Row[Any], checked: Sequence[Answer], *, now: datetime
) -> list[Answer]:
    """Return the answers that are older than one which arrived before them."""
    waited = [a for a in checked if a.item in row.answers and now - a.answered_at > PROMPT]
    if not waited:
        return []
    keys = {"response_id": row.id, "items": [answer.item for answer in waited]}
    latest = {item: at for item, at in session.connection().execute(_LATEST, keys)}
    return [answer for answer in waited if answer.answered_at < latest[answer.item]]


def _current(row: Row[Any], new: Sequence[_New]) -> dict[str, dict[str, Any]]:
    """Return the form's two columns of current answers after the new ones."""
    answers, no_answers = dict(row.answers), dict(row.no_answers)
    for each in new:
        if each.came_late:
            continue
        answers[each.answer.item] = each.answer.value
        no_answers.pop(each.answer.item, None)
        if each.answer.no_answer is not None:
            no_answers[each.answer.item] = each.answer.no_answer.value
    return {"answers": answers, "no_answers": no_answers}


def _known_events(
    session: Session, row: Row[Any], event_ids: Sequence[str | None]
) -> set[str | None]:
    sought = [event_id for event_id in event_ids if event_id is not None]
    if not sought:
        return set()
    keys = {"response_id": row.id, "event_ids": sought}
    return set(session.connection().scalars(_EVENTS_KNOWN, keys))


def _events(
    row: Row[Any], new: Sequence[_New], *, actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    return [
        {
            "response_id": row.id,
            "event_id": each.answer.event_id or uuid.uuid4().hex,
            "seq": seq,
            "item": each.answer.item,
            "value": each.answer.value,
            "no_answer": each.answer.no_answer and each.answer.no_answer.value,
            "came_late": each.came_late,
            "reason": each.answer.reason,
            "answered_at": each.answer.answered_at,
            "received_at": now,
            "actor_kind": actor.kind.value,
            "actor_id": actor.id,
        }
        for seq, each in enumerate(new, start=row.last_seq + 1)
    ]
