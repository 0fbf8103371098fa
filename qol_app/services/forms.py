"""Questionnaires and wordings as stored in the database, rebuilt once and kept by their hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

import questionnaires
from qol_app.db.models import FormVersion, Instrument, Response, WordingVersion
from qol_app.domain.errors import Conflict, NotFound
from qol_app.services.rows import FormVersionRow
from questionnaires.model import Questionnaire, Wording, WordingKind

PREFERENCE = (WordingKind.OFFICIAL, WordingKind.OWN, WordingKind.LABELS)
"""Which wording is shown where a language has several."""

OURS = (WordingKind.OWN, WordingKind.LABELS)
"""Wordings that come with the software and may leave it."""

_questionnaires: dict[str, Questionnaire] = {}
_wordings: dict[str, Wording] = {}


def questionnaire(version: FormVersion) -> Questionnaire:
    """Return the questionnaire of a stored form version."""
    if version.hash not in _questionnaires:
        _questionnaires[version.hash] = questionnaires.from_document(version.document)
    return _questionnaires[version.hash]


def questionnaire_by_hash(session: Session, form_hash: str) -> Questionnaire:
    """Return the stored questionnaire with this hash. Raises NoResultFound if there is none."""
    if form_hash not in _questionnaires:
        return questionnaire(
            session.scalars(select(FormVersion).where(FormVersion.hash == form_hash)).one()
        )
    return _questionnaires[form_hash]


def wording(
    session: Session,
    version: FormVersionRow,
    language: str,
    *,
    kinds: tuple[WordingKind, ...] = PREFERENCE,
    at: datetime | None = None,
) -> Wording:
    """Return the best wording of a form version: official before our own before labels.

    Of several official wordings the newest holds.

    Args:
        kinds: The kinds to choose from, best first. ``OURS`` for what leaves the platform,
            since a licence holder's text may not.
        at: When the choice was made; wordings that came later are left aside, unless there are
            no others. None is now.

    Raises:
        NotFound: the form version has no such wording in this language.
    """
    query = select(
        WordingVersion.id, WordingVersion.kind, WordingVersion.hash, WordingVersion.registered_at
    ).where(
        WordingVersion.form_version_id == version.id,
        WordingVersion.language == language,
        WordingVersion.kind.in_([kind.value for kind in kinds]),
    )
    found = session.execute(query).all()
    if not found:
        raise NotFound(f"{version.instrument_id} {version.version} has no wording in {language}")
    known = [row for row in found if at is None or row.registered_at <= at]
    best = min(known or found, key=lambda row: (kinds.index(WordingKind(row.kind)), -row.id))
    return _stored_wording(session, best.hash, best.id)


def has_wording(
    session: Session, version: FormVersionRow, language: str, wording_hash: str
) -> bool:
    """Tell whether a form version has, or had, the wording with this hash in this language."""
    query = select(WordingVersion.id).where(
        WordingVersion.form_version_id == version.id,
        WordingVersion.language == language,
        WordingVersion.hash == wording_hash,
    )
    return session.scalar(query) is not None


def wording_by_hash(session: Session, wording_hash: str) -> Wording:
    """Return the wording that was shown under this hash. Raises NotFound."""
    if wording_hash in _wordings:
        return _wordings[wording_hash]
    found = session.scalar(select(WordingVersion.id).where(WordingVersion.hash == wording_hash))
    if found is None:
        raise NotFound(f"no wording has the hash {wording_hash}")
    return _stored_wording(session, wording_hash, found)


def words_of(session: Session, response: Response) -> Wording:
    """Return the words in which a form was answered, or in which its participant would read it."""
    if response.wording_hash is not None:
        return wording_by_hash(session, response.wording_hash)
    language = response.language or response.visit.participant.language
    return wording(session, response.form_version, language, at=response.started_at)


def _stored_wording(session: Session, wording_hash: str, wording_id: int) -> Wording:
    if wording_hash not in _wordings:
        row = session.get_one(WordingVersion, wording_id)
        _wordings[wording_hash] = questionnaires.wording_from_document(row.document)
    return _wordings[wording_hash]


def register(
    session: Session, instrument: str, version: str, languages: tuple[str, ...], *, now: datetime
) -> FormVersion:
    """Store a form version and its wordings, unless they are stored already. Call in ``audited``.

    Raises:
        Conflict: another definition is stored under the same version.
    """
    released = questionnaires.load(instrument, version)
    stored = session.scalar(
        select(FormVersion).where(
            FormVersion.instrument_id == instrument, FormVersion.version == version
        )
    )
    if stored is None:
        stored = _add_version(session, released, now=now)
    elif stored.hash != released.hash:
        raise Conflict(
            f"{instrument} {version} is stored with another definition; a changed questionnaire "
            "needs a new version number"
        )
    for language in languages:
        _register_wording(session, stored, language, now=now)
    return stored


def _add_version(session: Session, released: Questionnaire, *, now: datetime) -> FormVersion:
    if session.get(Instrument, released.id) is None:
        session.add(Instrument(id=released.id))
        session.flush()
    stored = FormVersion(
        instrument_id=released.id,
        version=released.version,
        hash=released.hash,
        document=dict(released.document),
        registered_at=now,
    )
    session.add(stored)
    session.flush()
    return stored


def _register_wording(
    session: Session, version: FormVersion, language: str, *, now: datetime
) -> None:
    words = questionnaires.wording(version.instrument_id, version.version, language)
    if has_wording(session, version, language, words.hash):
        return
    session.add(
        WordingVersion(
            form_version_id=version.id,
            language=language,
            kind=words.kind.value,
            hash=words.hash,
            document=questionnaires.wording_document(words),
            registered_at=now,
        )
    )
