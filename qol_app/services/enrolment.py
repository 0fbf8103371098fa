"""Enrol participants, plan their visits, and record the dated events of their course."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import (
    FormVersion,
    Participant,
    ParticipantEvent,
    Response,
    Site,
    Study,
    Visit,
)
from qol_app.db.vault import Vault
from qol_app.domain.actor import Actor
from qol_app.domain.contact import REFUSABLE, Wish
from qol_app.domain.errors import Conflict, InvalidInput, NotFound
from qol_app.domain.events import Action, ParticipantEventKind
from qol_app.domain.numbers import format_number
from qol_app.domain.schedule import today_at, window
from qol_app.domain.study import Protocol
from qol_app.services import contacts, facts, studies
from qol_app.services.contacts import ContactDetails

OLDEST = 120


@dataclass(frozen=True, kw_only=True)
class NewParticipant:
    """What is known of a participant at enrolment."""

    group: str
    anchor_date: date
    language: str
    birth_year: int | None = None
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    """As ``domain.contact.mobile_number`` returns it."""
    consented_on: date | None = None
    """The day on which the participant agreed to be written to."""
    channel: str | None = None
    refused_channels: tuple[str, ...] = ()
    number: str | None = None
    """A number given elsewhere (an import); None takes the site's next."""


def enrol(
    session: Session,
    study: Study,
    site: Site,
    new: NewParticipant,
    *,
    vault: Vault,
    actor: Actor,
    now: datetime,
) -> Participant:
    """Enrol a participant and plan one response per visit and instrument.

    Raises:
        InvalidInput: the group, language, anchor date, birth year or a wish does not fit.
        Conflict: the number is taken.
    """
    protocol = studies.in_force(study)
    check(protocol, new, today=today_at(ZoneInfo(site.timezone), now))
    with audited(
        session, actor=actor, action=Action.PARTICIPANT_ENROLLED, now=now, study_id=study.id
    ) as event:
        participant = Participant(
            study=study,
            site=site,
            number=_number(session, protocol, study, site, new.number),
            group_code=new.group,
            anchor_date=new.anchor_date,
            language=new.language,
            birth_year=new.birth_year,
            channel=new.channel,
            refused_channels=list(new.refused_channels),
            enrolled_at=now,
        )
        session.add(participant)
        session.flush()
        event.participant_id = participant.id
        _plan(session, protocol, participant)
        given = ContactDetails(email=new.email, phone=new.phone, consented_on=new.consented_on)
        if not given.is_empty:
            contacts.put(participant, given, vault=vault, now=now)
    return participant


def check(protocol: Protocol, new: NewParticipant, *, today: date) -> None:
    """Raise InvalidInput where what is known of a participant does not fit the protocol."""
    problems = []
    groups = [group.code for group in protocol.groups]
    if new.group not in groups:
        problems.append(f"group: choose one of {', '.join(groups)}")
    if new.language not in protocol.languages:
        problems.append(f"language: choose one of {', '.join(protocol.languages)}")
    if abs((new.anchor_date - today).days) > 366 * 10:
        problems.append("anchor_date: more than ten years from today; check the year")
    if new.birth_year is not None and not 0 <= today.year - new.birth_year <= OLDEST:
        problems.append(f"birth_year: between {today.year - OLDEST} and {today.year}")
    problems += _wishes(new)
    if problems:
        raise InvalidInput(problems)


def _wishes(new: NewParticipant) -> list[str]:
    problems = []
    if new.channel is not None and new.channel not in set(Wish):
        problems.append(f"channel: choose one of {', '.join(Wish)}")
    if any(refused not in REFUSABLE for refused in new.refused_channels):
        problems.append(f"refused_channels: only {', '.join(REFUSABLE)} can be refused")
    if new.channel in new.refused_channels:
        problems.append("channel: the wished way is among the refused ones")
    return problems


def _number(
    session: Session, protocol: Protocol, study: Study, site: Site, wanted: str | None
) -> str:
    if wanted is None:
        session.refresh(site, with_for_update=True)
        while True:  # numbers that were given elsewhere are left out
            site.last_number += 1
            number = format_number(protocol.numbers, site.code, site.last_number)
            if not _is_taken(session, study, number):
                return number
    if _is_taken(session, study, wanted):
        raise Conflict(f"participant {wanted} is enrolled already")
    return wanted


def _is_taken(session: Session, study: Study, number: str) -> bool:
    query = select(Participant.id).where(
        Participant.study_id == study.id, Participant.number == number
    )
    return session.scalar(query) is not None


def _plan(session: Session, protocol: Protocol, participant: Participant) -> None:
    forms = {
        use.id: studies.form_version(session, use.id, use.version) for use in protocol.instruments
    }
    protocol_id = participant.study.protocol_id
    for number, planned in enumerate(protocol.schedule.visits):
        dates = window(planned, participant.anchor_date)
        visit = Visit(
            participant=participant,
            protocol_id=protocol_id,
            code=planned.code,
            number=number,
            opens_on=dates.opens,
            target_on=dates.target,
            on_time_until=dates.closes_on_time,
            closes_on=dates.closes,
        )
        visit.responses = [
            _expected_response(forms[instrument], position)
            for position, instrument in enumerate(planned.instruments)
        ]
        session.add(visit)


def _expected_response(form: FormVersion, position: int) -> Response:
    return Response(
        instrument_id=form.instrument_id, form_version_id=form.id, position=position, answers={}
    )


def record_event(
    session: Session,
    participant: Participant,
    kind: ParticipantEventKind,
    *,
    happened_on: date,
    note: str | None = None,
    actor: Actor,
    now: datetime,
) -> ParticipantEvent:
    """Record a dated event of a participant's course.

    Recording the same event on the same day twice is a no-op.

    Raises:
        InvalidInput: the date lies in the future.
        Conflict: a death is recorded on another day already.
    """
    if happened_on > facts.today_of(participant, now):
        raise InvalidInput(["happened_on: the date lies in the future"])
    for event in facts.standing(participant.events):
        if (event.kind, event.happened_on) == (kind.value, happened_on):
            return event
        if event.kind == kind.value == ParticipantEventKind.DIED:
            raise Conflict(f"a death is recorded on {event.happened_on}; strike that out first")
    with audited(
        session,
        actor=actor,
        action=Action.PARTICIPANT_EVENT_RECORDED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        event = ParticipantEvent(
            kind=kind.value, happened_on=happened_on, recorded_at=now, note=note
        )
        participant.events.append(event)
    return event


def strike_event(
    session: Session,
    participant: Participant,
    event_id: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> ParticipantEvent:
    """Strike an event out as recorded by mistake: it counts no more, and stays to be read.

    Striking it out twice is a no-op.

    Raises:
        NotFound: the participant has no such event.
        InvalidInput: the reason is missing.
    """
    event = next((each for each in participant.events if each.id == event_id), None)
    if event is None:
        raise NotFound(f"participant {participant.number} has no event {event_id}")
    if not reason.strip():
        raise InvalidInput(["reason: say why it is struck out"])
    session.refresh(event, with_for_update=True)
    if event.struck_at is not None:
        return event
    with audited(
        session,
        actor=actor,
        action=Action.PARTICIPANT_EVENT_STRUCK,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
        reason=reason.strip(),
    ):
        event.struck_at = now
    return event
