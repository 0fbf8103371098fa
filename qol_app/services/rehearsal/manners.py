"""What some simulated participants do beside answering: have help, decline, put off, ask for help.

All of it is drawn from random streams of its own, so that a cohort's course and answers are the
same with and without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.random import Generator

from qol_app.domain import postponing
from qol_app.domain.compliance import ended
from qol_app.domain.helpers import Helper
from qol_app.domain.postponing import Delay, Reason
from qol_app.domain.schedule import today_at, window
from qol_app.domain.study import Protocol, Visit
from qol_app.services.rehearsal.attendance import share_at
from qol_app.services.rehearsal.course import DAY, Person
from questionnaires.model import AnswerType, Item, NoAnswer, Value

DEEDS, SITTINGS = 2, 3
"""Names of this module's streams of random numbers; ``course`` and ``run`` have others."""
UNSAID_HELPER = 0.12
"""Share of visits whose participant leaves empty who helped."""
HELPED = 0.15
"""Share of the others that somebody helped with, at health 0."""
HELPERS = {Helper.READ_ALOUD: 0.5, Helper.WROTE_DOWN: 0.35, Helper.ANSWERED_FOR: 0.15}
"""How often each kind of help is given, where any is."""
SAID = 0.6
"""Share of blanks of which something is said, where the form offers that."""
PUT_OFF_MISSED, PUT_OFF_OPEN, PUT_OFF_ANSWERED = 0.25, 0.15, 0.04
"""Share of visits that were put off before they were missed, wait today, or were answered."""
TOO_ILL = 0.7
"""Share of postponements because of illness."""
CALLS = 2
"""Calls for help that wait today, as far as visits were missed lately."""
LATELY = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class PuttingOff:
    """A visit that its participant puts off."""

    visit: str
    at: datetime
    delay: Delay
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class LinkGiven:
    """A link to a visit that its participant is given."""

    visit: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Call:
    """A participant tells the clinic that the link which was given leads nowhere."""

    visit: str
    at: datetime


Deed = PuttingOff | LinkGiven | Call


def of_sittings(person: Person, *, seed: int) -> Generator:
    """Return the random numbers of how somebody answers: with whose help, and what is declined."""
    return np.random.default_rng([seed, person.place, SITTINGS])


def draw_helper(health: float, rng: Generator) -> Helper | None:
    """Draw who helped with a visit: the less well somebody is, the more help is needed."""
    if rng.random() < UNSAID_HELPER:
        return None
    if rng.random() >= share_at(HELPED, health):
        return Helper.ALONE
    return Helper(rng.choice([each.value for each in HELPERS], p=list(HELPERS.values())))


def draw_no_answer(item: Item, value: Value, rng: Generator) -> NoAnswer | None:
    """Draw what is said of an item left blank; None where nothing is, or nothing may be.

    A remark that nobody makes needs no word.
    """
    is_blank = value is None and item.type is not AnswerType.TEXT
    if not is_blank or not item.no_answers or rng.random() >= SAID:
        return None
    return NoAnswer(rng.choice([word.value for word in item.no_answers]))


def deeds(
    protocol: Protocol, people: Sequence[Person], *, seed: int, now: datetime
) -> Iterator[tuple[Person, Deed]]:
    """Yield what participants do beside answering, each with who does it."""
    for person in people:
        rng = np.random.default_rng([seed, person.place, DEEDS])
        for visit in protocol.schedule.visits:
            drawn = _putting_off(protocol, person, visit, now=now, rng=rng)
            if drawn is not None:
                yield person, drawn
    for person, visit in _missed_lately(protocol, people, now=now)[:CALLS]:
        yield from ((person, deed) for deed in _call(protocol, person, visit, now=now))


def _putting_off(
    protocol: Protocol, person: Person, visit: Visit, *, now: datetime, rng: Generator
) -> PuttingOff | None:
    """Draw whether a visit is put off on one of the days on which that is possible."""
    chance, place, choice, illness = rng.random(4)
    dates, zone = window(visit, person.anchor), protocol.site(person.site).zone
    today = today_at(zone, now)
    sitting_on = _sitting_on(protocol, person, visit)
    first = max(dates.opens, today_at(zone, person.enrolled_at) + DAY)
    last = min(dates.closes, today - DAY, *([sitting_on - DAY] if sitting_on else []))
    waits = sitting_on is None and dates.closes >= today
    share = PUT_OFF_OPEN if waits else PUT_OFF_ANSWERED if sitting_on else PUT_OFF_MISSED
    if chance >= share or first > last:
        return None
    day = last if waits else first + timedelta(days=int(place * ((last - first).days + 1)))
    offered = list(postponing.days(dates, day))
    if not offered or ended(person.facts, day) is not None:
        return None
    return PuttingOff(
        visit=visit.code,
        at=_noon(protocol, person, day),
        delay=offered[-1] if waits else offered[int(choice * len(offered))],
        reason=Reason.TOO_ILL if illness < TOO_ILL else Reason.ANOTHER_TIME,
    )


def _sitting_on(protocol: Protocol, person: Person, visit: Visit) -> date | None:
    zone = protocol.site(person.site).zone
    days = [today_at(zone, each.started_at) for each in person.sittings if each.visit == visit.code]
    return min(days, default=None)


def _missed_lately(
    protocol: Protocol, people: Sequence[Person], *, now: datetime
) -> list[tuple[Person, Visit]]:
    """Return the missed visits whose windows closed in the last weeks, the newest first."""
    found = []
    for person in people:
        today = today_at(protocol.site(person.site).zone, now)
        for visit in protocol.schedule.visits:
            closes = window(visit, person.anchor).closes
            is_late = today - LATELY <= closes < today - DAY
            was_there = _sitting_on(protocol, person, visit) is not None
            if is_late and not was_there and ended(person.facts, today) is None:
                found.append((closes, person.place, person, visit))
    found.sort(key=lambda each: (each[0], each[1]), reverse=True)
    return [(person, visit) for _closes, _place, person, visit in found]


def _call(
    protocol: Protocol, person: Person, visit: Visit, *, now: datetime
) -> tuple[LinkGiven, Call]:
    """Return the link that a participant was given in time, and the call once it was too late."""
    zone, dates = protocol.site(person.site).zone, window(visit, person.anchor)
    given_on = max(dates.opens, today_at(zone, person.enrolled_at) + DAY)
    asked_on = min(dates.closes + 2 * DAY, today_at(zone, now) - DAY)
    return (
        LinkGiven(visit=visit.code, at=_noon(protocol, person, given_on)),
        Call(visit=visit.code, at=_noon(protocol, person, asked_on)),
    )


def _noon(protocol: Protocol, person: Person, day: date) -> datetime:
    zone = protocol.site(person.site).zone
    return datetime.combine(day, time(12, person.place % 60), tzinfo=zone).astimezone(UTC)
