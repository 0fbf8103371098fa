"""What happens to simulated participants, and when: enrolment, sittings, deaths, withdrawals.

Nothing happens on the day of ``now`` itself, so a cohort depends on the date but not on the time
of day. The same protocol, seed and date give the same cohort.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.random import Generator

from qol_app.domain.compliance import ParticipantFacts, ended
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.schedule import WindowState, today_at, window, window_state
from qol_app.domain.study import Protocol, Visit
from qol_app.services.rehearsal.attendance import Outcome, draw_day, draw_outcome
from qol_app.services.rehearsal.latent import (
    Effects,
    Trajectory,
    draw_effects,
    draw_trajectory,
    first_event,
)

DAY = timedelta(days=1)
EVENNESS = 10.0
"""Of the sites' shares of the participants; higher is more even."""
BRISK = 0.6
"""Below 1: more people enrol early than late."""
MARGIN = 30
"""Days between the first enrolments and the day when the last windows of these have closed."""
LEAD = 10
"""Longest time in days from enrolment to the anchor date."""
AGE, AGE_SPREAD, YOUNGEST, OLDEST = 60, 11, 18, 80
WITH_EMAIL = 0.6
OTHER_LANGUAGE = 0.1
"""Share of participants that read another language than the study's first."""
DEATHS, WITHDRAWALS, STOPS = (0.13, 0.7), (0.05, 0.4), (0.03, 0.5)
"""Hazard per year at health 0, and by how much the log hazard rises when health falls by 1."""
KNOWN_AFTER = 10
"""Longest time in days until the site learns of an event."""
STARTED = 5
"""Of the visits that are open today, every fifth was begun in the last days."""
EVENTS = ParticipantEventKind


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """One time that somebody sits down to the forms of a visit."""

    visit: str
    started_at: datetime
    health: float
    reached: float
    """Share of the visit's items that the person gets to; the forms are sent if it is 1."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """A dated event, and when the site recorded it."""

    kind: ParticipantEventKind
    happened_on: date
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Person:
    """One simulated participant with all that has happened until today."""

    place: int
    """Counted from 1, about in the order of enrolment."""
    site: str
    group: str
    language: str
    birth_year: int
    email: str | None
    enrolled_at: datetime
    anchor: date
    trajectory: Trajectory
    happenings: tuple[Happening, ...]
    sittings: tuple[Sitting, ...]

    @property
    def facts(self) -> ParticipantFacts:
        """The dates of the person's events."""
        dates = {happening.kind: happening.happened_on for happening in self.happenings}
        return ParticipantFacts(
            died_on=dates.get(EVENTS.DIED),
            withdrew_on=dates.get(EVENTS.WITHDREW),
            pro_stopped_on=dates.get(EVENTS.PRO_STOPPED),
        )


def cohort(
    protocol: Protocol, *, seed: int, now: datetime, participants: int
) -> tuple[Person, ...]:
    """Return the participants in the order of enrolment.

    They enrol over a time so long that the first have left their last window behind and the last
    are still in their first. Every site and every group has somebody, if there are
    enough participants.

    Raises:
        ValueError: ``seed`` is negative, or ``participants`` is less than 1.
    """
    if participants < 1:
        raise ValueError(f"a rehearsal has at least one participant (got {participants})")
    shared = np.random.default_rng([seed])
    sites = [site.code for site in protocol.sites]
    groups = [group.code for group in protocol.groups]
    effects = draw_effects(sites, groups, randomised=protocol.randomised, rng=shared)
    weights = shared.dirichlet(np.full(len(sites), EVENNESS))
    drawn_sites = shared.choice(sites, participants, p=weights).tolist()
    drawn_sites[: len(sites)] = sites[:participants]
    shared.shuffle(drawn_sites)
    drawn_groups = [groups[place % len(groups)] for place in range(participants)]
    shared.shuffle(drawn_groups)
    people = []
    for index, (site, group) in enumerate(zip(drawn_sites, drawn_groups, strict=True)):
        drawing = _Drawing(protocol, now, np.random.default_rng([seed, index + 1]))
        age = ((participants - index - drawing.rng.random()) / participants) ** BRISK
        course = drawing.trajectory(effects, site, group)
        people.append(drawing.person(index + 1, site, group, course, enrolled_ago=age))
    people.sort(key=lambda person: person.enrolled_at)
    return tuple(_begin_some(protocol, people, now=now, rng=shared))


