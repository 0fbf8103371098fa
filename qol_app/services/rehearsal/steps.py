"""The order in which things happen to a whole cohort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from qol_app.services.rehearsal.course import Happening, Person, Sitting
from qol_app.services.rehearsal.manners import Deed


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happens: an enrolment (``what`` is None), an event, a sitting or a deed."""

    at: datetime
    person: Person
    what: Happening | Sitting | Deed | None


def in_order(people: Sequence[Person], deeds: Iterable[tuple[Person, Deed]]) -> list[Step]:
    """Return all that happens, the earliest first."""
    steps = [Step(at=person.enrolled_at, person=person, what=None) for person in people]
    for person in people:
        for sitting in person.sittings:
            steps.append(Step(at=sitting.started_at, person=person, what=sitting))
        for happening in person.happenings:
            steps.append(Step(at=happening.recorded_at, person=person, what=happening))
    steps += [Step(at=deed.at, person=person, what=deed) for person, deed in deeds]
    return sorted(steps, key=lambda step: step.at)
