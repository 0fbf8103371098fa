"""Letters for all of a site whose questionnaire waits: who gets one, and a link in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.models import Site, Study, SurveyLink, Visit
from qol_app.domain.actor import Actor
from qol_app.domain.recipients import Obstacle
from qol_app.domain.reminders import Kind
from qol_app.services import links, recipients, worklist
from qol_app.services.links import Issued

CHANNEL = "letter"

MOST = 200
"""Letters that are printed at once."""

ON_PAPER = frozenset(
    {
        Obstacle.WANTS_PAPER,
        Obstacle.NO_CONTACT,
        Obstacle.OPTED_OUT,
        Obstacle.ADDRESS_FAILED,
        Obstacle.NO_TEXT,
    }
)
"""Why no message goes to somebody who may still be given a letter."""


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """A visit that a letter asks about."""

    visit: Visit
    why: Obstacle | None
    """Why no message goes; None for somebody who can be written to."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is to get a letter beside those whom no message reaches and who have none."""

    everybody: bool = False
    """Also those whom a message reaches."""
    again: bool = False
    """Also those who have a letter to the same visit."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """Who gets a letter, the most urgent first, and how many of those who wait do not."""

    addressees: tuple[Addressee, ...]
    reachable: int
    """Left out since a message reaches them."""
    put_off: int
    """Left out since they asked to wait."""
    lost: int
    """Left out since they are lost to follow-up."""
    printed: int
    """Left out since they have a letter to the same visit."""


def due(
    session: Session,
    study: Study,
    site: Site,
    *,
    ways: frozenset[str],
    asked: Asked,
    now: datetime,
) -> Due:
    """Return who of a site gets a letter today.

    Args:
        ways: The channels that this deployment serves.
    """
    found = worklist.waiting(session, study, sites=frozenset({site.id}), now=now)
    ready = [each for each in found if not each.is_put_off]
    visits = [task.visit for task in worklist.tasks(session, ready)]
    beside = recipients.known(session, visits)
    printed = set() if asked.again else _printed(session, visits)
    addressees, left_out = [], Counter[str]()
    for visit in visits:
        verdict = recipients.judge(visit, Kind.LINK, beside, ways=ways, now=now)
        why = Obstacle(str(verdict.reason)) if verdict.reason in ON_PAPER else None
        if why is None and verdict.reason is not None:
            left_out["lost"] += 1
        elif why is None and not asked.everybody:
            left_out["reachable"] += 1
        elif visit.id in printed:
            left_out["printed"] += 1
        else:
            addressees.append(Addressee(visit=visit, why=why))
    return Due(
        addressees=tuple(addressees),
        reachable=left_out["reachable"],
        put_off=len(found) - len(ready),
        lost=left_out["lost"],
        printed=left_out["printed"],
    )


def _printed(session: Session, visits: Sequence[Visit]) -> set[int]:
    """Return the ids of the visits to which a letter with a link that is still good was made."""
    query = select(SurveyLink.visit_id).where(
        SurveyLink.visit_id.in_([visit.id for visit in visits]),
        SurveyLink.channel == CHANNEL,
        SurveyLink.revoked_at.is_(None),
    )
    return set(session.scalars(query))


def issue(
    session: Session,
    addressees: Sequence[Addressee],
    *,
    code_key: bytes,
    actor: Actor,
    now: datetime,
) -> list[tuple[Visit, Issued]]:
    """Make a link on paper for each of the first ``MOST``; earlier links stay good."""
    return [
        (
            each.visit,
            links.issue_on_paper(
                session, each.visit, code_key=code_key, channel=CHANNEL, actor=actor, now=now
            ),
        )
        for each in addressees[:MOST]
    ]
