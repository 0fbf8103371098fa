"""Score responses and keep the scores as revisions; a failure to score is stored and audited.

Scores rest on all available data: a form that was started and never sent counts once it can no
longer be answered. This module imports pandas, so jobs import it only where they score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from qol_app.db.audit import audited
from qol_app.db.models import Participant, Response, Score, Site, Visit
from qol_app.domain.actor import Actor
from qol_app.domain.errors import NotFound
from qol_app.domain.events import Action
from qol_app.domain.schedule import TIME_TO_FINISH, today_at
from qol_app.services import calculation, forms, studies
from qol_app.services.calculation import Form, Outcome, ScoreValue
from questionnaires.model import Questionnaire

AT_ONCE = 500
"""Responses read by one statement."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """How many responses got new scores, had the same already, or could not be scored."""

    scored: int
    unchanged: int
    failed: int


def waiting(session: Session, *, now: datetime, limit: int = AT_ONCE) -> list[int]:
    """Return the ids of responses whose answers are final and not scored since, oldest first.

    Final are forms that were sent, and forms that were started, are past the last day of their
    window at the site, and past the time for finishing. Responses whose scoring failed are left
    to ``score`` by name, so that a failure is not repeated at every sweep.
    """
    return list(islice(_final(session, now=now), limit))


def _final(session: Session, *, now: datetime) -> Iterator[int]:
    unscored = or_(
        Response.scored_at.is_(None),
        Response.scored_at < Response.submitted_at,
        Response.scored_at < Response.last_activity_at,
    )
    touched = or_(Response.submitted_at.is_not(None), Response.started_at.is_not(None))
    query = (
        select(
            Response.id,
            Response.submitted_at,
            Response.last_activity_at,
            Visit.closes_on,
            Site.timezone,
        )
        .join(Response.visit)
        .join(Visit.participant)
        .join(Participant.site)
        .where(touched, unscored, Response.scoring_problem.is_(None))
        .order_by(Response.id)
    )
    for row in session.execute(query):
        closed = row.closes_on < today_at(ZoneInfo(row.timezone), now)
        resting = row.last_activity_at is None or row.last_activity_at + TIME_TO_FINISH < now
        if row.submitted_at is not None or (closed and resting):
            yield row.id


def score(session: Session, response_id: int, *, actor: Actor, now: datetime) -> None:
    """Score one response. Scoring again what gives the same scores adds nothing.

    What cannot be scored is stored in ``scoring_problem``, which names the item, and audited.

    Raises:
        NotFound: there is no such response.
    """
    done = score_many(session, [response_id], actor=actor, now=now)
    if done.scored + done.unchanged + done.failed == 0:
        raise NotFound(f"no response {response_id}")


def score_many(
    session: Session,
    response_ids: Iterable[int],
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> Scored:
    """Score many responses, all of one form version and options in one calculation.

    The new scores of a call are one audit event; so are its failures. A response that cannot be
    scored does not stop the others. Unknown ids are passed over.
    """
    jobs = jobs_of(session, sorted(set(response_ids)), lock=True)
    outcomes = calculation.outcomes([job.form() for job in jobs])
    pending = [(job, outcomes[job.response.id]) for job in jobs]
    stale = [(job, outcome) for job, outcome in pending if not job.is_current(outcome)]
    good = [pair for pair in stale if not isinstance(pair[1], str)]
    bad = [pair for pair in stale if isinstance(pair[1], str)]
    for action, chosen in ((Action.RESPONSE_SCORED, good), (Action.SCORING_FAILED, bad)):
        if chosen:
            study_id, participant_id = _subject([job for job, _ in chosen])
            with audited(
                session,
                actor=actor,
                action=action,
                now=now,
                study_id=study_id,
                participant_id=participant_id,
                reason=reason,
            ):
                for job, outcome in chosen:
                    job.store(session, outcome, now=now)
    unchanged = len(jobs) - len(stale)
    return Scored(scored=len(good), unchanged=unchanged, failed=len(bad))


@dataclass(kw_only=True)
class Job:
    """One response with all that its scoring depends on, and its newest scores."""

    response: Response
    questionnaire: Questionnaire
    options: dict[str, str]
    newest: dict[str, Score]

    def form(self) -> Form:
        """Return what is calculated."""
        return Form(
            id=self.response.id,
            questionnaire=self.questionnaire,
            options=self.options,
            answers=self.response.answers,
        )

    def is_current(self, outcome: Outcome) -> bool:
        """Tell whether the stored state says all that ``outcome`` says."""
        if isinstance(outcome, str):
            return self.response.scoring_problem == outcome
        return self._has_scores(outcome) and not self._changed_since()

    def _has_scores(self, values: list[ScoreValue]) -> bool:
        stored = {
            code: (row.form_hash, dict(row.options), _as_value(row))
            for code, row in self.newest.items()
        }
        return stored == {v.scale: (self.questionnaire.hash, self.options, v) for v in values}

    def _changed_since(self) -> bool:
        scored_at, response = self.response.scored_at, self.response
        changes = (response.submitted_at, response.last_activity_at)
        return (
            scored_at is None
            or response.scoring_problem is not None
            or any(change is not None and change > scored_at for change in changes)
        )

    def store(self, session: Session, outcome: Outcome, *, now: datetime) -> None:
        """Store the scores as a new revision if they are new, or the reason for having none."""
        if isinstance(outcome, str):
            self.response.scoring_problem = outcome
            return
        self.response.scoring_problem = None
        self.response.scored_at = now
        if self._has_scores(outcome):
            return
        self.response.score_revision += 1
        for value in outcome:
            session.add(
                Score(
                    response_id=self.response.id,
                    revision=self.response.score_revision,
                    form_hash=self.questionnaire.hash,
                    options=self.options,
                    scored_at=now,
                    **{**vars(value), "flags": list(value.flags)},
                )
            )


def jobs_of(session: Session, ids: Sequence[int], *, lock: bool) -> list[Job]:
    """Return the responses that exist among ``ids`` with their newest scores, locked or not."""
    jobs = []
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        newest = _newest_scores(session, part)
        for response in _responses(session, part, lock=lock):
            protocol = studies.protocol(response.visit.protocol)
            jobs.append(
                Job(
                    response=response,
                    questionnaire=forms.questionnaire(response.form_version),
                    options=dict(protocol.instrument(response.instrument_id).options),
                    newest=newest.get(response.id, {}),
                )
            )
    return jobs


def _responses(session: Session, ids: Sequence[int], *, lock: bool) -> Sequence[Response]:
    query = (
        select(Response)
        .where(Response.id.in_(ids))
        .order_by(Response.id)
        .options(
            selectinload(Response.form_version),
            selectinload(Response.visit).options(
                selectinload(Visit.participant), selectinload(Visit.protocol)
            ),
        )
    )
    if lock:
        query = query.with_for_update(of=Response).execution_options(populate_existing=True)
    return session.scalars(query).all()


def _newest_scores(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Score]]:
    query = (
        select(Score)
        .join(Response, Response.id == Score.response_id)
        .where(Score.response_id.in_(ids), Score.revision == Response.score_revision)
    )
    newest: dict[int, dict[str, Score]] = {}
    for row in session.scalars(query):
        newest.setdefault(row.response_id, {})[row.scale] = row
    return newest


def _subject(jobs: Sequence[Job]) -> tuple[int | None, int | None]:
    """Return the study and the participant of the jobs, each None if they have several."""
    people = {job.response.visit.participant for job in jobs}
    study_ids = {person.study_id for person in people}
    return (
        study_ids.pop() if len(study_ids) == 1 else None,
        people.pop().id if len(people) == 1 else None,
    )


def _as_value(row: Score) -> ScoreValue:
    return ScoreValue(
        scale=row.scale,
        value=row.value,
        items_answered=row.items_answered,
        items_expected=row.items_expected,
        module=row.module,
        module_version=row.module_version,
        items_imputed=row.items_imputed,
        flags=tuple(row.flags),
    )
