"""Dated events that staff record beside those that end the questionnaires, and what they strike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from qol_app.domain.compliance import ended
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.study import Protocol
from qol_app.services import enrolment
from qol_app.services.rehearsal import phrases
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.course import DAY
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act

KINDS = ParticipantEventKind
PLANNED = ((KINDS.TREATMENT, 3, 0), (KINDS.PROGRESSION, 7, 120), (KINDS.STOMA, 11, 30))
"""Kind of event, that every so many-th participant has it, and how many days after the anchor."""
KNOWN_AFTER = 2 * DAY
LATELY = 8
"""Visits sent lately with which staff have something else to do."""
STRUCK = 1
"""Participants who were said to have withdrawn, by mistake."""
A_MOMENT = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Milestones:
    """Records events at a desk."""

    desk: Desk

    def record(
        self, case: Case, kind: ParticipantEventKind, day: date, note: str | None, at: datetime
    ) -> None:
        """Record an event."""
        enrolment.record_event(
            self.desk.session,
            self.desk.participant(case),
            kind,
            happened_on=day,
            note=note,
            actor=self.desk.nurse,
            now=at,
        )

    def strike(
        self, case: Case, kind: ParticipantEventKind, day: date, reason: str, at: datetime
    ) -> None:
        """Strike an event out that was recorded by mistake."""
        participant = self.desk.participant(case)
        event = next(
            each
            for each in participant.events
            if (each.kind, each.happened_on) == (kind.value, day)
        )
        enrolment.strike_event(
            self.desk.session, participant, event.id, reason=reason, actor=self.desk.nurse, now=at
        )


def acts(desk: Desk, cases: Cases, protocol: Protocol) -> Iterator[Act]:
    """Yield the events of a few participants."""
    office, words = Milestones(desk=desk), phrases.of(protocol.languages[0])
    notes = {KINDS.TREATMENT: words.treatment, KINDS.PROGRESSION: words.progression}
    first = protocol.baseline.code
    for case in cases.every:
        for kind, every, after in PLANNED if case.visit == first else ():
            day = case.person.anchor + timedelta(days=after)
            known = max(day, case.enrolled_on) + KNOWN_AFTER
            is_there = case.person.place % every == 0 and ended(case.person.facts, known) is None
            if is_there and known <= cases.yesterday(case):
                do = partial(office.record, case, kind, day, notes.get(kind))
                yield Act(at=case.at(known, 16), do=do)
    for case, day in _lost(cases):
        yield Act(at=case.at(day, 21), do=partial(office.record, case, KINDS.LOST, day, None))
    for case in cases.answered[-STRUCK:]:
        yield from _struck(office, case, words.recorded_by_mistake)


def _lost(cases: Cases) -> list[tuple[Case, date]]:
    """Return visits after which nothing is heard of their participants, and the days of that.

    One was missed, if there is such a one; after the other the next has not opened yet.
    """
    heard: dict[int, date] = {}
    for case in cases.every:
        if case.sitting is not None:
            heard[case.person.place] = max(heard.get(case.person.place, case.sat_on), case.sat_on)
    busy = {case.person.place for case in cases.unsent} | {place for place, _ in cases.taken}
    silent = [
        (case, case.dates.closes)
        for case in cases.missed
        if not case.person.happenings
        and case.key not in cases.taken
        and heard.get(case.person.place, date.min) < case.dates.opens
    ]
    pausing = [
        (case, case.sat_on + DAY)
        for case in cases.answered[LATELY:]
        if not case.person.happenings
        and case.person.place not in busy
        and heard[case.person.place] == case.sat_on
    ]
    return silent[:1] + pausing[:1]


def _struck(office: Milestones, case: Case, reason: str) -> Sequence[Act]:
    kind, day = KINDS.WITHDREW, case.sat_on
    at = case.at(day, 21, 30)
    return (
        Act(at=at, do=partial(office.record, case, kind, day, None)),
        Act(at=at + A_MOMENT, do=partial(office.strike, case, kind, day, reason)),
    )
