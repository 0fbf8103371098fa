"""Lets simulated participants sit down to the forms of a visit, and answer them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from numpy.random import Generator
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Response, Visit
from qol_app.domain import actor as actors
from qol_app.services import forms, responses, submission
from qol_app.services.rehearsal import manners
from qol_app.services.rehearsal.course import Person, Sitting
from qol_app.services.rehearsal.items import FormModel, Numbers
from questionnaires.model import Value, Wording

ACTOR = actors.command("rehearsal")
"""Who the audit says gave the answers: never a participant."""
MODE = "patient"
NAMESPACE = uuid.UUID("0d0c9a56-3a61-5b0e-8f0c-5b6a5f3c7e42")
"""Of the ids of simulated answers; it never changes."""
PER_ITEM = (4, 25)
"""Seconds that an answer takes, at least and at most."""
TO_SEND = timedelta(seconds=15)
"""Time from the last answer to sending the forms."""


@dataclass(kw_only=True)
class Enrolled:
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
class Pen:
    """What forms are filled in with."""

    session: Session
    study: str
    seed: int
    models: Mapping[str, FormModel]
    """By instrument."""
    counts: Counter[str]
    wordings: dict[tuple[int, str], Wording] = field(default_factory=dict)

    def sit(self, person: Person, sitting: Sitting, known: Enrolled) -> datetime | None:
        """Answer a visit's forms as far as the person gets; return when they were sent, if so."""
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
            return None
        return self._send(visit, sitting, known, at + TO_SEND)

    def _send(self, visit: Visit, sitting: Sitting, known: Enrolled, at: datetime) -> datetime:
        submission.submit_visit(
            self.session,
            visit,
            mode=MODE,
            actor=ACTOR,
            now=at,
            helper=manners.draw_helper(sitting.health, known.manners),
        )
        self.counts["answered"] += 1
        return at

    def _answer(
        self,
        known: Enrolled,
        response: Response,
        values: Sequence[tuple[str, Value]],
        language: str,
        at: datetime,
    ) -> datetime:
        """Save the answers of one form and return when the last was given."""
        if not values:
            return at
        code = f"{self.study}/{known.participant.number}/{response.visit.code}"
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
