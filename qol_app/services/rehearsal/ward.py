"""The shared tablets of a rehearsal: in use, handed over, blocked by wrong PINs, and retired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from qol_app.db.models import Site, Tablet
from qol_app.domain import pins
from qol_app.services import handovers, tablets
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act

BEDSIDE, CLINIC, BLOCKED, RETIRED = "Tablet 1", "Tablet 2", "Tablet 3", "Tablet 4"
BOUGHT = timedelta(days=20)
GIVEN = timedelta(minutes=3)
"""Time since a tablet was handed to somebody who has it still."""


@dataclass(frozen=True, kw_only=True)
class Ward:
    """Where tablets lie."""

    desk: Desk

    def register(self, at: datetime) -> None:
        """Register two tablets at each of the first sites, and two more at the first."""
        for place, site in enumerate(self.desk.study.sites[:2]):
            for name in (BEDSIDE, CLINIC, BLOCKED, RETIRED)[: 2 if place else 4]:
                self._register(site, name, at)

    def _register(self, site: Site, name: str, at: datetime) -> None:
        tablets.register(
            self.desk.session,
            self.desk.study,
            site,
            name=name,
            pin_hash=self.desk.office.pin_hash,
            actor=self.desk.nurse,
            now=at,
        )

    def wear_out(self, at: datetime) -> None:
        """Take one tablet out of use, and try wrong PINs at another."""
        for tablet in self._tablets():
            if tablet.name == RETIRED:
                tablets.retire(self.desk.session, tablet, actor=self.desk.nurse, now=at)
            for _ in range(pins.MOST_FAILURES if tablet.name == BLOCKED else 0):
                tablets.try_pin(self.desk.session, tablet.id, is_right=False, now=at)

    def hand_over(self, case: Case, at: datetime) -> None:
        """Give a participant a tablet of their site, where there is one."""
        visit = self.desk.visit(case)
        for tablet in self._tablets():
            if tablet.site_id == visit.participant.site_id and tablet.name == BEDSIDE:
                handovers.hand_over(
                    self.desk.session, tablet.id, visit, actor=self.desk.nurse, now=at
                )

    def _tablets(self) -> list[Tablet]:
        return list(tablets.at_sites(self.desk.session, self.desk.study, None))


def acts(desk: Desk, cases: Cases) -> Iterator[Act]:
    """Yield what happens to the tablets."""
    ward = Ward(desk=desk)
    yield Act(at=cases.now - BOUGHT, do=ward.register)
    yield Act(at=cases.now - BOUGHT / 4, do=ward.wear_out)
    first = desk.writer.protocol.sites[0].code
    for case in [case for case in cases.untouched if case.person.site == first][-1:]:
        yield Act(at=cases.now - GIVEN, do=partial(ward.hand_over, case))
