"""Enrol participants from a file: all of them or none, and nobody twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qol_app.db.audit import audited
from qol_app.db.models import AuditEvent, Participant, Site, Study
from qol_app.db.vault import Vault
from qol_app.domain import participant_row
from qol_app.domain.actor import Actor
from qol_app.domain.errors import InvalidInput
from qol_app.domain.events import Action
from qol_app.domain.participant_file import Candidate, Column, Fault, Mistake, RawRow
from qol_app.domain.schedule import today_at
from qol_app.services import contacts, enrolment, studies
from qol_app.services.enrolment import NewParticipant


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a file would do; nothing is stored where it has mistakes."""

    new: tuple[Candidate, ...]
    enrolled: tuple[tuple[int, str], ...]
    """Lines of participants who are enrolled already, with their numbers."""
    similar: tuple[tuple[int, str], ...]
    """Lines that look like an enrolled participant, with that one's number."""
    mistakes: tuple[Mistake, ...]
    fingerprint: str
    """What names the file's content in the audit: a hash, in which nothing can be read."""
    was_imported: bool
    """Whether the same file was brought in before."""


class FileInvalid(InvalidInput):
    """The file has mistakes; nothing was stored."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__([f"line {m.line}: {m.column} {m.fault} {m.detail}" for m in mistakes])
        self.mistakes = tuple(mistakes)


def plan(
    session: Session,
    study: Study,
    rows: Sequence[RawRow],
    *,
    sites: Sequence[Site],
    vault: Vault,
    now: datetime,
) -> Plan:
    """Return what enrolling these rows would do, with every mistake. Stores nothing.

    Args:
        sites: Where the asker may enrol; at least one.
        vault: Opens the contact details that the file's are compared with.
    """
    found, mistakes = participant_row.check(
        rows,
        studies.in_force(study),
        sites=frozenset(site.code for site in sites),
        today=today_at(ZoneInfo(sites[0].timezone), now),
    )
    stored = _Stored(session, study, vault)
    new, enrolled, similar = [], [], []
    for one in found:
        match, wrong = stored.match(one)
        mistakes += wrong
        if match is not None:
            enrolled.append((one.line, match.number))
        elif not wrong:
            new.append(one)
            alike = stored.like(one)
            similar += [(one.line, alike.number)] if alike else []
    return Plan(
        new=tuple(new),
        enrolled=tuple(enrolled),
        similar=tuple(similar),
        mistakes=tuple(sorted(mistakes, key=lambda mistake: mistake.line or 0)),
        fingerprint=_fingerprint(found),
        was_imported=_was_imported(session, study, _fingerprint(found)),
    )


class _Stored:
    """The participants of a study, found by number, contact or facts."""

    def __init__(self, session: Session, study: Study, vault: Vault) -> None:
        query = (
            select(Participant)
            .where(Participant.study_id == study.id)
            .options(joinedload(Participant.site), joinedload(Participant.contact))
        )
        self.by_number: dict[str, Participant] = {}
        self.by_contact: dict[str, Participant] = {}
        self.by_facts: dict[tuple[object, ...], Participant] = {}
        for person in session.scalars(query):
            self.by_number[person.number] = person
            self.by_facts[_facts(person)] = person
            known = contacts.opened(person, vault)
            for address in (known.email, known.phone):
                if address:
                    self.by_contact[address.casefold()] = person

    def match(self, one: Candidate) -> tuple[Participant | None, list[Mistake]]:
        """Return the enrolled participant that a line means, or what does not fit."""
        by_contact = self._of_contact(one)
        person = self.by_number.get(one.number) if one.number else None
        owners = {owner.id: owner for owner in by_contact.values()}
        if one.number is None and len(owners) == 1:
            (owner,) = owners.values()
            person = owner if _facts(owner) == _wanted(one) else None
        others = {c: owner for c, owner in by_contact.items() if owner is not person}
        wrong = [
            Mistake(fault=Fault.CONTACT_OF_OTHER, line=one.line, column=column, detail=owner.number)
            for column, owner in others.items()
        ]
        if person is not None and _facts(person) != _wanted(one):
            fault = Fault.STORED_OTHERWISE
            wrong.append(Mistake(fault=fault, line=one.line, column=Column.NUMBER))
        return (None, wrong) if wrong else (person, [])

    def _of_contact(self, one: Candidate) -> dict[Column, Participant]:
        given = {Column.EMAIL: one.email, Column.PHONE: one.phone}
        return {
            column: self.by_contact[address.casefold()]
            for column, address in given.items()
            if address and address.casefold() in self.by_contact
        }

    def like(self, one: Candidate) -> Participant | None:
        """Return an enrolled participant with the same facts as a line without a number."""
        return self.by_facts.get(_wanted(one)) if one.number is None else None


def _facts(person: Participant) -> tuple[object, ...]:
    return (person.site.code, person.group_code, person.anchor_date, person.birth_year)


def _wanted(one: Candidate) -> tuple[object, ...]:
    return (one.site, one.group, one.anchor_date, one.birth_year)


def _fingerprint(found: Sequence[Candidate]) -> str:
    lines = sorted(repr((*_wanted(one), one.number, one.language)) for one in found)
    return f"file {hashlib.sha256(''.join(lines).encode()).hexdigest()[:32]}"


def _was_imported(session: Session, study: Study, fingerprint: str) -> bool:
    query = select(AuditEvent.id).where(
        AuditEvent.study_id == study.id,
        AuditEvent.action == Action.PARTICIPANTS_IMPORTED.value,
        AuditEvent.reason == fingerprint,
    )
    return session.scalar(query.limit(1)) is not None


def enrol(
    session: Session,
    study: Study,
    rows: Sequence[RawRow],
    *,
    sites: Sequence[Site],
    vault: Vault,
    actor: Actor,
    now: datetime,
) -> int:
    """Enrol everybody of the rows who is not enrolled, and return how many these were.

    The same file again enrols nobody: it is known by its content.

    Raises:
        FileInvalid: a row has a mistake; then nobody is enrolled.
    """
    here = {site.code: site for site in sites}
    for site in sites:
        session.refresh(site, with_for_update=True)
    found = plan(session, study, rows, sites=sites, vault=vault, now=now)
    if found.mistakes:
        raise FileInvalid(found.mistakes)
    if found.was_imported or not found.new:
        return 0
    for one in found.new:
        enrolment.enrol(
            session, study, here[one.site], _new(one), vault=vault, actor=actor, now=now
        )
    with audited(
        session,
        actor=actor,
        action=Action.PARTICIPANTS_IMPORTED,
        now=now,
        study_id=study.id,
        reason=found.fingerprint,
    ):
        pass
    return len(found.new)


def _new(one: Candidate) -> NewParticipant:
    return NewParticipant(
        number=one.number,
        group=one.group,
        anchor_date=one.anchor_date,
        language=one.language,
        birth_year=one.birth_year,
        email=one.email,
        phone=one.phone,
        consented_on=one.consented_on,
        channel=one.channel,
        refused_channels=one.refused,
    )
