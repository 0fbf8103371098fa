"""Writes what simulated participants do through the ordinary services, one step at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from qol_app.db.models import Site, Study
from qol_app.db.vault import Vault
from qol_app.domain.schedule import today_at
from qol_app.domain.study import Protocol
from qol_app.services import (
    enrolment,
    forms,
    help_requests,
    links,
    opened,
    participants,
    postponements,
    results,
    studies,
)
from qol_app.services.rehearsal import alarms, manners, staff_mail
from qol_app.services.rehearsal.answering import ACTOR, Enrolled, Pen
from qol_app.services.rehearsal.course import Happening, Person, Sitting
from qol_app.services.rehearsal.items import FormModel, draw_form
from qol_app.services.rehearsal.manners import Deed, LinkGiven, PuttingOff
from qol_app.services.rehearsal.office import Office
from qol_app.services.rehearsal.steps import Step
from qol_app.services.rehearsal.wishes import wishes_of


@dataclass(kw_only=True)
class Writer:
    """One running simulation: what it writes with, and what it has written."""

    session: Session
    study: Study
    protocol: Protocol
    vault: Vault
    seed: int
    now: datetime
    office: Office | None = None
    clock: datetime | None = None
    models: dict[str, FormModel] = field(default_factory=dict)
    """By instrument."""
    pen: Pen = field(init=False)
    enrolled: dict[int, Enrolled] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    unscored: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, use in enumerate(self.protocol.instruments):
            version = studies.form_version(self.session, use.id, use.version)
            rng = np.random.default_rng([self.seed, 0, number])
            self.models[use.id] = draw_form(forms.questionnaire(version), use.options, rng)
        self.pen = Pen(
            session=self.session,
            study=self.study.code,
            seed=self.seed,
            models=self.models,
            counts=self.counts,
        )

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
        wishes = wishes_of(person)
        today = today_at(self.protocol.site(person.site).zone, person.enrolled_at)
        new = enrolment.NewParticipant(
            group=person.group,
            anchor_date=person.anchor,
            language=person.language,
            birth_year=person.birth_year,
            email=person.email,
            phone=wishes.phone,
            consented_on=today if person.email or wishes.phone else None,
            channel=wishes.channel,
            refused_channels=wishes.refused,
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
        self.enrolled[person.place] = Enrolled(
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
            asked = help_requests.ask(self.session, found, now=deed.at)
            if asked is not None and self.office is not None:
                staff_mail.deliver(self.session, asked.mails, office=self.office, now=deed.at)

    def _sit(self, person: Person, sitting: Sitting) -> None:
        known = self.enrolled[person.place]
        sent_at = self.pen.sit(person, sitting, known)
        if sent_at is not None:
            self.clock = sent_at
            self.unscored += [response.id for response in known.visits[sitting.visit].responses]

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

    def score(self) -> None:
        """Score the forms that were sent since the last call."""
        if self.clock is not None and self.unscored:
            done = results.score_many(self.session, self.unscored, actor=ACTOR, now=self.clock)
            self.counts["scored"] += done.scored
            if self.office is not None and self.protocol.alerts is not None:
                alarms.look_at(
                    self.session,
                    self.unscored,
                    office=self.office,
                    language=self.protocol.languages[0],
                    now=self.now,
                )
            self.unscored.clear()

    def score_rest(self, *, now: datetime) -> None:
        """Score the forms that were begun, never sent, and can no longer be."""
        while ids := results.waiting(self.session, now=now):
            done = results.score_many(self.session, ids, actor=ACTOR, now=now)
            self.counts["scored"] += done.scored
