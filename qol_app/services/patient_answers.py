"""Save what a patient answers and raise the alerts that it meets, in one transaction.

Every door through which a patient's answers come goes through here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qol_app.domain.actor import Actor
from qol_app.domain.strays import may_be_taken
from qol_app.services import alerts, responses
from qol_app.services.opened import OpenResponse, OpenVisit
from qol_app.services.responses import Answer, Saved
from qol_app.services.strays import Stray
from questionnaires.model import Wording


@dataclass(frozen=True, kw_only=True)
class PatientSaved(Saved):
    """What became of answers, and whom to tell about them."""

    mails: tuple[int, ...]
    """Messages to staff to be sent once this is committed."""


def save(
    session: Session,
    visit: OpenVisit,
    response: OpenResponse,
    given: Sequence[Answer],
    *,
    wording: Wording,
    actor: Actor,
    now: datetime,
) -> PatientSaved:
    """Add a patient's answers to a form, and raise the alerts that they meet.

    Raises as ``responses.save_answers``.
    """
    saved = responses.save_answers(
        session, response.id, given, wording=wording, actor=actor, now=now
    )
    mails: list[int] = []
    if saved.new and visit.protocol.alerts is not None:
        mails = alerts.check_answers(
            session, visit, response, given, standing=saved.answers, actor=actor, now=now
        )
    return PatientSaved(
        new=saved.new, answers=saved.answers, no_answers=saved.no_answers, mails=tuple(mails)
    )


def check_strays(
    session: Session, visit: OpenVisit, lost: Sequence[Stray], *, actor: Actor, now: datetime
) -> list[int]:
    """Raise the alerts that answers meet whose form no longer takes them.

    Returns the messages to staff to be sent once this is committed.
    """
    if visit.protocol.alerts is None:
        return []
    mails: list[int] = []
    for stray in lost:
        if stray.response is not None and may_be_taken(stray.why):
            mails += alerts.check_answers(
                session,
                visit,
                stray.response,
                [stray.answer],
                standing=stray.response.answers,
                actor=actor,
                now=now,
            )
    return mails
