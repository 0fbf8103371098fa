"""Key a form that came on paper or in an interview: twice by two people, then settle and store.

Nothing counts until the form is stored, which submits it. What the participant answered online
stands: it is neither keyed again nor overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Keying, Response
from qol_app.domain.actor import Actor
from qol_app.domain.answers import check, check_no_answer, item_of, visible_items
from qol_app.domain.errors import (
    AlreadySubmitted,
    AnsweredMeanwhile,
    Conflict,
    InvalidInput,
    KeyedBySamePerson,
)
from qol_app.domain.events import Action
from qol_app.domain.keying import Keyed, different_facts, different_items
from qol_app.domain.said import NOTHING, Said
from qol_app.services import alerts, facts, forms, responses, studies, submission
from qol_app.services.keying_steps import (
    Standing,
    Step,
    as_keyed,
    differs,
    had_ended,
    open_items,
    standing,
)
from qol_app.services.responses import Answer


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a keying led to, and whom to tell about it."""

    step: Step
    mails: tuple[int, ...] = ()
    """Messages to staff to be sent once this is committed."""


def key(
    session: Session,
    response: Response,
    keyed: Keyed,
    *,
    seen: int,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> Done:
    """Add what one person keyed. The second of two that agree stores the form.

    So does the first where the study does not ask for two. The same person keying the same again
    adds nothing.

    Args:
        seen: The form's ``last_seq`` when the page was drawn.

    Raises:
        AlreadySubmitted: the form was sent meanwhile; its answers stand.
        AnsweredMeanwhile: the participant answered since the page was drawn.
        KeyedBySamePerson: the second keying has to be another's.
        InvalidInput: the date or the language cannot be; says which.
        AnswerOutOfRange, UnknownItem: an item does not allow what was keyed.
    """
    response, now_standing = _open(session, response, seen)
    keyed = _checked(session, response, keyed, now=now)
    if now_standing.keyings:
        first = now_standing.keyings[0]
        if first.keyed_by == user_id:
            return _again(response, now_standing, keyed)
        if now_standing.step is Step.SETTLE:
            raise Conflict("two people keyed this form already; settle where they differ")
    number = len(now_standing.keyings) + 1
    _add(session, response, keyed, number=number, user_id=user_id, actor=actor, now=now)
    if number == 1 and studies.in_force(response.visit.participant.study).double_keying:
        return Done(step=Step.SECOND)
    if number == 2 and differs(response, now_standing, keyed):
        return Done(step=Step.SETTLE)
    return _store(session, response, keyed, now_standing.online, actor=actor, now=now)


def settle(
    session: Session,
    response: Response,
    decided_facts: Mapping[str, Any],
    decided: Mapping[str, Said],
    *,
    seen: int,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> Done:
    """Decide each difference of two keyings and store the form.

    Args:
        decided_facts: By name among ``domain.keying.FACTS``.
        decided: By item id.
        seen: As for ``key``.

    Raises:
        Conflict: there are no two keyings to settle.
        InvalidInput: a difference is left undecided.
        Others as ``key``.
    """
    response, now_standing = _open(session, response, seen)
    if now_standing.step is not Step.SETTLE:
        raise Conflict("two keyings are needed before they can be settled")
    first, second = map(as_keyed, now_standing.keyings)
    items = different_items(first, second, open_items(response, now_standing))
    undecided = [
        *(name for name in different_facts(first, second) if name not in decided_facts),
        *(item for item in items if item not in decided),
    ]
    if undecided:
        raise InvalidInput([f"{name}: decide what is on the form" for name in undecided])
    said = {**first.said, **{item: decided[item] for item in items}}
    keyed = _checked(session, response, replace(first, **decided_facts, said=said), now=now)
    _add(session, response, keyed, number=3, user_id=user_id, actor=actor, now=now)
    return _store(session, response, keyed, now_standing.online, actor=actor, now=now)


def _open(session: Session, response: Response, seen: int) -> tuple[Response, Standing]:
    locked = submission.lock(session, response)
    if locked.submitted_at is not None:
        raise AlreadySubmitted("this form was sent; its answers stand")
    if locked.last_seq != seen:
        raise AnsweredMeanwhile("the participant answered since the page was opened")
    return locked, standing(session, locked)


def _checked(session: Session, response: Response, keyed: Keyed, *, now: datetime) -> Keyed:
    """Return what was keyed with its values as they are stored, or refuse it."""
    participant, problems = response.visit.participant, []
    if keyed.answered_on > facts.today_of(participant, now):
        problems.append("answered_on: this day has not come yet")
    if had_ended(response, keyed.answered_on):
        problems.append("answered_on: the participant had left the questionnaires before that day")
    if keyed.language not in studies.in_force(participant.study).languages:
        problems.append("language: the study does not have it")
    if problems:
        raise InvalidInput(problems)
    questionnaire = forms.questionnaire(response.form_version)
    said = {}
    for item_id, each in keyed.said.items():
        item = item_of(questionnaire, item_id)
        word = check_no_answer(item, each.no_answer)
        said[item_id] = Said(value=None if word else check(item, each.value), no_answer=word)
    return replace(keyed, said=said)


def _again(response: Response, found: Standing, keyed: Keyed) -> Done:
    if differs(response, found, keyed):
        raise KeyedBySamePerson("the second keying has to be another person's")
    return Done(step=found.step)


def _add(
    session: Session,
    response: Response,
    keyed: Keyed,
    *,
    number: int,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    participant = response.visit.participant
    with audited(
        session,
        actor=actor,
        action=Action.FORM_KEYED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        session.add(
            Keying(
                response_id=response.id,
                number=number,
                source=keyed.source.value,
                answered_on=keyed.answered_on,
                language=keyed.language,
                answers={item: said.value for item, said in keyed.said.items()},
                no_answers={
                    item: said.no_answer.value
                    for item, said in keyed.said.items()
                    if said.no_answer is not None
                },
                helper=keyed.helper.value if keyed.helper else None,
                keyed_at=now,
                keyed_by=user_id,
            )
        )


def _store(
    session: Session,
    response: Response,
    keyed: Keyed,
    online: frozenset[str],
    *,
    actor: Actor,
    now: datetime,
) -> Done:
    """Make what was keyed the form's answers, submit it, and raise the alerts that it meets."""
    given = _given(response, keyed, online)
    responses.save_answers(
        session,
        response.id,
        given,
        wording=forms.wording(session, response.form_version, keyed.language),
        actor=actor,
        now=now,
        reason=f"keyed from {keyed.source.value}",
    )
    submission.submit_visit(
        session,
        response.visit,
        mode=keyed.source.value,
        actor=actor,
        now=now,
        answered_on=keyed.answered_on,
        instruments=(response.instrument_id,),
        helper=keyed.helper,
    )
    mails = alerts.check_staff_answers(session, response, given, actor=actor, now=now)
    return Done(step=Step.STORED, mails=tuple(mails))


def _given(response: Response, keyed: Keyed, online: frozenset[str]) -> Sequence[Answer]:
    """Return the answers to store: what was keyed, and as blank what the form asked and got none.

    What was keyed for an item that a skip rule hides is stored, and does not count in scores.
    """
    questionnaire = forms.questionnaire(response.form_version)
    said = {item: each for item, each in keyed.said.items() if item not in online}
    values = {**response.answers, **{item: each.value for item, each in said.items()}}
    shown = visible_items(questionnaire, values)
    noon = facts.noon_of(response.visit.participant, keyed.answered_on)
    return [
        Answer(item=item.id, value=each.value, no_answer=each.no_answer, answered_at=noon)
        for item in questionnaire.items
        if item.id not in online
        and ((each := said.get(item.id, NOTHING)) != NOTHING or item.id in shown)
    ]
