"""Which visits of a cohort staff have something to do with, by how these stand today."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from qol_app.domain.compliance import ended
from qol_app.domain.contact import Wish
from qol_app.domain.schedule import Window, WindowState, today_at, window, window_state
from qol_app.domain.study import Protocol
from qol_app.services.rehearsal.course import DAY, Person, Sitting
from qol_app.services.rehearsal.wishes import wishes_of

ON_PAPER = 5
"""Open visits whose forms came on paper or in an interview."""

UNEXPLAINED = 8
"""The newest missed visits, of which nobody has said yet why."""
FEW = 2
"""Of these, how many suggest the one or the other reason."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One visit of one person."""

    person: Person
    visit: str
    dates: Window
    zone: ZoneInfo
    sitting: Sitting | None
    """The last one."""

    @property
    def key(self) -> tuple[int, str]:
        """What tells cases apart."""
        return self.person.place, self.visit

    @property
    def enrolled_on(self) -> date:
        """The day of enrolment at the site."""
        return today_at(self.zone, self.person.enrolled_at)

    @property
    def first_day(self) -> date:
        """The first day after enrolment on which the visit can be answered."""
        return max(self.dates.opens, self.enrolled_on + DAY)

    @property
    def sat_on(self) -> date:
        """The day of the sitting; the last day of the window if there was none."""
        if self.sitting is None:
            return self.dates.closes
        return today_at(self.zone, self.sitting.started_at)

    @property
    def takes_email(self) -> bool:
        """Whether the participant has an e-mail address and refuses no message to it."""
        refused = wishes_of(self.person).refused
        return self.person.email is not None and Wish.EMAIL not in refused

    @property
    def takes_sms(self) -> bool:
        """Whether the participant has a mobile number and refuses no message to it."""
        wishes = wishes_of(self.person)
        return wishes.phone is not None and Wish.SMS not in wishes.refused

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Return a moment of a day by the site's clock."""
        return datetime.combine(day, time(hour, minute), tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Cases:
    """All visits of a cohort, sorted by how they stand."""

    every: Sequence[Case]
    taken: Collection[tuple[int, str]]
    """Keys of visits with which participants have done something themselves."""
    now: datetime

    def yesterday(self, case: Case) -> date:
        """Return the last whole day at the site."""
        return today_at(case.zone, self.now) - DAY

    @cached_property
    def waiting(self) -> list[Case]:
        """Open today, and nobody has touched them; those that close first come first."""
        found = [
            case
            for case in self.every
            if case.sitting is None
            and case.first_day < self.yesterday(case)
            and case.dates.closes > self.yesterday(case) + DAY
            and ended(case.person.facts, self.yesterday(case) + DAY) is None
            and case.key not in self.taken
        ]
        return sorted(found, key=lambda case: (case.dates.closes, case.key))

    @property
    def on_paper(self) -> list[Case]:
        """Some of the waiting that are in no hurry; their forms came on paper."""
        calm = [
            case
            for case in self.waiting
            if window_state(case.dates, self.yesterday(case) + DAY) is WindowState.DUE
        ]
        return calm[:: 2 if len(calm) >= 2 * ON_PAPER else 1][:ON_PAPER]

    @property
    def untouched(self) -> list[Case]:
        """The rest of the waiting, which their participants are to answer themselves."""
        keyed = {case.key for case in self.on_paper}
        return [case for case in self.waiting if case.key not in keyed]

    @property
    def unsent(self) -> list[Case]:
        """Open today; the untouched before those that were begun or put off."""
        keyed = {case.key for case in [*self.on_paper, *self.untouched]}
        rest = [
            case
            for case in self.every
            if (case.sitting is None or case.sitting.reached < 1)
            and case.key not in keyed
            and case.first_day < self.yesterday(case)
            and case.dates.closes > self.yesterday(case) + DAY
            and ended(case.person.facts, self.yesterday(case) + DAY) is None
        ]
        return [*self.untouched, *rest]

    @cached_property
    def missed(self) -> list[Case]:
        """Closed with forms missing that were expected; those closed last come first."""
        found = [
            case
            for case in self.every
            if (case.sitting is None or case.sitting.reached < 1)
            and case.enrolled_on <= case.dates.closes <= self.yesterday(case)
            and ended(case.person.facts, case.dates.closes) is None
        ]
        return sorted(found, key=lambda case: (case.dates.closes, case.key), reverse=True)

    @property
    def explained(self) -> list[Case]:
        """The missed of which staff have said why; the newest are left."""
        return self.missed[UNEXPLAINED:]

    @property
    def address_failed(self) -> list[Case]:
        """Of the newest missed, those about which a message came back."""
        return [case for case in self._blank if case.takes_email or case.takes_sms][:FEW]

    @property
    def shown_a_link(self) -> list[Case]:
        """Of the newest missed, those whose participants were shown a link and never used it."""
        failed = {case.key for case in self.address_failed}
        return [case for case in self._blank if case.key not in failed][:FEW]

    @property
    def _blank(self) -> list[Case]:
        newest = self.missed[:UNEXPLAINED]
        return [
            case
            for case in newest
            if case.sitting is None
            and case.key not in self.taken
            and case.first_day <= case.dates.closes
        ]

    @cached_property
    def answered(self) -> list[Case]:
        """Sent at least three days ago; those sent last come first."""
        found = [
            case
            for case in self.every
            if case.sitting is not None
            and case.sitting.reached == 1
            and case.sat_on + timedelta(days=3) <= self.yesterday(case)
        ]
        return sorted(found, key=lambda case: (case.sat_on, case.key), reverse=True)


def find(
    protocol: Protocol,
    people: Sequence[Person],
    *,
    taken: Collection[tuple[int, str]],
    now: datetime,
) -> Cases:
    """Return all visits of a cohort."""
    every = [_case(protocol, person, v.code) for person in people for v in protocol.schedule.visits]
    return Cases(every=every, taken=taken, now=now)


def _case(protocol: Protocol, person: Person, visit: str) -> Case:
    sittings = [each for each in person.sittings if each.visit == visit]
    return Case(
        person=person,
        visit=visit,
        dates=window(protocol.visit(visit), person.anchor),
        zone=protocol.site(person.site).zone,
        sitting=sittings[-1] if sittings else None,
    )
