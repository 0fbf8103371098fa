"""Enrol participants, plan their visits, and record the dated events of their course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import (
    Contact,
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
from qol_app.domain.errors import Conflict, InvalidInput
from qol_app.domain.events import Action, ParticipantEventKind
from qol_app.domain.numbers import format_number
from qol_app.domain.schedule import today_at, window
from qol_app.domain.study import Protocol
from qol_app.services import facts, studies

OLDEST = 120


@dataclass(frozen=True, kw_only=True)
class NewParticipant:
    """What is known of a participant at enrolment."""

    group: str
    anchor_date: date
    language: str
    birth_year: int | None = None
    email: str | None = None
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
        InvalidInput: the group, language, anchor date or birth year does not fit the protocol.
        Conflict: the number is taken.
    """
    protocol = studies.in_force(study)
    _check(protocol, new, today=today_at(ZoneInfo(site.timezone), now))
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
            enrolled_at=now,
        )
        session.add(participant)
        session.flush()
        event.participant_id = participant.id
        _plan(session, protocol, participant)
        if new.email:
            key_id, sealed = vault.seal({"email": new.email}, participant_id=participant.id)
            participant.contact = Contact(
                key_id=key_id, sealed=sealed, has_email=True, changed_at=now
            )
    return participant


def _check(protocol: Protocol, new: NewParticipant, *, today: date) -> None:
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
    if problems:
        raise InvalidInput(problems)


def _number(
    session: Session, protocol: Protocol, study: Study, site: Site, wanted: str | None
) -> str:
    if wanted is None:
        session.refresh(site, with_for_update=True)
        site.last_number += 1
        return format_number(protocol.numbers, site.code, site.last_number)
    taken = select(Participant.id).where(
        Participant.study_id == study.id, Participant.number == wanted
    )
    if session.scalar(taken) is not None:
        raise Conflict(f"participant {wanted} is enrolled already")
    return wanted


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
    actor: Actor,
    now: datetime,
) -> ParticipantEvent:
    """Record that a participant died, withdrew, or stopped the questionnaires.

    Recording the same event on the same day twice is a no-op.

    Raises:
        InvalidInput: the date lies in the future.
    """
    if happened_on > facts.today_of(participant, now):
        raise InvalidInput(["happened_on: the date lies in the future"])
    for event in participant.events:
        if (event.kind, event.happened_on) == (kind.value, happened_on):
            return event
    with audited(
        session,
        actor=actor,
        action=Action.PARTICIPANT_EVENT_RECORDED,
        now=now,
        study_id=participant.study_id,
        participant_id=participant.id,
    ):
        event = ParticipantEvent(kind=kind.value, happened_on=happened_on, recorded_at=now)
        participant.events.append(event)
    return event
