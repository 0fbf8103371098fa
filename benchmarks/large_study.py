"""A study of 10,000 participants with nine visits each, written row by row, in a few seconds.

Enrolling them one after the other is not what is measured; what is measured reads and writes them
as it would any others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from qol_app.db.models import (
    Contact,
    Message,
    Participant,
    ParticipantEvent,
    Response,
    Site,
    Study,
    Visit,
)
from qol_app.db.session import Sessions
from qol_app.domain import actor as actors
from qol_app.domain.schedule import Window, window
from qol_app.domain.study import Protocol, Purpose
from qol_app.services import studies

PEOPLE = 10_000
ME = actors.command("benchmark")
FILE = Path(__file__).parents[1] / "studies" / "nct06449937.toml"
BATCH = 5_000
Rows = list[dict[str, Any]]
"""Rows of one table."""


def store(
    sessions: Sessions,
    protocol: Protocol,
    now: datetime,
    anchor: Callable[[int], date],
    *,
    with_course: bool = False,
) -> int:
    """Store the study with its participants and return its id.

    Args:
        anchor: The anchor date of the participant with this number, from 1.
        with_course: Whether forms were sent, events happened and messages went out until today.
    """
    with sessions.write() as session:
        study = studies.load(session, protocol, purpose=Purpose.REHEARSAL, actor=ME, now=now)
        sites = session.scalars(select(Site.id).order_by(Site.id)).all()
        session.commit()
        people = _People(protocol, study, list(sites), now)
        for n in range(1, PEOPLE + 1):
            people.add(n, anchor(n), with_course=with_course)
        connection = session.connection()
        for model, rows in people.tables():
            for first in range(0, len(rows), BATCH):
                connection.execute(insert(model), rows[first : first + BATCH])
        session.commit()
        return study.id


class _People:
    """The rows of all participants."""

    def __init__(self, protocol: Protocol, study: Study, sites: list[int], now: datetime) -> None:
        self.protocol, self.study, self.sites, self.now = protocol, study, sites, now
        self.chance = random.Random(2026)  # not a secret
        self.people: Rows = []
        self.contacts: Rows = []
        self.visits: Rows = []
        self.forms: Rows = []
        self.events: Rows = []
        self.messages: Rows = []

    def tables(self) -> Iterator[tuple[Any, Rows]]:
        yield Participant, self.people
        yield Contact, self.contacts
        yield Visit, self.visits
        yield Response, self.forms
        yield ParticipantEvent, self.events
        yield Message, self.messages

    def add(self, n: int, anchor: date, *, with_course: bool) -> None:
        """Add participant ``n`` with all visits and forms."""
        site = self.sites[n % len(self.sites)]
        self.people.append(
            {
                "id": n,
                "study_id": self.study.id,
                "site_id": site,
                "number": f"LM-S{site:02}-{n:05}",
                "group_code": "I",
                "anchor_date": anchor,
                "language": "zh-Hans",
                "enrolled_at": self.now - timedelta(days=90),
            }
        )
        self.contacts.append(
            {
                "participant_id": n,
                "key_id": "k1",
                "sealed": b"x" * 80,
                "has_email": True,
                "changed_at": self.now,
            }
        )
        left_on = self._left(n, anchor) if with_course else None
        for number, planned in enumerate(self.protocol.schedule.visits):
            dates = window(planned, anchor)
            visit_id = (n - 1) * len(self.protocol.schedule.visits) + number + 1
            self.visits.append(
                {
                    "id": visit_id,
                    "participant_id": n,
                    "protocol_id": self.study.protocol_id,
                    "code": planned.code,
                    "number": number,
                    "opens_on": dates.opens,
                    "target_on": dates.target,
                    "on_time_until": dates.closes_on_time,
                    "closes_on": dates.closes,
                }
            )
            came = {} if not with_course else self._course(n, visit_id, dates, left_on)
            for place, instrument in enumerate(planned.instruments):
                self.forms.append(
                    {
                        "visit_id": visit_id,
                        "instrument_id": instrument,
                        "form_version_id": place + 1,
                        "position": place,
                        "answers": {},
                        "no_answers": {},
                        "started_at": came.get("at"),
                        "last_activity_at": came.get("at"),
                        "submitted_at": came.get("at"),
                        "answered_on": came.get("on"),
                        "missing_reason": came.get("reason"),
                    }
                )

    def _left(self, n: int, anchor: date) -> date | None:
        """One in six dies or withdraws within two years."""
        if self.chance.random() > 1 / 6:
            return None
        day = anchor + timedelta(days=self.chance.randrange(30, 720))
        if day > self.now.date():
            return None
        kind = self.chance.choice(("died", "withdrew", "pro_stopped"))
        self.events.append(
            {"participant_id": n, "kind": kind, "happened_on": day, "recorded_at": self.now}
        )
        return day

    def _course(self, n: int, visit_id: int, dates: Window, left_on: date | None) -> dict[str, Any]:
        """What became of a visit: two messages, and three of four sent; most others explained."""
        today = self.now.date()
        if dates.opens > today or (left_on is not None and left_on <= dates.closes):
            return {}
        self.messages += [self._message(n, visit_id, dates.opens, number) for number in (0, 1)]
        on = dates.opens + timedelta(days=self.chance.randrange((dates.closes - dates.opens).days))
        if self.chance.random() < 0.75:
            at = datetime.combine(on, time(10), tzinfo=self.now.tzinfo)
            return {"at": at, "on": on} if at < self.now else {}
        closed = dates.closes < today and self.chance.random() < 0.9
        return {"reason": "forgot"} if closed else {}

    def _message(self, n: int, visit_id: int, opens: date, number: int) -> dict[str, Any]:
        at = datetime.combine(opens, time(9), tzinfo=self.now.tzinfo) + timedelta(days=3 * number)
        return {
            "participant_id": n,
            "visit_id": visit_id,
            "kind": "reminder" if number else "invitation",
            "number": number,
            "channel": "email",
            "language": "zh-Hans",
            "status": "sent",
            "planned_at": at,
            "due_at": at,
            "sent_at": at,
        }
