"""All that the staff of a rehearsal do, and what the machine does for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from qol_app.services.rehearsal import (
    cases,
    checking,
    contacting,
    entrances,
    explaining,
    late,
    milestones,
    moving,
    paper,
    phrases,
    post,
    ward,
)
from qol_app.services.rehearsal.course import Person
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.manners import Deed
from qol_app.services.rehearsal.office import Act


def acts(
    desk: Desk, people: Sequence[Person], done: Sequence[tuple[Person, Deed]], *, now: datetime
) -> list[Act]:
    """Return what is done about a cohort, in no order.

    Args:
        done: What participants do beside answering; staff leave these visits as they are.
        now: The end of the rehearsal.
    """
    protocol = desk.writer.protocol
    words = phrases.of(protocol.languages[0])
    taken = {(person.place, deed.visit) for person, deed in done}
    found = cases.find(protocol, people, taken=taken, now=now)
    return [
        *milestones.acts(desk, found, protocol),
        *explaining.acts(desk, found, other=words.other_reason),
        *moving.acts(desk, found, reason=words.typed_wrong),
        *paper.acts(desk, found),
        *checking.acts(desk, found, words),
        *late.acts(desk, found),
        *contacting.acts(desk, found, words),
        *ward.acts(desk, found),
        *post.acts(desk, found),
        *entrances.acts(desk, now=now),
    ]
