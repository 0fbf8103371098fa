"""One visit's answers as they were shown: the words of then, what is said instead, the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from qol_app.db.models import AnswerEvent, Response, Score, Visit
from qol_app.domain.answers import UNSAID, ItemState, item_state, visible_items
from qol_app.services import corrections, forms, names
from qol_app.services.corrections import Correction
from qol_app.services.participants import spoken_in
from questionnaires.model import AnswerType, Item, Questionnaire, Scale, Value, Wording


@dataclass(frozen=True, kw_only=True)
class CorrectionView:
    """One correction of an item, in the words in which the form was read."""

    old_state: ItemState
    old: str
    new_state: ItemState
    new: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One item of a form."""

    id: str
    question: str
    state: ItemState
    answer: str
    """The answer in the words that were shown; empty unless answered."""
    value: Value
    """The answer as stored, which is what scoring takes."""
    answered_at: datetime | None
    """When it was answered, or seen and left; None if it was not seen."""
    corrections: tuple[CorrectionView, ...]
    """What staff corrected, oldest first; before the first stands what was answered."""
    is_hidden: bool
    """Whether another answer hides the item now; what was said is kept but not scored."""


@dataclass(frozen=True, kw_only=True)
class ScoreView:
    """One score with the items it rests on and what calculated it."""

    scale: str
    name: str
    value: float | None
    low: float
    high: float
    """The range of the scale."""
    items_answered: int
    items_expected: int
    flags: tuple[str, ...]
    """What must be said beside it, as ``scoring.Flag`` has it."""
    module: str
    module_version: str


@dataclass(frozen=True, kw_only=True)
class FormView:
    """One form of a visit with its answers and its newest scores."""

    response: Response
    title: str
    language: str
    items: tuple[ItemView, ...]
    scores: tuple[ScoreView, ...]


def read(session: Session, visit: Visit, *, language: str) -> list[FormView]:
    """Return the forms of a visit in their order.

    Args:
        language: The reader's; forms never opened and scales are named in it where the study
            has it. Opened forms are shown in the wording in which they were answered.
    """
    language = spoken_in(visit.participant, language)
    times = _times(session, visit)
    scores = _scores(session, visit)
    made = corrections.of_visit(session, visit)
    people = names.of_users(session, [each.user_id for some in made.values() for each in some])
    return [
        _form(
            session,
            response,
            language,
            times,
            scores.get(response.id, []),
            _Corrections(made=made, people=people),
        )
        for response in visit.responses
    ]


@dataclass(frozen=True, kw_only=True)
class _Corrections:
    """The corrections of a visit, and the names of who made them."""

    made: Mapping[tuple[int, str], Sequence[Correction]]
    people: Mapping[int, str]

    def of(self, response: Response, item: Item, words: Wording) -> tuple[CorrectionView, ...]:
        """Return those of one item in words."""
        return tuple(
            CorrectionView(
                old_state=corrections.state(each.old) if each.was_seen else ItemState.NEVER_SEEN,
                old=answer_words(item, each.old.value, words),
                new_state=corrections.state(each.new),
                new=answer_words(item, each.new.value, words),
                by=self.people.get(each.user_id, ""),
                at=each.at,
                reason=each.reason,
            )
            for each in self.made.get((response.id, item.id), ())
        )


def _form(
    session: Session,
    response: Response,
    language: str,
    times: dict[tuple[int, str], datetime],
    scores: list[Score],
    made: _Corrections,
) -> FormView:
    questionnaire = forms.questionnaire(response.form_version)
    readers = forms.wording(session, response.form_version, language)
    shown = readers
    if response.wording_hash is not None:
        shown = forms.wording_by_hash(session, response.wording_hash)
    return FormView(
        response=response,
        title=shown.title,
        language=shown.language,
        items=tuple(_items(response, questionnaire, shown, times, made)),
        scores=tuple(
            _score(score, scale, readers)
            for scale in questionnaire.scales
            for score in scores
            if score.scale == scale.code
        ),
    )


def _items(
    response: Response,
    questionnaire: Questionnaire,
    words: Wording,
    times: dict[tuple[int, str], datetime],
    made: _Corrections,
) -> list[ItemView]:
    answers: dict[str, Value] = response.answers
    visible = set(visible_items(questionnaire, answers))
    ids = [item_id for page in questionnaire.pages for item_id in page.items]
    states = {item_id: item_state(item_id, answers, response.no_answers) for item_id in ids}
    return [
        ItemView(
            id=item_id,
            question=words.questions[item_id],
            state=state,
            answer=answer_words(questionnaire.item(item_id), answers.get(item_id), words),
            value=answers.get(item_id),
            answered_at=times.get((response.id, item_id)),
            corrections=made.of(response, questionnaire.item(item_id), words),
            is_hidden=item_id not in visible,
        )
        for item_id, state in states.items()
        if item_id in visible or state not in UNSAID
    ]


def answer_words(item: Item, value: Value, words: Wording) -> str:
    """Return an answer in the wording's words; empty for one that was left blank."""
    if value is None:
        return ""
    options = words.options.get(item.options or "", {})
    if item.type is AnswerType.ONE_OF and isinstance(value, int):
        return options[value]
    if isinstance(value, list):
        return "; ".join(options[code] for code in value)
    return str(value)


def _score(score: Score, scale: Scale, words: Wording) -> ScoreView:
    return ScoreView(
        scale=score.scale,
        name=words.scales[score.scale],
        value=score.value,
        low=scale.low,
        high=scale.high,
        items_answered=score.items_answered,
        items_expected=score.items_expected,
        flags=tuple(score.flags),
        module=score.module,
        module_version=score.module_version,
    )


def _times(session: Session, visit: Visit) -> dict[tuple[int, str], datetime]:
    query = (
        select(AnswerEvent.response_id, AnswerEvent.item, func.max(AnswerEvent.answered_at))
        .join(Response, Response.id == AnswerEvent.response_id)
        .where(Response.visit_id == visit.id, AnswerEvent.reason.is_(None))
        .group_by(AnswerEvent.response_id, AnswerEvent.item)
    )
    return {(response, item): at for response, item, at in session.execute(query)}


def _scores(session: Session, visit: Visit) -> dict[int, list[Score]]:
    newest = and_(Score.response_id == Response.id, Score.revision == Response.score_revision)
    query = select(Score).join(Response, newest).where(Response.visit_id == visit.id)
    found: dict[int, list[Score]] = {}
    for score in session.scalars(query):
        found.setdefault(score.response_id, []).append(score)
    return found
