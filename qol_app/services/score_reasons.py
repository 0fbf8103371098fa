"""Why a score of one visit is what it is, beside the score as it is stored.

The reasons are worked out from the answers that count, by the form version and options under which
the visit was planned. This module imports pandas, so it is imported only where it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

import scoring
from qol_app.db.models import Response, Score, Visit
from qol_app.domain.answers import ItemState, countable, item_state
from qol_app.domain.errors import NotFound, NotReady
from qol_app.services import forms, studies
from qol_app.services.answers_view import answer_words
from qol_app.services.calculation import UNSCORABLE
from qol_app.services.participants import form, spoken_in
from questionnaires.model import Questionnaire, Wording

CLOSE = 1e-9
"""How far a stored score may lie from the one worked out and still be the same."""


@dataclass(frozen=True, kw_only=True)
class ScoreReasons:
    """One score, explained."""

    instrument: str
    version: str
    form_hash: str
    title: str
    scale_name: str
    explanation: scoring.Explanation
    stored: Score | None
    """The newest stored score; None if the form was not scored yet."""
    is_stored: bool
    """Whether the stored score is the one that is explained."""
    earlier: tuple[Score, ...]
    """Scores of earlier revisions, newest first."""
    questions: Mapping[str, str]
    """Item id to question, in the reader's language."""
    answers: Mapping[str, str]
    """Item id to the answer in words."""
    states: Mapping[str, ItemState]
    """Item id to what became of it."""
    scale_names: Mapping[str, str]
    sources: tuple[str, ...]


def read(
    session: Session, visit: Visit, instrument: str, scale: str, *, language: str
) -> ScoreReasons:
    """Explain one scale's score of one form of a visit.

    Raises:
        NotFound: the visit has no such form, or the form no such scale.
        NotReady: the form's answers cannot be scored; says why.
    """
    response = form(visit, instrument)
    questionnaire = forms.questionnaire(response.form_version)
    if all(each.code != scale for each in questionnaire.scales):
        raise NotFound(f"{instrument} has no scale {scale}")
    words = forms.wording(session, response.form_version, spoken_in(visit.participant, language))
    explanation = _explained(response, questionnaire, scale)
    stored = _stored(session, response, scale)
    return ScoreReasons(
        instrument=instrument,
        version=questionnaire.version,
        form_hash=questionnaire.hash,
        title=words.title,
        scale_name=words.scales[scale],
        explanation=explanation,
        stored=stored,
        is_stored=stored is not None and _is_same(stored.value, explanation.score),
        earlier=_earlier(session, response, scale),
        questions=words.questions,
        answers=_answers(response, questionnaire, words),
        states=_states(response, questionnaire),
        scale_names=words.scales,
        sources=questionnaire.sources,
    )


def _explained(response: Response, questionnaire: Questionnaire, scale: str) -> scoring.Explanation:
    protocol = studies.protocol(response.visit.protocol)
    options = protocol.instrument(response.instrument_id).options
    answers = countable(questionnaire, response.answers)
    scored = {item for each in questionnaire.scales for item in each.items}
    try:
        return scoring.explain(
            questionnaire, {item: answers.get(item) for item in scored}, scale, options
        )
    except UNSCORABLE as problem:
        raise NotReady(f"{response.instrument_id}: {problem}") from problem


def _stored(session: Session, response: Response, scale: str) -> Score | None:
    return session.scalar(
        select(Score).where(
            Score.response_id == response.id,
            Score.revision == response.score_revision,
            Score.scale == scale,
        )
    )


def _earlier(session: Session, response: Response, scale: str) -> tuple[Score, ...]:
    query = select(Score).where(
        Score.response_id == response.id,
        Score.revision < response.score_revision,
        Score.scale == scale,
    )
    return tuple(session.scalars(query.order_by(Score.revision.desc())))


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= CLOSE


def _answers(response: Response, questionnaire: Questionnaire, words: Wording) -> dict[str, str]:
    return {
        item.id: answer_words(item, response.answers.get(item.id), words)
        for item in questionnaire.items
    }


def _states(response: Response, questionnaire: Questionnaire) -> dict[str, ItemState]:
    return {
        item.id: item_state(item.id, response.answers, response.no_answers)
        for item in questionnaire.items
    }
