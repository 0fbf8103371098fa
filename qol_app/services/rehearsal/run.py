"""Writes a simulated cohort through the ordinary services, in the order in which it happened."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.random import Generator
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Response, Site, Study, Visit
from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain import actor as actors
from qol_app.domain.errors import Conflict, NotPermitted
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.study import Protocol, Purpose
from qol_app.services import (
    enrolment,
    forms,
    help_requests,
    links,
    opened,
    participants,
    postponements,
    responses,
    results,
    studies,
    submission,
)
from qol_app.services.rehearsal import manners
from qol_app.services.rehearsal.course import Happening, Person, Sitting, cohort
from qol_app.services.rehearsal.items import FormModel, Numbers, draw_form
from qol_app.services.rehearsal.manners import Deed, LinkGiven, PuttingOff, deeds
from qol_app.services.rehearsal.steps import Step, in_order
from questionnaires.model import Value, Wording

ACTOR = actors.command("rehearsal")
"""Who the audit says gave the answers: never a participant."""
MODE = "patient"
NAMESPACE = uuid.UUID("0d0c9a56-3a61-5b0e-8f0c-5b6a5f3c7e42")
"""Of the ids of simulated answers; it never changes."""
UNPLANNED = 40
"""Participants of a rehearsal whose protocol plans no number."""
BATCH = 60
"""Steps from one commit to the next."""
PER_ITEM = (4, 25)
"""Seconds that an answer takes, at least and at most."""
TO_SEND = timedelta(seconds=15)
"""Time from the last answer to sending the forms."""


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """What a rehearsal study was filled with."""

    participants: int
    visits_answered: int
    """Visits whose forms were sent."""
    visits_begun: int
    """Visits with some answers whose forms were not sent."""
    answers: int
    """Answer events; a blank is one too."""
    scored: int
    """Forms with scores."""
    deaths: int
    withdrawals: int
    stopped: int
    """Participants who ended the questionnaires and stayed in the study."""


def create(
    sessions: Sessions,
    study_code: str,
    *,
    vault: Vault,
    seed: int,
    now: datetime,
    participants: int | None = None,
    progress: Callable[[int, int], None],
) -> Simulated:
    """Fill an empty rehearsal study with simulated participants up to yesterday.

    The same protocol, seed and date give the same study. It commits as it goes, so after an
    interruption the study ends earlier in the past, and cannot be continued.

    Args:
        seed: 0 or more.
        participants: How many; None means as many as the protocol plans.
        progress: Told the steps done and all steps after each commit.

    Raises:
        NotFound: there is no such study.
        NotPermitted: the study is for real participants.
        Conflict: the study has participants already.
        ValueError: ``seed`` is negative, or ``participants`` is less than 1.
    """
    with sessions.write() as session:
        study = studies.find(session, study_code)
        _refuse(session, study)
        protocol = studies.in_force(study)
        if participants is None:
            participants = protocol.planned_participants or UNPLANNED
        people = cohort(protocol, seed=seed, now=now, participants=participants)
        job = _Job(session=session, study=study, protocol=protocol, vault=vault, seed=seed)
        steps = in_order(people, deeds(protocol, people, seed=seed, now=now))
        for start in range(0, len(steps), BATCH):
            batch = steps[start : start + BATCH]
            for step in batch:
                job.take(step)
            job.score()
            session.commit()
            progress(start + len(batch), len(steps))
        job.score_rest(now=now)
        session.commit()
        return job.counted()


def _refuse(session: Session, study: Study) -> None:
    if study.purpose != Purpose.REHEARSAL:
        raise NotPermitted(f"study {study.code} is for real participants; nothing is simulated")
    here = select(func.count()).where(Participant.study_id == study.id)
    if count := session.scalar(here):
        raise Conflict(
            f"study {study.code} has {count} participants already; "
            "a rehearsal is made in a study without any"
        )


@dataclass(kw_only=True)
class _Enrolled:
    """A simulated person in the database, with what is theirs in the simulation."""

    participant: Participant
    visits: dict[str, Visit]
    traits: dict[str, Numbers]
    """By instrument."""
    rng: Generator
    manners: Generator
    links: dict[str, int] = field(default_factory=dict)
    """By visit, the link that was given."""


@dataclass(kw_only=True)
class _Job:
    """One running simulation: what it writes with, and what it has written."""

    session: Session
    study: Study
    protocol: Protocol
    vault: Vault
    seed: int
    clock: datetime | None = None
    models: dict[str, FormModel] = field(default_factory=dict)
    """By instrument."""
    enrolled: dict[int, _Enrolled] = field(default_factory=dict)
    wordings: dict[tuple[int, str], Wording] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    unscored: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, use in enumerate(self.protocol.instruments):
            version = studies.form_version(self.session, use.id, use.version)
            rng = np.random.default_rng([self.seed, 0, number])
            self.models[use.id] = draw_form(forms.questionnaire(version), use.options, rng)

    def take(self, step: Step) -> None:
        """Let one step happen."""
        if step.what is None:
            self._enrol(step.person)
        elif isinstance(step.what, Happening):
            self._record(step.person, step.what)
        elif isinstance(step.what, Sitting):
            self._sit(step.person, step.what)
        else:
            self._do(step.person, step.what)
        self.clock = max(step.at, self.clock or step.at)

    def _enrol(self, person: Person) -> None:
        sites: dict[str, Site] = {site.code: site for site in self.study.sites}
        new = enrolment.NewParticipant(
            group=person.group,
            anchor_date=person.anchor,
            language=person.language,
            birth_year=person.birth_year,
            email=person.email,
        )
        participant = enrolment.enrol(
            self.session,
            self.study,
            sites[person.site],
            new,
            vault=self.vault,
            actor=ACTOR,
            now=person.enrolled_at,
        )
        rng = np.random.default_rng([self.seed, person.place, 1])
        self.enrolled[person.place] = _Enrolled(
            participant=participant,
            visits={visit.code: visit for visit in participants.visits(self.session, participant)},
            traits={code: model.draw_traits(rng) for code, model in self.models.items()},
            rng=rng,
            manners=manners.of_sittings(person, seed=self.seed),
        )

    def _do(self, person: Person, deed: Deed) -> None:
        """Let somebody put a visit off, be given a link, or call for help with it."""
        known = self.enrolled[person.place]
        visit = known.visits[deed.visit]
        if isinstance(deed, PuttingOff):
            postponements.postpone(
                self.session, visit, deed.delay, deed.reason, actor=ACTOR, now=deed.at
            )
        elif isinstance(deed, LinkGiven):
            link, _token = links.issue(
                self.session, visit, channel="screen", actor=ACTOR, now=deed.at
            )
            known.links[deed.visit] = link.id
        else:
            found = opened.by_id(self.session, known.links[deed.visit])
            help_requests.ask(self.session, found, now=deed.at)

    def _record(self, person: Person, happening: Happening) -> None:
        enrolment.record_event(
            self.session,
            self.enrolled[person.place].participant,
            happening.kind,
            happened_on=happening.happened_on,
            actor=ACTOR,
            now=happening.recorded_at,
        )
        self.counts[happening.kind.value] += 1

    def _sit(self, person: Person, sitting: Sitting) -> None:
        """Answer a visit's forms one after the other, as far as the person gets."""
        known = self.enrolled[person.place]
        visit, at = known.visits[sitting.visit], sitting.started_at
        drawn = [
            self.models[response.instrument_id].answers(
                health=sitting.health,
                traits=known.traits[response.instrument_id],
                language=person.language,
                rng=known.rng,
            )
            for response in visit.responses
        ]
        left = max(1, round(sitting.reached * sum(map(len, drawn))))
        for response, values in zip(visit.responses, drawn, strict=True):
            reached = list(values.items())[:left]
            left -= len(reached)
            at = self._answer(known, response, reached, person.language, at)
        if sitting.reached < 1:
            self.counts["begun"] += 1
            return
        submission.submit_visit(
            self.session,
            visit,
            mode=MODE,
            actor=ACTOR,
            now=at + TO_SEND,
            helper=manners.draw_helper(sitting.health, known.manners),
        )
        self.counts["answered"] += 1
        self.clock = at + TO_SEND
        self.unscored += [response.id for response in visit.responses]

    def _answer(
        self,
        known: _Enrolled,
        response: Response,
        values: Sequence[tuple[str, Value]],
        language: str,
        at: datetime,
    ) -> datetime:
        """Save the answers of one form and return when the last was given."""
        if not values:
            return at
        code = f"{self.study.code}/{known.participant.number}/{response.visit.code}"
        form, given = self.models[response.instrument_id].questionnaire, []
        for item, value in values:
            at += timedelta(seconds=int(known.rng.integers(*PER_ITEM)))
            name = f"{self.seed}/{code}/{response.instrument_id}/{item}"
            event_id = str(uuid.uuid5(NAMESPACE, name))
            said = manners.draw_no_answer(form.item(item), value, known.manners)
            given.append(
                responses.Answer(
                    event_id=event_id, item=item, value=value, no_answer=said, answered_at=at
                )
            )
        self.counts["answers"] += responses.save_answers(
            self.session,
            response.id,
            given,
            wording=self._wording(response, language),
            actor=ACTOR,
            now=at,
        ).new
        return at

    def _wording(self, response: Response, language: str) -> Wording:
        key = (response.form_version_id, language)
        if key not in self.wordings:
            self.wordings[key] = forms.wording(self.session, response.form_version, language)
        return self.wordings[key]

    def score(self) -> None:
        """Score the forms that were sent since the last call."""
        if self.clock is not None and self.unscored:
            done = results.score_many(self.session, self.unscored, actor=ACTOR, now=self.clock)
            self.counts["scored"] += done.scored
            self.unscored.clear()

    def score_rest(self, *, now: datetime) -> None:
        """Score the forms that were begun, never sent, and can no longer be."""
        while ids := results.waiting(self.session, now=now):
            done = results.score_many(self.session, ids, actor=ACTOR, now=now)
            self.counts["scored"] += done.scored

    def counted(self) -> Simulated:
        """Return what was written."""
        return Simulated(
            participants=len(self.enrolled),
            visits_answered=self.counts["answered"],
            visits_begun=self.counts["begun"],
            answers=self.counts["answers"],
            scored=self.counts["scored"],
            deaths=self.counts[ParticipantEventKind.DIED.value],
            withdrawals=self.counts[ParticipantEventKind.WITHDREW.value],
            stopped=self.counts[ParticipantEventKind.PRO_STOPPED.value],
        )
