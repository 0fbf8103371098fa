"""Correct an answer of a form that was sent, with a reason; what was answered before stays.

A correction is one more answer event. It counts, and the form is scored anew as a new revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import AnswerEvent, Response, Visit
from qol_app.domain.actor import Actor
from qol_app.domain.answers import ItemState
from qol_app.domain.errors import InvalidInput, NotReady
from qol_app.domain.events import Action
from qol_app.domain.said import NOTHING, Said
from qol_app.services import alerts, forms, responses, submission
from qol_app.services.responses import Answer
from questionnaires.model import NoAnswer

LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """Whether an answer was changed now, and whom to tell about it."""

    is_new: bool
    mails: tuple[int, ...]
    """Messages to staff to be sent once this is committed."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One correction of one item."""

    response_id: int
    item: str
    old: Said
    was_seen: bool
    """Whether the item had any entry before."""
    new: Said
    reason: str
    at: datetime
    user_id: int


def correct(
    session: Session,
    response: Response,
    item: str,
    said: Said,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Corrected:
    """Let another answer count for an item, and say why. What counts already adds nothing.

    Raises:
        NotReady: the form was not sent yet.
        InvalidInput: the reason is empty or too long.
        UnknownItem, AnswerOutOfRange: the form has no such item, or the item no such answer.
    """
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        raise InvalidInput([f"reason: write down why, in at most {LONGEST_REASON} characters"])
    response = submission.lock(session, response)
    if response.submitted_at is None:
        raise NotReady("only a form that was sent can be corrected")
    answer = Answer(
        item=item, value=said.value, no_answer=said.no_answer, reason=why, answered_at=now
    )
    saved = responses.save_answers(
        session,
        response.id,
        [answer],
        wording=forms.words_of(session, response),
        actor=actor,
        now=now,
        reason=why,
        action=Action.ANSWER_CORRECTED,
    )
    if not saved.new:
        return Corrected(is_new=False, mails=())
    mails = alerts.check_staff_answers(session, response, [answer], actor=actor, now=now)
    return Corrected(is_new=True, mails=tuple(mails))


def of_visit(session: Session, visit: Visit) -> dict[tuple[int, str], list[Correction]]:
    """Return a visit's corrections by response id and item, oldest first."""
    found: dict[tuple[int, str], list[Correction]] = {}
    for each in of_forms(session, [response.id for response in visit.responses]):
        found.setdefault((each.response_id, each.item), []).append(each)
    return found


def state(said: Said) -> ItemState:
    """Return the state of an item of which this was said."""
    if said.no_answer is not None:
        return ItemState(said.no_answer.value)
    return ItemState.BLANK if said.value is None else ItemState.ANSWERED


def of_forms(session: Session, response_ids: Sequence[int]) -> Iterable[Correction]:
    """Yield corrections in the order in which they were made, form by form."""
    touched = select(AnswerEvent.response_id).where(
        AnswerEvent.response_id.in_(response_ids), AnswerEvent.reason.is_not(None)
    )
    query = (
        select(AnswerEvent)
        .where(AnswerEvent.response_id.in_(touched), AnswerEvent.came_late.is_(False))
        .order_by(AnswerEvent.response_id, AnswerEvent.seq)
    )
    standing: dict[tuple[int, str], Said] = {}
    for event in session.scalars(query):
        place = (event.response_id, event.item)
        word = NoAnswer(event.no_answer) if event.no_answer else None
        said = Said(value=event.value, no_answer=word)
        if event.reason is not None:
            yield Correction(
                response_id=event.response_id,
                item=event.item,
                old=standing.get(place, NOTHING),
                was_seen=place in standing,
                new=said,
                reason=event.reason,
                at=event.received_at,
                user_id=int(event.actor_id),
            )
        standing[place] = said
