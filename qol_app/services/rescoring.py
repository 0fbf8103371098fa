"""What scoring anew would change in a study, before anything is changed; then the change itself.

Scores are kept as revisions, so the old values stay. This module imports pandas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Response, Study, Visit
from qol_app.domain.actor import Actor
from qol_app.services import calculation, results
from qol_app.services.results import AT_ONCE, Job, Scored


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One score that would change; None is missing."""

    participant: str
    visit: str
    instrument: str
    scale: str
    before: float | None
    after: float | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What scoring a study anew would do."""

    forms: int
    """Forms that are scored, or could not be."""
    scores: int
    """Scores compared."""
    differences: tuple[Difference, ...]
    """Scores whose value would change, in the order of participants and visits."""
    remarked: int
    """Forms of which only what stands beside the scores would change: module version, remarks."""
    failing: tuple[str, ...]
    """Forms that cannot be scored, each with the reason."""


def preview(session: Session, study: Study) -> Preview:
    """Score every form of the study anew and compare; stores nothing."""
    forms = scores = remarked = 0
    differences: list[Difference] = []
    failing: list[str] = []
    for jobs in _batches(session, study):
        outcomes = calculation.outcomes([job.form() for job in jobs])
        for job in jobs:
            outcome = outcomes[job.response.id]
            forms += 1
            if isinstance(outcome, str):
                failing.append(f"{_named(job)}: {outcome}")
                continue
            scores += len(outcome)
            changed = list(_changes(job, outcome))
            differences += changed
            remarked += not changed and not job.is_current(outcome)
    return Preview(
        forms=forms,
        scores=scores,
        differences=tuple(differences),
        remarked=remarked,
        failing=tuple(failing),
    )


def apply(session: Session, study: Study, *, actor: Actor, now: datetime, reason: str) -> Scored:
    """Score every form of the study anew; what changes becomes a new revision, audited."""
    ids = list(session.scalars(_scored(study)))
    return results.score_many(session, ids, actor=actor, now=now, reason=reason)


def _scored(study: Study) -> Select[int]:
    touched = or_(Response.scored_at.is_not(None), Response.scoring_problem.is_not(None))
    return (
        select(Response.id)
        .join(Response.visit)
        .join(Visit.participant)
        .where(Participant.study_id == study.id, touched)
        .order_by(Participant.number, Visit.number, Response.position)
    )


def _batches(session: Session, study: Study) -> Iterator[list[Job]]:
    ids: Sequence[int] = session.scalars(_scored(study)).all()
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        place = {response_id: number for number, response_id in enumerate(part)}
        jobs = results.jobs_of(session, part, lock=False)
        yield sorted(jobs, key=lambda job: place[job.response.id])


def _changes(job: Job, outcome: list[calculation.ScoreValue]) -> Iterator[Difference]:
    for value in outcome:
        stored = job.newest.get(value.scale)
        before = None if stored is None else stored.value
        if before != value.value:
            yield Difference(
                participant=job.response.visit.participant.number,
                visit=job.response.visit.code,
                instrument=job.response.instrument_id,
                scale=value.scale,
                before=before,
                after=value.value,
            )


def _named(job: Job) -> str:
    visit = job.response.visit
    return f"{visit.participant.number} {visit.code} {job.response.instrument_id}"
