"""Writes a simulated cohort through the ordinary services, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qol_app.db.models import Participant, Study
from qol_app.db.session import Sessions
from qol_app.db.vault import Vault
from qol_app.domain.errors import Conflict, NotPermitted
from qol_app.domain.events import ParticipantEventKind
from qol_app.domain.study import Purpose
from qol_app.services import studies
from qol_app.services.rehearsal import staff
from qol_app.services.rehearsal.course import cohort
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.manners import deeds
from qol_app.services.rehearsal.office import Act, Office
from qol_app.services.rehearsal.steps import Step, in_order
from qol_app.services.rehearsal.writer import Writer

UNPLANNED = 40
"""Participants of a rehearsal whose protocol plans no number."""
BATCH = 60
"""Steps from one commit to the next."""


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """What a rehearsal study was filled with."""

    participants: int
    visits_answered: int
    """Visits whose forms were sent."""
    visits_begun: int
    """Visits with some answers whose forms were not sent."""
    answers: int
    """Answer events; a blank is one too."""
    scored: int
    """Forms with scores."""
    deaths: int
    withdrawals: int
    stopped: int
    """Participants who ended the questionnaires and stayed in the study."""


def create(
    sessions: Sessions,
    study_code: str,
    *,
    vault: Vault,
    seed: int,
    now: datetime,
    participants: int | None = None,
    office: Office | None = None,
    progress: Callable[[int, int], None],
) -> Simulated:
    """Fill an empty rehearsal study with simulated participants up to yesterday.

    The same protocol, seed and date give the same study. It commits as it goes, so after an
    interruption the study ends earlier in the past, and cannot be continued.

    Args:
        seed: 0 or more.
        participants: How many; None means as many as the protocol plans.
        office: Who works on the study; None leaves out all that staff do.
        progress: Told the steps done and all steps after each commit.

    Raises:
        NotFound: there is no such study.
        NotPermitted: the study is for real participants.
        Conflict: the study has participants already.
        ValueError: ``seed`` is negative, or ``participants`` is less than 1.
    """
    with sessions.write() as session:
        study = studies.find(session, study_code)
        _refuse(session, study)
        protocol = studies.in_force(study)
        if participants is None:
            participants = protocol.planned_participants or UNPLANNED
        people = cohort(protocol, seed=seed, now=now, participants=participants)
        writer = Writer(
            session=session,
            study=study,
            protocol=protocol,
            vault=vault,
            seed=seed,
            now=now,
            office=office,
        )
        done = list(deeds(protocol, people, seed=seed, now=now))
        steps: list[Step | Act] = [*in_order(people, done)]
        if office is not None:
            desk = Desk(writer=writer, office=office)
            steps += staff.acts(desk, people, done, now=now)
            steps.sort(key=lambda each: each.at)
        _write(writer, steps, progress)
        writer.score_rest(now=now)
        session.commit()
        return _counted(writer)


def _write(
    writer: Writer, steps: Sequence[Step | Act], progress: Callable[[int, int], None]
) -> None:
    for start in range(0, len(steps), BATCH):
        batch = steps[start : start + BATCH]
        for step in batch:
            if isinstance(step, Act):
                step.do(step.at)
            else:
                writer.take(step)
        writer.score()
        writer.session.commit()
        progress(start + len(batch), len(steps))


def _refuse(session: Session, study: Study) -> None:
    if study.purpose != Purpose.REHEARSAL:
        raise NotPermitted(f"study {study.code} is for real participants; nothing is simulated")
    here = select(func.count()).where(Participant.study_id == study.id)
    if count := session.scalar(here):
        raise Conflict(
            f"study {study.code} has {count} participants already; "
            "a rehearsal is made in a study without any"
        )


def _counted(writer: Writer) -> Simulated:
    return Simulated(
        participants=len(writer.enrolled),
        visits_answered=writer.counts["answered"],
        visits_begun=writer.counts["begun"],
        answers=writer.counts["answers"],
        scored=writer.counts["scored"],
        deaths=writer.counts[ParticipantEventKind.DIED.value],
        withdrawals=writer.counts[ParticipantEventKind.WITHDREW.value],
        stopped=writer.counts[ParticipantEventKind.PRO_STOPPED.value],
    )
