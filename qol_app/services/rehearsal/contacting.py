"""What staff do with contact details and birth years: look, change, erase, mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from qol_app.services import contacts, participant_edit
from qol_app.services.contacts import ContactDetails
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.course import DAY
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act
from qol_app.services.rehearsal.phrases import Phrases


@dataclass(frozen=True, kw_only=True)
class Contacting:
    """Keeps participants' data at a desk."""

    desk: Desk

    def show(self, case: Case, at: datetime) -> None:
        """Look at somebody's contact details."""
        vault, participant = self.desk.writer.vault, self.desk.participant(case)
        contacts.show(self.desk.session, participant, vault=vault, actor=self.desk.nurse, now=at)

    def change(self, case: Case, at: datetime) -> None:
        """Give somebody another e-mail address."""
        contacts.change(
            self.desk.session,
            self.desk.participant(case),
            ContactDetails(
                email=f"moved-{case.person.place}@example.org", consented_on=case.enrolled_on
            ),
            vault=self.desk.writer.vault,
            actor=self.desk.nurse,
            now=at,
        )

    def erase(self, case: Case, at: datetime, *, reason: str) -> None:
        """Erase somebody's contact details."""
        participant = self.desk.participant(case)
        contacts.erase(self.desk.session, participant, reason=reason, actor=self.desk.nurse, now=at)

    def mend(self, case: Case, at: datetime, *, reason: str) -> None:
        """Mend a birth year that was typed wrongly."""
        participant = self.desk.participant(case)
        before = participant_edit.details(participant)
        participant_edit.change(
            self.desk.session,
            participant,
            replace(before, birth_year=case.person.birth_year - 1),
            reason=reason,
            seen="",
            actor=self.desk.nurse,
            now=at,
        )


def acts(desk: Desk, cases: Cases, words: Phrases) -> Iterator[Act]:
    """Yield what is done with the data of a few participants."""
    keeper = Contacting(desk=desk)
    reachable = [case for case in cases.answered if case.person.email is not None]
    doing = (
        partial(keeper.show),
        partial(keeper.change),
        partial(keeper.erase, reason=words.asked_to_erase),
        partial(keeper.mend, reason=words.typed_wrong),
    )
    for case, do in zip(reachable[-len(doing) :], doing, strict=False):
        yield Act(at=case.at(case.sat_on + DAY, 14), do=partial(do, case))