@dataclass
class _Drawing:
    """Draws one participant."""

    protocol: Protocol
    now: datetime
    rng: Generator

    def trajectory(self, effects: Effects, site: str, group: str) -> Trajectory:
        """Draw the course of a person's health."""
        days = follow_up(self.protocol)
        return draw_trajectory(effects, site=site, group=group, days=days, rng=self.rng)

    def person(
        self, place: int, site: str, group: str, course: Trajectory, *, enrolled_ago: float
    ) -> Person:
        """Draw a person who enrolled a share ``enrolled_ago`` (0 to 1) of the study's time ago."""
        zone = self.protocol.site(site).zone
        yesterday = today_at(zone, self.now) - DAY
        days = follow_up(self.protocol)
        enrolled_on = _working_day(yesterday - timedelta(days=int(enrolled_ago * days)))
        anchor = enrolled_on + timedelta(days=self._lead())
        course, dated = self._events(course, min(days, (yesterday - anchor).days))
        person = Person(
            place=place,
            site=site,
            group=group,
            language=self._language(),
            birth_year=enrolled_on.year - self._age(),
            email=f"participant-{place}@example.org" if self.rng.random() < WITH_EMAIL else None,
            enrolled_at=self._instant(enrolled_on, site, hours=(8, 10)),
            anchor=anchor,
            trajectory=course,
            happenings=tuple(
                self._happening(kind, anchor + timedelta(days=day), site, yesterday)
                for kind, day in dated
            ),
            sittings=(),
        )
        return replace(person, sittings=self._sittings(person, enrolled_on, yesterday))

    def _lead(self) -> int:
        return int(self.rng.integers(0, min(self.protocol.baseline.before, LEAD) + 1))

    def _age(self) -> int:
        return min(max(round(float(self.rng.normal(AGE, AGE_SPREAD))), YOUNGEST), OLDEST)

    def _language(self) -> str:
        first, *others = self.protocol.languages
        if others and self.rng.random() < OTHER_LANGUAGE:
            return str(self.rng.choice(others))
        return first

    def _events(
        self, course: Trajectory, days: int
    ) -> tuple[Trajectory, list[tuple[ParticipantEventKind, int]]]:
        """Draw the events of the days after the anchor date; a withdrawal ends what is known."""
        died = self._event(course, DEATHS, days)
        if died is not None:
            course, days = course.dying(died), died - 1
        withdrew = self._event(course, WITHDRAWALS, days)
        if withdrew is not None:
            died, days = None, withdrew - 1
        stopped = self._event(course, STOPS, days)
        drawn = ((EVENTS.PRO_STOPPED, stopped), (EVENTS.WITHDREW, withdrew), (EVENTS.DIED, died))
        return course, [(kind, day) for kind, day in drawn if day is not None]

    def _event(self, course: Trajectory, hazard: tuple[float, float], days: int) -> int | None:
        yearly, steepness = hazard
        return first_event(course, yearly=yearly, steepness=steepness, days=days, rng=self.rng)

    def _happening(
        self, kind: ParticipantEventKind, day: date, site: str, yesterday: date
    ) -> Happening:
        known = day + timedelta(days=int(self.rng.integers(0, KNOWN_AFTER + 1)))
        recorded = self._instant(min(known, yesterday), site, hours=(10, 17))
        return Happening(kind=kind, happened_on=day, recorded_at=recorded)

    def _instant(self, day: date, site: str, *, hours: tuple[int, int]) -> datetime:
        """Return an instant on a day at the site, from the first hour to before the last."""
        minutes = int(self.rng.integers(hours[0] * 60, hours[1] * 60))
        local = time(minutes // 60, minutes % 60, int(self.rng.integers(60)))
        zone = self.protocol.site(site).zone
        return datetime.combine(day, local, tzinfo=zone).astimezone(UTC)

    def _sittings(self, person: Person, enrolled_on: date, yesterday: date) -> tuple[Sitting, ...]:
        found = []
        for visit in self.protocol.schedule.visits:
            dates = window(visit, person.anchor)
            health = person.trajectory.at((dates.target - person.anchor).days)
            is_baseline = visit is self.protocol.baseline
            outcome = draw_outcome(health, is_baseline=is_baseline, rng=self.rng)
            day = draw_day(dates, enrolled_on, is_baseline=is_baseline, rng=self.rng)
            reached = self.rng.uniform(0.1, 0.9) if outcome is Outcome.UNFINISHED else 1.0
            sitting = self.sitting(person, visit, day, reached=float(reached))
            happened = enrolled_on <= day <= min(yesterday, dates.closes)
            if happened and outcome is not Outcome.MISSED and ended(person.facts, day) is None:
                found.append(sitting)
        return tuple(found)

    def sitting(self, person: Person, visit: Visit, day: date, *, reached: float) -> Sitting:
        """Draw one sitting of a person on a day."""
        return Sitting(
            visit=visit.code,
            started_at=self._instant(day, person.site, hours=(10, 20)),
            health=person.trajectory.at((day - person.anchor).days),
            reached=reached,
        )


def _working_day(day: date) -> date:
    """Return the day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def follow_up(protocol: Protocol) -> int:
    """Return the days over which enrolments are spread: the longest follow-up and a margin."""
    anchor = date(2000, 1, 1)
    last = max(window(visit, anchor).closes for visit in protocol.schedule.visits)
    return (last - anchor).days + MARGIN


def _begin_some(
    protocol: Protocol, people: list[Person], *, now: datetime, rng: Generator
) -> list[Person]:
    """Let some people have begun, and not finished, a visit that is open today."""
    open_today = [
        (index, visit, first)
        for index, person in enumerate(people)
        for visit in protocol.schedule.visits
        if (first := _could_begin(protocol, person, visit, now)) is not None
    ]
    start = int(rng.integers(min(STARTED, len(open_today)))) if open_today else 0
    for index, visit, first in open_today[start::STARTED]:
        person, drawing = people[index], _Drawing(protocol, now, rng)
        last = today_at(protocol.site(person.site).zone, now) - DAY
        day = max(first, last - timedelta(days=int(rng.integers(STARTED))))
        begun = drawing.sitting(person, visit, day, reached=float(rng.uniform(0.1, 0.9)))
        people[index] = replace(person, sittings=(*person.sittings, begun))
    return people


def _could_begin(protocol: Protocol, person: Person, visit: Visit, now: datetime) -> date | None:
    """Return the first day on which a visit that waits today could have been begun, or None."""
    today, dates = today_at(protocol.site(person.site).zone, now), window(visit, person.anchor)
    closed = window_state(dates, today) in (WindowState.NOT_OPEN, WindowState.CLOSED)
    seen = any(sitting.visit == visit.code for sitting in person.sittings)
    if closed or seen or ended(person.facts, today) is not None:
        return None
    enrolled_on = today_at(protocol.site(person.site).zone, person.enrolled_at)
    first = max(dates.opens, enrolled_on)
    return first if first < today else None
