"""Load a study file: the study, its protocol version, sites, forms and wordings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qol_app.db.audit import audited
from qol_app.db.models import FormVersion, ProtocolVersion, Site, Study, WordingVersion
from qol_app.domain.actor import Actor
from qol_app.domain.errors import Conflict, InvalidInput, NotFound, NotReady
from qol_app.domain.events import Action
from qol_app.domain.study import Protocol, Purpose
from qol_app.domain.study_file import from_document, protocol_hash, to_document
from qol_app.services import forms, spoken
from questionnaires.model import WordingKind

_protocols: dict[str, Protocol] = {}


def protocol(version: ProtocolVersion) -> Protocol:
    """Return the protocol of a stored version, rebuilt once per hash."""
    if version.hash not in _protocols:
        _protocols[version.hash] = from_document(version.document)
    return _protocols[version.hash]


def protocol_by_hash(session: Session, protocol_hash: str) -> Protocol:
    """Return the stored protocol with this hash. Raises NoResultFound if there is none."""
    if protocol_hash not in _protocols:
        stored = select(ProtocolVersion).where(ProtocolVersion.hash == protocol_hash)
        return protocol(session.scalars(stored.limit(1)).one())
    return _protocols[protocol_hash]


def in_force(study: Study) -> Protocol:
    """Return the study's protocol in force. Raises NotFound if none was loaded."""
    if study.protocol is None:
        raise NotFound(f"study {study.code} has no protocol")
    return protocol(study.protocol)


def find(session: Session, code: str) -> Study:
    """Return the study with this code. Raises NotFound with the codes there are."""
    study = session.scalar(select(Study).where(Study.code == code))
    if study is None:
        known = ", ".join(session.scalars(select(Study.code).order_by(Study.code))) or "none yet"
        raise NotFound(f"no study {code}; loaded studies: {known}")
    return study


def every(session: Session) -> list[Study]:
    """Return all studies by code."""
    return list(session.scalars(select(Study).order_by(Study.code)))


def load(
    session: Session, new: Protocol, *, purpose: Purpose, actor: Actor, now: datetime
) -> Study:
    """Store a protocol: a new study, or a new version of one. Loading twice is a no-op.

    Participants enrolled before keep the visits planned under their version; those enrolled
    afterwards follow the new one.

    Raises:
        Conflict: the version is stored with other contents.
        InvalidInput: an amendment drops a group, site or visit that is in use.
        NotReady: pages or mails do not speak a language of the study, or it is real and an
            instrument still shows labels.
    """
    spoken.refuse_unspoken(new)
    study = session.scalar(select(Study).where(Study.code == new.id))
    if study is not None and _is_stored(session, study, new):
        return study
    if study is not None:
        _refuse_dropped_codes(in_force(study), new)
    action = Action.STUDY_LOADED if study is None else Action.PROTOCOL_AMENDED
    with audited(session, actor=actor, action=action, now=now):
        for use in new.instruments:
            forms.register(session, use.id, use.version, new.languages, now=now)
        if study is None:
            study = Study(code=new.id, purpose=purpose.value, created_at=now)
            session.add(study)
        session.flush()
        study.protocol = _add_protocol(session, study, new, now=now)
        _add_sites(session, study, new)
    if study.purpose == Purpose.REAL:
        refuse_labels(session, new)
    return study


def form_version(session: Session, instrument: str, version: str) -> FormVersion:
    """Return the stored form version. Raises NotFound."""
    found = session.scalar(
        select(FormVersion).where(
            FormVersion.instrument_id == instrument, FormVersion.version == version
        )
    )
    if found is None:
        raise NotFound(f"{instrument} {version} is not stored; load a study that uses it")
    return found


def refuse_labels(session: Session, new: Protocol) -> None:
    """Raise NotReady if an instrument shows labels instead of its text in any study language."""
    problems = [
        f"{use.id} {use.version} has only labels in {language}: import its licensed wording"
        for use in new.instruments
        for language in new.languages
        if _only_labels(session, form_version(session, use.id, use.version), language)
    ]
    if problems:
        raise NotReady("\n".join(problems))


def _only_labels(session: Session, version: FormVersion, language: str) -> bool:
    kinds = session.scalars(
        select(WordingVersion.kind).where(
            WordingVersion.form_version_id == version.id, WordingVersion.language == language
        )
    ).all()
    return all(kind == WordingKind.LABELS for kind in kinds)


def _is_stored(session: Session, study: Study, new: Protocol) -> bool:
    stored = session.scalar(
        select(ProtocolVersion.hash).where(
            ProtocolVersion.study_id == study.id, ProtocolVersion.version == new.version
        )
    )
    if stored is not None and stored != protocol_hash(new):
        raise Conflict(
            f"protocol version {new.version} of {study.code} is stored with other contents; "
            "an amendment needs a new version"
        )
    return stored is not None


def _refuse_dropped_codes(old: Protocol, new: Protocol) -> None:
    problems = [
        f"{what} {value.code} is in version {old.version} and missing here; keep it"
        for what, before, after in (
            ("group", old.groups, new.groups),
            ("site", old.sites, new.sites),
            ("visit", old.schedule.visits, new.schedule.visits),
        )
        for value in before
        if value.code not in {other.code for other in after}
    ]
    if problems:
        raise InvalidInput(problems)


def _add_protocol(
    session: Session, study: Study, new: Protocol, *, now: datetime
) -> ProtocolVersion:
    version = ProtocolVersion(
        study_id=study.id,
        version=new.version,
        hash=protocol_hash(new),
        document=to_document(new),
        loaded_at=now,
    )
    session.add(version)
    session.flush()
    return version


def _add_sites(session: Session, study: Study, new: Protocol) -> None:
    known = set(session.scalars(select(Site.code).where(Site.study_id == study.id)))
    for site in new.sites:
        if site.code not in known:
            session.add(Site(study_id=study.id, code=site.code, timezone=site.timezone))
