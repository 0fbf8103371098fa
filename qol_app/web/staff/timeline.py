"""The timeline of a participant's visits: where each window stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qol_app.domain.study import Protocol
from qol_app.services.participants import VisitRecord
from qol_app.web.navigation import in_words
from qol_app.web.staff import words

EDGE = 6.0
"""Room at both ends of the timeline for the words of the first and the last visit, in percent."""


@dataclass(frozen=True, kw_only=True)
class TimelineVisit:
    """One visit on the timeline; positions are percent of its width."""

    name: str
    date: str
    opens: float
    target: float
    closes: float
    accepted: float
    kind: str
    status: str


class Axis:
    """Turns dates into places between the edges of the timeline."""

    def __init__(self, visits: Sequence[VisitRecord]) -> None:
        self.first = min(each.state.visit.opens_on for each in visits)
        self.last = max(each.state.visit.closes_on for each in visits) + timedelta(days=1)

    def holds(self, day: date) -> bool:
        """Tell whether a day lies between the first window and the last."""
        return self.first <= day <= self.last

    def place(self, day: date) -> float:
        """Return where a day stands, in percent of the width."""
        share = (day - self.first) / (self.last - self.first)
        return round(EDGE + share * (100 - 2 * EDGE), 2)


def on_timeline(protocol: Protocol, record: VisitRecord, axis: Axis) -> TimelineVisit:
    """Return a visit's marks on the timeline."""
    state, visit = record.state, record.state.visit
    after = timedelta(days=1)
    return TimelineVisit(
        name=in_words(protocol.visit(visit.code).name),
        date=words.day(visit.target_on),
        opens=axis.place(visit.opens_on),
        target=axis.place(visit.target_on),
        closes=axis.place(visit.on_time_until + after),
        accepted=axis.place(visit.closes_on + after),
        kind=words.mark(state.status, state.work, started=state.is_started),
        status=words.status(state.status, state.work, started=state.is_started),
    )
