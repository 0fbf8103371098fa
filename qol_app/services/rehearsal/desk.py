"""What the acts of staff have at hand: the study, its participants, and who they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.random import Generator
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Response, Study, Visit
from qol_app.domain import actor as actors
from qol_app.domain.actor import Actor
from qol_app.services.rehearsal import staff_mail
from qol_app.services.rehearsal.cases import Case
from qol_app.services.rehearsal.office import Office
from qol_app.services.rehearsal.writer import Writer

STAFF = 4
"""Name of the stream of random numbers of what staff key."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where staff work."""

    writer: Writer
    office: Office

    @property
    def session(self) -> Session:
        """The running session."""
        return self.writer.session

    @property
    def study(self) -> Study:
        """The rehearsal's study."""
        return self.writer.study

    @property
    def nurse(self) -> Actor:
        """Who does most."""
        return actors.user(self.office.nurse)

    def participant(self, case: Case) -> Participant:
        """Return whose case it is; enrolled by now."""
        return self.writer.enrolled[case.person.place].participant

    def visit(self, case: Case) -> Visit:
        """Return which visit it is about."""
        return self.writer.enrolled[case.person.place].visits[case.visit]

    def first_form(self, case: Case) -> Response:
        """Return the first form of the visit."""
        return self.visit(case).responses[0]

    def rng(self, case: Case) -> Generator:
        """Return random numbers for the case that nothing else uses."""
        return np.random.default_rng([self.writer.seed, case.person.place, STAFF])

    def tell(self, mails: Iterable[int], at: datetime) -> None:
        """Deliver mails to staff."""
        staff_mail.deliver(self.session, mails, office=self.office, now=at)
