"""Change what is known of a participant, for a reason; a new anchor date plans visits anew."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import Participant, SurveyLink, Visit
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict, InvalidInput
from qol_app.domain.events import Action
from qol_app.domain.moving import Move, overlaps
from qol_app.domain.schedule import window
from qol_app.services import enrolment, facts, participants, studies
from qol_app.services.enrolment import NewParticipant

SHORTEST_REASON = 3
LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Details:
    """What may be changed of a participant."""

    group: str
    anchor_date: date
    language: str
    birth_year: int | None
    channel: str | None
    refused_channels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class VisitMove:
    """One visit that a new anchor date concerns, with what hangs on it."""

    visit: Visit
    move: Move
    good_links: int
    half_filled: int
    """Forms that were begun and not sent."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a change would do before it is stored; no visits where the anchor date stays."""

    visits: tuple[VisitMove, ...]
    overlapping: tuple[tuple[str, str], ...]
    """Codes of neighbours whose windows would overlap although the protocol forbids it."""
    fingerprint: str
    """Differs as soon as anything above does."""


def details(participant: Participant) -> Details:
    """Return what is stored of a participant."""
    return Details(
        group=participant.group_code,
        anchor_date=participant.anchor_date,
        language=participant.language,
        birth_year=participant.birth_year,
        channel=participant.channel,
        refused_channels=tuple(participant.refused_channels),
    )


def preview(session: Session, participant: Participant, wanted: Details) -> Preview:
    """Return which visits would move from when to when, and what hangs on them."""
    if wanted.anchor_date == participant.anchor_date:
        return Preview(visits=(), overlapping=(), fingerprint="")
    planned = participants.visits(session, participant)
    moves = [_move(visit, wanted.anchor_date) for visit in planned]
    links = _good_links(session, [visit.id for visit in planned])
    found = tuple(
        VisitMove(
            visit=visit,
            move=move,
            good_links=links[visit.id],
            half_filled=sum(
                r.started_at is not None and not r.submitted_at for r in visit.responses
            ),
        )
        for visit, move in zip(planned, moves, strict=True)
    )
    may_overlap = studies.in_force(participant.study).schedule.windows_may_overlap
    return Preview(
        visits=found,
        overlapping=() if may_overlap else tuple(overlaps(moves)),
        fingerprint=_fingerprint(found),
    )


def _move(visit: Visit, anchor: date) -> Move:
    before = facts.window_of(visit)
    is_kept = any(response.submitted_at for response in visit.responses)
    planned = studies.protocol(visit.protocol).visit(visit.code)
    after = before if is_kept else window(planned, anchor)
    return Move(code=visit.code, before=before, after=after, is_kept=is_kept)


def _good_links(session: Session, visit_ids: list[int]) -> Counter[int]:
    query = select(SurveyLink.visit_id).where(
        SurveyLink.visit_id.in_(visit_ids), SurveyLink.revoked_at.is_(None)
    )
    return Counter(session.scalars(query))


def _fingerprint(found: tuple[VisitMove, ...]) -> str:
    seen = [(each.move, each.good_links, each.half_filled) for each in found]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def change(
    session: Session,
    participant: Participant,
    wanted: Details,
    *,
    reason: str,
    seen: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Store what is wanted, and move the visits of which no form was sent.

    Returns whether anything changed; storing the same again is a no-op.

    Args:
        seen: The fingerprint of the preview that was looked at; empty where the anchor stays.

    Raises:
        InvalidInput: a detail does not fit the protocol, or the reason is missing.
        Conflict: the preview has changed since it was looked at.
    """
    check(participant, wanted, now=now)
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(["reason: say why in a few words"])
    participants.lock(session, participant)
    if wanted == details(participant):
        return False
    found = preview(session, participant, wanted)
    if found.fingerprint != seen:
        raise Conflict(f"something about {participant.number} changed meanwhile; look again")
    with audited(
        session,
        actor=actor,
        action=Action.PARTICIPANT_CHANGED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
        reason=reason.strip(),
    ):
        _store(participant, wanted)
        for each in found.visits:
            _plan_anew(each)
    return True


def check(participant: Participant, wanted: Details, *, now: datetime) -> None:
    """Raise InvalidInput where a detail does not fit the protocol in force."""
    enrolment.check(
        studies.in_force(participant.study),
        NewParticipant(
            group=wanted.group,
            anchor_date=wanted.anchor_date,
            language=wanted.language,
            birth_year=wanted.birth_year,
            channel=wanted.channel,
            refused_channels=wanted.refused_channels,
        ),
        today=facts.today_of(participant, now),
    )


def _store(participant: Participant, wanted: Details) -> None:
    participant.group_code = wanted.group
    participant.anchor_date = wanted.anchor_date
    participant.language = wanted.language
    participant.birth_year = wanted.birth_year
    participant.channel = wanted.channel
    participant.refused_channels = list(wanted.refused_channels)


def _plan_anew(each: VisitMove) -> None:
    after = each.move.after
    each.visit.opens_on = after.opens
    each.visit.target_on = after.target
    each.visit.on_time_until = after.closes_on_time
    each.visit.closes_on = after.closes
