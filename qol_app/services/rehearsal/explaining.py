"""Why forms are missing: staff have said it of most visits, and of the newest not yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import cycle

from qol_app.domain.missing import MissingReason
from qol_app.services import links, missing
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.course import DAY
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act

AFTER = timedelta(days=4)
"""Time from the end of a window to staff's saying why."""
SOON = timedelta(days=60)
"""Time from the end of a window to a death of which the form was a victim."""
SAID = (
    MissingReason.FORGOT,
    MissingReason.DECLINED,
    MissingReason.NO_TIME,
    MissingReason.OTHER,
    MissingReason.TECHNICAL,
    MissingReason.LANGUAGE,
    MissingReason.NOT_OFFERED,
    MissingReason.TOO_ILL,
    MissingReason.FORGOT,
    MissingReason.TOO_ILL,
)
"""What staff say of one visit after the other where nothing else suggests itself."""
UNKNOWN = (None, MissingReason.NOT_OFFERED)
"""Proposals that staff know better than."""


@dataclass(frozen=True, kw_only=True)
class Explaining:
    """Says at a desk why forms are missing."""

    desk: Desk
    other: str
    """The words of the reason that is none of the coded ones."""
    usual: Iterator[MissingReason] = field(default_factory=lambda: cycle(SAID))

    def show_link(self, case: Case, at: datetime) -> None:
        """Show a participant a link to a visit."""
        links.issue(
            self.desk.session,
            self.desk.visit(case),
            channel="screen",
            actor=self.desk.nurse,
            now=at,
        )

    def say_died(self, case: Case, at: datetime) -> None:
        """Say of a visit that its participant died soon after its end."""
        self._say(case, MissingReason.DIED, at)

    def say(self, case: Case, at: datetime) -> None:
        """Say what suggests itself, or else one of the usual reasons."""
        visit = self.desk.visit(case)
        proposal = missing.proposed(self.desk.session, [visit])[visit.id]
        if self._unsaid(case):
            suggested = None if proposal in UNKNOWN else proposal
            self._say(case, suggested or next(self.usual), at)

    def _say(self, case: Case, reason: MissingReason, at: datetime) -> None:
        unsaid = self._unsaid(case)
        if unsaid:
            missing.set_reason(
                self.desk.session,
                self.desk.visit(case),
                unsaid,
                reason,
                note=self.other if reason is MissingReason.OTHER else "",
                actor=self.desk.nurse,
                now=at,
            )

    def _unsaid(self, case: Case) -> list[str]:
        """Return the instruments of the forms that are missing for no known reason."""
        return [
            form.instrument_id
            for form in self.desk.visit(case).responses
            if form.submitted_at is None and form.missing_reason is None
        ]


def acts(desk: Desk, cases: Cases, *, other: str) -> Iterator[Act]:
    """Yield why older visits were missed, and what suggests why newer ones were.

    Args:
        other: The words of the reason that is none of the coded ones.
    """
    office = Explaining(desk=desk, other=other)
    for case in cases.shown_a_link:
        yield Act(at=case.at(case.first_day, 15), do=partial(office.show_link, case))
    for case in cases.explained:
        died = _died_later(case)
        day = died or case.dates.closes + AFTER
        if day <= cases.yesterday(case):
            do = office.say_died if died else office.say
            yield Act(at=case.at(day, 17), do=partial(do, case))


def _died_later(case: Case) -> date | None:
    """Return the day on which staff knew of a death that came soon after the window."""
    died_on = case.person.facts.died_on
    if died_on is None or died_on > case.dates.closes + SOON:
        return None
    return max(h.recorded_at for h in case.person.happenings).astimezone(case.zone).date() + DAY
