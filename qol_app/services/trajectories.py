"""One scale over the visits: the described scores, and all that has to be said about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from qol_app.analysis.descriptives import Descriptives, describe
from qol_app.analysis.thresholds import effective_change
from qol_app.db.models import FormVersion, Participant, Response, Score, Study, Visit
from qol_app.domain.errors import NotFound
from qol_app.domain.study import InstrumentUse, Measure, Protocol
from qol_app.services import datasets, forms, studies
from questionnaires.model import Direction, Questionnaire, Scale, Wording
from questionnaires.thresholds import Threshold, published
from scoring.steps import attainable_scores, is_even, smallest_step

POINTS = 100
"""The range in points to which the study's threshold applies."""


class Shown(StrEnum):
    """What is described: the scores themselves, or their change from baseline."""

    SCORE = "score"
    CHANGE = "change"


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """A scoring module that made scores shown here."""

    module: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Steps:
    """How the scores of complete forms move."""

    smallest: Fraction
    are_even: bool
    """False where some steps are wider than the smallest."""


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """One scale of a study over its visits."""

    measure: Measure
    questionnaire: Questionnaire
    scale: Scale
    options: Mapping[str, str]
    descriptives: Descriptives
    enrolled: int
    scorers: tuple[Scorer, ...]
    threshold: float | None
    """In points; None for a scale that does not run over 100 points."""
    steps: Steps | None
    """How complete forms move; None where the scale has no fixed steps."""
    effective_threshold: Fraction | None
    """What the threshold acts as: the smallest change at or above it that forms can show."""
    published: tuple[Threshold, ...]
    """What the literature says about this scale, all three kinds."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One instrument of the study with the words for its scales."""

    use: InstrumentUse
    questionnaire: Questionnaire
    wording: Wording

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The scales that have a direction, so that a mean can be read."""
        return tuple(scale for scale in self.questionnaire.scales if scale.direction is not None)


def offers(session: Session, study: Study, language: str) -> list[Offer]:
    """Return the instruments and scales to choose from, in the words of ``language``.

    A study that lacks the language shows the words of its first one.
    """
    protocol = studies.in_force(study)
    spoken = language if language in protocol.languages else protocol.languages[0]
    return [
        Offer(
            use=use,
            questionnaire=forms.questionnaire(version),
            wording=forms.wording(session, version, spoken),
        )
        for use in protocol.instruments
        for version in [studies.form_version(session, use.id, use.version)]
    ]


def trajectory(
    session: Session, study: Study, measure: Measure, *, shown: Shown, grouped: bool
) -> Trajectory:
    """Describe one scale over every scheduled visit, for all participants or by group.

    Raises:
        NotFound: the study has no such instrument or scale, or the scale has no direction.
    """
    protocol = studies.in_force(study)
    use, version = _use(session, protocol, measure)
    questionnaire = forms.questionnaire(version)
    scale = _scale(questionnaire, measure)
    frame = datasets.score_frame(
        session, study, instrument=measure.instrument, scale=measure.scale, grouped=grouped
    )
    visits = [
        visit.code for visit in protocol.schedule.visits if measure.instrument in visit.instruments
    ]
    scores = attainable_scores(questionnaire, scale.code)
    threshold = protocol.analysis.threshold if scale.high - scale.low == POINTS else None
    return Trajectory(
        measure=measure,
        questionnaire=questionnaire,
        scale=scale,
        options=use.options,
        descriptives=describe(frame, by_group=grouped, value=shown.value, visits=visits),
        enrolled=_enrolled(session, study),
        scorers=_scorers(session, study, measure),
        threshold=threshold,
        steps=_steps(scores),
        effective_threshold=_effective(threshold, scores),
        published=published(questionnaire, scale, use.options),
    )


def _use(
    session: Session, protocol: Protocol, measure: Measure
) -> tuple[InstrumentUse, FormVersion]:
    try:
        use = protocol.instrument(measure.instrument)
    except KeyError as error:
        raise NotFound(f"the study has no instrument {measure.instrument}") from error
    return use, studies.form_version(session, use.id, use.version)


def _scale(questionnaire: Questionnaire, measure: Measure) -> Scale:
    for scale in questionnaire.scales:
        if scale.code == measure.scale and scale.direction is not None:
            return scale
    raise NotFound(f"{measure.instrument} has no scale {measure.scale} with a direction")


def _steps(scores: tuple[Fraction, ...] | None) -> Steps | None:
    smallest = None if scores is None else smallest_step(scores)
    if scores is None or smallest is None:
        return None
    return Steps(smallest=smallest, are_even=is_even(scores))


def _effective(threshold: float | None, scores: tuple[Fraction, ...] | None) -> Fraction | None:
    return None if threshold is None or scores is None else effective_change(scores, threshold)


def _enrolled(session: Session, study: Study) -> int:
    query = select(func.count(Participant.id)).where(Participant.study_id == study.id)
    return session.scalar(query) or 0


def _scorers(session: Session, study: Study, measure: Measure) -> tuple[Scorer, ...]:
    newest = and_(Response.id == Score.response_id, Response.score_revision == Score.revision)
    query = (
        select(Score.module, Score.module_version)
        .join(Response, newest)
        .join(Response.visit)
        .join(Visit.participant)
        .where(
            Participant.study_id == study.id,
            Response.instrument_id == measure.instrument,
            Score.scale == measure.scale,
        )
        .distinct()
        .order_by(Score.module, Score.module_version)
    )
    return tuple(
        Scorer(module=module, version=version) for module, version in session.execute(query)
    )


def is_better_high(scale: Scale) -> bool:
    """Tell whether a high score is a good one."""
    return scale.direction is Direction.BETTER
