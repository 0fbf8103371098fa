"""Answers without a place: kept aside when they come, listed for staff, settled by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.audit import audited
from qol_app.db.models import AnswerEvent, Participant, Response, StrayAnswer, Study, Visit
from qol_app.domain.actor import Actor, ActorKind
from qol_app.domain.errors import Conflict, NotFound
from qol_app.domain.events import Action
from qol_app.domain.strays import Settled, Why, may_be_taken
from qol_app.services import forms, responses
from qol_app.services.opened import OpenResponse, OpenVisit
from qol_app.services.responses import Answer
from qol_app.services.sites import of_sites
from questionnaires.model import NoAnswer


@dataclass(frozen=True, kw_only=True)
class Stray:
    """An answer without a place, as it arrives."""

    answer: Answer
    response: OpenResponse | None
    why: Why


def keep_aside(
    session: Session, visit: OpenVisit, lost: Sequence[Stray], *, actor: Actor, now: datetime
) -> int:
    """Keep answers for staff and return how many are new.

    One that is stored already, in its form or aside, adds nothing; nor does one that says what
    the form says anyway, or that only marks a question as seen.
    """
    if not lost:
        return 0
    _lock(session, visit)
    known = _known(session, visit, [each.answer.event_id for each in lost])
    new = [each for each in lost if each.answer.event_id not in known and _tells_something(each)]
    if not new:
        return 0
    with audited(
        session,
        actor=actor,
        action=Action.ANSWERS_KEPT_ASIDE,
        now=now,
        study_id=visit.participant.study_id,
        participant_id=visit.participant.id,
    ):
        session.add_all([_row(visit, each, actor=actor, now=now) for each in new])
    return len(new)


def _lock(session: Session, visit: OpenVisit) -> None:
    session.execute(select(Visit.id).where(Visit.id == visit.id).with_for_update())


def _known(session: Session, visit: OpenVisit, event_ids: Sequence[str | None]) -> set[str]:
    ids = [event_id for event_id in event_ids if event_id is not None]
    in_forms = (
        select(AnswerEvent.event_id)
        .join(Response, Response.id == AnswerEvent.response_id)
        .where(Response.visit_id == visit.id, AnswerEvent.event_id.in_(ids))
    )
    kept = select(StrayAnswer.event_id).where(
        StrayAnswer.visit_id == visit.id, StrayAnswer.event_id.in_(ids)
    )
    return {*session.scalars(in_forms), *session.scalars(kept)}


def _tells_something(stray: Stray) -> bool:
    answer, response = stray.answer, stray.response
    if answer.only_if_unseen:
        return False
    if response is None or answer.item not in response.answers:
        return True
    said = (answer.value, answer.no_answer)
    return said != (response.answers[answer.item], response.no_answers.get(answer.item))


def _row(visit: OpenVisit, stray: Stray, *, actor: Actor, now: datetime) -> StrayAnswer:
    answer = stray.answer
    return StrayAnswer(
        visit_id=visit.id,
        response_id=stray.response.id if stray.response else None,
        event_id=answer.event_id,
        item=answer.item,
        value=answer.value,
        no_answer=answer.no_answer,
        answered_at=answer.answered_at,
        received_at=now,
        why=stray.why.value,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
    )


def waiting(
    session: Session, study: Study, *, sites: frozenset[int] | None
) -> list[tuple[Participant, Visit, int]]:
    """Return the visits with answers that staff have not settled, and how many each has.

    Args:
        sites: Site ids to look at; None means all of the study.
    """
    query = (
        select(StrayAnswer, Visit)
        .join(Visit, Visit.id == StrayAnswer.visit_id)
        .where(StrayAnswer.settled_at.is_(None), of_sites(study, sites))
        .options(joinedload(Visit.participant).joinedload(Participant.site))
    )
    counts: dict[int, tuple[Participant, Visit, int]] = {}
    for _stray, visit in session.execute(query):
        _, _, count = counts.get(visit.id, (None, None, 0))
        counts[visit.id] = (visit.participant, visit, count + 1)
    return sorted(counts.values(), key=lambda found: (found[0].number, found[1].number))


def of_visit(session: Session, visit: Visit) -> list[StrayAnswer]:
    """Return a visit's answers without a place in the order in which they were given."""
    query = select(StrayAnswer).where(StrayAnswer.visit_id == visit.id)
    return list(session.scalars(query.order_by(StrayAnswer.answered_at, StrayAnswer.id)))


def settle(
    session: Session,
    visit: Visit,
    stray_id: int,
    choice: Settled,
    *,
    note: str,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> StrayAnswer:
    """Take an answer into its form, as its participant's, or leave it aside for good.

    Settling again with the same choice is a no-op.

    Raises:
        NotFound: the visit has no such answer.
        Conflict: it was settled otherwise, or can no longer be taken.
    """
    stray = session.get(StrayAnswer, stray_id, with_for_update=True, populate_existing=True)
    if stray is None or stray.visit_id != visit.id:
        raise NotFound(f"no stray answer {stray_id}")
    if stray.settled_at is not None:
        if stray.settled_as != choice.value:
            raise Conflict("this answer was settled otherwise")
        return stray
    if choice is Settled.TAKEN:
        _take(session, stray, note=note, now=now)
    participant = visit.participant
    with audited(
        session,
        actor=actor,
        action=Action.STRAY_ANSWER_SETTLED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
        reason=note or None,
    ):
        stray.settled_at, stray.settled_by = now, user_id
        stray.settled_as, stray.note = choice.value, note or None
    return stray


def _take(session: Session, stray: StrayAnswer, *, note: str, now: datetime) -> None:
    if stray.response_id is None or not may_be_taken(Why(stray.why)):
        raise Conflict("this answer does not fit its form")
    response = session.get_one(Response, stray.response_id)
    answer = Answer(
        event_id=stray.event_id,
        item=stray.item,
        value=stray.value,
        no_answer=NoAnswer(stray.no_answer) if stray.no_answer else None,
        answered_at=stray.answered_at,
    )
    source = Actor(kind=ActorKind(stray.actor_kind), id=stray.actor_id)
    responses.save_answers(
        session,
        response.id,
        [answer],
        wording=forms.words_of(session, response),
        actor=source,
        now=now,
        reason=note or "a stray answer was taken",
    )
