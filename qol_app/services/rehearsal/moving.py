"""What moves visits: wrong anchor dates that are put right, and putting a visit off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from qol_app.domain.postponing import Delay, Reason
from qol_app.domain.schedule import WindowState, window, window_state
from qol_app.domain.study import Protocol
from qol_app.services import participant_edit, postponements
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.course import DAY
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act

URGENT = (WindowState.OVERDUE, WindowState.CLOSING)
WAIT = timedelta(days=4)
FARTHEST = 45
"""Days by which an anchor date may have been wrong."""


@dataclass(frozen=True, kw_only=True)
class Moving:
    """Puts anchor dates right at a desk."""

    desk: Desk
    reason: str

    def move(self, case: Case, anchor: date, at: datetime) -> None:
        """Give a participant another anchor date."""
        session, participant = self.desk.session, self.desk.participant(case)
        wanted = replace(participant_edit.details(participant), anchor_date=anchor)
        seen = participant_edit.preview(session, participant, wanted).fingerprint
        participant_edit.change(
            session,
            participant,
            wanted,
            reason=self.reason,
            seen=seen,
            actor=self.desk.nurse,
            now=at,
        )

    def put_off(self, case: Case, at: datetime) -> None:
        """Put a visit off for somebody who is too ill."""
        postponements.postpone(
            self.desk.session,
            self.desk.visit(case),
            Delay.IN_3_DAYS,
            Reason.TOO_ILL,
            actor=self.desk.nurse,
            now=at,
        )


def acts(desk: Desk, cases: Cases, *, reason: str) -> Iterator[Act]:
    """Yield what makes a visit wait, and where the cohort has none, one overdue and one closing."""
    mover, protocol = Moving(desk=desk, reason=reason), desk.writer.protocol
    there = {window_state(case.dates, cases.yesterday(case) + DAY) for case in cases.untouched}
    spare = list(cases.untouched)
    patient = [case for case in spare if case.dates.closes > cases.yesterday(case) + WAIT]
    for case in patient[len(patient) // 2 :][:1]:
        spare.remove(case)
        yield Act(at=case.at(cases.yesterday(case), 11), do=partial(mover.put_off, case))
    for state in URGENT:
        found = None if state in there else _first(protocol, cases, spare, state)
        if found is not None:
            case, anchor = found
            spare.remove(case)
            yield Act(at=case.at(cases.yesterday(case), 10), do=partial(mover.move, case, anchor))


def _first(
    protocol: Protocol, cases: Cases, spare: list[Case], wanted: WindowState
) -> tuple[Case, date] | None:
    """Return a visit that would stand so today, had its anchor date been some days earlier."""
    for case in spare:
        today = cases.yesterday(case) + DAY
        for days in range(1, FARTHEST):
            anchor = case.person.anchor - timedelta(days=days)
            if window_state(window(protocol.visit(case.visit), anchor), today) is wanted:
                return case, anchor
    return None
