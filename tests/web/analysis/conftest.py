"""The example study with known answers: a score that is one answer, so every mean is plain."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Study
from qol_app.db.session import Sessions
from qol_app.services import results
from tests import builders
from tests.web.conftest import World

Answers = tuple[int | None, int | None]
"""The day as a whole, 0 to 100, at baseline and at week 4; None where nothing was sent."""

GROUP_A: tuple[Answers, ...] = ((50, 60), (60, 70), (70, 80), (80, 90), (90, None))
GROUP_B: tuple[Answers, ...] = ((40, 50), (50, 60), (60, 70), (70, 80), (80, 90), (None, 0))


@pytest.fixture
def surfaces() -> tuple[str, ...]:
    """The surfaces that the application serves."""
    return ("auth", "patient", "staff", "analysis")


@pytest.fixture
def answered(sessions: Sessions, world: World, now: datetime) -> World:
    """The study after its answers came and were scored."""
    with sessions.write() as session:
        ids = []
        for group, people in (("A", GROUP_A), ("B", GROUP_B)):
            for answers in people:
                person = builders.participant(
                    session,
                    now,
                    of=session.get_one(Study, world.study.id),
                    at="SHA",
                    anchor=now.date() - timedelta(days=28),
                    group=group,
                )
                ids += _answer(session, now, person, answers)
        results.score_many(session, ids, actor=builders.COMMAND, now=now)
        session.commit()
    return world


def _answer(session: Session, now: datetime, person: Participant, answers: Answers) -> list[int]:
    sent = []
    for visit, value in zip(("baseline", "w4"), answers, strict=True):
        if value is not None:
            made = builders.answered(session, now, person, visit, {"DAY": value})
            sent += [response.id for response in made.responses]
    return sent
